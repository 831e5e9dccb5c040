"""How to file a request in one channel: paper, telephone and counter stand beside the web, never below it."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cases.models import Channel
from portal_pages.blocks.story import SHORT_TEXT_FEATURES

CHANNELS = [
    (Channel.WEB, _("Online")),
    (Channel.COUNTER, _("At the counter")),
    (Channel.TELEPHONE, _("By telephone")),
    (Channel.POST, _("By post")),
    (Channel.EMAIL, _("By e-mail")),
    (Channel.E_DELIVERY, _("By registered e-delivery")),
]


class WayToFileBlock(blocks.StructBlock):
    channel = blocks.ChoiceBlock(
        choices=CHANNELS,
        label=_("Channel"),
    )
    text = blocks.RichTextBlock(
        features=SHORT_TEXT_FEATURES,
        label=_("How"),
        help_text=_("Where to go or send it, when, and what to bring."),
    )

    class Meta:
        icon = "mail"
        label = _("Way to file")
