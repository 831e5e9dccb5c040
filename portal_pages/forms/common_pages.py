"""The pages that every service asks in the same words: a service switches them on and trims them.

In a definition such a page is ``{"common": NAME, …}`` with the options that `OPTIONS` lists.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from cases.conditions import holds
from portal_pages.forms.applicant import (
    COMPANY,
    PERSON,
    REPRESENTATIVE,
    applicant_page,
    contact_page,
    declarations_page,
)
from portal_pages.forms.definition import Page, Question
from portal_pages.forms.kinds import Choice

APPLICANT, CONTACT, DECLARATIONS = "APPLICANT", "CONTACT", "DECLARATIONS"
WHO = (PERSON, COMPANY, REPRESENTATIVE)
# What a service may do without; the rest of the block stays, because the parties of the case are made from it.
MAY_BE_LEFT_OUT = {APPLICANT: ("contact_person",), CONTACT: ("phone", "letters_language"), DECLARATIONS: ()}
SWITCHES = {
    APPLICANT: ("identifier_required",),
    CONTACT: ("address_required",),
    DECLARATIONS: ("may_fetch_documents",),
}
PAGES: Mapping[str, Callable[..., Page]] = {
    APPLICANT: applicant_page,
    CONTACT: contact_page,
    DECLARATIONS: declarations_page,
}


def common_page(name: Any, options: Mapping[str, Any]) -> Page:
    """The page in full. Raises ValueError in words.

    Options: the switch of the page (true or false); ``without``, keys of `MAY_BE_LEFT_OUT`; for the applicant's
    page ``who``, the kinds of applicants that may ask (`WHO`).
    """
    make = PAGES.get(name) if isinstance(name, str) else None
    if make is None:
        raise ValueError(_("There is no common page “{name}”").format(name=str(name)[:40]))
    switches = SWITCHES[name]
    for option in options:
        if option not in {*switches, "without", *(["who"] if name == APPLICANT else [])}:
            raise ValueError(_("“{name}” is not known here").format(name=option[:40]))
    chosen = {switch: options.get(switch, False) for switch in switches}
    if not all(isinstance(value, bool) for value in chosen.values()):
        raise ValueError(_("Here true or false is expected"))
    page = _without(make(**chosen), _chosen(options.get("without", []), MAY_BE_LEFT_OUT[name]))
    return _asked_of(page, _chosen(options.get("who", [*WHO]), WHO)) if name == APPLICANT else page


def _chosen(said: Any, allowed: Sequence[str]) -> Sequence[str]:
    if not isinstance(said, list) or not all(isinstance(one, str) and one in allowed for one in said):
        raise ValueError(_("Choose from: {names}").format(names=", ".join(allowed)))
    return said


def _without(page: Page, keys: Sequence[str]) -> Page:
    return replace(page, questions=tuple(question for question in page.questions if question.key not in keys))


def _asked_of(page: Page, who: Sequence[str]) -> Page:
    """The questions that one of these applicants is asked; with one kind of person left, not for whom."""
    if not who:
        raise ValueError(_("Somebody has to be able to ask: choose at least one kind of applicant"))
    if set(who) == set(WHO):
        return page
    asked = [q for q in page.questions if any(holds(q.show_when, {"applicant_kind": kind}) for kind in who)]
    if list(who) == [PERSON]:
        return replace(page, questions=tuple(replace(q, show_when=None) for q in asked if q.key != "applicant_kind"))
    return replace(page, questions=tuple(_offering(question, who) for question in asked))


def _offering(question: Question, who: Sequence[str]) -> Question:
    if question.key != "applicant_kind" or not isinstance(question.kind, Choice):
        return question
    offered = tuple(option for option in question.kind.options if option.value in who)
    return replace(question, kind=replace(question.kind, options=offered))
