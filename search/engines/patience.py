"""How long a cluster that is busy, restarting or out of reach is asked again, each time after a longer pause."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from elasticsearch import ApiError, ConnectionTimeout, TransportError

from search.engines import IndexUnavailable

BUSY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """``tries`` in all; the first pause in seconds, doubled each time."""

    tries: int
    first_pause: float

    def pauses(self) -> Iterator[float]:
        """A pause before each further try, up to a quarter longer so that many workers don't knock at once."""
        for repetition in range(self.tries - 1):
            yield self.first_pause * 2**repetition * random.uniform(1, 1.25)  # noqa: S311 (no secret)

    def ask[Reply](self, question: Callable[[], Reply]) -> Reply:
        """The reply of the cluster. Raises IndexUnavailable when it can't be had."""
        pauses = self.pauses()
        while True:
            try:
                return question()
            except (ApiError, TransportError) as trouble:
                pause = next(pauses, None) if _may_pass(trouble) else None
                if pause is None:
                    raise IndexUnavailable(_in_words(trouble)) from trouble
                time.sleep(pause)


# A person waits for the page; a job has time.
FOR_A_PERSON = Patience(tries=3, first_pause=0.1)
FOR_A_JOB = Patience(tries=6, first_pause=0.2)


def _may_pass(trouble: ApiError | TransportError) -> bool:
    if isinstance(trouble, ApiError):
        return trouble.status_code in BUSY and not is_blocked(str(trouble.body))
    return not isinstance(trouble, ConnectionTimeout)


def is_blocked(reason: str) -> bool:
    """The disk is so full that the cluster made the index read-only: waiting some seconds changes nothing."""
    return "read-only-allow-delete" in reason or "cluster_block_exception" in reason


def _in_words(trouble: ApiError | TransportError) -> str:
    return f"Elasticsearch: {type(trouble).__name__} {trouble}"[:500]
