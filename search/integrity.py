"""Whether the index says what the database says: a check that ``manage.py check_integrity`` runs with its own."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from cases.integrity import Finding, check
from search.comparing import Difference, differences
from search.engines import IndexUnavailable
from search.models import WaitingCase

LONGEST_WAIT = dt.timedelta(minutes=15)


@check
def the_index_equals_the_database() -> Iterator[Finding]:
    """Each document that the index lacks, keeps in an old state, or knows alone; and cases that wait too long."""
    late = WaitingCase.objects.filter(since__lt=timezone.now() - LONGEST_WAIT)
    for public_id in late.order_by("case").values_list("case__public_id", flat=True).distinct():
        yield Finding("index-waits", public_id, "The case waits too long for the archive index; is a worker running?")
    try:
        yield from map(_finding, differences())
    except IndexUnavailable:
        yield Finding("index-unavailable", "archive", "The archive index is missing or damaged; run manage.py reindex.")


def _finding(found: Difference) -> Finding:
    subject = f"document {found.document}"
    if found.case is None:
        return Finding("index-knows-more", subject, "The index knows a document that is not there.")
    if found.kept is None:
        return Finding("index-lacks", subject, "The document is not in the archive index.")
    return Finding("index-is-old", subject, "The archive index keeps an older state of the document.")
