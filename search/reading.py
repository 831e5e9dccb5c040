"""Reads the text of originals that nobody has read yet, and lets their cases wait for the index again."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from cases.models import ComponentFile
from cases.originals import store
from search.extraction import Extracted, extract
from search.indexing import let_wait
from search.models import FileText, PageText, TextState

CLAIM = dt.timedelta(minutes=10)


def read_next_file(*, at: dt.datetime) -> bool:
    """Read one original's text. False when none waits, or others are at it."""
    text = _claim_next(at=at)
    if text is None:
        return False
    keep_text(text, _extract(text.stored_file_id), at=at)
    return True


@transaction.atomic
def keep_text(text: FileText, extracted: Extracted, *, at: dt.datetime) -> None:
    """Write down what was read, or why nothing was. Running twice leaves one text."""
    still_waits = FileText.objects.filter(pk=text.pk, state=TextState.WAITING)
    if not still_waits.update(state=extracted.end, read_at=at, claimed_until=None):
        return
    PageText.objects.bulk_create(
        [PageText(stored_file_id=text.pk, page=page, text=words) for page, words in extracted.pages.items()],
        batch_size=200,
    )
    uses = ComponentFile.objects.filter(stored_file=text.pk)
    let_wait(uses.values_list("component__document__case", flat=True).distinct())


def _claim_next(*, at: dt.datetime) -> FileText | None:
    free = FileText.objects.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=at), state=TextState.WAITING)
    for text in free[:20]:
        if free.filter(pk=text.pk).update(claimed_until=at + CLAIM):
            return text
    return None


def _extract(sha256: str) -> Extracted:
    if not store().exists(sha256):
        return Extracted({}, TextState.MISSING)
    return extract(store().path(sha256))
