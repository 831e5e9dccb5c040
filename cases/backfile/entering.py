"""The door for lines of old registers, beside the one of `cases.registration`: nothing else makes an imported entry.

A line keeps its number and its date as they were written. It gets no number of ours, no receipt, no clock and no
procedure: its case is closed, and has been since the line's last day.
"""

import datetime as dt
import io
import re
from collections.abc import Sequence
from itertools import chain

from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.backfile.checking import OldLine
from cases.backfile.scans import ScanFolder
from cases.batches import together
from cases.capturing import FileToKeep, KeptFile, capture, keep_files
from cases.clock import zone_of
from cases.history import News
from cases.models import (
    Case,
    CaseReader,
    CaseState,
    ComponentRole,
    Direction,
    EntryKind,
    Party,
    PartyRole,
    Register,
    RegisterEntry,
)
from cases.registration import PartyAsFiled, RoughDate, fitted, party_row
from cases.rough_dates import DateAhead, NotADate, read_date
from cases.rows import insert_one, update

KIND = "OTHER"
LINE_NAME = "register-line.txt"
NOON = dt.time(12)

_DATE_IN_NUMBER = re.compile(r"[/\-. ](\d{1,2}\.\d{1,2}\.(?:19|20)\d\d|(?:19|20)\d\d)$|^((?:19|20)\d\d)[/\-]")


def keep_scans(line: OldLine, folder: ScanFolder) -> list[KeptFile]:
    """Make the line's files durable, before the transaction that writes its rows. Raises scans.FileRefused."""
    kept: list[KeptFile] = []
    for position, name in enumerate(line.files):
        role = ComponentRole.ANNEX if position else ComponentRole.LETTER
        with folder.open(name) as stream:
            kept += keep_files([FileToKeep(name.rpartition("/")[2], role=role, stream=stream)])
    if whole := _what_the_columns_cut(line):
        stream = io.BytesIO(whole.encode())
        kept += keep_files([FileToKeep(LINE_NAME, role=ComponentRole.ANNEX, stream=stream, media_type="text/plain")])
    return kept


def _what_the_columns_cut(line: OldLine) -> str:
    """The line's words where they are longer than a register's columns: they are kept beside it, and found."""
    parts = ((Case, "subject", line.title), (Party, "name", line.sender))
    if all(words == fitted(model, field, words) for model, field, words in parts):
        return ""
    return "\n".join(words for _model, _field, words in parts if words)


def enter_old_line(
    line: OldLine, register: Register, files: Sequence[KeptFile], *, actor: Actor, at: dt.datetime
) -> RegisterEntry:
    """Write the line of an old register with a closed case of its own, its document and its event.

    Raises django.db.IntegrityError where the register has a line with this key already.
    """
    with together("old line"):
        return _enter(line, register, files, actor=actor, at=at)


def _enter(
    line: OldLine, register: Register, files: Sequence[KeptFile], *, actor: Actor, at: dt.datetime
) -> RegisterEntry:
    date = line.date or date_in_number(line.number, today=at.date())
    first, last = _moments(date, register, at=at)
    case = _closed_case(line, register, first=first, last=last)
    sender = _sender(case, line, at=at)
    document = capture(
        case,
        title=case.subject,
        kind=KIND,
        direction=Direction.IN,
        files=files,
        actor=actor,
        at=at,
        language=line.language,
        missing_reason="" if files else "ON_PAPER",
    )
    events = history.append(case, [_news(line, register, files)], actor=actor, at=at, is_fresh=True)
    entry = insert_one(
        RegisterEntry(
            register=register,
            case=case,
            kind=EntryKind.IMPORTED,
            year=first.year if date else 0,
            seq=None,
            number=line.number,
            channel="",
            sender=sender,
            subject=case.subject,
            written_earliest=date.earliest if date else None,
            written_latest=date.latest if date else None,
            written_as=fitted(RegisterEntry, "written_as", date.as_written) if date else "",
            received_at=first,
            registered_at=first,
            entered_at=at,
            registered_by=actor.user,
            submission_key=line.key,
            event_hash=events[0].hash,
        )
    )
    document.entry = entry
    update(document, "entry")
    update(case, "last_event_seq", "last_event_hash", "last_event_at")
    return entry


def _closed_case(line: OldLine, register: Register, *, first: dt.datetime, last: dt.datetime) -> Case:
    case = insert_one(
        Case(
            institution=register.institution,
            record_class=line.record_class,
            number=line.number,
            subject=fitted(Case, "subject", line.title or line.number or _stem(line)),
            language=line.language,
            state=CaseState.CLOSED,
            stage="closed",
            unit=line.unit,
            opened_at=first,
            closed_at=last,
        )
    )
    insert_one(CaseReader(case=case, unit=line.unit))
    return case


def _sender(case: Case, line: OldLine, *, at: dt.datetime) -> Party | None:
    if not line.sender:
        return None
    filed = PartyAsFiled(role=PartyRole.SENDER, name=line.sender)
    return insert_one(party_row(case, filed, language=line.language, at=at))


def _news(line: OldLine, register: Register, files: Sequence[KeptFile]) -> News:
    facts = {
        "number": line.number,
        "register": register.code,
        "row": line.row,
        "date": line.date.as_written if line.date else "",
        "unit": line.old_unit,
        "files": [{"sha256": item.kept.sha256, "size": item.kept.size} for item in files],
    }
    personal = {name: words for name, words in (("title", line.title), ("sender", line.sender)) if words}
    return News("TAKEN_OVER", payload=facts, personal=personal)


def _moments(date: RoughDate | None, register: Register, *, at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The first and the last moment that the line can mean; without any date, that of taking it over."""
    if date is None:
        return at, at
    zone = zone_of(register.institution.time_zone)
    first, last = (dt.datetime.combine(day, NOON, zone) for day in (date.earliest, date.latest))
    return first, last


def date_in_number(number: str, *, today: dt.date) -> RoughDate | None:
    """Registers often date by the number alone: 48-00-34/20.10.2021, 123/1998."""
    found = _DATE_IN_NUMBER.search(number)
    try:
        return read_date(next(filter(None, found.groups())), today=today) if found else None
    except (NotADate, DateAhead):
        return None


def _stem(line: OldLine) -> str:
    names = (name.rpartition("/")[2] for name in line.files)
    return next(chain((name.rpartition(".")[0] or name for name in names), [""]))


history.register_words(
    "TAKEN_OVER", _("Taken over from the old register {register}, row {row}"), unsaid={"number": _("without number")}
)
