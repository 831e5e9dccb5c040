"""What a process owner builds a procedure with in Wagtail's editor: a block for each kind of step.

The blocks only hold what was typed and picked; `flows.designer.definition` makes the procedure's JSON of it and back.
Lists to pick from (units, posts, steps of this very procedure, letters, services) are the page's to say: see
``registra-pick`` in templates/static/desk/designer.js. Blocks that every step has are made once, so that the page names
each once.
"""

from functools import cache
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.admin.telepath import register
from wagtail.blocks import BlockGroup
from wagtail.blocks.stream_block import StreamBlockAdapter
from wagtail.blocks.struct_block import StructBlockAdapter

from cases.desk.blocks.conditions import ConditionBlock
from cases.desk.blocks.media import BLOCKS_MEDIA, media_of
from cases.desk.blocks.texts import LongTextsBlock, TextsBlock, texts_stream
from cases.models import Role
from flows.procedures.tree import AgreeOrder, DayUnit, Deed, Kind, Late, Until, VisitKind, WaitFor, WhoKind

# Containers stand this deep in one another at most: what is deeper nobody oversees on a page.
DEEPEST = 3

DESIGNER_MEDIA = BLOCKS_MEDIA + media_of("desk/designer.js", styles=["desk/designer.css"])

type Parts = list[tuple[str, blocks.Block]]


def shown_when(switch: str, *values: str) -> dict[str, str]:
    """The field is only shown while the switch beside it says one of these."""
    return {"data-registra-depends-target": "part", "data-when": switch, "data-is": " ".join(values)}


def switch(name: str) -> dict[str, str]:
    return {"data-registra-depends-target": "switch", "data-switch": name}


def picked_from(source: str, *, empty: str | Promise = "", several: bool = False) -> dict[str, str | Promise]:
    """The field is picked from a list of the page; ``empty`` says what leaving it empty means."""
    attrs: dict[str, str | Promise] = {
        "data-controller": "registra-pick",
        "data-registra-pick-source-value": source,
        "data-registra-pick-empty-value": empty or _("Choose"),
        "data-registra-pick-gone-value": _("{key}: no longer there"),
    }
    return {**attrs, "data-registra-pick-several-value": "true"} if several else attrs


def _picked(label: Any, source: str, help_text: Any = "", *, when: dict[str, str] | None = None, **how: Any) -> Any:
    attrs = {**picked_from(source, **how), **(when or {})}
    return blocks.CharBlock(required=False, label=label, help_text=help_text, form_attrs=attrs)


WHO_CHOICES = [
    ("", _("As usual for this step")),
    (WhoKind.ROLE, _("Somebody with a role in a unit")),
    (WhoKind.HEAD_OF, _("The head of a unit")),
    (WhoKind.HOLDER, _("Whoever handles the case")),
    (WhoKind.HOLDER_OF, _("Whoever did an earlier step")),
    (WhoKind.LEAST_LOADED_OF, _("The officer of a unit with the least work")),
    (WhoKind.POST, _("A certain post")),
    (WhoKind.REGISTRY, _("The registry")),
    (WhoKind.EXECUTIVE, _("The executive")),
]
ROLE_CHOICES = [
    (Role.OFFICER, Role.OFFICER.label),
    (Role.HEAD, Role.HEAD.label),
    (Role.REGISTRAR, Role.REGISTRAR.label),
    (Role.EXECUTIVE, Role.EXECUTIVE.label),
]
DAY_CHOICES = [(DayUnit.WORKING_DAYS, _("working days")), (DayUnit.CALENDAR_DAYS, _("calendar days"))]
LATE_CHOICES = [
    (Late.REMIND, _("Remind whoever has it")),
    (Late.ESCALATE, _("Tell the head of the unit")),
    (Late.HAND_OVER, _("Hand it over to the head of the unit")),
]
MILESTONE_CHOICES = [
    ("STANDARD", _("The standard words of the step")),
    ("OWN", _("Words of our own")),
    ("NOTHING", _("Nothing")),
]


