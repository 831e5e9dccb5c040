"""A classification plan from a CSV file: looked at first, row by row; brought in whole or not at all.

Columns, by their names in the first row: ``code`` and ``title`` (or ``title_bg``, ``title_pl`` …) always;
``parent``, ``category``, ``years``, ``start``, ``action``, ``selectable``, ``legal_basis`` where they are said. Without
``action`` and ``years`` the category says them (B5, BE10, 10 C.S., П).
"""

import csv
import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.acting import Actor
from cases.classifying import (
    ClassSaid,
    PlanRefused,
    add_class,
    category_means,
    edit_class,
    is_used,
    problems_of,
    publish_version,
    said_of,
)
from cases.models import DisposalAction, Institution, RecordClass, RetentionStart
from cases.retaining import lock_plan

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5_000
FOLDER = Path(__file__).parent / "plans"
_YES = {"", "1", "yes", "true", "y", "да", "tak", "da", "x"}
_NO = {"0", "no", "false", "n", "не", "nie", "nu"}
_KNOWN = {"code", "title", "parent", "category", "years", "start", "action", "selectable", "legal_basis"}


class NotAPlan(Exception):
    """The file can't be read as a plan; the message says why."""


@dataclass(frozen=True)
class ShippedPlan:
    """An example that comes with Registra, to begin from; the archivist makes it the institution's own."""

    key: str
    name: str | Promise
    about: str | Promise

    @property
    def content(self) -> bytes:
        return (FOLDER / f"{self.key}.csv").read_bytes()


SHIPPED = [
    ShippedPlan(
        "bg",
        gettext_lazy("Bulgaria: номенклатура на делата"),
        gettext_lazy("Indexes of departments and files, with terms in years, П (for ever) and ЕК (expert commission)."),
    ),
    ShippedPlan(
        "pl",
        gettext_lazy("Poland: JRWA"),
        gettext_lazy("Decimal classes of a municipality with the categories A, B, BE and Bc."),
    ),
    ShippedPlan(
        "ro",
        gettext_lazy("Romania: nomenclator arhivistic"),
        gettext_lazy("Departments, services and files: terms in years, P (permanent) and C.S. (selection commission)."),
    ),
]


def shipped_plan(key: str) -> ShippedPlan | None:
    return next((plan for plan in SHIPPED if plan.key == key), None)


@dataclass
class Row:
    """A line of the file. ``what``: NEW, CHANGED, SAME or WRONG, with the reasons."""

    line: int
    code: str
    title: str
    what: str = "NEW"
    wrong: list[str] = field(default_factory=list)
    said: ClassSaid | None = None


