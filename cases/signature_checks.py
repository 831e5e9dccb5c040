"""Are the signatures on what came in genuine? The answer is printed on the receipt and never stops a filing."""

import datetime as dt
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils.translation import gettext as _

from cases.media_types import PDF
from cases.models import ComponentFile, SignatureCheck, StoredFile
from cases.originals import CHUNK, store
from cases.previews import readable_path
from cases.signing import VerdictState, trusted_certificates

LARGEST = 50 * 1024 * 1024
LIMITS = {"seconds": 30, "memory": 1024 * 1024 * 1024}
# The process is stopped by the clock too: one that waits uses no CPU time.
PATIENCE = 1.5
# Every signature in a PDF says which bytes it covers, uncompressed.
MARK = b"/ByteRange"

logger = logging.getLogger(__name__)


def check_signatures(stored_file: StoredFile, *, at: dt.datetime) -> dict[str, Any] | None:
    """What a check of a PDF's signatures found (the shape of signing.Verdict.as_record); None for unsigned files."""
    if stored_file.media_type != PDF or not _has_signature(stored_file):
        return None
    unclear = {"state": str(VerdictState.CANNOT_BE_VERIFIED), "reason": "", "signatures": []}
    if stored_file.size > LARGEST:
        return unclear
    with readable_path(stored_file.sha256) as path:
        return _ask(path, at=at) or unclear


def kept_check(stored_file: StoredFile, *, at: dt.datetime) -> dict[str, Any] | None:
    """What the check found when the file came in: made once and kept, so that every reader meets the same verdict."""
    if kept := SignatureCheck.objects.filter(stored_file=stored_file).first():
        return dict(kept.verdict)
    found = check_signatures(stored_file, at=at)
    if found is not None:
        SignatureCheck.objects.get_or_create(stored_file=stored_file, defaults={"verdict": found, "checked_at": at})
    return found


def sentence_on(file: ComponentFile, *, at: dt.datetime) -> str | None:
    """One line for the receipt about a signed file, in today's language; None for a file without signatures."""
    found = kept_check(file.stored_file, at=at)
    if found is None:
        return None
    names = ", ".join(one["name"] for one in found["signatures"] if one["name"])
    if found["state"] == VerdictState.VALID:
        return _("{file}: signed by {names}; checked, the signature holds.").format(file=file.name, names=names)
    if found["state"] == VerdictState.INVALID:
        return _("{file}: the signature does not hold. {reason}").format(file=file.name, reason=_(found["reason"]))
    reason = _(found["reason"]) if found["reason"] else ""
    return (
        _("{file}: signed; the signature cannot be verified here. {reason}")
        .format(file=file.name, reason=reason)
        .strip()
    )


def _has_signature(stored_file: StoredFile) -> bool:
    with store().open(stored_file.sha256) as source:
        tail = b""
        while piece := source.read(CHUNK):
            if MARK in tail + piece:
                return True
            tail = piece[-len(MARK) :]
    return False


def _ask(path: Path, *, at: dt.datetime) -> dict[str, Any] | None:
    command = [sys.executable, "-m", "cases.signing.apart", str(path), at.isoformat(), json.dumps(LIMITS)]
    trusted = b"".join(one.public_bytes(Encoding.PEM) for one in trusted_certificates())
    try:
        # Without our environment: secrets in it are no business of a process that opens strangers' files.
        run = subprocess.run(  # noqa: S603 (no shell; the path is an address of the store)
            command,
            cwd=settings.BASE_DIR,
            env={},
            input=trusted,
            capture_output=True,
            timeout=LIMITS["seconds"] * PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    if run.returncode:
        logger.warning("Checking the signatures of %s ended with %s: %s", path.name, run.returncode, run.stderr[-500:])
        return None
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found
