"""Previews: images of all pages of a file, made by us, so that nobody needs to open what a stranger sent.

They lie in the storage ``derived`` under the file's hash, can be wiped at any moment, and are made again by a
worker. The original is only read.
"""

import datetime as dt
import json
import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext_lazy as _

from cases import outbox
from cases.apart import Apart
from cases.confinement import NotConfined
from cases.models import NoPreviewReason, OutboxRow, Preview, PreviewState, StoredFile
from cases.originals import CHUNK, store
from cases.page_images import SHOWN, SMALL_WIDTH, WIDTH, Limits
from cases.scratch import scratch_folder

LIMITS = Limits()
# The process is stopped by the clock too: one that waits uses no CPU time.
PATIENCE = 1.5
# A worker's turn in seconds: a job's claim lasts ten minutes.
TURN = 300
MEDIA_TYPE = "image/webp"
KIND = "make_previews"
_CUT_SHORT = {NoPreviewReason.TOO_SLOW, NoPreviewReason.TOO_LARGE}

logger = logging.getLogger(__name__)
_drawers = Apart("cases.page_images")


class NoPageImage(Exception):
    """There is no image of this page; the message says why."""


class NotMadeYet(NoPageImage):
    """The image is being made; ask again in a moment."""

    def __init__(self) -> None:
        super().__init__(_("The preview is being made. Try again in a moment."))


def page_count(stored_file: StoredFile) -> int:
    """How many page images there are; 0 while none are made."""
    preview = preview_of(stored_file)
    return preview.pages if preview else 0


def preview_of(stored_file: StoredFile) -> Preview | None:
    """How the preview came out: READY with its pages, NONE with its reason; None while it is not made yet."""
    return Preview.objects.filter(stored_file=stored_file).first()


def page_image(stored_file: StoredFile, page: int, width: int = WIDTH, *, at: dt.datetime) -> File:
    """The image (WebP) of a page, counted from 1, at least `width` pixels wide where it was made so wide.

    Raises NotMadeYet, having asked a worker for it, while it is not made or after it was wiped; NoPageImage for a
    page that there is none of. Who may see the file was asked before.
    """
    preview = preview_of(stored_file)
    if preview is None:
        ask_for([stored_file.sha256], at=at)
        raise NotMadeYet
    if not 1 <= page <= preview.pages:
        raise NoPageImage(preview.get_reason_display() or _("The file has no such page."))
    try:
        return _derived().open(_name_of(stored_file.sha256, page, width))
    except FileNotFoundError:
        preview.delete()
        ask_for([stored_file.sha256], at=at)
        raise NotMadeYet from None


def ask_for(files: list[str], *, at: dt.datetime) -> None:
    """Have a worker make the previews of these files (hashes), unless one was asked already."""
    waiting = OutboxRow.objects.filter(done_at__isnull=True, failed_at__isnull=True, kind=KIND)
    if not waiting.filter(payload={"files": files}).exists():
        outbox.put(KIND, at=at, files=files)


@outbox.handler(KIND)
def make_previews(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Make the previews of the files that have none yet, small ones first; what is left over gets a turn of its own."""
    wanted = list(StoredFile.objects.filter(pk__in=payload["files"], preview__isnull=True).order_by("size"))
    started = time.monotonic()
    while wanted and (time.monotonic() - started) < TURN:
        make_preview(wanted.pop(0), at=at)
    if wanted:
        outbox.put(KIND, at=at, files=[stored_file.sha256 for stored_file in wanted])


def make_preview(stored_file: StoredFile, *, at: dt.datetime, limits: Limits = LIMITS) -> Preview:
    """Make the page images of one file and note how it went. Never fails because of what is in the file.

    Raises NotConfined where this machine can't shut in whoever opens it.
    """
    with scratch_folder("pages") as folder:
        try:
            with readable_path(stored_file.sha256) as path:
                reason = _run(path, stored_file.media_type, folder, limits)
        except FileNotFoundError:
            reason = NoPreviewReason.GONE
        pages = _keep_images(stored_file.sha256, folder)
    preview, _is_new = Preview.objects.update_or_create(
        stored_file=stored_file,
        defaults={
            "state": PreviewState.READY if pages else PreviewState.NONE,
            "pages": pages,
            "reason": _reason_shown(reason, pages),
            "made_at": at,
        },
    )
    return preview


def _reason_shown(reason: str, pages: int) -> str:
    """What the reader is told: a file that could be shown in part only lacks pages; one without pages is damaged."""
    if pages:
        return NoPreviewReason.TOO_MANY_PAGES if reason in _CUT_SHORT else reason
    return reason or NoPreviewReason.DAMAGED


def forget(sha256: str) -> None:
    """Remove the page images of destroyed bytes."""
    preview = Preview.objects.filter(stored_file_id=sha256).first()
    for page in range(1, preview.pages + 1 if preview else 1):
        for width in (SMALL_WIDTH, WIDTH):
            _derived().delete(_name_of(sha256, page, width))
    Preview.objects.filter(stored_file_id=sha256).update(state=PreviewState.NONE, pages=0, reason=NoPreviewReason.GONE)


def _derived() -> Storage:
    return storages["derived"]


def _name_of(sha256: str, page: int, width: int) -> str:
    size = "-small" if width <= SMALL_WIDTH else ""
    return f"pages/{sha256[:2]}/{sha256}/{page}{size}.webp"


def _keep_images(sha256: str, folder: Path) -> int:
    """Put what was made into the storage, in order; returns the number of whole pages."""
    page = 0
    while (folder / f"{page + 1}-small.webp").exists():
        page += 1
        for width, file in ((WIDTH, f"{page}.webp"), (SMALL_WIDTH, f"{page}-small.webp")):
            name = _name_of(sha256, page, width)
            _derived().delete(name)
            with (folder / file).open("rb") as image:
                _derived().save(name, File(image))
    return page


@contextmanager
def readable_path(sha256: str) -> Iterator[Path]:
    """The original's own path, or a copy's where the store is on another machine."""
    originals = store()
    with originals.open(sha256) as source:
        try:
            path = Path(originals.path(sha256))
        except NotImplementedError:
            with scratch_folder("copy") as folder:
                copy = folder / sha256
                with copy.open("wb") as target:
                    while piece := source.read(CHUNK):
                        target.write(piece)
                yield copy
            return
        yield path


def _run(path: Path, media_type: str, folder: Path, limits: Limits) -> str:
    """Have a process of its own make the images; returns why some or all are missing, or nothing."""
    if media_type not in SHOWN:
        return NoPreviewReason.KIND
    arguments = (str(path), media_type, str(folder), limits.as_json())
    answer = _drawers.ask("cases.page_images", *arguments, seconds=limits.seconds * PATIENCE, folder=folder)
    if answer.code is None:
        return NoPreviewReason.TOO_SLOW
    if answer.code == 0:
        said = json.loads(answer.said)
        if "not_confined" in said:
            raise NotConfined(said["not_confined"])
        return str(said["reason"])
    logger.warning("Page images of %s ended with %s: %s", path.name, answer.code, answer.errors[-500:])
    if answer.code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return NoPreviewReason.TOO_SLOW
    return NoPreviewReason.TOO_LARGE if "MemoryError" in answer.errors else NoPreviewReason.DAMAGED
