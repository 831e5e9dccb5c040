"""The one place that may lift the append-only triggers: cleaning up after a test."""

from collections.abc import Iterator
from contextlib import contextmanager

from cases import triggers


@contextmanager
def append_only_triggers_lifted() -> Iterator[None]:
    triggers.lift()
    try:
        yield
    finally:
        triggers.put_in_place()
