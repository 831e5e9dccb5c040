"""A better scan of a paper that was scanned before: it counts from now on, the worse one is kept behind it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history, outbox
from cases.acting import Actor
from cases.capturing import FileToKeep, add_file, keep_files
from cases.models import Case, ComponentFile, FileRole


class NotRescanned(Exception):
    """The scan can't be replaced; the message says why."""


def replace_scan(worse: ComponentFile, better: FileToKeep, *, actor: Actor, at: dt.datetime) -> ComponentFile:
    """Put a better scan in the place of a worse one. Only scans: what came in as a file is what came in."""
    [kept] = keep_files([better])
    with transaction.atomic():
        document = worse.component.document
        case = Case.objects.select_for_update().get(pk=document.case_id)
        worse.refresh_from_db(fields=["role", "superseded_by"])
        if worse.role != FileRole.SCAN:
            raise NotRescanned(_("Only a scan can be replaced by a better one; this file is kept as it came."))
        if worse.superseded_by_id:
            raise NotRescanned(_("There is a better scan of this paper already. Replace that one."))
        added = add_file(worse.component, kept, role=FileRole.SCAN, actor=actor, at=at, better_than=worse)
        copies = worse.component.files.filter(role=FileRole.SEARCHABLE, superseded_by__isnull=True)
        copies.update(superseded_by=added)
        history.record(
            case,
            "SCAN_REPLACED",
            actor=actor,
            at=at,
            payload={"worse": worse.stored_file_id, "better": added.stored_file_id},
            personal={"title": document.title},
            document=document,
        )
        outbox.put("make_previews", at=at, case=case, files=[added.stored_file_id])
    return added