class NeedsBlock(blocks.StreamBlock):
    """What must be there before the step can end."""

    document = blocks.StructBlock(
        [
            ("of", blocks.CharBlock(max_length=80, label=_("Its title"), help_text=_("As it stands in the case."))),
            ("titles", TextsBlock(label=_("In the words of the step"))),
        ],
        icon="doc-full",
        label=_("A document"),
    )
    field = blocks.StructBlock(
        [
            ("of", _picked(_("Question"), "questions")),
            ("titles", TextsBlock(label=_("In the words of the step"))),
        ],
        icon="form",
        label=_("An answer"),
    )
    signature = blocks.StructBlock(
        [("titles", TextsBlock(label=_("In the words of the step")))], icon="edit", label=_("A signature")
    )

    class Meta:
        required = False
        label = _("What must be there before it can end")


@cache
def _titles() -> Parts:
    help_text = _("What the official is asked to do. Left empty: the standard words of the step.")
    return [("titles", TextsBlock(label=_("Title"), help_text=help_text))]


@cache
def _who() -> Parts:
    return [
        ("who", blocks.ChoiceBlock(choices=WHO_CHOICES, required=False, label=_("Who"), form_attrs=switch("who"))),
        (
            "who_role",
            blocks.ChoiceBlock(
                choices=ROLE_CHOICES,
                default=Role.OFFICER,
                label=_("Role"),
                form_attrs=shown_when("who", WhoKind.ROLE),
            ),
        ),
        (
            "who_unit",
            _picked(
                _("Unit"),
                "units",
                empty=_("The unit that handles the case"),
                when=shown_when("who", WhoKind.ROLE, WhoKind.HEAD_OF, WhoKind.LEAST_LOADED_OF),
            ),
        ),
        ("who_step", _picked(_("Earlier step"), "steps", when=shown_when("who", WhoKind.HOLDER_OF))),
        ("who_post", _picked(pgettext_lazy("position", "Post"), "posts", when=shown_when("who", WhoKind.POST))),
        (
            "days",
            blocks.IntegerBlock(
                required=False,
                min_value=1,
                max_value=1000,
                label=_("Time for it"),
                help_text=_("Left empty: the usual time for this step."),
            ),
        ),
        ("day_unit", blocks.ChoiceBlock(choices=DAY_CHOICES, default=DayUnit.WORKING_DAYS, label=_("Counted in"))),
        (
            "late",
            blocks.MultipleChoiceBlock(
                choices=LATE_CHOICES,
                default=[Late.ESCALATE],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                label=_("When it is late"),
                help_text=_("That it is late always stands in the history."),
            ),
        ),
    ]


@cache
def _milestone() -> Parts:
    return [
        (
            "milestone",
            blocks.ChoiceBlock(
                choices=MILESTONE_CHOICES,
                default="STANDARD",
                label=_("What the applicant sees"),
                form_attrs=switch("milestone"),
            ),
        ),
        ("milestone_texts", TextsBlock(label=_("Words for the applicant"), form_attrs=shown_when("milestone", "OWN"))),
    ]


@cache
def _needs() -> Parts:
    help_text = _("Out of a block of steps side by side, the whole block is cancelled first.")
    back_to = _picked(_("May send back to"), "steps", help_text, empty=_("Nowhere"), several=True)
    return [("needs", NeedsBlock()), ("back_to", back_to)]


@cache
def _instructions() -> Parts:
    return [("instructions", LongTextsBlock(label=_("Instructions for the official")))]


class StepBlock(blocks.StructBlock):
    """A step that somebody does: its own options first, what all steps have folded away beneath."""

    own: tuple[str, ...] = ()

    def __init__(self, **kwargs: Any) -> None:
        parts = [*_titles(), *_who(), *_milestone(), *_needs(), *_instructions()]
        super().__init__(local_blocks=parts, **kwargs)

    def get_form_layout(self) -> BlockGroup:
        return BlockGroup(
            children=[
                "titles",
                *self.base_blocks,
                _group(_("Who, and by when"), _who(), classname=""),
                _group(_("What the applicant sees"), _milestone()),
                _group(_("What must be there, and where it may go back"), _needs()),
                _group(_("Instructions"), _instructions()),
            ]
        )

    class Meta:
        group = pgettext_lazy("steps of a procedure", "Steps")
        form_classname = "struct-block registra-step"
        form_attrs = {"data-controller": "registra-depends"}
        label_format = "{titles}"


