"""Exports: everything that a search finds, as a file that a worker writes for one person.

The row says what was asked and how far it is; the worker that writes it holds a claim, which it renews with every
batch. A worker that dies leaves a claim that ends, and the next one begins the file again. Each line is asked for
with the rights that its owner has at that moment.
"""

import datetime as dt
import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import batched, islice
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from cases.models import Document, EntryKind, User
from cases.outbox import NO_WORKER, WAITS_LONG
from cases.rights import reader_terms_of
from cases.spreadsheets import CsvSheet, Sheet
from search.answering import answered
from search.asking import Asked
from search.engines import ALL_FACET_VALUES, FACETS, engine
from search.facets import TITLES, Labels, in_order
from search.finding import asked_in_the_end, count_of
from search.models import Export, ExportContent, ExportFormat, ExportState

logger = logging.getLogger(__name__)

CLAIM = dt.timedelta(minutes=2)
PAUSE = dt.timedelta(seconds=30)
TRIES = 5
KEPT = dt.timedelta(days=3)
FORGOTTEN_AFTER = dt.timedelta(days=90)
# Longer than any worker takes from keeping a file to saying so.
LEFT_ALONE = dt.timedelta(hours=1)
MOST_UNDER_WAY = 3
MOST_LINES = 1_000_000
LINES_AT_ONCE = 500
FOLDER = "exports"
MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class NotExported(Exception):
    """Why there is no export, in words."""


class TooManyUnderWay(NotExported):
    def __init__(self) -> None:
        super().__init__(_("Three exports are being written for you. Wait for one of them, or stop it."))


class NotHandedOut(NotExported):
    """Why the file is not to be had, in words."""


class _Taken(Exception):
    """Somebody stopped the export, or another worker took it over."""


# -- Asking for one


@transaction.atomic
def ask_for(asked: Asked, *, content: str, format: str, owner: User, language: str, at: dt.datetime) -> Export:
    """Have a worker write what the search finds.

    Raises NotExported, and what the search itself raises: QueryTooComplex, NotTheseDays, IndexUnavailable.
    """
    User.objects.select_for_update().get(pk=owner.pk)
    if under_way(owner).count() >= MOST_UNDER_WAY:
        raise TooManyUnderWay
    count = count_of(owner, asked)
    if not count:
        raise NotExported(_("Nothing is found, so there is nothing to export."))
    return Export.objects.create(
        owner=owner,
        parameters=asked.parameters,
        content=ExportContent(content),
        format=ExportFormat(format),
        language=language,
        asked_at=at,
        rows_expected=min(count, MOST_LINES),
    )


def under_way(owner: User) -> Any:
    return Export.objects.filter(owner=owner, state__in=[ExportState.WAITING, ExportState.RUNNING])


def stop(export: Export) -> bool:
    """The owner doesn't want it any more; the worker notices at its next batch. False when it is over already."""
    living = Export.objects.filter(pk=export.pk, state__in=[ExportState.WAITING, ExportState.RUNNING])
    return bool(living.update(state=ExportState.STOPPED, claimed_until=None))


# -- Writing it


def write_next(*, now: Callable[[], dt.datetime] = timezone.now) -> bool:
    """Write the export that waits longest, from its beginning; False when none waits."""
    export = _claim(at=now())
    if export is None:
        return False
    try:
        with override(export.language):
            _write(export, now)
    except _Taken:
        logger.info("Export %s was stopped or taken over.", export.pk)
    except Exception:
        logger.exception("Export %s could not be written", export.pk)
        _try_later(export, at=now())
    return True


def _claim(*, at: dt.datetime) -> Export | None:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=at)
    waiting = Export.objects.filter(free, state__in=[ExportState.WAITING, ExportState.RUNNING])
    for key in waiting.order_by("asked_at").values_list("pk", flat=True)[:MOST_UNDER_WAY]:
        values = {"state": ExportState.RUNNING, "claimed_until": at + CLAIM, "rows_done": 0, "tries": F("tries") + 1}
        if waiting.filter(pk=key).update(**values):
            export = Export.objects.select_related("owner").get(pk=key)
            if export.tries <= TRIES:
                return export
            _give_up(export, at=at)
    return None


