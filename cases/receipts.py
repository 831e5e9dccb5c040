"""Receipts: the proof of what arrived, when, and under which number it was registered.

What a receipt says is the union of the Romanian, Polish and Bulgarian practice. It is made after the commit, sealed
with the institution's key, and kept as a document of the case. The kept one holds no digits and no link, since
those open the case from outside; the copy that is handed to the applicant has them and is not kept.
"""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from cases import history, outbox, signing
from cases.acting import Actor
from cases.calendar import Calendar
from cases.canonical import canonical
from cases.capturing import FileToKeep, KeptFile, capture, keep_files
from cases.clock import zone_of
from cases.dispatching import send_receipt
from cases.letterheads import letterhead_of
from cases.media_types import PDF
from cases.models import (
    Case,
    Channel,
    Clock,
    ComponentFile,
    ComponentRole,
    CountingMode,
    DeadlineUnit,
    DeliveryChannel,
    Direction,
    Document,
    EntryKind,
    FileRole,
    Institution,
    RegisterEntry,
)
from cases.outside_access import secrets_of
from cases.signature_checks import sentence_on
from cases.texts import in_language
from cases.typesetting import Access, Fact, FileLine, FileList, MachineCopy, ReceiptPaper, qr_code, typeset

KIND = "RECEIPT"


class NoReceipt(Exception):
    """There is no receipt of this entry; the message says why."""

    def __init__(self, entry: RegisterEntry) -> None:
        super().__init__(
            _("There is no receipt of {number}: only an item that came in and is not void has one.").format(
                number=entry.number
            )
        )


