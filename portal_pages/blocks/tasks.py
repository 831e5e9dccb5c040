"""A card on the home page: one thing that people come to do."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class TaskCardBlock(blocks.StructBlock):
    page = blocks.PageChooserBlock(
        page_type=["portal_pages.ServicePage", "portal_pages.ArticlePage", "portal_pages.ContactPage"],
        label=_("Page"),
    )
    words = blocks.CharBlock(
        required=False,
        max_length=80,
        label=_("What people want to do"),
        help_text=_("In a resident's words. Empty means the page's title."),
    )
    text = blocks.CharBlock(
        required=False,
        max_length=160,
        label=_("One line more"),
        help_text=_("What, how long, how much. Empty means the page's summary."),
    )

    class Meta:
        icon = "link"
        label = _("Card")
