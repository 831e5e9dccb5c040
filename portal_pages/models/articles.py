"""Articles: everything that is explained rather than filed."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from portal_pages.blocks import StoryBlock
from portal_pages.models.base import PortalPage


class ArticlePage(PortalPage):
    """A text with steps, questions and answers, pictures and documents; may have articles below it."""

    written_date = models.DateField(
        _("Date"),
        null=True,
        blank=True,
        help_text=_("The day that the news happened or the text was last checked; shown under the title."),
    )
    body = StreamField(StoryBlock(), blank=True, verbose_name=_("Text"))

    parent_page_types = ["portal_pages.HomePage", "portal_pages.ArticlePage"]
    subpage_types = ["portal_pages.ArticlePage"]
    content_panels = [*PortalPage.content_panels, FieldPanel("written_date"), FieldPanel("body")]
    search_fields = [*PortalPage.search_fields, index.SearchField("body")]
    template = "portal/pages/article.html"

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")


class AccessibilityStatementPage(PortalPage):
    """What is accessible, what is not yet, and whom to tell (Directive (EU) 2016/2102, article 7)."""

    checked_date = models.DateField(
        _("Last checked"),
        help_text=_("The statement is reviewed at least once a year: give the day of the last review."),
    )
    method = models.CharField(
        _("How it was checked"),
        max_length=300,
        help_text=_("For example: self-assessment with a screen reader and an automatic checker."),
    )
    body = StreamField(StoryBlock(), verbose_name=_("Text"))

    parent_page_types = ["portal_pages.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    content_panels = [
        *PortalPage.content_panels,
        FieldPanel("checked_date"),
        FieldPanel("method"),
        FieldPanel("body"),
    ]
    template = "portal/pages/accessibility.html"

    class Meta:
        verbose_name = _("accessibility statement")


class ContactPage(PortalPage):
    """Where the town hall is, when it is open, whom to call; the facts come from the institution itself."""

    body = StreamField(StoryBlock(), blank=True, verbose_name=_("Text"))

    parent_page_types = ["portal_pages.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    content_panels = [*PortalPage.content_panels, FieldPanel("body")]
    template = "portal/pages/contact.html"

    class Meta:
        verbose_name = _("contact page")


class TrackingPage(PortalPage):
    """Explains how to follow a case, above the form for the number and the digits."""

    help_text = StreamField(
        StoryBlock(),
        blank=True,
        verbose_name=_("Help under the form"),
        help_text=_("What to do when the digits are lost, and how to ask by telephone."),
    )

    parent_page_types = ["portal_pages.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    content_panels = [*PortalPage.content_panels, FieldPanel("help_text")]
    template = "portal/tracking/start.html"

    class Meta:
        verbose_name = _("tracking page")
