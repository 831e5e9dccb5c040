"""A searchable copy of a scan: the same pages with their text beneath, beside the original that nobody touches."""

import datetime as dt
from pathlib import PurePath

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history, outbox
from cases.acting import Actor
from cases.capturing import FileToKeep, KeptFile, add_file
from cases.models import Case, ComponentFile, FileRole

# Of these a copy says no more than they do, or would stand beside a signature as if it were signed.
_WITHOUT_COPY = (FileRole.SEARCHABLE, FileRole.FOR_SIGNATURE, FileRole.SIGNED)


class NotCopied(Exception):
    """There is no searchable copy of this file; the message says why."""


def add_searchable_copy(scan: ComponentFile, copy: KeptFile, *, actor: Actor, at: dt.datetime) -> ComponentFile:
    """Put the copy beside the scan. A second time answers with the one that is there.

    Raises NotCopied for what is signed, locked, destroyed, or no longer the file that counts.
    """
    with transaction.atomic():
        component = scan.component
        case = Case.objects.select_for_update().get(pk=component.document.case_id)
        living = ComponentFile.objects.filter(component=component, superseded_by__isnull=True, destruction__isnull=True)
        if there := living.filter(role=FileRole.SEARCHABLE, stored_file=copy.kept.sha256).first():
            return there
        counts = living.filter(pk=scan.pk, role__in=(FileRole.ORIGINAL, FileRole.SCAN)).exists()
        if not counts or component.document.locked_at or living.filter(role__in=_WITHOUT_COPY).exists():
            raise NotCopied(_("Only a scan that counts and was not signed gets a searchable copy."))
        added = add_file(component, copy, role=FileRole.SEARCHABLE, actor=actor, at=at)
        history.record(
            case,
            "SEARCHABLE_COPY_MADE",
            actor=actor,
            at=at,
            payload={"scan": scan.stored_file_id, "copy": added.stored_file_id},
            personal={"name": scan.name},
            document=component.document,
        )
        outbox.put("make_previews", at=at, case=case, files=[added.stored_file_id])
    return added


def name_of_copy(scan: ComponentFile) -> str:
    return f"{PurePath(scan.name).stem or scan.name}.pdf"


def copy_to_keep(scan: ComponentFile, kept: KeptFile) -> KeptFile:
    """The same bytes under the name that fits this scan."""
    return KeptFile(FileToKeep(name_of_copy(scan)), kept.kept, kept.media_type)
