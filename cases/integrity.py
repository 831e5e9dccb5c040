"""Is everything as the books say? Each finding has a name, a subject and a sentence.

Upper folders add their own checks with ``@check`` (the index equals the database).
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from django.db.models import Count, F, Max, Q, Window
from django.db.models.functions import Lag

from cases import event_order, history, triggers
from cases.models import (
    Case,
    ComponentFile,
    Counter,
    EntryKind,
    Event,
    Institution,
    OutboxRow,
    RegisterEntry,
    StoredFile,
)
from cases.originals import CHUNK, store


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
    known = Event.objects.filter(case__isnull=False).values("hash")
    for number in given.exclude(event_hash__in=known).values_list("number", flat=True).iterator():
        yield Finding("number-without-event", number, "The registration event printed on the receipt is missing.")


@check
def numbers_are_complete_and_in_order() -> Iterator[Finding]:
    blocks = RegisterEntry.objects.exclude(kind=EntryKind.IMPORTED).values("register", "scope_key", "year")
    for block in blocks.annotate(count=Count("pk"), last=Max("seq")).order_by("register", "scope_key", "year"):
        key = {name: block[name] for name in ("register", "scope_key", "year")}
        subject = f"register {block['register']} {block['scope_key']} {block['year']}".replace("  ", " ")
        if block["count"] != block["last"]:
            yield Finding("number-gap", subject, f"{block['last']} numbers were given, {block['count']} are there.")
        counter = Counter.objects.filter(**key).first()
        if counter is None or counter.last != block["last"]:
            yield Finding("counter-off", subject, "The counter does not stand at the last number given.")
        yield from _out_of_order(key)
    for counter in Counter.objects.filter(last__gt=0):
        entries = RegisterEntry.objects.filter(
            register=counter.register, scope_key=counter.scope_key, year=counter.year
        )
        signs = counter.register.signs.filter(scope_key=counter.scope_key, year=counter.year)
        if not entries.exists() and not signs.exists():
            yield Finding("block-empty", str(counter), "The counter moved, but no number of the block is there.")


def _out_of_order(key: dict[str, object]) -> Iterator[Finding]:
    entries = RegisterEntry.objects.filter(**key).exclude(kind=EntryKind.IMPORTED)
    with_before = entries.annotate(before=Window(Lag("registered_at"), order_by=F("seq").asc()))
    for number, at, before in with_before.values_list("number", "registered_at", "before").iterator():
        if before is not None and at < before:
            yield Finding("number-out-of-order", number, "It was given at an earlier moment than the number before it.")


@check
def bytes_equal_their_hash() -> Iterator[Finding]:
    gone = set(StoredFile.objects.filter(destructions__bytes_removed_at__isnull=False).values_list("sha256", flat=True))
    for sha256, size in StoredFile.objects.values_list("sha256", "size").iterator(chunk_size=2000):
        yield from _check_bytes(sha256, size, is_gone=sha256 in gone)
    unlinked = ComponentFile.objects.filter(destruction__isnull=True, stored_file_id__in=gone)
    for name in unlinked.values_list("stored_file_id", flat=True):
        yield Finding("bytes-destroyed-in-use", name, "The bytes were destroyed, but a living record uses them.")


def _check_bytes(sha256: str, size: int, *, is_gone: bool) -> Iterator[Finding]:
    if is_gone:
        if store().exists(sha256):
            yield Finding("bytes-still-there", sha256, "The record was destroyed, but its bytes are still there.")
        return
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
    both = OutboxRow.objects.filter(done_at__isnull=False, failed_at__isnull=False)
    for pk in both.values_list("pk", flat=True):
        yield Finding("job-done-and-failed", str(pk), "The job is marked both done and given up.")


@check
def cases_are_open_to_those_who_work_on_them() -> Iterator[Finding]:
    unread = Case.objects.exclude(readers__unit=F("unit"))
    held = Case.objects.filter(holder__isnull=False).exclude(Q(readers__user=F("holder")) | Q(readers__unit=F("unit")))
    for public_id in unread.union(held).values_list("public_id", flat=True):
        yield Finding("reader-missing", public_id, "The case is not open to the unit or person that has it.")
