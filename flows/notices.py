"""What officials are told by mail. What applicants are told is in ``cases.notices``."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases import outbox
from cases.clock import local_date
from cases.models import Task, User
from flows.addressing import NobodyToAddress, head_of
from flows.steps import task_title


@outbox.handler("tell_head_of_late_task")
def tell_head_of_late_task(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Tell the head of the unit that a task is late; a task done meanwhile is no news."""
    task = Task.objects.select_related("case__institution", "unit__institution", "holder").get(pk=payload["task"])
    if task.ended_at is not None:
        return
    head = _head(task, at)
    if head and head.email:
        _late_mail(task, head).send()


@outbox.handler("remind_of_late_task")
def remind_of_late_task(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Remind whoever holds the late task; what nobody in particular holds stands in the unit's list."""
    task = Task.objects.select_related("case__institution", "unit__institution", "holder").get(pk=payload["task"])
    if task.ended_at is None and task.holder and task.holder.is_active and task.holder.email:
        _late_mail(task, task.holder, kind="reminder").send()


def _head(task: Task, at: dt.datetime) -> User | None:
    try:
        address = head_of(task.unit, local_date(task.case, at))
    except NobodyToAddress:
        return None
    if address.holder_id is None:
        return None
    return User.objects.filter(pk=address.holder_id, is_active=True).first()


def _late_mail(task: Task, to: User, kind: str = "late") -> EmailMessage:
    """The same mail however often the job runs: its Message-ID follows from the task."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    with override(to.language or task.case.institution.main_language):
        facts = {
            "number": task.case.number,
            "step": task_title(task),
            "unit": task.unit,
            "holder": task.holder or _("nobody in particular"),
            "due": date_format(localtime(task.due_at), "DATE_FORMAT"),
        }
        return EmailMessage(
            subject=_("Late: {number}, {step}").format(**facts),
            body=_(
                "The task “{step}” in case {number} was due on {due}. It waits at {unit}; held by: {holder}."
            ).format(**facts),
            to=[to.email],
            headers={"Message-ID": f"<registra-{kind}-{task.pk}@{host}>", "Auto-Submitted": "auto-generated"},
        )
