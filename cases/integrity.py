"""Is everything as the books say? Each finding has a name, a subject and a sentence.

Upper folders add their own checks with ``@check`` (the index equals the database).
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Lag

from cases import event_order, history, outbox, retaining, triggers
from cases.clock import local_date
from cases.models import (
    Case,
    CaseRelation,
    CaseSign,
    CaseState,
    ComponentFile,
    Counter,
    Destruction,
    DisposalItem,
    DisposalItemState,
    DisposalList,
    DisposalListState,
    DisposalProtocol,
    EntryKind,
    Event,
    Institution,
    OutboxRow,
    RegisterEntry,
    StoredFile,
    TransferItem,
    TransferState,
)
from cases.originals import CHUNK, store

BLOCK = ("register", "scope_key", "year")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. ``name`` is stable, for scripts; ``words`` is for people."""

    name: str
    subject: str
    words: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


Check = Callable[[], Iterator[Finding]]
_CHECKS: list[Check] = []


def check(function: Check) -> Check:
    """Add a check; it yields findings and changes nothing."""
    _CHECKS.append(function)
    return function


def findings() -> Iterator[Finding]:
    """Run every check."""
    for one in _CHECKS:
        yield from one()


@check
def guards_are_in_place() -> Iterator[Finding]:
    for name in sorted(triggers.missing()):
        yield Finding("trigger-missing", name, "The database does not refuse changes any more; run manage.py migrate.")


@check
def every_number_has_its_record() -> Iterator[Finding]:
    given = RegisterEntry.objects.filter(kind__in=[EntryKind.GIVEN, EntryKind.VOID])
    for number in given.filter(case__isnull=True).values_list("number", flat=True).iterator():
        yield Finding("number-without-case", number, "The number was given, but no case stands behind it.")
    for number in given.filter(documents__isnull=True).values_list("number", flat=True).iterator():
        yield Finding("number-without-document", number, "The number was given, but no document stands behind it.")
    bare = given.filter(documents__missing_reason="").annotate(files=Count("documents__components__files"))
    for number in bare.filter(files=0).values_list("number", flat=True).iterator():
        yield Finding("document-without-file", number, "The document has neither a file nor a reason why not.")
    printed = Event.objects.filter(document__entry=OuterRef("pk"), hash=OuterRef("event_hash"))
    for number in given.exclude(Exists(printed)).values_list("number", flat=True).iterator():
        yield Finding("number-without-event", number, "The registration event printed on the receipt is missing.")


@check
def numbers_are_complete_and_in_order() -> Iterator[Finding]:
    numbered = RegisterEntry.objects.exclude(kind=EntryKind.IMPORTED)
    blocks = {*numbered.values_list(*BLOCK).distinct(), *CaseSign.objects.values_list(*BLOCK).distinct()}
    counters = {counter[:3]: counter[3] for counter in Counter.objects.values_list(*BLOCK, "last")}
    for block in sorted(blocks | {block for block, last in counters.items() if last}):
        yield from _check_block(dict(zip(BLOCK, block, strict=True)), counters.get(block, 0))


def _check_block(block: dict[str, Any], counted: int) -> Iterator[Finding]:
    """One register, series and year: its lines and its case signs together."""
    lines = RegisterEntry.objects.filter(**block).exclude(kind=EntryKind.IMPORTED)
    signs = CaseSign.objects.filter(**block)
    tallies = [rows.aggregate(count=Count("pk"), last=Max("seq")) for rows in (lines, signs)]
    count, last = sum(tally["count"] for tally in tallies), max(tally["last"] or 0 for tally in tallies)
    subject = " ".join(str(part) for part in ("register", *block.values()) if part != "")
    if count == 0:
        yield Finding("block-empty", subject, "The counter moved, but no number of the block is there.")
        return
    if count != last:
        yield Finding("number-gap", subject, f"{last} numbers were given, {count} are there.")
    if counted != last:
        yield Finding("counter-off", subject, "The counter does not stand at the last number given.")
    yield from _out_of_order(lines, "number", "registered_at")
    yield from _out_of_order(signs, "sign", "given_at")


def _out_of_order(rows: QuerySet, number: str, moment: str) -> Iterator[Finding]:
    with_before = rows.annotate(before=Window(Lag(moment), order_by=F("seq").asc())).values_list(
        number, moment, "before"
    )
    for number, at, before in with_before.iterator():
        if before is not None and at < before:
            yield Finding("number-out-of-order", number, "It was given at an earlier moment than the number before it.")


@check
def bytes_equal_their_hash() -> Iterator[Finding]:
    living = ComponentFile.objects.filter(stored_file=OuterRef("pk"), destruction__isnull=True)
    tombs = Destruction.objects.filter(stored_file=OuterRef("pk"))
    files = StoredFile.objects.annotate(
        is_living=Exists(living) | ~Exists(tombs), is_pending=Exists(tombs.filter(bytes_removed_at__isnull=True))
    )
    rows = files.values_list("sha256", "size", "is_living", "is_pending")
    for sha256, size, is_living, is_pending in rows.iterator(chunk_size=2000):
        if is_living:
            yield from _check_bytes(sha256, size)
        elif is_pending:
            yield Finding("destruction-unfinished", sha256, "Its tombstone stands; the bytes go with the next sweep.")
        elif store().exists(sha256):
            yield Finding("bytes-still-there", sha256, "The record was destroyed, but its bytes are still there.")


