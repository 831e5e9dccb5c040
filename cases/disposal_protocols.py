"""The protocol of a destruction: a sealed paper with the list as CSV and JSON beside it, registered as a document."""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from cases import outbox, signing
from cases.acting import Actor
from cases.canonical import canonical
from cases.capturing import FileToKeep
from cases.clock import zone_of
from cases.closing import close_case
from cases.disposal_lists import in_order, proposer_of
from cases.letterheads import letterhead_of
from cases.media_types import JSON, PDF
from cases.models import (
    CaseTombstone,
    Channel,
    ComponentRole,
    Direction,
    DisposalItem,
    DisposalItemState,
    DisposalList,
    DisposalListState,
    DisposalProtocol,
)
from cases.receipts import seal_of
from cases.registration import Filed, Submission, register
from cases.spreadsheets import harmless
from cases.texts import in_language
from cases.typesetting import Column, Fact, MachineCopy, ProtocolPaper, ProtocolTable, RegisterLine, typeset

KIND = "PROTOCOL"
CSV = "text/csv"
OUTCOME = "INFORMED"


@outbox.handler("make_disposal_protocol")
def make_disposal_protocol(payload: dict[str, Any], *, at: dt.datetime) -> None:
    make_protocol(DisposalList.objects.get(pk=payload["disposal_list"]), at=at)


def make_protocol(disposal_list: DisposalList, *, at: dt.datetime) -> DisposalProtocol:
    """Make, seal and register the protocol of a list that was carried out. Asked again, the first is returned."""
    if made := DisposalProtocol.objects.filter(disposal_list=disposal_list).first():
        return made
    lists = DisposalList.objects.select_related(
        "institution", "unit", "proposed_by", "reviewed_by", "approved_by", "executed_by"
    )
    disposal_list = lists.get(pk=disposal_list.pk)
    institution = disposal_list.institution
    language = institution.main_language
    with override(language):
        rows = rows_of(disposal_list)
        listed = canonical(_for_machines(disposal_list, rows))
        pdf = _sealed(disposal_list, rows, listed, language=language, at=at)
        submission = Submission(
            institution=institution,
            channel=Channel.OFFICE,
            submission_key=f"disposal-protocol-{disposal_list.pk}",
            subject=_("Protocol of destruction {number}: {unit}, {year}").format(
                number=disposal_list.pk, unit=disposal_list.unit, year=disposal_list.year
            ),
            language=language,
            received_at=at,
            unit=disposal_list.unit,
            kind=KIND,
            direction=Direction.INTERNAL,
            files=_files(disposal_list, pdf, listed, rows),
        )
    counts = [row["outcome"] == DisposalItemState.DESTROYED for row in rows]
    executor = disposal_list.executed_by
    actor = Actor.of(executor, on=at.astimezone(zone_of(institution.time_zone)).date()) if executor else None

    def note(filed: Filed) -> None:
        case = filed.entry.case
        assert case is not None  # noqa: S101 (a new submission opens a case)
        DisposalProtocol.objects.create(
            disposal_list=disposal_list,
            document=case.documents.get(kind=KIND),
            sha256=hashlib.sha256(pdf).hexdigest(),
            list_sha256=hashlib.sha256(listed).hexdigest(),
            destroyed=sum(counts),
            left=len(counts) - sum(counts),
            sealed_at=at,
        )
        DisposalList.objects.filter(pk=disposal_list.pk).update(state=DisposalListState.EXECUTED, finished_at=at)
        disposal_list.items.update(is_open=False)
        close_case(case, outcome=OUTCOME, actor=actor or Actor.job("protocol"), at=at)

    register(submission, actor=actor or Actor.job("protocol"), at=at, and_note=note)
    return DisposalProtocol.objects.get(disposal_list=disposal_list)


def rows_of(disposal_list: DisposalList) -> list[dict[str, Any]]:
    """Every line of the list with its outcome, as plain values; nothing of what a destroyed case was about."""
    items = disposal_list.items.select_related(
        "case__record_class", "case__tombstone__record_class", "goes_with__case", "case__institution"
    )
    return [_row(item) for item in in_order(items)]


