"""Works on strangers' files, each in a process of its own: ``python -m cases.prepared MODULE...``.

Starting Python and loading what draws, reads or recognises a file takes longer than most files do. So this process
loads it once, opens no file itself, and splits off a process for each order; only that one meets the file, and it ends
with it. ``cases.apart`` is how it is asked.

A MODULE has ``main(*arguments)``, which shuts itself in (``cases.confinement``) before it opens the file and says its
answer on standard output; and ``prepare()``, if something is to be done once for all files.

An order is a line of JSON: ``{"module": name, "arguments": [...], "seconds": by the clock, "folder": path or ""}``.
The answer begins with a line ``{"group": N}``, the group of processes that work on it, said again twice a minute while
they do; and ends with ``{"code": as of subprocess, null when the clock stopped it, "size": N, "errors": text}`` and N
bytes of what was said.

Whoever orders holds the other end of standard input. Once that is shut, even by SIGKILL, nobody waits for the work: it
is ended with all that it has started, and its folder removed. Out of work this process ends too; whoever needs it
again starts it again.
"""

import gc
import importlib
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NoReturn

from cases import confinement

LARGEST_ANSWER = 64 * 1024 * 1024
LONGEST_COMPLAINT = 4_000
BEAT = 30.0
LONGEST_IDLE = 600.0

Work = Callable[..., None]


class Gone(Exception):
    """Whoever ordered is gone."""


class Prepared:
    """The process that splits others off. ``orders`` and ``answers``: the open ends that lead to whoever asks."""

    def __init__(self, works: dict[str, Work], *, orders: int, answers: int) -> None:
        self._works = works
        self._orders = orders
        self._answers = os.fdopen(answers, "wb")

    def serve(self) -> None:
        """Until nobody asks any longer."""
        for order in self._asked():
            try:
                self._carry_out(order)
            except (Gone, BrokenPipeError):
                if order["folder"]:
                    shutil.rmtree(order["folder"], ignore_errors=True)
                return

    def _asked(self) -> Iterator[dict[str, Any]]:
        said = b""
        while select.select([self._orders], [], [], LONGEST_IDLE)[0]:
            piece = os.read(self._orders, 64 * 1024)
            if not piece:
                return
            said += piece
            while b"\n" in said:
                line, _end, said = said.partition(b"\n")
                yield json.loads(line)

    def _carry_out(self, order: dict[str, Any]) -> None:
        work, ends_at = self._works[order["module"]], time.monotonic() + order["seconds"]
        ear, mouth = os.pipe()
        complaints, complainer = os.pipe()
        worker = os.fork()
        if worker == 0:
            _work(work, order, mouth, complainer)
        for end in (mouth, complainer):
            os.close(end)
        try:
            with suppress(OSError):
                os.setpgid(worker, worker)
            self._answer({"group": worker})
            said, errors, is_whole = self._heard(worker, ear, complaints, ends_at=ends_at)
        finally:
            code = _ended(worker)
            os.close(ear)
            os.close(complaints)
        head = {"code": code if is_whole else None, "size": len(said), "errors": errors.decode(errors="replace")}
        self._answer(head, said)

    def _answer(self, head: dict[str, Any], said: bytes = b"") -> None:
        self._answers.write(json.dumps(head).encode() + b"\n" + said)
        self._answers.flush()

    def _heard(self, worker: int, ear: int, complaints: int, *, ends_at: float) -> tuple[bytes, bytes, bool]:
        """What is said and complained of until the worker ends; and whether it did, within its time."""
        heard = {ear: bytearray(), complaints: bytearray()}
        listening = [ear, complaints]
        while listening:
            left = ends_at - time.monotonic()
            if left <= 0 or len(heard[ear]) >= LARGEST_ANSWER:
                return bytes(heard[ear]), bytes(heard[complaints]), False
            ready = select.select([*listening, self._orders], [], [], min(left, BEAT))[0]
            if self._orders in ready:
                # Nobody orders twice without waiting: this end moves because the other one is shut.
                raise Gone
            if not ready:
                self._answer({"group": worker})
            for end in ready:
                piece = os.read(end, 1024 * 1024)
                heard[end] += piece
                if not piece:
                    listening.remove(end)
            del heard[complaints][:-LONGEST_COMPLAINT]
        return bytes(heard[ear]), bytes(heard[complaints]), _ends_by_itself(worker, ends_at=ends_at)


def _ends_by_itself(worker: int, *, ends_at: float) -> bool:
    """It has nothing more to say, and needs a moment to end: unless a stranger's file made it stay."""
    watch = os.pidfd_open(worker)
    try:
        return bool(select.select([watch], [], [], max(0.0, ends_at - time.monotonic()))[0])
    finally:
        os.close(watch)


def _ended(worker: int) -> int:
    """End the worker and what it has started; as of subprocess, how the worker itself ended."""
    with suppress(ProcessLookupError):
        os.killpg(worker, signal.SIGKILL)
    _pid, status = os.waitpid(worker, 0)
    return os.waitstatus_to_exitcode(status)


def _work(work: Work, order: dict[str, Any], mouth: int, complainer: int) -> NoReturn:
    """In the process that meets the file: it has no other way to the outside than what it says."""
    code = 1
    try:
        os.setpgid(0, 0)
        confinement.die_with_parent()
        os.dup2(mouth, 1)
        os.dup2(complainer, 2)
        os.closerange(3, 256)
        if order["folder"]:
            tempfile.tempdir = os.environ["TMPDIR"] = os.environ["HOME"] = order["folder"]
        work(*order["arguments"])
        sys.stdout.flush()
        code = 0
    except SystemExit as end:
        sys.stderr.write(f"{end}\n")
    except BaseException:
        traceback.print_exc(limit=-3)
    finally:
        os._exit(code)


def _loaded(name: str) -> Work:
    module = importlib.import_module(name)
    if hasattr(module, "prepare"):
        module.prepare()
    work: Work = module.main
    return work


def main(*names: str) -> None:
    orders, answers = os.dup(0), os.dup(1)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    prepared = Prepared({name: _loaded(name) for name in names}, orders=orders, answers=answers)
    # What is loaded stays: whoever is split off need not look through it, and shares it.
    gc.collect()
    gc.freeze()
    prepared.serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
