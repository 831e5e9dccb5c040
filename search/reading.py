"""Reads the text of originals that nobody has read yet, and lets their cases wait for the index again."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import F, Q

from cases.models import ComponentFile
from cases.previews import readable_path
from search.extraction import Extracted, extract
from search.indexing import let_wait
from search.models import TROUBLE_STATES, FileText, PageText, TextState

# Longer than a reader may take.
CLAIM = dt.timedelta(minutes=3)
# A file that takes the worker with it is given up, and a person may try again.
MOST_CLAIMS = 30


def read_next_file(*, at: dt.datetime) -> bool:
    """Read one original's text. False when none waits, or others are at it."""
    text = claim_next(TextState.WAITING, at=at)
    if text is None:
        return False
    keep_text(text, _extract(text.stored_file_id), at=at)
    return True


@transaction.atomic
def keep_text(
    text: FileText, extracted: Extracted, *, at: dt.datetime, words: Mapping[int, list] | None = None
) -> bool:
    """Write down what was read, or why nothing was. Running twice leaves one text; True the first time.

    ``words``: as of put_pages.

    Pages that are pictures let the file wait once more, for their text to be recognised.
    """
    still_waits = FileText.objects.filter(pk=text.pk, state=text.state)
    kept = still_waits.update(
        state=extracted.end,
        read_at=at,
        claimed_until=None,
        claims=0,
        scans=extracted.scans or text.scans,
        is_signed=text.is_signed or extracted.is_signed,
    )
    if not kept:
        return False
    put_pages(text.pk, extracted.pages, words)
    let_uses_wait([text.pk])
    return True


def put_pages(sha256: str, pages: Mapping[int, str], words: Mapping[int, list] | None = None) -> None:
    """These are the texts of the file's pages now, and where the words stand on those that don't say it themselves."""
    PageText.objects.filter(stored_file=sha256).delete()
    places = words or {}
    rows = [
        PageText(stored_file_id=sha256, page=page, text=text, words=places.get(page)) for page, text in pages.items()
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
    free = FileText.objects.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=at), state=state)
    for text in free[:20]:
        if not free.filter(pk=text.pk).update(claimed_until=at + CLAIM, claims=F("claims") + 1):
            continue
        if text.claims < MOST_CLAIMS:
            return text
        keep_text(text, Extracted({}, TextState.FAILED), at=at)
    return None


def _extract(sha256: str) -> Extracted:
    try:
        with readable_path(sha256) as path:
            return extract(path)
    except FileNotFoundError:
        return Extracted({}, TextState.MISSING)
