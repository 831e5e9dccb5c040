"""Reads the text of originals that nobody has read yet, and lets their cases wait for the index again."""

import datetime as dt
import time
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import F, Q

from cases.models import ComponentFile
from cases.previews import readable_path
from search.extraction import Extracted, extract
from search.indexing import let_wait
from search.models import TROUBLE_STATES, FileText, PageText, TextState

# Longer than a turn may take, and the last reader in it.
CLAIM = dt.timedelta(minutes=3)
# A file that takes the worker with it is given up, and a person may try again.
MOST_CLAIMS = 30
# What is claimed and written down together; each file has a reader of its own nevertheless.
FILES_AT_ONCE = 10
LONGEST_TURN_SECONDS = 30
# Their texts are in memory together.
LETTERS_AT_ONCE = 1_000_000


def read_next_files(*, at: dt.datetime) -> int:
    """Read the text of some originals. Returns how many; 0 when none waits, or others are at it."""
    claimed = _claim(TextState.WAITING, at=at, most=FILES_AT_ONCE)
    read: dict[str, Extracted] = {}
    ends_at = time.monotonic() + LONGEST_TURN_SECONDS
    try:
        for text in claimed:
            if read and (time.monotonic() > ends_at or _letters_of(read.values()) > LETTERS_AT_ONCE):
                _let_go(claimed[len(read) :])
                break
            read[text.pk] = _extract(text.pk)
    finally:
        # Where a reader can't even be asked, what the others said is not lost.
        _keep_texts([text for text in claimed if text.pk in read], read, at=at)
    return len(read)


def keep_text(
    text: FileText, extracted: Extracted, *, at: dt.datetime, words: Mapping[int, list] | None = None
) -> bool:
    """Write down what was read, or why nothing was. Running twice leaves one text; True the first time.

    ``words``: as of put_pages.

    Pages that are pictures let the file wait once more, for their text to be recognised.
    """
    return bool(_keep_texts([text], {text.pk: extracted}, at=at, words={text.pk: words or {}}))


@transaction.atomic
def _keep_texts(
    texts: Sequence[FileText],
    read: Mapping[str, Extracted],
    *,
    at: dt.datetime,
    words: Mapping[str, Mapping[int, list]] | None = None,
) -> Collection[str]:
    """As ``keep_text``, of several files that were in the same state. Returns which had not been kept before."""
    if not texts:
        return ()
    still_wait = FileText.objects.select_for_update().filter(pk__in=read, state=texts[0].state)
    kept = set(still_wait.values_list("pk", flat=True))
    alike: dict[tuple[str, int, bool], list[str]] = {}
    for text in texts:
        if text.pk in kept:
            extracted = read[text.pk]
            how = (extracted.end, extracted.scans or text.scans, text.is_signed or extracted.is_signed)
            alike.setdefault(how, []).append(text.pk)
    for (end, scans, is_signed), some in alike.items():
        FileText.objects.filter(pk__in=some).update(
            state=end, read_at=at, claimed_until=None, claims=0, scans=scans, is_signed=is_signed
        )
    _put_pages({sha256: read[sha256].pages for sha256 in kept}, words or {})
    let_uses_wait(kept)
    return kept


def put_pages(sha256: str, pages: Mapping[int, str], words: Mapping[int, list] | None = None) -> None:
    """These are the texts of the file's pages now, and where the words stand on those that don't say it themselves."""
    _put_pages({sha256: pages}, {sha256: words or {}})


def _put_pages(files: Mapping[str, Mapping[int, str]], words: Mapping[str, Mapping[int, list]]) -> None:
    PageText.objects.filter(stored_file__in=files).delete()
    rows = [
        PageText(stored_file_id=sha256, page=page, text=text, words=words.get(sha256, {}).get(page))
        for sha256, pages in files.items()
        for page, text in pages.items()
    ]
    PageText.objects.bulk_create(rows, batch_size=200)


def let_uses_wait(files: Iterable[str]) -> None:
    uses = ComponentFile.objects.filter(stored_file__in=files)
    let_wait(uses.values_list("component__document__case", flat=True).distinct())


@transaction.atomic
def try_again(files: Iterable[str]) -> int:
    """Have these files read once more; returns how many. What was read of them stays until then."""
    troubled = FileText.objects.filter(pk__in=list(files), state__in=(*TROUBLE_STATES, TextState.NO_TEXT))
    return troubled.update(state=TextState.WAITING, claimed_until=None, claims=0)


def claim_next(state: TextState, *, at: dt.datetime) -> FileText | None:
    """A file in this state that nobody reads; nobody else takes it until the claim ends."""
    return next(iter(_claim(state, at=at, most=1)), None)


@transaction.atomic
def _claim(state: TextState, *, at: dt.datetime, most: int) -> list[FileText]:
    """Some files in this state that nobody reads. One whose worker was killed meanwhile comes alone: it may have been
    its doing, and the others must not be given up with it.
    """
    free = FileText.objects.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=at), state=state)
    while waiting := list(free.select_for_update(skip_locked=True)[:most]):
        first = waiting[0]
        if first.claims >= MOST_CLAIMS:
            _keep_texts([first], {first.pk: Extracted({}, TextState.FAILED)}, at=at)
            continue
        claimed = [first] if first.claims else [text for text in waiting if not text.claims]
        taken = FileText.objects.filter(pk__in=[text.pk for text in claimed])
        taken.update(claimed_until=at + CLAIM, claims=F("claims") + 1)
        return claimed
    return []


def _let_go(texts: Iterable[FileText]) -> None:
    """Claimed, but not begun."""
    let_go = FileText.objects.filter(pk__in=[text.pk for text in texts], claims__gt=0)
    let_go.update(claimed_until=None, claims=F("claims") - 1)


def _letters_of(read: Iterable[Extracted]) -> int:
    return sum(len(text) for extracted in read for text in extracted.pages.values())


def _extract(sha256: str) -> Extracted:
    try:
        with readable_path(sha256) as path:
            return extract(path)
    except FileNotFoundError:
        return Extracted({}, TextState.MISSING)