def _row(item: DisposalItem) -> dict[str, Any]:
    stone: CaseTombstone | None = getattr(item.case, "tombstone", None)
    if stone is None or stone.disposal_list_id != item.disposal_list_id:
        stone = None
    record_class = stone.record_class if stone else item.case.record_class
    zone = zone_of(item.case.institution.time_zone) if stone is None else None
    opened = stone.opened_date if stone else item.case.opened_at.astimezone(zone).date()
    closed = stone.closed_date if stone else item.closed_at.astimezone(zone).date()
    return {
        "number": item.case.number or item.case.public_id,
        "case": item.case.public_id,
        "joined_into": str(item.goes_with.case) if item.goes_with else "",
        "class": record_class.code if record_class else "",
        "category": record_class.category if record_class else "",
        "opened": opened.isoformat(),
        "closed": closed.isoformat(),
        "due": item.due_date.isoformat(),
        "documents": item.documents,
        "files": stone.files if stone else 0,
        "outcome": str(item.state),
        "reason": item.reason,
        "rule": stone.rule if stone else "",
        "event_sha256": stone.event_hash if stone else "",
    }


def as_csv(rows: Sequence[dict[str, Any]]) -> bytes:
    """The rows for a spreadsheet: UTF-8 with a mark, cells that could be formulas made harmless."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = list(rows[0]) if rows else ["number"]
    writer.writerow(names)
    writer.writerows([[harmless(str(row[name])) for name in names] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _files(disposal_list: DisposalList, pdf: bytes, listed: bytes, rows: Sequence[dict[str, Any]]) -> list[FileToKeep]:
    name = f"{_('destruction')}-{disposal_list.year}-{disposal_list.pk}"
    return [
        FileToKeep(f"{name}.pdf", role=ComponentRole.LETTER, stream=io.BytesIO(pdf), media_type=PDF),
        FileToKeep(f"{name}.csv", stream=io.BytesIO(as_csv(rows)), media_type=CSV),
        FileToKeep(f"{name}.json", stream=io.BytesIO(listed), media_type=JSON),
    ]


def _for_machines(disposal_list: DisposalList, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    zone = zone_of(disposal_list.institution.time_zone)

    def moment(at: dt.datetime | None) -> str | None:
        return at.astimezone(zone).isoformat() if at else None

    def name(person: Any) -> str:
        return str(person) if person else ""

    return {
        "kind": "disposal-protocol",
        "version": 1,
        "institution": {
            "name": seal_of(disposal_list.institution).name,
            "code": disposal_list.institution.code,
            "country": disposal_list.institution.country,
        },
        "list": disposal_list.pk,
        "unit": disposal_list.unit.code,
        "year": disposal_list.year,
        "consent": disposal_list.consent,
        "proposed": {"by": proposer_of(disposal_list), "at": moment(disposal_list.proposed_at)},
        "reviewed": {"by": name(disposal_list.reviewed_by), "at": moment(disposal_list.reviewed_at)},
        "approved": {"by": name(disposal_list.approved_by), "at": moment(disposal_list.approved_at)},
        "executed": {"by": name(disposal_list.executed_by), "at": moment(disposal_list.executed_at)},
        "cases": list(rows),
    }


def _sealed(
    disposal_list: DisposalList, rows: Sequence[dict[str, Any]], listed: bytes, *, language: str, at: dt.datetime
) -> bytes:
    paper = _paper(disposal_list, rows, listed, language)
    seal = seal_of(disposal_list.institution)
    pdf = typeset("protocol", paper, language=language, at=at)
    prepared = signing.prepare(pdf, at=at, name=seal.name, room=signing.ROOM_FOR_SERVER_KEY)
    return signing.sign_with_server_key(prepared, seal, at=at)


def _paper(disposal_list: DisposalList, rows: Sequence[dict[str, Any]], listed: bytes, language: str) -> ProtocolPaper:
    gone = [row for row in rows if row["outcome"] == DisposalItemState.DESTROYED]
    left = [row for row in rows if row["outcome"] != DisposalItemState.DESTROYED]
    main = disposal_list.institution.main_language
    return ProtocolPaper(
        institution=letterhead_of(disposal_list.institution, language),
        title=_("Protocol of destruction"),
        reference=f"{disposal_list.year}/{disposal_list.pk}",
        # Translators: the words in braces are filled by the typesetter.
        page_label=_("Page {page} of {pages}"),
        opening=_(
            "The records of these cases were destroyed: their files, and what the cases said of people. Their numbers, "
            "classes, days and hashes stay, with this protocol."
        ),
        facts=[fact for fact in _facts(disposal_list, gone, left, language, main) if fact.value],
        tables=[
            ProtocolTable(
                title=_("Destroyed"),
                columns=_columns(_GONE),
                rows=[RegisterLine(cells=_cells_gone(row)) for row in gone],
                empty=_("Nothing was destroyed."),
            ),
            ProtocolTable(
                title=_("Not destroyed"),
                columns=_columns(_LEFT),
                rows=[RegisterLine(cells=_cells_left(row)) for row in left],
                empty=_("Everything on the list was destroyed."),
            ),
        ],
        notice=_("This protocol carries the electronic seal of the institution. The list is enclosed for machines."),
        fingerprint=Fact(_("SHA-256 of the list (JSON)"), hashlib.sha256(listed).hexdigest()),
        machine_copy=MachineCopy(
            name="destruction.json", content=listed.decode(), description=_("The same list for machines")
        ),
    )


def _facts(
    disposal_list: DisposalList, gone: Sequence[Any], left: Sequence[Any], language: str, main: str
) -> list[Fact]:
    zone = zone_of(disposal_list.institution.time_zone)

    def who(person: Any, at: dt.datetime | None) -> str:
        return f"{person}, {date_format(at.astimezone(zone), 'DATETIME_FORMAT')}" if person and at else ""

    cases = ngettext("{n} case", "{n} cases", len(gone)).format(n=len(gone))
    return [
        Fact(_("Unit"), in_language(disposal_list.unit.names, language, main=main).words),
        Fact(_("Year"), str(disposal_list.year)),
        Fact(_("Proposed by the rules for"), who(proposer_of(disposal_list), disposal_list.proposed_at)),
        Fact(_("Reviewed by"), who(disposal_list.reviewed_by, disposal_list.reviewed_at)),
        Fact(_("Approved by"), who(disposal_list.approved_by, disposal_list.approved_at)),
        Fact(_("Carried out by"), who(disposal_list.executed_by, disposal_list.executed_at)),
        Fact(_("Consent of the state archive"), disposal_list.consent),
        Fact(_("Destroyed"), cases),
        Fact(_("Not destroyed"), str(len(left))),
    ]


_GONE = [
    (gettext_lazy("Number"), 3, False),
    (gettext_lazy("Class"), 2, False),
    (gettext_lazy("Category"), None, False),
    (gettext_lazy("Opened"), None, False),
    (gettext_lazy("Closed"), None, False),
    (gettext_lazy("Files"), None, True),
]
_LEFT = [
    (gettext_lazy("Number"), 2, False),
    (gettext_lazy("Class"), 2, False),
    (gettext_lazy("Why"), 4, False),
]


def _columns(columns: Sequence[tuple[Any, int | None, bool]]) -> list[Column]:
    return [Column(title=str(title), share=share, number=is_number) for title, share, is_number in columns]


def _day(text: str) -> str:
    return date_format(dt.date.fromisoformat(text), "SHORT_DATE_FORMAT")


def _number(row: dict[str, Any]) -> str:
    if not row["joined_into"]:
        return str(row["number"])
    return _("{number}, joined into {other}").format(number=row["number"], other=row["joined_into"])


def _cells_gone(row: dict[str, Any]) -> list[str]:
    return [_number(row), row["class"], row["category"], _day(row["opened"]), _day(row["closed"]), str(row["files"])]


def _cells_left(row: dict[str, Any]) -> list[str]:
    outcome = DisposalItemState(row["outcome"]).label
    return [_number(row), row["class"], f"{outcome}: {row['reason']}" if row["reason"] else str(outcome)]
