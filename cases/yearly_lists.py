"""Once a year each unit gets its disposal lists without anybody asking; its head and the archivists are told.

Each list is a transaction of its own. The year is noted on the institution at the end: a run that was stopped goes on
where it was, and one after that finds nothing to do, even if its lists were taken back.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases import outbox
from cases.acting import Actor
from cases.disposal_lists import NothingDue, propose
from cases.models import DisposalList, DisposalListState, Institution, Unit, User
from cases.office_mail import mail_to, may_be_mailed
from cases.retaining import to_be_counted
from cases.review_notices import tell_reviewers
from cases.ruling import today_at

MOST_LISTS_OF_A_UNIT = 50
WITH_PEOPLE = (DisposalListState.REVIEW, DisposalListState.REVIEWED, DisposalListState.APPROVED)


def propose_yearly_lists(*, at: dt.datetime) -> None:
    """For each institution that has not had its lists this year. Run daily; cases not counted yet are waited for."""
    for institution in Institution.objects.order_by("pk"):
        year = today_at(institution, at).year
        if not _is_done(institution, year) and not to_be_counted(institution).exists():
            _propose(institution, year=year, at=at)


def _is_done(institution: Institution, year: int) -> bool:
    return institution.disposal_proposed_year is not None and institution.disposal_proposed_year >= year


def _propose(institution: Institution, *, year: int, at: dt.datetime) -> None:
    for unit in Unit.objects.filter(institution=institution).select_related("institution").order_by("path"):
        for _number in range(MOST_LISTS_OF_A_UNIT):
            try:
                propose(unit, year=year, actor=Actor.job("yearly lists"), at=at)
            except NothingDue:
                break
    _note(institution, year=year, at=at)


@transaction.atomic
def _note(institution: Institution, *, year: int, at: dt.datetime) -> None:
    locked = Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    if _is_done(locked, year):
        return
    Institution.objects.filter(pk=locked.pk).update(disposal_proposed_year=year)
    for unit in Unit.objects.filter(disposal_lists__in=waiting_for_review(locked, year=year)).distinct().order_by("pk"):
        tell_reviewers(unit, about=f"year-{unit.pk}-{year}", at=at)
    if proposed_by_the_job(locked, year=year).exists():
        for pk in archivists(locked).values_list("pk", flat=True):
            outbox.put("tell_of_yearly_lists", at=at, institution=locked.pk, year=year, user=pk)


def proposed_by_the_job(institution: Institution, *, year: int) -> QuerySet[DisposalList]:
    """The lists of a year that nobody asked for."""
    return DisposalList.objects.filter(institution=institution, year=year, proposed_by__isnull=True)


def waiting_for_people(institution: Institution, *, year: int) -> QuerySet[DisposalList]:
    """Those of them that are with the unit, the archivist or the second person."""
    return proposed_by_the_job(institution, year=year).filter(state__in=WITH_PEOPLE)


def waiting_for_review(institution: Institution, *, year: int) -> QuerySet[DisposalList]:
    return proposed_by_the_job(institution, year=year).filter(state=DisposalListState.REVIEW)


def archivists(institution: Institution) -> QuerySet[User]:
    """Who disposes of records in the institution today."""
    people = User.objects.filter(institution=institution, is_active=True)
    permitted = people.filter(
        groups__permissions__content_type__app_label="cases", groups__permissions__codename="dispose_case"
    )
    return permitted.distinct().order_by("pk")


@outbox.handler("tell_of_yearly_lists")
def tell_of_yearly_lists(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Write to one archivist; lists that were all dealt with meanwhile are no news."""
    user = User.objects.get(pk=payload["user"])
    institution = Institution.objects.get(pk=payload["institution"])
    count = waiting_for_people(institution, year=payload["year"]).count()
    if not count or not may_be_mailed(user):
        return
    mail_to(
        user,
        institution,
        key=f"lists-{institution.pk}-{payload['year']}-{user.pk}",
        subject=_("Disposal lists of {year}"),
        body=_(
            "The rules give up cases whose years are over. Lists proposed for their units: {count}.\n\n"
            "Each unit's head looks through the own list; then you approve it, and somebody else carries it out. You "
            "find the lists in the office under Records, “Destruction”."
        ),
        facts={"year": payload["year"], "count": count},
    ).send()
