"""What the confirmation page shows: number, moment, files with hashes, due date, and the way back to the case."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.template.defaultfilters import date, filesizeformat

from cases.file_names import cleaned
from cases.known_queries import KnownQuery
from cases.models import ComponentFile, ComponentRole, DeliveryChannel, Direction, RegisterEntry, Service
from cases.outside_access import Secrets, secrets_of
from cases.registration import Filed
from cases.texts import Text, in_language
from portal_pages.models import ServicePage
from portal_pages.portal import KEPT_SECONDS, home_of


@dataclass(frozen=True)
class FileReceived:
    role: str
    name: str
    size: int
    sha256: str

    @property
    def is_typed(self) -> bool:
        return self.role == ComponentRole.ANSWERS


@dataclass(frozen=True)
class ReceiptPage:
    number: str
    received_at: dt.datetime
    digits: str
    link: str
    due_date: dt.date | None
    result_channel: str
    unit: Text
    files: Sequence[FileReceived]
    mailed_to: str


_entry_shown = KnownQuery(
    lambda entry: (
        RegisterEntry.objects.filter(pk=entry)
        .select_related("case__institution", "case__unit", "sender")
        .only(
            "number",
            "received_at",
            "case__due_date",
            "case__institution__time_zone",
            "case__institution__main_language",
            "case__unit__names",
            "sender__result_channel",
            "sender__email",
        )
    ),
    int,
)
_files_received = KnownQuery(
    lambda entry: (
        ComponentFile.objects.filter(component__document__entry=entry, component__document__direction=Direction.IN)
        .order_by("component__position")
        .values_list("component__role", "name", "stored_file__size", "stored_file_id")
    ),
    int,
)


def receipt_page(entry_id: int) -> ReceiptPage:
    """Read what was registered; what the receipt's PDF says is made from the same rows."""
    [entry] = _entry_shown(entry_id)
    files = [FileReceived(*file) for file in _files_received(entry_id)]
    return _page(entry, secrets_of(entry.sender) if entry.sender else None, files)


def receipt_at_once(filed: Filed) -> ReceiptPage:
    """The same for whoever filed a moment ago, without reading again what was just written."""
    files = [
        FileReceived(item.file.role, cleaned(item.file.name), item.kept.size, item.kept.sha256) for item in filed.files
    ]
    return _page(filed.entry, filed.given, files)


def _page(entry: RegisterEntry, given: Secrets | None, files: Sequence[FileReceived]) -> ReceiptPage:
    case, sender = entry.case, entry.sender
    if case is None:
        raise ValueError(f"Entry {entry.number} has no case to show.")
    institution = case.institution
    return ReceiptPage(
        number=entry.number,
        received_at=entry.received_at.astimezone(ZoneInfo(institution.time_zone)),
        digits=given.grouped if given else "",
        link=f"{settings.SHORT_ADDRESS}/c/{given.token}" if given else "",
        due_date=case.due_date,
        result_channel=str(DeliveryChannel(sender.result_channel).label) if sender else "",
        unit=in_language(case.unit.names, main=institution.main_language),
        files=files,
        mailed_to=sender.email if sender else "",
    )


def in_words(receipt: ReceiptPage, gap: Callable[[str, str], str]) -> dict[str, Any]:
    """What the confirmation page shows, as words in the reader's language.

    ``gap`` is asked for everything that belongs to this filing alone, with a name for it.
    """
    due = f"{date(receipt.due_date, 'l')}, {date(receipt.due_date, 'DATE_FORMAT')}" if receipt.due_date else ""
    return {
        "number": gap("number", receipt.number),
        "day": gap("day", date(receipt.received_at, "DATE_FORMAT")),
        "time": gap("time", date(receipt.received_at, "H:i:s")),
        "digits": gap("digits", receipt.digits),
        "link": gap("link", receipt.link),
        "mailed_to": gap("mailed_to", receipt.mailed_to),
        "due": gap("due", due),
        "result_channel": receipt.result_channel,
        "unit": receipt.unit,
        "files": [
            {
                "is_typed": file.is_typed,
                "name": gap(f"name {number}", file.name),
                "size": gap(f"size {number}", filesizeformat(file.size)),
                "sha256": gap(f"sha256 {number}", file.sha256),
            }
            for number, file in enumerate(receipt.files)
        ],
    }


def next_steps(service: Service, language: str) -> Text | None:
    """What the service's page says of what happens next, in the reader's language."""
    key = f"portal-next-{service.pk}-{language}"
    known = cache.get(key, False)
    if known is False:
        known = _read_next_steps(service, language)
        cache.set(key, known, KEPT_SECONDS)
    return known


def _read_next_steps(service: Service, language: str) -> Text | None:
    home = home_of(service.institution, language)
    if home is None:
        return None
    pages = ServicePage.objects.live().descendant_of(home).filter(service_code=service.code)
    page = pages.select_related("locale", "alias_of__locale").first()
    return Text(page.what_happens_next, page.words_language) if page else None
