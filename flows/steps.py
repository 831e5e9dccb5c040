"""The steps of procedures in words: the one place for the titles of tasks and for the steps line.

A step's key stands in ``cases.Task.step`` and in ``cases.Case.stage``; it never changes once used.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from cases.models import Task
from cases.texts import Texts, in_language
from flows.procedures.tree import Step as ProcedureStep

LOOK_AT_NEW = "look_at_new"


@dataclass(frozen=True)
class Step:
    """One step: what the person is asked to do, and under which station of the steps line it falls."""

    key: str
    title: str | Promise
    station: str


STEPS = {
    step.key: step
    for step in (
        Step("check_completeness", _("Check whether it is complete"), "COMPLETENESS"),
        Step("wait_for_applicant", _("Wait for the applicant"), "COMPLETENESS"),
        Step("resolve", _("Decide who handles it"), "RESOLUTION"),
        Step("handle", _("Handle the case"), "HANDLING"),
        Step("give_opinion", _("Give your opinion"), "OPINIONS"),
        Step("draft", pgettext_lazy("step", "Write the decision"), "DECISION"),
        Step("agree", _("Agree to the decision"), "DECISION"),
        Step("approve", _("Approve the decision"), "DECISION"),
        Step("sign", _("Sign the decision"), "SIGNATURE"),
        Step("dispatch", _("Send the decision out"), "SENT"),
        Step("choose_units", _("Choose who is asked for an opinion"), "OPINIONS"),
        Step("visit", _("Visit the place"), "HANDLING"),
        Step("decide", pgettext_lazy("step", "Decide"), "HANDLING"),
        Step("note_payment", _("Note the payment"), "HANDLING"),
        Step("wait_for_date", _("Wait for the day"), "HANDLING"),
        Step("publish", pgettext_lazy("step", "Publish"), "SENT"),
        Step(LOOK_AT_NEW, _("Look at what arrived"), ""),
    )
}

# The steps line of the case page, in order.
STATIONS = {
    "REGISTERED": _("Registered"),
    "COMPLETENESS": _("Complete"),
    "RESOLUTION": _("Resolution"),
    "HANDLING": _("Handling"),
    "OPINIONS": _("Opinions"),
    "DECISION": _("Decision"),
    "SIGNATURE": _("Signature"),
    "SENT": _("Sent"),
}

# How a task ended, for the task's line on the case page.
OUTCOMES = {
    "COMPLETE": _("complete"),
    "ASKED_APPLICANT": _("asked the applicant"),
    "RESOLVED": _("resolved"),
    "TO_UNIT": _("sent to another unit"),
    "TO_REGISTRY": _("sent back to the registry"),
    "ASKED_OPINIONS": _("asked for opinions"),
    "HANDLED": _("handled"),
    "IN_FAVOUR": _("in favour"),
    "WITH_CONDITIONS": _("in favour, with conditions"),
    "AGAINST": _("against"),
    "WITHDRAWN": _("no longer asked"),
    "DRAFTED": _("draft sent on"),
    "AGREED": _("agreed"),
    "APPROVED": _("approved"),
    "SIGNED": _("signed"),
    "SENT_BACK": _("sent back with remarks"),
    "CALLED_BACK": _("called back"),
    "DISPATCHED": _("sent out"),
    "SEEN": _("seen"),
    "VISITED": _("visited"),
    "PAID": _("paid"),
    "NOT_PAID": _("not paid"),
    "PUBLISHED": _("published"),
    "ARRIVED": _("something arrived"),
    "SILENT": _("nothing arrived in time"),
    "NOT_NEEDED": _("no longer needed"),
}


def title_of(step: str) -> str | Promise:
    """What the person is asked to do at a step."""
    return STEPS[step].title if step in STEPS else step


def own_title(titles: Texts, step: str) -> str | Promise:
    """The title that the procedure's author gave, else the standard words of what is done."""
    return in_language(titles).words if titles else title_of(step)


def task_title(task: Task) -> str | Promise:
    """What the person is asked to do in a task."""
    return own_title(task.titles, task.step)


def drawn_title(drawn: ProcedureStep, step: str) -> str | Promise:
    """The title of a step for diagrams, in the language of whoever reads them."""
    return _own_title_later(drawn.titles, step) if drawn.titles else title_of(step)


def _own_title(titles: Texts, step: str) -> str:
    return str(own_title(titles, step))


_own_title_later = lazy(_own_title, str)


def titles_in_all_languages(titles: Texts, step: str) -> dict[str, str]:
    """A step's title for an event that many read."""
    texts = dict(titles)
    for code, _name in settings.LANGUAGES:
        if not texts.get(code):
            with override(code):
                texts[code] = str(own_title(titles, step))
    return texts


_STANDARD: dict[str, str] = {
    "CHECK_COMPLETENESS": "check_completeness",
    "ASK_OPINIONS": "give_opinion",
    "WAIT APPLICANT": "wait_for_applicant",
    "WAIT DATE": "wait_for_date",
    "WAIT PAYMENT": "note_payment",
}
# What happens by itself, for the diagram and the walk.
BY_ITSELF = {
    "SET_VALUE": _("Set a value"),
    "OPEN_CASE": _("Open a linked case"),
    "SEND_MESSAGE": _("Send a message"),
    "CLOSE": _("Close the case"),
}


def standard_title(step: ProcedureStep) -> str | Promise:
    """What a step is called when its author gave it no name."""
    kind = str(step.does or step.kind)
    if kind in BY_ITSELF:
        return BY_ITSELF[kind]
    named = f"{kind} {step.waits_for}" if step.waits_for else kind
    return title_of(_STANDARD.get(named, kind.lower()))


def outcome_words(outcome: str) -> str | Promise:
    return OUTCOMES.get(outcome, outcome)
