"""Capturing documents into a case: bytes first and durable, then the rows that point to them."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cases.acting import Actor
from cases.batches import when_written
from cases.canonical import canonical
from cases.file_names import cleaned
from cases.media_types import JSON, detect, detect_path
from cases.models import (
    AccessLevel,
    Case,
    Component,
    ComponentFile,
    ComponentRole,
    Document,
    FileRole,
    StoredFile,
)
from cases.originals import Kept, hash_of, store
from cases.rows import insert, insert_one
from cases.signals import documents_captured

ANSWERS_NAME = "answers.json"


class BytesDestroyed(Exception):
    """The same bytes were destroyed by rule between keeping and writing the rows; keep them once more."""


@dataclass(frozen=True)
class FileToKeep:
    """A file that came with an item, or that we made.

    ``path`` with ``kept``: a staged upload on the originals' disk whose hash was computed while it was
    received; it is linked, not copied, and its staged name stays until the caller removes it.
    ``stream``: any seekable binary file; it is copied.
    """

    name: str
    question_key: str = ""
    role: str = ComponentRole.ANNEX
    path: Path | None = None
    kept: Kept | None = None
    stream: IO[bytes] | None = None
    media_type: str = ""


_ANSWERS = FileToKeep(ANSWERS_NAME, role=ComponentRole.ANSWERS, media_type=JSON)


@dataclass(frozen=True)
class KeptFile:
    """A file whose bytes are safe: what it was called, where it is, what it is."""

    file: FileToKeep
    kept: Kept
    media_type: str


def keep_files(files: Sequence[FileToKeep], *, asked: Any = None) -> list[KeptFile]:
    """Make every byte durable. Call it before the transaction that writes the rows.

    ``asked``: questions as shown and answers as sent. What was typed is an original too: canonical JSON, kept first.
    """
    kept: list[KeptFile] = []
    adopted: list[tuple[Path, Kept]] = []
    for file in files:
        if file.path is not None:
            known = file.kept or _hash_path(file.path)
            adopted.append((file.path, known))
            kept.append(KeptFile(file, known, file.media_type or detect_path(file.path)))
        elif file.stream is not None:
            file.stream.seek(0)
            media_type = file.media_type or detect(file.stream)
            kept.append(KeptFile(file, store().keep(file.stream), media_type))
    answers = store().adopt(adopted, [] if asked is None else [canonical(asked)])
    return [KeptFile(_ANSWERS, same, JSON) for same in answers] + kept


def _hash_path(path: Path) -> Kept:
    with path.open("rb") as source:
        return hash_of(source)


def capture(
    case: Case,
    *,
    title: str,
    kind: str,
    direction: str,
    files: Sequence[KeptFile],
    actor: Actor,
    at: dt.datetime,
    language: str = "",
    access_level: str = "",
    is_for_applicant: bool = False,
    missing_reason: str = "",
    file_role: str = FileRole.ORIGINAL,
) -> Document:
    """Write a document with a component for each file. The caller writes the event.

    ``missing_reason`` says why there is no file (MoReq allows it: sealed, too large, on paper).
    """
    document = Document(
        case=case,
        public_id=secrets.token_hex(8),
        direction=direction,
        kind=kind,
        title=title[:300],
        language=language or case.language,
        access_level=access_level or case.access_level or AccessLevel.INTERNAL,
        is_for_applicant=is_for_applicant,
        missing_reason=missing_reason,
        captured_at=at,
        captured_by=actor.user,
    )
    insert_one(document, is_late=True)  # its entry, if it gets one, is written last
    _add_components(document, files, file_role=file_role, actor=actor, at=at)
    documents_captured.send(sender=Case, case=case, documents=[document], at=at)
    return document


def _add_components(
    document: Document, files: Sequence[KeptFile], *, file_role: str, actor: Actor, at: dt.datetime
) -> None:
    if not files:
        return
    store_rows(files, at=at)
    components = insert(
        [
            Component(
                document=document,
                role=item.file.role,
                position=position,
                title=cleaned(item.file.name),
                question_key=item.file.question_key,
            )
            for position, item in enumerate(files)
        ]
    )
    insert(
        [
            ComponentFile(
                component=component,
                stored_file_id=item.kept.sha256,
                role=file_role,
                name=cleaned(item.file.name),
                added_at=at,
                added_by=actor.user,
            )
            for component, item in zip(components, files, strict=True)
        ]
    )
    when_written(lambda: _still_kept(files))


def _still_kept(files: Sequence[KeptFile]) -> None:
    """Asked after the rows are written: from then on ``disposing`` sees them and leaves the bytes."""
    if not all(store().exists(item.kept.sha256) for item in files):
        raise BytesDestroyed


def store_rows(files: Sequence[KeptFile], *, at: dt.datetime) -> None:
    """A row for each set of bytes; bytes that are known already keep their first row.

    In the order of their hashes, so that two filings with the same files never wait for each other.
    """
    rows = {
        item.kept.sha256: StoredFile(
            sha256=item.kept.sha256, size=item.kept.size, media_type=item.media_type, stored_at=at
        )
        for item in sorted(files, key=lambda item: item.kept.sha256)
    }
    insert(list(rows.values()), ignore_conflicts=True)


def add_file(
    component: Component,
    item: KeptFile,
    *,
    role: str,
    actor: Actor,
    at: dt.datetime,
    better_than: ComponentFile | None = None,
) -> ComponentFile:
    """Add a file to a component: a signed copy, a searchable one, or a better scan that supersedes another."""
    store_rows([item], at=at)
    added = ComponentFile.objects.create(
        component=component,
        stored_file_id=item.kept.sha256,
        role=role,
        name=cleaned(item.file.name),
        added_at=at,
        added_by=actor.user,
    )
    _still_kept([item])
    if better_than is not None:
        better_than.superseded_by = added
        better_than.save(update_fields=["superseded_by"])
    documents_captured.send(sender=Case, case=component.document.case, documents=[component.document], at=at)
    return added
