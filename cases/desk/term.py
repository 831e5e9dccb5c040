"""The legal term on the case page: how it is counted, what silence means, and prolonging it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.acting import Actor
from cases.clock import MAY_EXTEND, ClockRefused, extend, latest_extension, rules_of
from cases.desk.page import CaseAct
from cases.models import Case, Clock, Extender, ServiceRules, Silence, User


@dataclass(frozen=True)
class Term:
    """``latest``: the last day to which this person may prolong it; None where they may not."""

    rules: ServiceRules
    clock: Clock | None
    latest: dt.date | None

    @property
    def silence(self) -> str | Promise:
        return "" if self.rules.silence == Silence.NOTHING else Silence(self.rules.silence).label


def term_of(case: Case, user: User, *, today: dt.date) -> Term | None:
    """None for a case without a service, and for one that is closed."""
    rules = None if case.is_closed else rules_of(case)
    if rules is None:
        return None
    clock: Clock | None = getattr(case, "clock", None)
    return Term(rules, clock, _latest(case, clock, rules, user, today))


def _latest(case: Case, clock: Clock | None, rules: ServiceRules, user: User, today: dt.date) -> dt.date | None:
    if clock is None or clock.stopped_at or not rules.extension_times:
        return None
    post = Actor.of(user, on=today).post
    if post is None or post.role not in MAY_EXTEND[Extender(rules.extended_by)]:
        return None
    if clock.extensions.count() >= rules.extension_times:
        return None
    return latest_extension(case, clock, rules)


class ExtendView(CaseAct):
    """Prolong the legal term; the applicant sees the reason."""

    refusals = (ClockRefused,)

    def act(self, case: Case) -> str:
        until = parse_date_or_none(self.request.POST.get("until", ""))
        reason = self.request.POST.get("reason", "").replace("\x00", "").strip()
        if until is None:
            raise ClockRefused(_("Choose the day until which the term is prolonged."))
        if not reason:
            raise ClockRefused(_("Write the reason: the applicant reads exactly these words."))
        done: Any = extend(case, until=until, reason=reason, actor=self.actor, at=self.at)
        return _("Prolonged until {day}.").format(day=date_format(done.new_due_date, "DATE_FORMAT"))


def parse_date_or_none(said: str) -> dt.date | None:
    try:
        return parse_date(said.strip())
    except ValueError:
        return None