def _check_bytes(sha256: str, size: int) -> Iterator[Finding]:
    try:
        with store().open(sha256) as source:
            digest, read = hashlib.sha256(), 0
            while piece := source.read(CHUNK):
                digest.update(piece)
                read += len(piece)
    except FileNotFoundError:
        yield Finding("bytes-missing", sha256, "The original's bytes are not in the store.")
        return
    if (digest.hexdigest(), read) != (sha256, size):
        yield Finding("bytes-changed", sha256, "The bytes in the store are not the ones that were filed.")


@check
def chains_verify() -> Iterator[Finding]:
    for case in Case.objects.order_by("pk").iterator(chunk_size=500):
        for words in history.broken_links(case):
            yield Finding("chain-broken", str(case), words)
    for institution in Institution.objects.all():
        for words in event_order.broken_places(institution):
            yield Finding("order-broken", institution.slug, words)


@check
def the_outbox_is_consistent() -> Iterator[Finding]:
    for row in OutboxRow.objects.filter(failed_at__isnull=False, done_at__isnull=True):
        yield Finding("job-given-up", f"{row.kind} {row.pk}", row.last_error.splitlines()[0] if row.last_error else "")
    unknown = OutboxRow.objects.filter(done_at__isnull=True).exclude(kind__in=outbox.known_kinds())
    for row in unknown:
        yield Finding("job-unknown", f"{row.kind} {row.pk}", "Nothing knows how to do this job.")
    both = OutboxRow.objects.filter(done_at__isnull=False, failed_at__isnull=False)
    for pk in both.values_list("pk", flat=True):
        yield Finding("job-done-and-failed", str(pk), "The job is marked both done and given up.")


@check
def cases_are_open_to_those_who_work_on_them() -> Iterator[Finding]:
    unread = Case.objects.exclude(readers__unit=F("unit"))
    held = Case.objects.filter(holder__isnull=False).exclude(Q(readers__user=F("holder")) | Q(readers__unit=F("unit")))
    for public_id in unread.union(held).values_list("public_id", flat=True):
        yield Finding("reader-missing", public_id, "The case is not open to the unit or person that has it.")


@check
def kept_days_follow_from_the_rules() -> Iterator[Finding]:
    """A kept day that no longer follows from its rule; what waits to be counted again is no finding."""
    closed = Case.objects.filter(state=CaseState.CLOSED, retention__is_stale=False)
    cases = closed.select_related("institution", "record_class", "retention").order_by("pk")
    for case in cases.iterator(chunk_size=500):
        outlook = retaining.outlook_of(case, on=local_date(case, case.retention.counted_at))
        if outlook and (outlook.action, outlook.due_date) != (case.retention.action, case.retention.due_date):
            yield Finding("retention-off", str(case), "The kept day of disposal is not the one that its rule leads to.")


@check
def destroyed_cases_are_gone_and_named() -> Iterator[Finding]:
    """A destroyed case has a tombstone and no file; a line of a list says so; a list that ended has its protocol."""
    gone = Case.objects.filter(state=CaseState.DESTROYED)
    for case in gone.filter(tombstone__isnull=True):
        yield Finding("tombstone-missing", str(case), "The case is destroyed, but no tombstone says by whom.")
    # What arrives on a destroyed case later is registered and kept like anything else.
    living = ComponentFile.objects.filter(
        component__document__case=OuterRef("pk"),
        destruction__isnull=True,
        component__document__captured_at__lte=OuterRef("tombstone__destroyed_at"),
    )
    for case in gone.filter(Exists(living)):
        yield Finding("destroyed-with-files", str(case), "The case is destroyed, but it still has files.")
    for case in Case.objects.filter(tombstone__isnull=False).exclude(state=CaseState.DESTROYED):
        yield Finding("tombstone-of-living", str(case), "A tombstone stands for a case that is not destroyed.")
    into_gone = CaseRelation.objects.joinings().filter(other__state__in=[CaseState.DESTROYED, CaseState.TRANSFERRED])
    for case in Case.objects.filter(Exists(into_gone.filter(case=OuterRef("pk"))), state=CaseState.JOINED):
        yield Finding("joined-left-behind", str(case), "The case that it was joined into is gone, and it is not.")
    unsaid = DisposalItem.objects.filter(state=DisposalItemState.DESTROYED, case__tombstone__isnull=True)
    for item in unsaid.select_related("case"):
        yield Finding("disposal-line-off", str(item.case), "A disposal list says destroyed, but there is no tombstone.")
    ended = DisposalList.objects.filter(state=DisposalListState.EXECUTED, protocol__isnull=True)
    for disposal_list in ended:
        yield Finding("protocol-missing", f"disposal list {disposal_list.pk}", "It was carried out without a protocol.")
    for protocol in DisposalProtocol.objects.select_related("document"):
        files = ComponentFile.objects.filter(component__document=protocol.document)
        if not {protocol.sha256, protocol.list_sha256} <= set(files.values_list("stored_file_id", flat=True)):
            yield Finding("protocol-off", f"disposal list {protocol.pk}", "The protocol's files are not those sealed.")


@check
def transferred_cases_were_accepted() -> Iterator[Finding]:
    accepted = TransferItem.objects.filter(case=OuterRef("pk"), transfer_list__state=TransferState.ACCEPTED)
    for case in Case.objects.filter(~Exists(accepted), state=CaseState.TRANSFERRED):
        yield Finding("transfer-without-acceptance", str(case), "No accepted transfer list names the case.")
