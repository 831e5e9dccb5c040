"""Gets the text of an original by asking processes of their own, which may fail, hang or be killed without harm."""

import json
import logging
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cases.apart import Answer, Apart
from search.page_texts import Limits, Order
from search.page_words import SHARES

logger = logging.getLogger(__name__)

LIMITS = Limits()
# A reader is stopped by the clock too: one that waits uses no CPU time.
PATIENCE = 1.5
_TIME_IS_OVER = -signal.SIGXCPU

_readers = Apart("search.page_texts", "search.page_words")
_recognisers = Apart("search.recognition")


@dataclass(frozen=True, slots=True)
class Extracted:
    """Texts by page number, and how it ended: one of search.models.TextState.

    ``scans``: how many pages are pictures, not read yet. ``is_signed``: the PDF itself has a signature.
    """

    pages: dict[int, str]
    end: str
    scans: int = 0
    is_signed: bool = False


def extract(path: Path, *, limits: Limits = LIMITS) -> Extracted:
    """The text of the file, page by page. Never raises because of what is in the file."""
    answer = _readers.ask("search.page_texts", str(path), limits.as_json(), seconds=limits.seconds * PATIENCE)
    return _understood(answer, path)


def words_on_page(path: Path, page: int, *, lying_as: Path | None = None) -> list:
    """Where the words of a page of a PDF stand, as ``search.page_words`` says it; empty where it can't be said.

    ``lying_as``: the PDF that people see, where this one was made from it and its pages may have been turned.
    """
    arguments = [str(path), str(page), *([str(lying_as)] if lying_as else [])]
    answer = _readers.ask("search.page_words", *arguments, seconds=SHARES.seconds * PATIENCE)
    try:
        return json.loads(answer.said) if answer.code == 0 else []
    except ValueError:
        return []


def recognise(
    path: Path,
    *,
    folder: Path,
    order: Order,
    seconds: float,
    scratch: Path | None = None,
    beat: Callable[[], None] = lambda: None,
) -> Extracted:
    """As ``extract``, with the text of pages that are pictures; ``folder`` gets the searchable copy.

    ``seconds``: by the clock. ``scratch``: the folder that holds ``folder``, if another, and goes with it should we be
    killed. ``beat``: called twice a minute while it goes on.
    """
    arguments = (str(path), str(folder), order.as_json())
    answer = _recognisers.ask("search.recognition", *arguments, seconds=seconds, folder=scratch or folder, beat=beat)
    return _understood(answer, path)


def _understood(answer: Answer, path: Path) -> Extracted:
    if answer.errors:
        logger.info("Reading %s said: %s", path.name, answer.errors[-500:])
    lines = list(_lines(answer.said))
    if answer.code == 0 and lines and "end" in lines[-1]:
        last = lines[-1]
        pages = {line["page"]: line["text"] for line in lines[:-1]}
        return Extracted(pages, last["end"], last["scans"], last["is_signed"])
    logger.warning("Reading the text of %s ended with %s.", path.name, answer.code)
    if answer.code is None or answer.code == _TIME_IS_OVER:
        return Extracted({}, "TOO_SLOW")
    return Extracted({}, "FAILED" if answer.code == -signal.SIGKILL else "DAMAGED")


def _lines(output: bytes) -> Iterator[dict]:
    for line in output.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return
