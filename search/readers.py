"""Reads many strangers' files, each in a process of its own: ``python -m search.readers``.

Starting Python and loading what reads a PDF takes longer than reading one. So this process loads it once, opens no
file itself, and splits off a reader for each order; only that one meets the file, shut in, and ends with it.

An order is a line of JSON: ``{"task": "texts" | "words", "arguments": [...], "seconds": N}``. The answer is a line of
JSON, ``{"code": as of subprocess, null when the clock stopped it, "size": N}``, and N bytes of what the reader said.
"""

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable

from cases import confinement
from search import page_texts, page_words

TASKS: dict[str, Callable[..., None]] = {"texts": page_texts.main, "words": page_words.main}
LARGEST_ANSWER = 64 * 1024 * 1024


def read_apart(task: str, arguments: list[str], *, seconds: float) -> tuple[int | None, bytes]:
    """Split off a reader and hear what it says until it ends or its time is over."""
    ear, mouth = os.pipe()
    reader = os.fork()
    if reader == 0:
        os.close(ear)
        _read(task, arguments, mouth)
    os.close(mouth)
    said, is_whole = _heard(ear, ends_at=time.monotonic() + seconds)
    os.close(ear)
    if not is_whole:
        os.kill(reader, signal.SIGKILL)
    _pid, status = os.waitpid(reader, 0)
    return os.waitstatus_to_exitcode(status) if is_whole else None, said


def _heard(ear: int, *, ends_at: float) -> tuple[bytes, bool]:
    said = bytearray()
    while (left := ends_at - time.monotonic()) > 0 and len(said) < LARGEST_ANSWER:
        if select.select([ear], [], [], left)[0]:
            piece = os.read(ear, 1024 * 1024)
            if not piece:
                return bytes(said), True
            said += piece
    return bytes(said), False


def _read(task: str, arguments: list[str], mouth: int) -> None:
    """In the reader: it has no other way to the outside than its mouth, and never returns."""
    code = 1
    try:
        confinement.die_with_parent()
        os.dup2(mouth, 1)
        os.closerange(3, 256)
        TASKS[task](*arguments)
        sys.stdout.flush()
        code = 0
    except SystemExit as end:
        sys.stderr.write(f"{end}\n")
    except BaseException:
        traceback.print_exc(limit=-3)
    finally:
        os._exit(code)


def main() -> None:
    confinement.die_with_parent()
    page_texts.prepare()
    answers = os.fdopen(os.dup(1), "wb")
    for line in sys.stdin:
        order = json.loads(line)
        code, said = read_apart(order["task"], order["arguments"], seconds=order["seconds"])
        answers.write(json.dumps({"code": code, "size": len(said)}).encode() + b"\n" + said)
        answers.flush()


if __name__ == "__main__":
    main()
