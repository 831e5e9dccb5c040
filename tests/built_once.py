"""Rows that all tests of a module begin with: written once, changed by each test inside a savepoint of its own."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction


def built_once[Built](blocker: Any, build: Callable[[], Built]) -> Iterator[Built]:
    """For fixtures of a module or a package that take ``django_db_setup`` and ``django_db_blocker``.

    The transaction around its tests stays open: tests that commit belong into another module.
    """
    around = transaction.atomic()
    with blocker.unblock():
        around.__enter__()
        built = build()
    yield built
    with blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
