"""What the events of a procedure say: to the office, and to the applicant where they see it.

Events that the applicant sees carry a ``milestone``: the station of the public tracking page.
"""

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.history import register_choices, register_words
from cases.models import Unit
from flows.letters.standard import DecisionOutcome

# The milestones of the tracking page that a procedure reaches (R44).
WITH_UNIT = "WITH_UNIT"
WAITING_FOR_YOU = "WAITING_FOR_YOU"
WAITING_FOR_OPINION = "WAITING_FOR_OPINION"
BEING_SIGNED = "BEING_SIGNED"

NO_REMARK = {"remarks": _("without a remark")}


def in_all_languages(words: str | Promise) -> dict[str, str]:
    """Our own words as a text with all languages, for an event that many read."""
    texts = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            texts[code] = str(words)
    return texts


def names_of(units: Sequence[Unit]) -> dict[str, str]:
    """The units' names, joined, in every language that each of them has."""
    languages = set.intersection(*({code for code, name in unit.names.items() if name} for unit in units))
    languages = languages or {"en"}
    return {code: ", ".join(unit.names.get(code) or str(unit.name) for unit in units) for code in sorted(languages)}


register_choices("outcome", dict(DecisionOutcome.choices))
register_words("FOUND_COMPLETE", _("Found complete"), _("Your filing is complete"))
register_words(
    "ASKED_APPLICANT",
    _("The applicant was asked until {until}: {message}"),
    _("We need something more from you, until {until}: {message}"),
)
register_words("WAIT_ENDED", _("The wait for the applicant is over: {reason}"), _("We go on with your case"))
register_words("SENT_TO_UNIT", _("Sent to {unit}: {remarks}"), _("Handed to {unit}"), unsaid=NO_REMARK)
register_words("SENT_TO_REGISTRY", _("Sent back to the registry: {remarks}"), _("Handed to {unit}"))
register_words("OPINIONS_ASKED", _("Opinions asked of {units}"), _("We asked for an opinion: {units}"))
register_words("OPINION_GIVEN", _("Opinion of {unit}: {verdict}"), _("We received the opinion of {unit}"))
register_words("OPINION_WITHDRAWN", _("The opinion of {unit} is no longer needed"))
register_words("HANDLED", _("The matter is ready to be decided"))
register_words("DRAFT_SENT_ON", _("The draft “{title}” was sent on"), _("The decision is being prepared"))
register_words("AGREED", _("{unit} agreed to the decision"))
register_words("APPROVED", _("The decision was approved"), _("The decision is being signed"))
register_words("SENT_BACK", _("{step}: sent back with remarks: {remarks}"))
register_words("CALLED_BACK", _("Called back from signature: {remarks}"))
register_words("TASK_LATE", _("Late: {step} ({unit})"))
register_words("NEW_SEEN", _("Looked at what arrived: {remarks}"), unsaid=NO_REMARK)
register_words("HANDED_OVER", _("Handed over from {old} to {new}: {reason}"))
register_words("MILESTONE", _("The applicant sees: {words}"), "{words}")
register_words("TASK_REROUTED", _("{step}: {why}"))
register_words("TASK_TO_HEAD", _("Late: {step} was handed to {new}"))
register_words("VISITED", _("Visited: {remarks}"), _("We have been there"), unsaid=NO_REMARK)
register_words("DECIDED", _("{step}: {outcome}"))
register_words("PAYMENT_NOTED", _("Payment: {remarks}"), _("We received your payment"), unsaid=NO_REMARK)
register_words("PAYMENT_MISSING", _("The payment did not arrive: {remarks}"), unsaid=NO_REMARK)
register_words("PUBLISHED", _("Published: {where}"), _("Published: {where}"))
register_words("OPINIONS_NOT_ASKED", _("No opinion is asked: {remarks}"), unsaid=NO_REMARK)
