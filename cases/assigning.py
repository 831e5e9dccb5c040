"""Who handles a case: its unit, its holder, and whom it is open to."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.clock import local_date
from cases.models import Case, CaseReader, Resolution, Unit, User
from cases.signals import case_changed


class AssignmentRefused(Exception):
    """The case can't go there; the message says why and what to do."""


def open_to(case: Case, *, unit: Unit | None = None, user: User | None = None) -> None:
    """Let one more unit or person read the case. Whoever worked on it keeps seeing what they did."""
    if unit is not None:
        CaseReader.objects.get_or_create(case=case, unit=unit)
    if user is not None:
        CaseReader.objects.get_or_create(case=case, user=user)


@transaction.atomic
def assign(
    case: Case, *, unit: Unit, holder: User | None = None, actor: Actor, at: dt.datetime, is_public: bool = True
) -> Case:
    """Put the case into a unit's hands and, if named, into one person's."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("institution").get(pk=case.pk)
    if unit.institution_id != case.institution_id:
        raise AssignmentRefused(_("The unit belongs to another institution. Refer the case there instead."))
    if not unit.is_valid_on(local_date(locked, at)):
        raise AssignmentRefused(_("The unit “{unit}” does not exist any more. Choose its successor.").format(unit=unit))
    is_other_unit = locked.unit_id != unit.pk
    case.unit, case.holder = unit, holder
    Case.objects.filter(pk=case.pk).update(unit=unit, holder=holder)
    open_to(case, unit=unit, user=holder)
    if is_other_unit:
        history.record(case, "ASSIGNED", actor=actor, at=at, is_public=is_public, payload={"unit": dict(unit.names)})
    if holder:
        history.record(case, "HOLDER_CHANGED", actor=actor, at=at, personal={"holder": str(holder)})
    case_changed.send(sender=Case, case=case, at=at)
    return case


@transaction.atomic
def resolve(
    case: Case, *, unit: Unit, officer: User | None, instruction: str, due_date: dt.date, actor: Actor, at: dt.datetime
) -> Resolution:
    """An official's instruction: which unit, which officer, what to do, by when."""
    if actor.user is None:
        raise AssignmentRefused(_("Only a person decides who handles a case."))
    if case.is_closed:
        raise AssignmentRefused(_("Case {number} is closed; nobody needs to handle it.").format(number=case))
    if due_date < local_date(case, at):
        raise AssignmentRefused(_("Choose a day that is not in the past."))
    resolution = Resolution.objects.create(
        case=case,
        by=actor.user,
        unit=unit,
        officer=officer,
        instruction=instruction,
        due_date=due_date,
        given_at=at,
    )
    history.record(
        case,
        "RESOLVED",
        actor=actor,
        at=at,
        payload={"unit": dict(unit.names), "due": due_date.isoformat()},
        personal={"officer": str(officer) if officer else "", "instruction": instruction},
    )
    assign(case, unit=unit, holder=officer, actor=actor, at=at)
    return resolution


history.register_words(
    "RESOLVED",
    _("Resolution: {unit}, {officer}, by {due}. {instruction}"),
    unsaid={"officer": _("nobody yet"), "instruction": _("No instruction.")},
)