def trouble_of(export: Export, *, at: dt.datetime) -> str:
    """Why an export does not go on; "" while it does, or waits for its turn."""
    if export.state == ExportState.RUNNING and export.claimed_until and export.claimed_until < at:
        return _("The worker that wrote it was stopped in the middle. Another begins it again.")
    since = export.claimed_until or export.asked_at
    if export.state != ExportState.WAITING or since > at - WAITS_LONG:
        return ""
    busy = Export.objects.filter(state=ExportState.RUNNING, claimed_until__gte=at)
    return "" if busy.exists() else str(NO_WORKER)


def _try_later(export: Export, *, at: dt.datetime) -> None:
    if export.tries >= TRIES:
        _give_up(export, at=at)
        return
    _ours(export).update(state=ExportState.WAITING, claimed_until=at + PAUSE * 2**export.tries)


def _give_up(export: Export, *, at: dt.datetime) -> None:
    _ours(export).update(state=ExportState.FAILED, claimed_until=None, finished_at=at)


def _ours(export: Export) -> Any:
    """The row as long as this worker has it."""
    return Export.objects.filter(pk=export.pk, state=ExportState.RUNNING, claimed_until=export.claimed_until)


def _write(export: Export, now: Callable[[], dt.datetime]) -> None:
    reach = reach_of(_owner_now(export))
    with tempfile.TemporaryFile(dir=settings.STAGING_DIR) as file:
        sheet = _sheet(export, file)
        for cells, done in _lines(export):
            for line in cells:
                sheet.add(line)
            _tell(export, done, at=now())
        sheet.end()
        size = file.tell()
        file.seek(0)
        name = _storage().save(f"{FOLDER}/{get_random_string(24)}.{export.format.lower()}", File(file))
    is_ours = _ours(export).update(
        state=ExportState.READY, claimed_until=None, finished_at=now(), file_name=name, size=size, reach=reach
    )
    if not is_ours:
        _storage().delete(name)
        raise _Taken


def _tell(export: Export, done: int, *, at: dt.datetime) -> None:
    """Renew the claim and say how far it is."""
    until = at + CLAIM
    if not _ours(export).update(rows_done=done, claimed_until=until):
        raise _Taken
    export.claimed_until = until


def _sheet(export: Export, file: IO[bytes]) -> Sheet:
    titles = _titles() if export.content == ExportContent.LIST else [_("Filter"), _("Value"), _("Documents")]
    if export.format == ExportFormat.CSV:
        return CsvSheet(file, titles)
    from cases.xlsx import XlsxSheet  # noqa: PLC0415 (a tenth of a second that every start would take)

    widths = _WIDTHS if export.content == ExportContent.LIST else [18, 44, 14]
    return XlsxSheet(file, titles, widths)


def _lines(export: Export) -> Iterator[tuple[list[Sequence[Any]], int]]:
    """Lines in batches, each with how many hits are done."""
    asked = Asked.from_address(export.parameters)
    if export.content == ExportContent.COUNTS:
        counts = list(_counts(_owner_now(export), asked))
        yield counts, export.rows_expected
        return
    owner = _owner_now(export)
    understood, _count = asked_in_the_end(owner, asked)
    hits = islice(engine().scan(understood, reader_terms=reader_terms_of(owner), order=asked.order), MOST_LINES)
    done = 0
    for some in batched(hits, LINES_AT_ONCE):
        lines = list(_list_lines(_owner_now(export), [hit.document for hit in some]))
        done += len(some)
        yield lines, done


def _owner_now(export: Export) -> User:
    """The owner with the rights of this moment, which are kept on the object."""
    return User.objects.get(pk=export.owner_id)


_WIDTHS = [20, 12, 44, 14, 20, 44, 24, 24, 24, 20, 14, 14, 12, 12, 28, 40]


def _titles() -> list[str]:
    return [
        _("Number"),
        _("Date"),
        _("Document"),
        _("Kind"),
        _("Case"),
        _("Subject of the case"),
        *[str(TITLES[name]) for name in ("service", "unit", "class", "register", "channel", "state")],
        *[str(TITLES[name]) for name in ("language", "access")],
        pgettext("of a letter", "Sender"),
        _("Address"),
    ]


