"""Is a row fit to be taken over? Everything that is wrong with it is said at once."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.conf.locale import LANG_INFO

from cases.backfile.refusals import Refusal, Why
from cases.backfile.scans import FileRefused, ScanFolder
from cases.backfile.table import Row
from cases.models import Institution, RecordClass, RegisterEntry, Unit
from cases.registration import RoughDate
from cases.rough_dates import DateAhead, NotADate, read_date

LONGEST_NUMBER = RegisterEntry._meta.get_field("number").max_length or 80


@dataclass(frozen=True, slots=True)
class OldLine:
    """A line of an old register that can be taken over. ``old_unit``: a unit's name that Registra does not know."""

    row: int
    key: str
    number: str
    date: RoughDate | None
    title: str
    sender: str
    unit: Unit
    old_unit: str
    record_class: RecordClass | None
    language: str
    files: Sequence[str]


class Checker:
    """Knows an institution's units and classes, and the folder. ``unit``: takes rows with none or an unknown one."""

    def __init__(
        self, institution: Institution, folder: ScanFolder, *, today: dt.date, unit: Unit | None = None
    ) -> None:
        self.institution, self.folder, self.today = institution, folder, today
        self._named_unit = unit
        units = list(Unit.objects.filter(institution=institution).order_by("valid_from", "pk"))
        self._usual_unit = unit or next((one for one in units if one.is_intake), None)
        self._units = {_key(name): one for one in units for name in one.names.values()}
        self._units |= {_key(one.code): one for one in units}
        self._classes: dict[str, list[RecordClass]] = {}
        for one in RecordClass.objects.filter(institution=institution).order_by("valid_from", "pk"):
            for name in {_key(one.code), *map(_key, one.titles.values())}:
                self._classes.setdefault(name, []).append(one)
            for title in one.titles.values():
                self._classes.setdefault(_key(f"{one.code} {title}"), []).append(one)
        self._languages = _languages()
        self._dates: dict[str, RoughDate | None | Why] = {}

    def check(self, row: Row, key: str) -> tuple[OldLine | None, list[Refusal]]:
        """The line, or what is wrong with the row."""
        refusals: list[Refusal] = []

        def refuse(column: str, why: Why, value: str = "") -> None:
            refusals.append(Refusal(row.number, column, why, (value or row.cells.get(column, ""))[:200]))

        cells = row.cells
        if row.surplus:
            refuse("", Why.TOO_MANY_CELLS, row.surplus)
        if not (cells["number"] or cells["title"] or cells["files"]):
            refuse("number", Why.NOTHING_SAID)
        if len(cells["number"]) > LONGEST_NUMBER:
            refuse("number", Why.NUMBER_TOO_LONG)
        date = self._date(cells["date"])
        if isinstance(date, Why):
            refuse("date", date)
            date = None
        unit = self._unit(cells["unit"])
        if unit is None:
            refuse("unit", Why.UNKNOWN_UNIT if cells["unit"] else Why.NO_UNIT)
        record_class = self._class(cells["class"], date)
        if cells["class"] and record_class is None:
            refuse("class", Why.UNKNOWN_CLASS)
        language = self._language(cells["language"])
        if language is None:
            refuse("language", Why.UNKNOWN_LANGUAGE)
        files: list[str] = []
        try:
            files = self.folder.named(cells["files"])
        except FileRefused as refused:
            refuse("files", refused.why, refused.value)
        if refusals or unit is None or language is None:
            return None, refusals
        is_unknown = bool(cells["unit"]) and _key(cells["unit"]) not in self._units
        return (
            OldLine(
                row=row.number,
                key=key,
                number=cells["number"],
                date=date,
                title=cells["title"],
                sender=cells["sender"],
                unit=unit,
                old_unit=cells["unit"] if is_unknown else "",
                record_class=record_class,
                language=language,
                files=files,
            ),
            [],
        )

    def _date(self, words: str) -> RoughDate | None | Why:
        if words not in self._dates:
            try:
                self._dates[words] = read_date(words, today=self.today)
            except NotADate:
                self._dates[words] = Why.NOT_A_DATE
            except DateAhead:
                self._dates[words] = Why.DATE_AHEAD
        return self._dates[words]

    def _unit(self, words: str) -> Unit | None:
        """Units that are no more count too: they had the paper in their time."""
        return self._units.get(_key(words), self._named_unit) if words else self._usual_unit

    def _class(self, words: str, date: RoughDate | None) -> RecordClass | None:
        """Of several versions of a class the one that was valid on the line's last day, else the latest."""
        versions = self._classes.get(_key(words), []) if words else []
        valid = [one for one in versions if date and one.is_valid_on(date.latest)]
        return next(reversed(valid or versions), None)

    def _language(self, words: str) -> str | None:
        return self._languages.get(_key(words)) if words else self.institution.main_language


def _key(words: str) -> str:
    return " ".join(words.casefold().split())


def _languages() -> dict[str, str]:
    """Codes of the world's usual languages, and their names in English and in themselves."""
    known: dict[str, str] = {}
    for code, about in LANG_INFO.items():
        if "-" not in code and "name" in about:
            known |= {name.casefold(): code for name in (code, about["name"], about["name_local"])}
    known |= {str(name).casefold(): code for code, name in settings.LANGUAGES}
    return known
