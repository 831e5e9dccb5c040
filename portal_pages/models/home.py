"""The home page: it answers the question "What do you want to do?"."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from cases.models import Institution
from portal_pages.blocks import TaskCardBlock
from portal_pages.models.base import PortalPage
from portal_pages.models.services import ServiceIndexPage


class HomePage(PortalPage):
    """One institution's front door in one language; all its other pages stand below it."""

    institution = models.ForeignKey(
        Institution,
        models.PROTECT,
        related_name="+",
        verbose_name=_("Institution"),
        help_text=_("Whose site this is: name, address, colours and services come from there."),
    )
    cards = StreamField(
        [("card", TaskCardBlock())],
        blank=True,
        verbose_name=_("What people come for"),
        help_text=_("Six to nine cards, the most used first."),
    )

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "portal_pages.ServiceIndexPage",
        "portal_pages.TrackingPage",
        "portal_pages.ArticlePage",
        "portal_pages.ContactPage",
        "portal_pages.AccessibilityStatementPage",
    ]
    content_panels = [*PortalPage.content_panels, FieldPanel("cards"), FieldPanel("institution")]
    template = "portal/pages/home.html"

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["cards"] = [_card(block.value) for block in self.cards if _is_readable(block.value["page"])]
        services = ServiceIndexPage.objects.child_of(self).live().first()
        context["services_address"] = services.url if services else self.url
        context["tracking_address"] = reverse("track")
        return context


def _is_readable(page: Any) -> bool:
    return page is not None and page.localized.live


def _card(value: Any) -> dict[str, Any]:
    page = value["page"].localized.specific
    return {
        "address": page.url,
        "words": value["words"] or page.title,
        "text": value["text"] or page.introduction,
    }
