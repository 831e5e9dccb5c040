"""A letter under work on paper: filled from a sample that nobody filed, or from a case that the editor may read."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.clock import local_date
from cases.conditions import Condition, asked_about, holds
from cases.models import Case, Institution, Unit
from cases.texts import in_language
from cases.typesetting import Table, typeset
from flows.letters.definition import Letter
from flows.letters.filling import Filling, facts_of, filling_of
from flows.letters.pages import page_images
from flows.letters.placeholders import TABLE, names_in
from flows.letters.setting import LetterWords, Signatory, paper_of
from flows.letters.signatories import signatory_of
from flows.letters.standard import decision_words

OUTCOME = "case:outcome"
SAMPLE_ROWS = 2


@dataclass(frozen=True)
class Shown:
    """How the letter is looked at: in which language, for which decision, for which case (None: the sample)."""

    language: str
    outcome: str
    case: Case | None = None


def pages_of(letter: Letter, shown: Shown, *, institution: Institution, at: dt.datetime) -> list[bytes]:
    """The letter's pages as pictures, marked as a sample; what would print nothing is visible."""
    case = shown.case or _sample_case(institution, at)
    facts: Mapping[str, Any] = {OUTCOME: shown.outcome}
    judge: Callable[[Condition | None, Mapping[str, Any]], bool] = _holds_in_sample
    if shown.case:
        facts, judge = facts_of(shown.case, outcome=shown.outcome, asked=letter.asked()), holds
    main = institution.main_language
    words = LetterWords(
        shown.language,
        letter.subject_in(shown.language, facts, main=main, judge=judge),
        letter.body_in(shown.language, facts, main=main, judge=judge),
    )
    names = names_in("\n".join([words.title, words.body, *letter.salutation.values(), *letter.closing.values()]))
    today = local_date(case, at)
    filling = (
        filling_of(shown.case, language=shown.language, today=today, outcome=shown.outcome, names=names)
        if shown.case
        else _sample_filling(case, shown, names, today)
    )
    with override(shown.language):
        signatory = _signatory(shown, today)
        paper = paper_of(
            letter, words, case, filling, signatory, stamp=None, check=None, watermark=_("SAMPLE"), today=today
        )
    return page_images(typeset("letter", paper, language=shown.language, at=at))


def _signatory(shown: Shown, today: dt.date) -> Signatory:
    """Whoever signs by the case's own procedure; else a stand-in, in brackets as everything that is not filled."""
    found = (
        signatory_of(shown.case, outcome=shown.outcome, language=shown.language, today=today) if shown.case else None
    )
    if found and (found.name or found.office):
        return found
    return Signatory(f"[{_('Name of whoever signs')}]", f"[{_('Office')}]")


def _holds_in_sample(condition: Condition | None, facts: Mapping[str, Any]) -> bool:
    """A sample has an outcome and nothing else: parts that depend on more are all shown."""
    return bool(set(asked_about(condition)) - {OUTCOME}) or holds(condition, facts)


def _sample_case(institution: Institution, at: dt.datetime) -> Case:
    unit = Unit(institution=institution, code="", names={})
    return Case(institution=institution, unit=unit, number="…", subject="", language="", opened_at=at)


def _sample_filling(case: Case, shown: Shown, names: list[str], today: dt.date) -> Filling:
    institution = case.institution
    with override(shown.language):
        day = date_format(today, "DATE_FORMAT")
        values = {
            "case number": "94-00-123",
            "subject": _("Subject of the request"),
            "service": _("Name of the service"),
            "place": _("12 Lipa St."),
            "unit": _("Name of the unit"),
            "officer": _("Name of the officer"),
            "legal basis": _("Law, article 12"),
            "applicant": _("Ana Marin"),
            "applicant address": _("4 Lipa St."),
            "decision": decision_words(shown.outcome),
            "filed on": day,
            "due date": day,
            "date": day,
            "institution": in_language(institution.names, shown.language, main=institution.main_language).words,
            "institution address": ", ".join(
                in_language(institution.address, shown.language, main=institution.main_language).words.splitlines()
            ),
            "institution phone": institution.phone,
            "institution email": institution.email,
        }
        values |= {name: _("(words of the case)") for name in names if ":" in name}
    tables = {name: _sample_table(name) for name in names if name.startswith(TABLE)}
    return Filling(values, tables)


def _sample_table(name: str) -> Table:
    columns = [column.strip() for column in name.rpartition(":")[2].split(",") if column.strip()] or ["…"]
    return Table(headings=columns, rows=[["…"] * len(columns)] * SAMPLE_ROWS)
