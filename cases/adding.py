"""Papers that the office itself adds to a case: photos of a visit, minutes, a contract. They get no entry number.

What comes from outside enters through ``cases.registration``, whichever case it belongs to.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history, outbox
from cases.acting import Actor
from cases.capturing import FileToKeep, capture, keep_files
from cases.models import Case, CaseState, Direction, Document


class NothingToAdd(Exception):
    """The document can't be added like this; the message says what to do."""


def add_document(
    case: Case, *, title: str, files: Sequence[FileToKeep], kind: str = "OTHER", actor: Actor, at: dt.datetime
) -> Document:
    """Put files that the office made into a case, as one document that the applicant does not see."""
    title = " ".join(title.split())
    if not title or not files:
        raise NothingToAdd(_("Name the document and choose at least one file."))
    if case.state == CaseState.JOINED:
        raise NothingToAdd(_("Case {number} was joined into another; add the document there.").format(number=case))
    kept = keep_files(files)
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        document = capture(case, title=title, kind=kind, direction=Direction.INTERNAL, files=kept, actor=actor, at=at)
        files_as_kept = [{"sha256": item.kept.sha256, "size": item.kept.size} for item in kept]
        history.record(
            case,
            "DOCUMENT_ADDED",
            actor=actor,
            at=at,
            payload={"files": files_as_kept},
            personal={"title": title},
            document=document,
        )
        outbox.put("make_previews", at=at, case=case, files=[item.kept.sha256 for item in kept])
    return document
