"""Hears what happens in the records office: the cases concerned wait for the index, in the same transaction."""

from typing import Any

from django.dispatch import receiver

from cases.models import Case
from cases.signals import case_changed, case_closed, documents_captured
from search.indexing import let_wait
from search.jobs import drain_soon


@receiver([documents_captured, case_changed, case_closed], dispatch_uid="search.index_case")
def index_case(sender: object, *, case: Case, **news: Any) -> None:
    let_wait([case.pk])
    drain_soon()
