"""The register book on paper: a day or a period, oldest line first, void lines struck through.

Columns after the registers of Romania (archive instructions of 1996), Poland (RPW) and Bulgaria; an unknown value is
left empty.
"""

import datetime as dt

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from cases.clock import zone_of
from cases.letterheads import letterhead_of
from cases.models import Channel, EntryKind, Register, RegisterEntry, User
from cases.typesetting import Column, RegisterLine, RegisterPaper, typeset

MOST_LINES = 3000


class TooManyLines(Exception):
    def __init__(self) -> None:
        super().__init__(_("These are too many lines for one print. Choose fewer days."))


def register_paper(
    register: Register,
    lines: QuerySet[RegisterEntry],
    *,
    first_day: dt.date | None,
    last_day: dt.date | None,
    printed_by: User,
    at: dt.datetime,
) -> bytes:
    """The lines as a PDF for the archive, in the language of whoever prints."""
    entries = list(lines[: MOST_LINES + 1])
    if len(entries) > MOST_LINES:
        raise TooManyLines
    institution = register.institution
    language = get_language() or institution.main_language
    zone = zone_of(institution.time_zone)
    voided = sum(entry.kind == EntryKind.VOID for entry in entries)
    paper = RegisterPaper(
        institution=letterhead_of(institution, language),
        title=str(register.name),
        reference=f"{register.code}, {date_format(at.astimezone(zone), 'SHORT_DATETIME_FORMAT')}",
        # Translators: the words in braces are filled by the typesetter.
        page_label=_("Page {page} of {pages}"),
        period=_period(entries, first_day, last_day, zone),
        columns=[Column(title=str(title), share=share, number=is_number) for title, share, is_number in _COLUMNS],
        rows=[RegisterLine(cells=_cells(entry, zone), void=entry.kind == EntryKind.VOID) for entry in entries],
        empty=_("Nothing was registered in this time."),
        summary=_("{lines}, {void} of them void.").format(
            lines=ngettext("{n} line", "{n} lines", len(entries)).format(n=len(entries)), void=voided
        ),
        signatory=_("Printed by {who}").format(who=printed_by),
    )
    return typeset("register", paper, language=language, at=at)


_COLUMNS = [
    (gettext_lazy("Number"), None, False),
    (gettext_lazy("Registered"), None, False),
    (gettext_lazy("From, their number and date"), 3, False),
    (gettext_lazy("Subject"), 4, False),
    (gettext_lazy("Given to"), 2, False),
    (gettext_lazy("Case"), 2, False),
    (gettext_lazy("Channel"), None, False),
    (gettext_lazy("Sheets"), None, True),
    (gettext_lazy("Place"), 1, False),
]
_CHANNELS = dict(Channel.choices)


def _cells(entry: RegisterEntry, zone: dt.tzinfo) -> list[str]:
    sender = [str(entry.sender) if entry.sender else "", entry.sender_reference, entry.written_as]
    subject = entry.subject
    if entry.kind == EntryKind.VOID:
        subject = _("{subject} (void: {reason})").format(subject=subject, reason=entry.void_reason)
    return [
        entry.number,
        date_format(entry.registered_at.astimezone(zone), "SHORT_DATETIME_FORMAT"),
        ", ".join(filter(None, sender)),
        subject,
        str(entry.case.unit) if entry.case else "",
        entry.case.number if entry.case and entry.case.number != entry.number else "",
        str(_CHANNELS.get(entry.channel, entry.channel)),
        str(entry.sheets or ""),
        entry.paper_place,
    ]


def _period(entries: list[RegisterEntry], first_day: dt.date | None, last_day: dt.date | None, zone: dt.tzinfo) -> str:
    """The days asked for; where none were, those of the first and last line."""
    if entries:
        first_day = first_day or entries[0].registered_at.astimezone(zone).date()
        last_day = last_day or entries[-1].registered_at.astimezone(zone).date()
    days = [date_format(day, "DATE_FORMAT") for day in (first_day, last_day) if day]
    return days[0] if len(set(days)) == 1 else " – ".join(days)
