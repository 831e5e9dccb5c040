"""Closing a case: the decision stands. What arrives later is still registered and joined."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history, retaining
from cases.acting import Actor
from cases.models import Case, CaseState, Clock
from cases.signals import case_changed, case_closed


class CaseNotClosable(Exception):
    """The case can't be closed now; the message says what is in the way."""


@transaction.atomic
def close_case(case: Case, *, outcome: str, actor: Actor, at: dt.datetime, stage: str = "closed") -> Case:
    """Close the case; its retention period counts from here (from 1 January after, by its class)."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if locked.closed_at is not None:
        raise CaseNotClosable(_("Case {number} is already closed.").format(number=locked))
    if locked.state == CaseState.JOINED:
        raise CaseNotClosable(
            _("Case {number} was joined to {other}; close that one.").format(number=locked, other=locked.handled_in())
        )
    if locked.has_open_tasks():
        raise CaseNotClosable(
            _("Case {number} still has open tasks. Finish or withdraw them first.").format(number=locked)
        )
    case.state, case.closed_at, case.outcome, case.stage = CaseState.CLOSED, at, outcome, stage
    Case.objects.filter(pk=case.pk).update(state=CaseState.CLOSED, closed_at=at, outcome=outcome, stage=stage)
    Clock.objects.filter(case=case, stopped_at__isnull=True).update(stopped_at=at)
    history.record(case, "CLOSED", actor=actor, at=at, is_public=True, payload={"outcome": outcome})
    retaining.count_case(case, at=at)
    case_closed.send(sender=Case, case=case, actor=actor, at=at)
    case_changed.send(sender=Case, case=case, at=at)
    return case
