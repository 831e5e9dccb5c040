"""What all pages of the public site share."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, PublishingPanel
from wagtail.models import Page
from wagtail.search import index

from cases.publication import StaysPublished


class PortalPage(StaysPublished, Page):  # type: ignore[django-manager-missing]
    """A page with one introducing sentence; says in which language its words really are."""

    introduction = models.TextField(
        _("Introduction"),
        max_length=400,
        blank=True,
        help_text=_("One or two plain sentences under the title: what the reader can do or learn here."),
    )

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    settings_panels = [PublishingPanel()]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]

    class Meta:
        abstract = True

    @cached_property
    def words_language(self) -> str:
        """The language of the words: an alias shows the words of the page that it stands in for."""
        source = self.alias_of
        return source.locale.language_code if source else self.locale.language_code

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["words_are_foreign"] = self.words_language != self.locale.language_code
        return context
