"""The body of an article: text, steps, notices, questions with answers, pictures, documents to download."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
SHORT_TEXT_FEATURES = ["bold", "ol", "ul", "link", "document-link"]


class NoticeBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=[("GOOD_TO_KNOW", _("Good to know")), ("ATTENTION", _("Attention"))],
        default="GOOD_TO_KNOW",
        label=_("Kind"),
        help_text=_("Use “Attention” only where somebody could lose a right or a deadline."),
    )
    text = blocks.RichTextBlock(features=SHORT_TEXT_FEATURES, label=_("Text"))

    class Meta:
        template = "portal/blocks/notice.html"
        icon = "warning"
        label = _("Notice")


class QuestionAndAnswerBlock(blocks.StructBlock):
    question = blocks.CharBlock(max_length=200, label=_("Question"), help_text=_("As a resident would ask it."))
    answer = blocks.RichTextBlock(features=SHORT_TEXT_FEATURES, label=_("Answer"))

    class Meta:
        icon = "help"
        label = _("Question and answer")


class DownloadBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    words = blocks.CharBlock(
        max_length=200, label=_("What it is"), help_text=_("For example: “Application form on paper, 2 pages”.")
    )

    class Meta:
        template = "portal/blocks/download.html"
        icon = "doc-full"
        label = _("Document to download")


class StoryBlock(blocks.StreamBlock):
    text = blocks.RichTextBlock(features=TEXT_FEATURES, icon="pilcrow", label=_("Text"))
    steps = blocks.ListBlock(
        blocks.RichTextBlock(features=["bold", "link"]),
        template="portal/blocks/steps.html",
        icon="list-ol",
        label=_("Steps in order"),
    )
    notice = NoticeBlock()
    questions = blocks.ListBlock(
        QuestionAndAnswerBlock(),
        template="portal/blocks/questions.html",
        icon="help",
        label=_("Questions and answers"),
    )
    picture = ImageBlock(template="portal/blocks/picture.html", label=_("Picture"))
    download = DownloadBlock()
