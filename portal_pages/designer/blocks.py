"""The parts that a form is put together from: pages, the pages common to all services, and a block for every kind."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.telepath import register
from wagtail.blocks import BlockGroup
from wagtail.blocks.struct_block import StructBlockAdapter

from cases.desk.blocks.conditions import ConditionBlock
from cases.desk.blocks.media import media_of
from cases.desk.blocks.texts import LongTextsBlock, TextsBlock
from cases.media_types import EXTENSIONS
from cases.texts import Texts
from portal_pages.designer.calculation_blocks import (
    AnswerBlock,
    CalculationBlock,
    DayLimitBlock,
    KeyBlock,
    NumberBlock,
)
from portal_pages.designer.kinds import CHOICES_OF, IN_FRONT, Setting, named, offered_kinds, settings_of
from portal_pages.forms.applicant import COMPANY, PERSON, REPRESENTATIVE
from portal_pages.forms.definition import Question
from portal_pages.forms.kinds import KINDS, Option
from portal_pages.forms.stored import COUNTABLE

WITHOUT_ANSWER = {"INFORMATION"}
DESIGNER_MEDIA = media_of("desk/form-designer.js", styles=["desk/form-designer.css"])


class OptionBlock(blocks.StructBlock):
    """One answer to choose from."""

    code = KeyBlock()
    labels = TextsBlock(label=_("Answer"), label_format=None)
    helps = LongTextsBlock(label=_("Help"), rows=1, collapsed=True)

    class Meta:
        icon = "radio-empty"
        label = _("Answer")
        label_format = "{labels}"
        form_layout = BlockGroup(["labels", "helps"], settings=["code"])
        form_classname = "struct-block registra-option"


def block_for(setting: Setting) -> blocks.Block:
    """Wagtail's block for a setting, by its type."""
    label, help_text = setting.words
    words: dict[str, Any] = {"label": label, "help_text": help_text} if help_text else {"label": label}
    if choices := CHOICES_OF.get(setting.name):
        return blocks.ChoiceBlock(choices=choices, required=False, default=setting.default, **words)
    match setting.name:
        case "calculation":
            return CalculationBlock(**words)
        case "earliest" | "latest":
            return DayLimitBlock(**words)
        case "after":
            return AnswerBlock("TIME", **words)
    match setting.type:
        case t if t is bool:
            return blocks.BooleanBlock(required=False, default=setting.default, **words)
        case t if t is int:
            return blocks.IntegerBlock(required=False, default=setting.default, **words)
        case t if t in (int | None, "int | None"):
            return blocks.IntegerBlock(required=False, **words)
        case t if t in (Decimal, Decimal | None):
            return NumberBlock(required=False, default=str(setting.default or ""), **words)
        case t if t == Texts:
            return TextsBlock(**words)
        case t if t == tuple[Option, ...]:
            return blocks.ListBlock(OptionBlock(), default=[], collapsed=True, **words)
        case t if t == tuple[Question, ...]:
            return ColumnsBlock(required=False, **words)
        case t if setting.name == "media_types":
            endings = [(media_type, ending.upper()) for media_type, ending in EXTENSIONS.items()]
            return blocks.MultipleChoiceBlock(
                choices=endings,
                required=False,
                default=list(setting.default),
                widget=forms.CheckboxSelectMultiple,
                **words,
            )
    return blocks.CharBlock(required=False, default=setting.default or "", **words)


class QuestionBlock(blocks.StructBlock):
    """A question of one kind. What all kinds share comes first, then what can be set of this one."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        label, icon, group = named(kind)
        self.kind = kind
        settings = [(setting.name, block_for(setting)) for setting in settings_of(kind)]
        front = [name for name, _block in settings if name in IN_FRONT]
        limits = [name for name, _block in settings if name not in IN_FRONT]
        asked = [] if kind in WITHOUT_ANSWER else ["required"]
        counted = ["counted"] if kind in COUNTABLE else []
        layout: list[Any] = ["labels", "helps", *front, *asked, *counted, "show_when"]
        if asked:
            layout.append("required_when")
        if limits:
            layout.append(BlockGroup(limits, heading=_("Limits and looks"), icon="sliders", classname="collapsed"))
        super().__init__(
            local_blocks=[*_SHARED.items(), *((name, COUNTED) for name in counted), *settings],
            label=label,
            icon=icon,
            group=group,
            form_layout=BlockGroup(layout, settings=["key", *([] if asked else ["required", "required_when"])]),
            form_attrs={"data-controller": "registra-question", "data-registra-question-kind-value": kind},
            **kwargs,
        )

    class Meta:
        label_format = "{labels}"
        form_classname = "struct-block registra-question"


class QuestionBlockAdapter(StructBlockAdapter):
    @property
    def media(self) -> forms.Media:
        return super().media + DESIGNER_MEDIA


register(QuestionBlockAdapter(), QuestionBlock)

# The same blocks in every kind: the page describes each of them once.
_SHARED: dict[str, blocks.Block] = {
    "key": KeyBlock(),
    "labels": TextsBlock(label=_("Question"), label_format=None, max_length=400),
    "helps": LongTextsBlock(label=_("Help"), help_text=_("One or two plain sentences under the question.")),
    "required": blocks.BooleanBlock(required=False, label=_("Has to be answered")),
    "show_when": ConditionBlock(label=_("Show only when"), help_text=_("Left empty, the question is always shown.")),
    "required_when": ConditionBlock(
        label=_("Has to be answered when"), help_text=_("For a question that may otherwise be left empty.")
    ),
}
COUNTED = blocks.BooleanBlock(
    required=False,
    label=_("Officials may filter and count by this answer"),
    help_text=_("In their lists and in the statistics of the service. Never mark what says who somebody is."),
)


class ColumnsBlock(blocks.StreamBlock):
    """The questions of each row of a repeating group or table."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(local_blocks=_rows_blocks(), **kwargs)

    class Meta:
        collapsed = True
        form_classname = "registra-columns"
        icon = "help"