def _list_lines(owner: User, ids: Sequence[int]) -> Iterator[Sequence[Any]]:
    """A line for each document that the owner may see in a list at this moment, in the order of the hits."""
    visible = Document.objects.visible_to(owner).filter(pk__in=ids)
    joined = visible.select_related("case__unit", "case__service", "case__record_class", "entry__register")
    found = {document.pk: document for document in joined.select_related("entry__sender")}
    readable = set(Document.objects.readable_by(owner).filter(pk__in=found).values_list("pk", flat=True))
    labels = Labels(owner.institution_id)
    for pk in ids:
        if pk in found:
            yield _line(found[pk], labels, may_open=pk in readable)


def _line(document: Document, labels: Labels, *, may_open: bool) -> Sequence[Any]:
    case, entry = document.case, document.entry
    moment = entry.registered_at if entry else document.captured_at
    is_old = entry is not None and entry.kind == EntryKind.IMPORTED
    restricted = "RESTRICTED" if "RESTRICTED" in {case.access_level, document.access_level} else "INTERNAL"
    sender = entry.sender if entry and may_open else None
    return [
        entry.number if entry else "",
        entry.written_as if entry and is_old else timezone.localdate(moment),
        document.title,
        labels.of("kind", document.kind),
        str(case),
        case.subject,
        case.service or "",
        case.unit,
        case.record_class or "",
        entry.register if entry else "",
        labels.of("channel", entry.channel) if entry else "",
        labels.of("state", case.state),
        labels.of("language", document.language or case.language),
        labels.of("access", restricted),
        sender or "",
        f"{settings.SITE_ADDRESS}{reverse('desk_case', args=[case.public_id])}",
    ]


def _counts(owner: User, asked: Asked) -> Iterator[Sequence[Any]]:
    terms = reader_terms_of(owner)
    answer = answered(
        asked.as_typed, reader_terms=terms, order=asked.order, offset=0, limit=1, most_values=ALL_FACET_VALUES
    ).answer
    labels = Labels(owner.institution_id)
    labels.know_classes(answer.facets.get("class", {}))
    yield [_("All"), "", answer.count]
    for name in FACETS:
        for value, count in in_order(name, answer.facets.get(name, {})):
            yield [str(TITLES[name]), labels.of(name, value), count]


# -- Handing it out, and forgetting it


def reach_of(user: User) -> str:
    """A hash of what the person may see today: units, institutions, what is open to them."""
    return hashlib.sha256(" ".join(sorted(reader_terms_of(user))).encode()).hexdigest()


def is_kept(export: Export, *, at: dt.datetime) -> bool:
    return export.state == ExportState.READY and export.finished_at is not None and at < export.finished_at + KEPT


def opened(export: Export, *, user: User, at: dt.datetime) -> File:
    """The file, for its owner, as long as it is kept and they may see as much as when it was written."""
    if export.owner_id != user.pk or not is_kept(export, at=at):
        raise NotHandedOut(_("This export is no longer kept. Make it again."))
    if export.reach != reach_of(user):
        raise NotHandedOut(_("What you may see has changed since this export was written. Make it again."))
    try:
        return _storage().open(export.file_name)
    except FileNotFoundError:
        raise NotHandedOut(_("This export is no longer kept. Make it again.")) from None


def forget_old(*, at: dt.datetime) -> int:
    """Remove the files of exports that are not kept any longer, and the trace of those long over."""
    old = Export.objects.filter(state=ExportState.READY, finished_at__lte=at - KEPT)
    for export in old.iterator(chunk_size=LINES_AT_ONCE):
        forget(export)
    _clear_away(before=at - LEFT_ALONE)
    gone = Export.objects.filter(asked_at__lt=at - FORGOTTEN_AFTER)
    return gone.exclude(state=ExportState.READY).delete()[0]


def _clear_away(*, before: dt.datetime) -> None:
    """Files that no export knows: a worker was killed between keeping one and saying so."""
    try:
        _folders, names = _storage().listdir(FOLDER)
    except FileNotFoundError:
        return
    known = set(Export.objects.exclude(file_name="").values_list("file_name", flat=True))
    for path in {f"{FOLDER}/{name}" for name in names} - known:
        if _storage().get_modified_time(path) < before:
            _storage().delete(path)


def forget(export: Export) -> None:
    """The file goes; that it was made, by whom and of what, stays."""
    if export.file_name:
        _storage().delete(export.file_name)
    Export.objects.filter(pk=export.pk, state=ExportState.READY).update(state=ExportState.EXPIRED, file_name="", size=0)


def _storage() -> Storage:
    return storages["derived"]