@dataclass(frozen=True)
class Looked:
    """What bringing a file in would do."""

    rows: list[Row]

    def count(self, what: str) -> int:
        return sum(row.what == what for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        return {what: self.count(what) for what in ("NEW", "CHANGED", "SAME", "WRONG")}

    @property
    def is_good(self) -> bool:
        return bool(self.rows) and not self.count("WRONG")

    @property
    def wrong(self) -> list[Row]:
        return [row for row in self.rows if row.what == "WRONG"]


def look_at(content: bytes, *, institution: Institution) -> Looked:
    """Read the file and say what each of its rows would do; changes nothing. Raises NotAPlan."""
    header, lines = _lines_of(content)
    rows = [_row(number, dict(zip(header, cells, strict=False)), institution) for number, cells in lines]
    _look_at_codes(rows, institution)
    _look_at_tree(rows, institution)
    _compare(rows, institution)
    return Looked(rows)


def _lines_of(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    if len(content) > MOST_BYTES:
        raise NotAPlan(_("The file is larger than 2 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotAPlan(_("The file is not UTF-8. Save it as “CSV UTF-8” and choose it again.")) from None
    if "\x00" in text:
        raise NotAPlan(_("This is no CSV file."))
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise NotAPlan(_("This is no CSV file: {why}").format(why=error)) from None
    lines = [(number, cells) for number, cells in enumerate(table, 1) if any(cell.strip() for cell in cells)]
    if not lines:
        raise NotAPlan(_("The file is empty."))
    header = [cell.strip().casefold() for cell in lines[0][1]]
    _check_header(header)
    if len(lines) - 1 > MOST_ROWS:
        raise NotAPlan(_("These are more than {most} rows.").format(most=MOST_ROWS))
    return header, lines[1:]


def _check_header(header: list[str]) -> None:
    if "code" not in header or not any(name == "title" or name.startswith("title_") for name in header):
        raise NotAPlan(_("The first row names the columns: at least “code” and “title”."))
    unknown = [name for name in header if name and name not in _KNOWN and not name.startswith("title_")]
    if unknown:
        raise NotAPlan(_("Unknown columns: {names}.").format(names=", ".join(unknown)))
    if len({*filter(None, header)}) != len([*filter(None, header)]):
        raise NotAPlan(_("A column stands there twice."))


def _row(line: int, cells: Mapping[str, str], institution: Institution) -> Row:
    values = {name: " ".join(cell.split()) for name, cell in cells.items()}
    titles = {
        name.removeprefix("title_") if name != "title" else institution.main_language: words
        for name, words in values.items()
        if words and (name == "title" or name.startswith("title_"))
    }
    row = Row(line, values.get("code", ""), next(iter(titles.values()), ""))
    said = ClassSaid(
        code=row.code,
        titles=titles,
        parent=values.get("parent", ""),
        is_selectable=_yes(values.get("selectable", ""), row),
        category=values.get("category", ""),
        legal_basis=values.get("legal_basis", "")[:300],
        **_rule(values, row),
    )
    row.wrong += [str(wrong.words) for wrong in problems_of(said, institution=institution)]
    if len(said.category) > 20:
        row.wrong.append(_("A category has at most 20 characters."))
    row.said = said
    return row


def _yes(word: str, row: Row) -> bool:
    if word.casefold() in _NO:
        return False
    if word.casefold() not in _YES:
        row.wrong.append(_("“{word}” in the column selectable is neither yes nor no.").format(word=word))
    return True


def _rule(values: Mapping[str, str], row: Row) -> dict:
    category, years, action = values.get("category", ""), values.get("years", ""), values.get("action", "").upper()
    start = values.get("start", "").upper() or RetentionStart.END_OF_YEAR
    means = category_means(category) if category else None
    if start not in RetentionStart.values:
        row.wrong.append(_("“{word}” in the column start is none of {known}.").format(word=start, known=_all_starts()))
        start = RetentionStart.END_OF_YEAR
    if action and action not in DisposalAction.values:
        known = ", ".join(DisposalAction.values)
        row.wrong.append(_("“{word}” in the column action is none of {known}.").format(word=action, known=known))
        action = ""
    number = _number(years, row)
    if not action and means:
        action, number = means[0], means[1] if not years else number
    if not action and category:
        row.wrong.append(
            _("Nobody knows what the category “{word}” means: say action and years.").format(word=category)
        )
    is_group = values.get("selectable", "").casefold() in _NO
    if not action and not category and not is_group:
        row.wrong.append(_("Say a category, or action and years."))
    return {
        "retention_years": number,
        "retention_start": start,
        "disposal_action": action or DisposalAction.KEEP,
    }


def _all_starts() -> str:
    return ", ".join(RetentionStart.values)


def _number(words: str, row: Row) -> int | None:
    if not words:
        return None
    if not words.isascii() or not words.isdecimal() or len(words) > 3:
        row.wrong.append(_("“{word}” is no number of years.").format(word=words))
        return None
    return int(words)


def _look_at_codes(rows: list[Row], institution: Institution) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        if row.code in seen:
            row.wrong.append(_("The code stands in line {line} already.").format(line=seen[row.code]))
        seen.setdefault(row.code, row.line)


def _look_at_tree(rows: list[Row], institution: Institution) -> None:
    here = set(RecordClass.objects.filter(institution=institution).values_list("code", flat=True))
    parents = {row.code: row.said.parent for row in rows if row.said}
    for row in rows:
        parent = row.said.parent if row.said else ""
        if parent and parent not in here and parent not in parents:
            row.wrong.append(_("There is no class {code} to belong to.").format(code=parent))
        if _is_circle(row.code, parents):
            row.wrong.append(_("The class stands below itself."))


def _is_circle(code: str, parents: Mapping[str, str]) -> bool:
    seen, above = {code}, parents.get(code, "")
    while above and above in parents:
        if above in seen:
            return above == code
        seen.add(above)
        above = parents[above]
    return False


def _compare(rows: list[Row], institution: Institution) -> None:
    newest = _newest(institution)
    for row in rows:
        current = newest.get(row.code)
        if row.wrong:
            row.what = "WRONG"
        elif current and row.said:
            row.what = "SAME" if _merged(row.said, current) == said_of(current) else "CHANGED"


def _newest(institution: Institution) -> dict[str, RecordClass]:
    versions = RecordClass.objects.filter(institution=institution).select_related("parent").order_by("valid_from")
    return {version.code: version for version in versions}


def _merged(said: ClassSaid, current: RecordClass) -> ClassSaid:
    """Titles in languages that the file does not speak stay."""
    return ClassSaid(**{**said.__dict__, "titles": {**current.titles, **said.titles}})


@transaction.atomic
def bring_in(
    content: bytes, *, institution: Institution, valid_from: dt.date, actor: Actor, at: dt.datetime
) -> dict[str, int]:
    """Bring the plan in from a day on: new classes, and new versions of those that say something else.

    All or nothing. A class that nothing refers to is changed in place. Raises NotAPlan or PlanRefused.
    """
    lock_plan(institution)
    looked = look_at(content, institution=institution)
    if not looked.is_good:
        raise PlanRefused(_("Correct the rows that are wrong first."))
    by_code = {row.code: row for row in looked.rows}
    newest, done = _newest(institution), set()

    def bring(row: Row) -> None:
        if row.code in done or row.said is None:
            return
        done.add(row.code)
        if row.said.parent in by_code:
            bring(by_code[row.said.parent])
        current = newest.get(row.code)
        if current is None:
            add_class(institution, row.said, valid_from=valid_from, actor=actor, at=at)
        elif row.what == "CHANGED":
            _change(current, _merged(row.said, current), valid_from=valid_from, actor=actor, at=at)

    for row in looked.rows:
        bring(row)
    return looked.counts


def _change(current: RecordClass, said: ClassSaid, *, valid_from: dt.date, actor: Actor, at: dt.datetime) -> None:
    if is_used(current):
        publish_version(current, said, valid_from=valid_from, holds_for_closed=True, actor=actor, at=at)
    else:
        edit_class(current, said, actor=actor, at=at)


@cache
def column_help() -> list[tuple[str, str | Promise]]:
    """The columns, for people."""
    return [
        ("code", gettext_lazy("The code; always")),
        ("title", gettext_lazy("What it is called; title_bg, title_en, title_pl, title_ro for several languages")),
        ("parent", gettext_lazy("Code of the group that it belongs to")),
        ("category", gettext_lazy("As the plan writes it: A, B5, BE10, Bc, P, 10 C.S., П, 5 г., 10 г. ЕК")),
        ("years, action", gettext_lazy("Where the category does not say it: DESTROY, TRANSFER, REVIEW or KEEP")),
        ("start", gettext_lazy("END_OF_YEAR (as a rule), CLOSING or DECISION")),
        ("selectable", gettext_lazy("no for a group that holds no cases itself")),
        ("legal_basis", gettext_lazy("Law and article")),
    ]