def _group(heading: Any, parts: Parts, classname: str = "collapsed") -> BlockGroup:
    return BlockGroup([name for name, _block in parts], heading=heading, classname=classname, label_format="")


class SilentStepBlock(blocks.StructBlock):
    """A step that nobody does: it happens."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(local_blocks=[*_titles(), *_milestone()], **kwargs)

    def get_form_layout(self) -> BlockGroup:
        return BlockGroup(["titles", *self.base_blocks, _group(_("What the applicant sees"), _milestone())])

    class Meta:
        group = pgettext_lazy("steps of a procedure", "Steps")
        form_classname = "struct-block registra-step"
        form_attrs = {"data-controller": "registra-depends"}
        label_format = "{titles}"


class CheckCompletenessBlock(StepBlock):
    class Meta:
        icon = "tick-inverse"
        label = _("Check whether it is complete")


class ResolveBlock(StepBlock):
    class Meta:
        icon = "user"
        label = _("Decide who handles it")


class HandleBlock(StepBlock):
    class Meta:
        icon = "folder-open-1"
        label = _("Handle the case")


class AskOpinionsBlock(StepBlock):
    units = _picked(_("Whom to ask"), "units", empty=_("Units that the officer chooses"), several=True)
    until = blocks.ChoiceBlock(
        choices=[(Until.ALL, _("all have answered")), (Until.FIRST, _("the first has answered"))]
        + [("QUORUM", _("enough have answered"))],
        default=Until.ALL,
        label=_("Go on when"),
        form_attrs=switch("until"),
    )
    quorum = blocks.IntegerBlock(
        required=False,
        min_value=1,
        max_value=100,
        label=_("How many are enough"),
        form_attrs=shown_when("until", "QUORUM"),
    )

    class Meta:
        icon = "comment"
        label = _("Ask for opinions")


class DraftBlock(StepBlock):
    letter = _picked(_("Letter"), "letters", empty=_("The standard decision"))

    class Meta:
        icon = "edit"
        label = pgettext_lazy("step", "Write the decision")


class AgreeBlock(StepBlock):
    units = _picked(_("Who has to agree"), "units", empty=_("Units that the officer chooses"), several=True)
    order = blocks.ChoiceBlock(
        choices=[(AgreeOrder.SIDE_BY_SIDE, _("all at the same time")), (AgreeOrder.ONE_BY_ONE, _("one after another"))],
        default=AgreeOrder.SIDE_BY_SIDE,
        label=_("In which order"),
    )

    class Meta:
        icon = "group"
        label = _("Agree to the decision")


class ApproveBlock(StepBlock):
    class Meta:
        icon = "check"
        label = _("Approve the decision")


class SignBlock(StepBlock):
    class Meta:
        icon = "key"
        label = _("Sign the decision")


class DispatchBlock(StepBlock):
    class Meta:
        icon = "mail"
        label = _("Send the decision out")


class WaitBlock(StepBlock):
    waits_for = blocks.ChoiceBlock(
        choices=[
            (WaitFor.APPLICANT, _("for something from the applicant")),
            (WaitFor.DATE, _("for a day")),
            (WaitFor.PAYMENT, _("until a payment is noted")),
        ],
        default=WaitFor.APPLICANT,
        label=_("Wait"),
        form_attrs=switch("waits_for"),
    )
    date = _picked(
        _("Which day"),
        "days",
        empty=_("When the time given below has passed"),
        when=shown_when("waits_for", WaitFor.DATE),
    )
    message = LongTextsBlock(
        label=_("What the applicant is told"), form_attrs=shown_when("waits_for", WaitFor.APPLICANT, WaitFor.PAYMENT)
    )

    class Meta:
        icon = "time"
        label = _("Wait")


VISIT_KINDS = [
    (VisitKind.SHORT_TEXT, _("Short text")),
    (VisitKind.LONG_TEXT, _("Long text")),
    (VisitKind.WHOLE_NUMBER, _("Whole number")),
    (VisitKind.DECIMAL, _("Decimal number")),
    (VisitKind.MONEY, _("Money")),
    (VisitKind.DATE, _("Date")),
    (VisitKind.TIME, _("Time")),
    (VisitKind.YES_NO, _("Yes or no")),
    (VisitKind.CHOICE, _("One of several")),
    (VisitKind.SEVERAL, _("Several of them")),
    (VisitKind.EMAIL, _("E-mail address")),
    (VisitKind.PHONE, _("Telephone number")),
]


class VisitQuestionBlock(blocks.StructBlock):
    """One line of the record that whoever goes there fills in."""

    labels = TextsBlock(label=_("Question"))
    kind = blocks.ChoiceBlock(
        choices=VISIT_KINDS, default=VisitKind.SHORT_TEXT, label=_("Kind of answer"), form_attrs=switch("kind")
    )
    options = blocks.ListBlock(
        TextsBlock(label=_("Answer")),
        default=[],
        required=False,
        label=_("Answers to choose from"),
        form_attrs=shown_when("kind", VisitKind.CHOICE, VisitKind.SEVERAL),
    )
    required = blocks.BooleanBlock(required=False, default=False, label=_("Must be answered"))
    helps = TextsBlock(label=_("Help"))

    class Meta:
        icon = "form"
        label = _("Question")
        form_attrs = {"data-controller": "registra-depends"}
        label_format = "{labels}"


class VisitBlock(StepBlock):
    questions = blocks.ListBlock(
        VisitQuestionBlock(),
        default=[],
        required=False,
        collapsed=True,
        label=_("What is noted down there"),
        help_text=_("Photos are added to the case beside it, as a document."),
    )

    class Meta:
        icon = "site"
        label = _("Visit or inspection")


class DecideBlock(StepBlock):
    outcomes = blocks.ListBlock(
        TextsBlock(label=_("Outcome")), default=[], required=False, label=_("What can be decided")
    )

    class Meta:
        icon = "thumbtack"
        label = _("Decide")


class PublishBlock(StepBlock):
    class Meta:
        icon = "globe"
        label = pgettext_lazy("step", "Publish the decision")


class AutomaticBlock(SilentStepBlock):
    does = blocks.ChoiceBlock(
        choices=[
            (Deed.SET_VALUE, _("note a value")),
            (Deed.OPEN_CASE, _("open a linked case")),
            (Deed.SEND_MESSAGE, _("send the applicant a message")),
        ],
        default=Deed.SET_VALUE,
        label=_("What Registra does"),
        form_attrs=switch("does"),
    )
    name = blocks.CharBlock(
        required=False,
        max_length=80,
        label=_("Name of the value"),
        help_text=_("A short word in small Latin letters. Conditions can ask about it afterwards."),
        form_attrs=shown_when("does", Deed.SET_VALUE),
    )
    value = blocks.CharBlock(
        required=False, max_length=4000, label=_("Value"), form_attrs=shown_when("does", Deed.SET_VALUE)
    )
    service = _picked(_("Of which service"), "services", when=shown_when("does", Deed.OPEN_CASE))
    message = LongTextsBlock(label=_("Words of the message"), form_attrs=shown_when("does", Deed.SEND_MESSAGE))

    class Meta:
        icon = "cogs"
        label = _("Automatic step")


class CloseBlock(SilentStepBlock):
    outcome = blocks.CharBlock(
        required=False,
        max_length=80,
        label=_("How the case ends"),
        help_text=_("Left empty: as it was decided. Else a word in capitals, for example WITHDRAWN."),
    )

    class Meta:
        icon = "lock"
        label = _("Close the case")


class BranchBlock(blocks.StructBlock):
    """One of the branches that are worked on at the same time."""

    def __init__(self, steps: "StepsBlock", **kwargs: Any) -> None:
        super().__init__(local_blocks=[*_branch_titles(), ("steps", steps)], **kwargs)

    class Meta:
        icon = "list-ul"
        label = _("Branch")
        label_format = "{titles}"


class CaseBranchBlock(blocks.StructBlock):
    """What is done if something holds."""

    def __init__(self, steps: "StepsBlock", **kwargs: Any) -> None:
        when = ("when", _condition(_("If")))
        super().__init__(local_blocks=[*_branch_titles(), when, ("steps", steps)], **kwargs)

    class Meta:
        icon = "list-ul"
        label = _("If")
        label_format = "{titles}"


@cache
def _branch_titles() -> Parts:
    return [("titles", TextsBlock(label=_("What this branch is called")))]


@cache
def _condition(label: Any) -> ConditionBlock:
    return ConditionBlock(label=label, collapsed=False)


class SideBySideBlock(blocks.StructBlock):
    def __init__(self, steps: "StepsBlock", **kwargs: Any) -> None:
        branches = blocks.ListBlock(BranchBlock(steps), label=_("Branches"), required=False, default=_two_branches)
        super().__init__(local_blocks=[("branches", branches)], **kwargs)

    class Meta:
        icon = "grip"
        label = _("Side by side")
        group = pgettext_lazy("steps of a procedure", "Blocks of steps")
        label_format = ""


def _two_branches() -> list[dict[str, Any]]:
    return [{"titles": texts_stream({}), "steps": []} for _branch in range(2)]


class RepeatBlock(blocks.StructBlock):
    def __init__(self, steps: "StepsBlock", **kwargs: Any) -> None:
        at_most = blocks.IntegerBlock(
            default=3, min_value=1, max_value=50, label=_("At most so many times"), help_text=_("Then it goes on.")
        )
        parts: Parts = [("steps", steps), ("until", _condition(pgettext_lazy("repeat", "Until"))), ("at_most", at_most)]
        super().__init__(local_blocks=parts, **kwargs)

    class Meta:
        icon = "rotate"
        label = _("Repeat until")
        group = pgettext_lazy("steps of a procedure", "Blocks of steps")
        label_format = ""


class IfBlock(blocks.StructBlock):
    def __init__(self, steps: "StepsBlock", otherwise: "StepsBlock", **kwargs: Any) -> None:
        branches = blocks.ListBlock(CaseBranchBlock(steps), label=_("Cases, the first that holds"), required=False)
        super().__init__(local_blocks=[("branches", branches), ("otherwise", otherwise)], **kwargs)

    class Meta:
        icon = "resubmit"
        label = _("If … otherwise")
        group = pgettext_lazy("steps of a procedure", "Blocks of steps")
        label_format = ""


class PlainStepsBlock(blocks.StreamBlock):
    """All kinds of step, in the order in which a case usually meets them."""

    check_completeness = CheckCompletenessBlock()
    resolve = ResolveBlock()
    handle = HandleBlock()
    ask_opinions = AskOpinionsBlock()
    visit = VisitBlock()
    decide = DecideBlock()
    draft = DraftBlock()
    agree = AgreeBlock()
    approve = ApproveBlock()
    sign = SignBlock()
    dispatch = DispatchBlock()
    wait = WaitBlock()
    publish = PublishBlock()
    automatic = AutomaticBlock()
    close = CloseBlock()


class StepsBlock(PlainStepsBlock):
    """Steps, and blocks of steps while the depth lasts."""

    def __init__(self, depth: int = 0, **kwargs: Any) -> None:
        super().__init__(local_blocks=_containers(depth + 1) if depth < DEEPEST else [], **kwargs)

    class Meta:
        required = False
        label = _("Steps")
        collapsed = True


@cache
def _steps(depth: int) -> StepsBlock:
    """One list of steps for each depth, shared by all containers of that depth."""
    return StepsBlock(depth, form_attrs={"data-registra-steps": str(depth)})


def _containers(depth: int) -> Parts:
    inner = _steps(depth)
    otherwise = StepsBlock(depth, label=_("Otherwise"))
    return [
        ("side_by_side", SideBySideBlock(inner)),
        ("if", IfBlock(inner, otherwise)),
        ("repeat", RepeatBlock(inner)),
    ]


KIND_OF_BLOCK = {name: Kind(name.upper()) for name in [*PlainStepsBlock().child_blocks, "side_by_side", "if", "repeat"]}


class DesignerStreamAdapter(StreamBlockAdapter):
    @property
    def media(self) -> forms.Media:
        return super().media + DESIGNER_MEDIA


class DesignerStructAdapter(StructBlockAdapter):
    @property
    def media(self) -> forms.Media:
        return super().media + DESIGNER_MEDIA


register(DesignerStreamAdapter(), StepsBlock)
register(DesignerStructAdapter(), StepBlock)