def _rows_blocks() -> list[tuple[str, blocks.Block]]:
    return [(name.lower(), _block_of(name)) for name in offered_kinds() if KINDS[name].fits_in_rows]


_BLOCKS: dict[str, QuestionBlock] = {}


def _block_of(kind: str) -> QuestionBlock:
    """One block for a kind wherever it stands."""
    if kind not in _BLOCKS:
        _BLOCKS[kind] = QuestionBlock(kind)
    return _BLOCKS[kind]


class QuestionsBlock(blocks.StreamBlock):
    """The questions of a page, one under the other."""

    def __init__(self, **kwargs: Any) -> None:
        kinds = [(name.lower(), _block_of(name)) for name in offered_kinds()]
        super().__init__(local_blocks=kinds, required=False, **kwargs)

    class Meta:
        collapsed = True
        icon = "help"
        label = _("Questions")


class PageBlock(blocks.StructBlock):
    """A page of questions: one thing at a time."""

    key = KeyBlock()
    titles = TextsBlock(label=_("Title"), label_format=None)
    introductions = LongTextsBlock(label=_("Introduction"), rows=2, collapsed=True)
    questions = QuestionsBlock()

    class Meta:
        icon = "doc-empty"
        label = _("Page of questions")
        label_format = "{titles}"
        form_layout = BlockGroup(["titles", "introductions", "questions"], settings=["key"])
        form_classname = "struct-block registra-page"


class CommonBlock(blocks.StructBlock):
    """A page that every service asks in the same words: switched on here, and trimmed."""

    class Meta:
        group = _("The same for every service")
        label_format = ""
        form_classname = "struct-block registra-common"


class ApplicantBlock(CommonBlock):
    who = blocks.MultipleChoiceBlock(
        choices=[
            (PERSON, _("a person for themselves")),
            (COMPANY, _("a company or organisation")),
            (REPRESENTATIVE, _("a person for somebody else")),
        ],
        default=[PERSON, COMPANY, REPRESENTATIVE],
        widget=forms.CheckboxSelectMultiple,
        label=_("Who may ask"),
    )
    identifier_required = blocks.BooleanBlock(
        required=False,
        label=_("The personal number has to be given"),
        help_text=_("Only where the law asks for it; a request for public information needs none."),
    )
    contact_person = blocks.BooleanBlock(required=False, default=True, label=_("Ask companies for a contact person"))

    class Meta:
        icon = "user"
        label = _("Who is asking")
        form_attrs = {"data-registra-common": "APPLICANT"}


class ContactBlock(CommonBlock):
    address_required = blocks.BooleanBlock(required=False, label=_("The postal address has to be given"))
    phone = blocks.BooleanBlock(required=False, default=True, label=_("Ask for a telephone number"))
    letters_language = blocks.BooleanBlock(required=False, default=True, label=_("Ask for the language of letters"))

    class Meta:
        icon = "mail"
        label = _("How to reach them, how they want the result")
        form_attrs = {"data-registra-common": "CONTACT"}


class DeclarationsBlock(CommonBlock):
    may_fetch_documents = blocks.BooleanBlock(
        required=False,
        label=_("Ask whether we may fetch documents from other offices"),
        help_text=_("Where the state already has what the service needs."),
    )

    class Meta:
        icon = "tick-inverse"
        label = _("What they agree to")
        form_attrs = {"data-registra-common": "DECLARATIONS"}


class FormPagesBlock(blocks.StreamBlock):
    """The whole form."""

    page = PageBlock()
    applicant = ApplicantBlock()
    contact = ContactBlock()
    declarations = DeclarationsBlock()

    class Meta:
        required = False
        block_counts = {
            "applicant": {"max_num": 1},
            "contact": {"max_num": 1},
            "declarations": {"max_num": 1},
        }
