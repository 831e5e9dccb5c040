"""What a letter is filled with: the facts of one case, in the letter's language, for placeholders and conditions."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.answers_as_filed import AnswerAsFiled, answers_as_filed
from cases.clock import local_date, rules_of
from cases.dispatching import addressees
from cases.models import Case, ComponentFile, ComponentRole, FileRole
from cases.texts import in_language
from cases.typesetting import Table
from flows.letters.placeholders import ANSWER, OPINION, TABLE
from flows.letters.standard import decision_words
from flows.models import CaseProcess
from flows.procedures.facts import facts_of as facts_of_case
from flows.steps import outcome_words

OF_PROCESS = ("step:", "set:")


@dataclass(frozen=True)
class Filling:
    """``values`` for placeholders inside text; ``tables`` for those that stand on a line of their own."""

    values: Mapping[str, str]
    tables: Mapping[str, Table] = field(default_factory=dict)


def facts_of(case: Case, *, outcome: str = "", asked: Iterable[str] = ()) -> dict[str, Any]:
    """What the letter's conditions ask about: as the steps of the procedure do, with the outcome being written."""
    process = CaseProcess.objects.of(case).order_by("-pk").first()
    known = [key for key in dict.fromkeys(asked) if process or not key.startswith(OF_PROCESS)]
    facts = facts_of_case(case, process, known)
    return facts | ({"case:outcome": outcome} if outcome else {})


def filling_of(case: Case, *, language: str, today: dt.date, outcome: str = "", names: Iterable[str] = ()) -> Filling:
    """What the placeholders stand for in one case. ``names``: those asked for; only they cost a query of their own."""
    source = _CaseInWords(case, language)
    asked = list(names)
    with override(language):
        values = source.ordinary(today, outcome)
        values |= {name: source.answer(name.removeprefix(ANSWER)) for name in asked if name.startswith(ANSWER)}
        values |= {name: source.opinion(name.removeprefix(OPINION)) for name in asked if name.startswith(OPINION)}
        tables = {name: table for name in asked if name.startswith(TABLE) and (table := source.table(name))}
    return Filling(values | {name: "…" for name in tables}, tables)


class _CaseInWords:
    """The facts of one case as a letter says them."""

    def __init__(self, case: Case, language: str) -> None:
        self.case, self.language = case, language

    def ordinary(self, today: dt.date, outcome: str) -> dict[str, str]:
        case, institution, rules = self.case, self.case.institution, rules_of(self.case)
        parties = addressees(case)
        return {
            "case number": case.number,
            "subject": case.subject,
            "service": self._words(case.service.names) if case.service else "",
            "place": case.place.words if case.place else "",
            "unit": self._words(case.unit.names),
            "officer": str(case.holder) if case.holder else "",
            "legal basis": rules.legal_basis if rules else "",
            "applicant": ", ".join(party.name for party in parties if party.name),
            "applicant address": "; ".join(", ".join(party.address.splitlines()) for party in parties if party.address),
            "decision": decision_words(outcome or case.outcome),
            "filed on": date_format(local_date(case, case.opened_at), "DATE_FORMAT"),
            "due date": date_format(case.due_date, "DATE_FORMAT") if case.due_date else "",
            "date": date_format(today, "DATE_FORMAT"),
            "institution": self._words(institution.names),
            "institution address": ", ".join(self._words(institution.address).splitlines()),
            "institution phone": institution.phone,
            "institution email": institution.email,
        }

    def _words(self, texts: Mapping[str, str]) -> str:
        return in_language(texts, self.language, main=self.case.institution.main_language).words

    def answer(self, key: str) -> str:
        """As it was shown to whoever answered; one that came later as it was entered."""
        if key in self._later:
            return in_words(self._later[key])
        if key in self._filed:
            return self._filed[key].words
        return in_words(self._answers.get(key))

    @cached_property
    def _answers(self) -> dict[str, Any]:
        return {row.key: row.value for row in self._rows}

    @cached_property
    def _later(self) -> dict[str, Any]:
        return {row.key: row.value for row in self._rows if row.transcribed_by_id}

    @cached_property
    def _rows(self) -> list[Any]:
        return list(self.case.answers.filter(replaced_at__isnull=True))

    @cached_property
    def _filed(self) -> dict[str, AnswerAsFiled]:
        files = ComponentFile.objects.filter(
            component__document__case=self.case,
            component__role=ComponentRole.ANSWERS,
            role=FileRole.ORIGINAL,
            superseded_by__isnull=True,
        )
        file = files.select_related("stored_file").order_by("pk").first()
        pages = answers_as_filed(file) if file else []
        return {answer.key: answer for page in pages for answer in page.answers}

    def opinion(self, unit_code: str) -> str:
        """What the unit said last, with its reasons."""
        given = self.case.tasks.filter(step="give_opinion", unit__code__iexact=unit_code, ended_at__isnull=False)
        task = given.exclude(outcome="WITHDRAWN").order_by("-ended_at").first()
        return f"{outcome_words(task.outcome)}: {task.remarks}" if task else ""

    def table(self, name: str) -> Table | None:
        """A row for each row of the repeating answer; None where it has none."""
        key, _colon, columns = name.removeprefix(TABLE).partition(":")
        wanted = [column.strip() for column in columns.split(",") if column.strip()]
        filed = self._filed.get(key)
        rows = filed.rows if filed else []
        if not rows or not wanted:
            return None
        by_key = [{cell.key: cell for cell in row} for row in rows]
        labels = {cell.key: cell.question for row in rows for cell in row}
        if not set(wanted) <= set(labels):
            return None
        return Table(
            headings=[labels[column] for column in wanted],
            rows=[[row[column].words if column in row else "" for column in wanted] for row in by_key],
        )


def in_words(value: Any) -> str:
    """An answer that nobody saw in words: as plainly as it can be said."""
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case int():
            return number_format(value)
        case str():
            return value
        case list():
            return ", ".join(filter(None, map(in_words, value)))
        case dict():
            return ", ".join(filter(None, (in_words(inner) for inner in value.values())))
    return str(value)