@outbox.handler("make_receipt")
def make_receipt_of(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Make the receipt of an entry, unless it was voided meanwhile."""
    entry = _entries().get(pk=payload["entry"])
    if entry.kind == EntryKind.GIVEN and entry.case_id:
        make_receipt(entry, at=at)


def receipt_of(entry: RegisterEntry) -> Document | None:
    """The kept receipt; None while a worker has not made it yet."""
    return Document.objects.filter(entry=entry, kind=KIND).first()


def make_receipt(entry: RegisterEntry, *, at: dt.datetime) -> Document:
    """Make, seal and keep the receipt of an entry, and mail it to a sender who gave an address.

    An entry has one receipt: asked again, the first is returned. Raises NoReceipt.
    """
    if made := receipt_of(entry):
        return made
    language = language_of(entry)
    kept = keep_files([_as_file(entry, _sealed(entry, _paper(entry, None), language))])
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=_case_of(entry).pk)
        return receipt_of(entry) or _keep(entry, kept, language, at=at)


def applicants_copy(entry: RegisterEntry) -> bytes:
    """The receipt for the sender's own hands, with link and digits. Made anew each time and kept nowhere.

    Only for the sender, on the page after filing or on paper at the counter. Raises NoReceipt.
    """
    link = secrets_of(entry.sender) if entry.sender else None
    with override(language_of(entry)):
        access = _access(link.grouped, f"{settings.SHORT_ADDRESS}/c/{link.token}") if link else None
    return _sealed(entry, _paper(entry, access), language_of(entry))


def language_of(entry: RegisterEntry) -> str:
    """The language of the receipt: the sender's own, else that of the filing."""
    spoken = entry.sender.language if entry.sender else ""
    return spoken or _case_of(entry).language


def _entries() -> Any:
    return RegisterEntry.objects.select_related("case__institution", "case__unit", "case__service", "sender")


def _case_of(entry: RegisterEntry) -> Case:
    if entry.case is None or entry.kind != EntryKind.GIVEN:
        raise NoReceipt(entry)
    return entry.case


def _as_file(entry: RegisterEntry, pdf: bytes) -> FileToKeep:
    name = f"receipt-{entry.number}.pdf".replace("/", "-")
    return FileToKeep(name, role=ComponentRole.LETTER, stream=io.BytesIO(pdf), media_type=PDF)


def _keep(entry: RegisterEntry, kept: Sequence[KeptFile], language: str, *, at: dt.datetime) -> Document:
    case, actor = _case_of(entry), Actor.job("make_receipt")
    with override(language):
        title = _("Receipt {number}").format(number=entry.number)
    document = capture(
        case,
        title=title,
        kind=KIND,
        direction=Direction.OUT,
        files=kept,
        actor=actor,
        at=at,
        language=language,
        is_for_applicant=True,
    )
    Document.objects.filter(pk=document.pk).update(entry=entry)
    document.entry = entry
    history.record(
        case,
        "RECEIPT_MADE",
        actor=actor,
        at=at,
        payload={"number": entry.number, "sha256": kept[0].kept.sha256},
        document=document,
    )
    if entry.sender:
        send_receipt(document, entry.sender, at=at)
    outbox.put("make_previews", at=at, case=case, files=[kept[0].kept.sha256])
    if ComponentFile.objects.filter(component__document__entry=entry, component__role=ComponentRole.ANSWERS).exists():
        outbox.put("print_answers", at=at, case=case, entry=entry.pk)
    return document


def _sealed(entry: RegisterEntry, paper: ReceiptPaper, language: str) -> bytes:
    """Typeset, with the institution's electronic seal; both carry the moment of registration."""
    institution = _case_of(entry).institution
    seal = seal_of(institution)
    pdf = typeset("receipt", paper, language=language, at=entry.registered_at)
    prepared = signing.prepare(pdf, at=entry.registered_at, name=seal.name, room=signing.ROOM_FOR_SERVER_KEY)
    return signing.sign_with_server_key(prepared, seal, at=entry.registered_at)


def seal_of(institution: Institution) -> signing.SignerIdentity:
    """Whom the institution's own seal names: itself, in its main language."""
    name = in_language(institution.names, institution.main_language, main=institution.main_language).words
    return signing.SignerIdentity(name=name, institution=name, country=institution.country)


def _paper(entry: RegisterEntry, access: Access | None) -> ReceiptPaper:
    case = _case_of(entry)
    language = language_of(entry)
    with override(language):
        files = _files(entry)
        return ReceiptPaper(
            institution=letterhead_of(case.institution, language),
            title=_("Receipt"),
            reference=entry.number,
            # Translators: the words in braces are filled by the typesetter.
            page_label=_("Page {page} of {pages}"),
            opening=_("We received what you sent and registered it. This paper proves when, and what it was."),
            number_label=_("Registration number"),
            number=entry.number,
            moments=[
                Fact(_("Received"), _moment(entry.received_at, case.institution)),
                Fact(_("Registered"), _moment(entry.registered_at, case.institution)),
            ],
            facts=_facts(entry, case, language),
            files=FileList(
                title=_("What we received"),
                headings=[_("File"), _("Size"), _("SHA-256")],
                rows=[
                    FileLine(_called(file), filesizeformat(file.stored_file.size), file.stored_file_id)
                    for file in files
                ],
            ),
            access=access or _access(None, f"{settings.SHORT_ADDRESS}/t/"),
            remarks=[sentence for file in files if (sentence := sentence_on(file, at=entry.registered_at))],
            notice=_(
                "This receipt was made automatically and carries the electronic seal of the institution. It is not a "
                "decision on your request, and it does not confirm that your papers are complete."
            ),
            event=Fact(_("Hash of the entry in the register (SHA-256)"), entry.event_hash),
            machine_copy=MachineCopy(
                name="receipt.json",
                content=canonical(_for_machines(entry, case, files)).decode(),
                description=_("The same receipt for machines"),
            ),
        )


def _facts(entry: RegisterEntry, case: Case, language: str) -> list[Fact]:
    service, sender, clock = case.service, entry.sender, _first_clock(entry, case)
    main = case.institution.main_language
    channels = dict(Channel.choices)
    facts = [
        Fact(_("From"), sender.name if sender else None),
        Fact(_("Your number"), entry.sender_reference),
        Fact(_("Subject"), entry.subject),
        Fact(_("Service"), in_language(service.names, language, main=main).words if service else None),
        Fact(_("Belongs to case"), case.number if case.number != entry.number else None),
        Fact(_("Came by"), str(channels.get(entry.channel, entry.channel))),
        Fact(_("Sheets of paper"), str(entry.sheets) if entry.sheets else None),
        Fact(_("Annexes"), str(entry.annexes) if entry.annexes else None),
        Fact(_("Answer by"), _due(clock, case) if clock else None),
        Fact(_("How you get the answer"), str(DeliveryChannel(sender.result_channel).label) if sender else None),
        Fact(_("With"), [in_language(case.unit.names, language, main=main).words, *_contact(case.institution)]),
    ]
    return [fact for fact in facts if fact.value]


def _contact(institution: Institution) -> list[str]:
    return [line for line in [" · ".join(filter(None, [institution.phone, institution.email]))] if line]


def _first_clock(entry: RegisterEntry, case: Case) -> Clock | None:
    """The term that began with this entry; a paper that joined a case later begins none."""
    return Clock.objects.filter(case=case).first() if case.number == entry.number else None


_COUNTED = {
    CountingMode.FIRST_DAY_EXCLUDED: gettext_lazy("the first day is not counted"),
    CountingMode.CLEAR_DAYS: gettext_lazy("neither the first nor the last day is counted"),
}


def _due(clock: Clock, case: Case) -> list[str]:
    """The last day of the term as it was computed at registration, and how it was counted."""
    due = Calendar.of(case.institution).roll(clock.raw_end_date)
    counted = _("{term}, counted from {start}; {mode}. Calendar: {calendar}").format(
        term=_term(clock.amount, clock.unit),
        start=date_format(clock.started_date, "DATE_FORMAT"),
        mode=_COUNTED[CountingMode(clock.counting_mode)],
        calendar=clock.calendar_version,
    )
    day = f"{date_format(due, 'l')}, {date_format(due, 'DATE_FORMAT')}"
    return [day, counted, *([clock.legal_basis] if clock.legal_basis else [])]


def _term(amount: int, unit: str) -> str:
    if unit == DeadlineUnit.WORKING_DAYS:
        return ngettext("{n} working day", "{n} working days", amount).format(n=amount)
    if unit == DeadlineUnit.MONTHS:
        return ngettext("{n} month", "{n} months", amount).format(n=amount)
    return ngettext("{n} calendar day", "{n} calendar days", amount).format(n=amount)


def _moment(at: dt.datetime, institution: Institution) -> str:
    """To the second, with the zone: 21 November 2026, 14:32:07 (UTC+02:00)."""
    local = at.astimezone(zone_of(institution.time_zone))
    zone = local.isoformat()[-6:]
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M:%S} (UTC{zone})"


