"""How often the disk is asked to make sure, counted with strace over all requests of one filing."""

import contextlib
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

SYNCS = "fsync,fdatasync,sync_file_range,msync,syncfs,sync"
# The log writer of PostgreSQL flushes within this time whatever was committed without waiting.
AFTERWARDS_SECONDS = 1.0


def count_syncs(processes: Iterable[int], deed: Callable[[], None]) -> int | None:
    """Syncs of these processes and all below them, during a deed and shortly after; None without strace."""
    if shutil.which("strace") is None:
        return None
    with tempfile.NamedTemporaryFile("r", suffix=".strace") as log, _traced(processes, Path(log.name)):
        deed()
        time.sleep(AFTERWARDS_SECONDS)
        found = re.findall(r"^\d+ +(?:fsync|fdatasync|sync_file_range|msync|syncfs|sync)\(", log.read(), re.MULTILINE)
    return len(found)


@contextlib.contextmanager
def _traced(processes: Iterable[int], log: Path) -> Iterator[None]:
    every = [pid for process in processes for pid in family(process)]
    command = ["strace", "-f", "-qq", "-e", f"trace={SYNCS}", "-o", str(log), *(f"-p{pid}" for pid in every)]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while not all(_is_traced(pid) for pid in every) and time.monotonic() < deadline:
            time.sleep(0.02)
        yield
    finally:
        tracer.terminate()
        tracer.wait()


def _is_traced(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return True
    return "TracerPid:\t0\n" not in status


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in family(int(child)))]
