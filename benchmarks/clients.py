"""Clients in processes of their own, who begin together; what each deed took comes back through a pipe."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.figures import median, p95
from benchmarks.stories import Story

PATIENCE_SECONDS = 300
_fork = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Run:
    """What one run gave: deeds per second over all clients, and how long each took, in milliseconds."""

    rate: float
    milliseconds: list[float]

    @property
    def p95(self) -> float:
        return p95(self.milliseconds)

    @property
    def median(self) -> float:
        return median(self.milliseconds)


def run_together(make: Callable[[], Story], *, clients: int, deeds: int) -> Run:
    """Each client prepares all its deeds, waits for the others, then does one after the other.

    The rate is over the time from the common start until the last has finished.
    """
    begin = _fork.Barrier(clients)
    pipes, processes = [], []
    for _number in range(clients):
        mine, its = _fork.Pipe(duplex=False)
        process = _fork.Process(target=_be_client, args=(make, deeds, begin, its))
        process.start()
        its.close()
        pipes.append(mine)
        processes.append(process)
    spans = [span for pipe in pipes for span in _received(pipe)]
    for process in processes:
        process.join()
    took = max(end for _start, end in spans) - min(start for start, _end in spans)
    return Run(len(spans) / took, [(end - start) * 1_000 for start, end in spans])


def _received(pipe: "multiprocessing.connection.Connection") -> list[tuple[float, float]]:
    if not pipe.poll(PATIENCE_SECONDS):
        raise TimeoutError("A client did not finish.")
    answer = pipe.recv()
    if isinstance(answer, str):
        raise RuntimeError(answer)
    return answer


def _be_client(
    make: Callable[[], Story],
    deeds: int,
    begin: "multiprocessing.synchronize.Barrier",
    pipe: "multiprocessing.connection.Connection",
) -> None:
    try:
        stories = [make() for _number in range(deeds)]
        for story in stories:
            story.prepare()
        begin.wait(PATIENCE_SECONDS)
        spans = []
        for story in stories:
            start = time.perf_counter()
            story.act()
            spans.append((start, time.perf_counter()))
            story.leave()
        pipe.send(spans)
    except BaseException as error:
        begin.abort()
        pipe.send(f"{type(error).__name__}: {error}")