def _access(digits: str | None, address: str) -> Access:
    return Access(
        title=_("Keep these digits") if digits else _("Follow your case"),
        digits=digits,
        explanation=_(
            "With the number and the digits you, or an official at the counter or on the telephone, can see how far "
            "your case is. Or open:"
        )
        if digits
        else _("With this number and the twelve digits that you were given, you see how far your case is:"),
        address=address,
        code_svg=qr_code(address),
        code_words=_("Code with the address of the page where you follow your case"),
    )


def _files(entry: RegisterEntry) -> list[ComponentFile]:
    """What came with the item, as it was kept."""
    files = ComponentFile.objects.filter(
        component__document__entry=entry,
        component__document__direction=Direction.IN,
        role__in=[FileRole.ORIGINAL, FileRole.SCAN],
    )
    return list(files.select_related("stored_file", "component").order_by("component__position", "pk"))


def _called(file: ComponentFile) -> str:
    """People know what they typed; the name of the file that it is kept in says nothing to them."""
    return _("What you typed") if file.component.role == ComponentRole.ANSWERS else file.name


def _for_machines(entry: RegisterEntry, case: Case, files: Sequence[ComponentFile]) -> dict[str, Any]:
    """The receipt as plain values, with moments in RFC 3339."""
    zone = zone_of(case.institution.time_zone)
    clock = _first_clock(entry, case)
    return {
        "kind": "receipt",
        "version": 1,
        "institution": {
            "name": seal_of(case.institution).name,
            "code": case.institution.code,
            "country": case.institution.country,
        },
        "number": entry.number,
        "case": case.number,
        "received_at": entry.received_at.astimezone(zone).isoformat(),
        "registered_at": entry.registered_at.astimezone(zone).isoformat(),
        "channel": str(entry.channel),
        "sender": entry.sender.name if entry.sender else "",
        "subject": entry.subject,
        "service": case.service.code if case.service else "",
        "sheets": entry.sheets,
        "due_date": Calendar.of(case.institution).roll(clock.raw_end_date).isoformat() if clock else None,
        "calendar": clock.calendar_version if clock else "",
        "files": [{"name": file.name, "size": file.stored_file.size, "sha256": file.stored_file_id} for file in files],
        "event_sha256": entry.event_hash,
    }


history.register_words("RECEIPT_MADE", gettext_lazy("The receipt of {number} was made and sealed"))
