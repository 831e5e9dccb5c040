"""Papers that are to come back: the borrower is reminded when the paper is due and once more a week later, not daily.

A prolonged loan is a row of its own and has reminders of its own. A body outside, which has no address here, is left
to the archivist, whose list says so.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cases import outbox
from cases.clock import local_date
from cases.models import Loan
from cases.office_mail import language_of, mail_to, may_be_mailed

AGAIN_AFTER = dt.timedelta(days=7)


def remind_of_late_papers(*, at: dt.datetime) -> int:
    """Put a reminder for each loan whose turn it is. Run daily; returns how many were put."""
    tomorrow = at.date() + dt.timedelta(days=1)
    due = Loan.objects.out().filter(due_date__lte=tomorrow, reminded_again_at__isnull=True)
    return sum(_remind(pk, at=at) for pk in list(due.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _remind(loan_id: int, *, at: dt.datetime) -> bool:
    loans = Loan.objects.select_for_update(of=("self",)).select_related("case__institution")
    loan = loans.get(pk=loan_id)
    today = local_date(loan.case, at)
    if loan.returned_at is not None or loan.reminded_again_at is not None or loan.due_date > today:
        return False
    if loan.reminded_at is None:
        loan.reminded_at = at
    elif today >= local_date(loan.case, loan.reminded_at) + AGAIN_AFTER:
        loan.reminded_again_at = at
    else:
        return False
    loan.save(update_fields=["reminded_at", "reminded_again_at"])
    outbox.put("remind_borrower", at=at, case=loan.case, loan=loan.pk, again=loan.reminded_again_at is not None)
    return True


@outbox.handler("remind_borrower")
def remind_borrower(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Write to the official who has the paper; one that came back meanwhile is no news."""
    loan = Loan.objects.select_related("case__institution", "borrower").get(pk=payload["loan"])
    borrower, institution = loan.borrower, loan.case.institution
    if loan.returned_at is not None or borrower is None or not may_be_mailed(borrower):
        return
    with override(language_of(borrower, institution)):
        facts = {"number": str(loan.case), "day": date_format(loan.due_date, "DATE_FORMAT")}
    mail_to(
        borrower,
        institution,
        key=f"paper-{loan.pk}-{2 if payload['again'] else 1}",
        subject=_("Still out: the paper of {number}") if payload["again"] else _("Due back: the paper of {number}"),
        body=_(
            "You have the paper of {number}. The archive waits for it: it was to be back by {day}.\n\n"
            "Bring it back, or ask the archivist to let you keep it longer. What else you have stands in the office "
            "under Archive, “Papers that I have”."
        ),
        facts=facts,
    ).send()
