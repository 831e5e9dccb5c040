"""Closed cases with their days of disposal; holds, appraisals and classes for many at once."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.classifying import ClassifyRefused, classify
from cases.desk.page import address_of
from cases.disposing import NotDisposable, lift_hold, place_hold
from cases.models import (
    Case,
    CaseState,
    DisposalAction,
    DisposalHold,
    DisposalItem,
    RecordClass,
    Retention,
    TransferItem,
)
from cases.outbox import NotWaiting
from cases.retaining import (
    AppraisalRefused,
    appraise,
    count_again,
    keep_until,
    to_be_counted,
    trouble_of_counting,
)
from cases.rough_dates import NotADate, read_date
from search.desk.records.page import CHANGES_PLAN, KEEPS_RECORDS, RecordsAct, RecordsPage

NO_CLASS = "NONE"
ACTIONS = [*DisposalAction.choices, (NO_CLASS, gettext_lazy("No class yet"))]


@dataclass(frozen=True)
class CaseLine:
    """A closed case as a row says it."""

    case: Case
    address: str
    class_words: str
    day_words: str
    shade: str
    is_held: bool
    is_listed: bool


def day_in_words(retention: Retention | None, today: dt.date) -> tuple[str, str]:
    """From when on what may happen, and how pressing it is."""
    if retention is None:
        return _("not counted yet"), "still"
    if not retention.action:
        return _("no class: kept"), "late"
    if retention.due_date is None or retention.action == DisposalAction.KEEP:
        return _("kept for ever"), "still"
    day = date_format(retention.due_date, "SHORT_DATE_FORMAT")
    words = {
        DisposalAction.DESTROY: _("may be destroyed from {day}"),
        DisposalAction.TRANSFER: _("to be transferred from {day}"),
        DisposalAction.REVIEW: _("to be reviewed from {day}"),
    }[DisposalAction(retention.action)]
    return words.format(day=day), "soon" if retention.due_date <= today else "fine"


class DueView(RecordsPage):
    """The closed cases, soonest first. Filters live in the address."""

    template_name = "search/records/due.html"
    page_title = gettext_lazy("Closed cases")
    tab = "desk_records_due"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cases, pages = self.page_of(self.cases().order_by("retention__due_date", "pk"))
        uncounted = to_be_counted(self.institution).count()
        return super().get_context_data(
            lines=[self._line(case) for case in cases],
            pages=pages,
            actions=ACTIONS,
            chosen=self.chosen,
            units=self.units,
            classes=self.classes,
            is_used=any(self.chosen.values()),
            uncounted=uncounted,
            trouble=trouble_of_counting(self.institution, at=self.at) if uncounted else None,
            yearly=self.yearly_lists(),
            may_classify=self.may(KEEPS_RECORDS) or self.may(CHANGES_PLAN),
            **kwargs,
        )

    @cached_property
    def chosen(self) -> dict[str, str]:
        names = ("action", "unit", "class", "until", "held", "q")
        return {name: self.asked(name) for name in names}

    def cases(self) -> QuerySet[Case]:
        closed = Case.objects.visible_to(self.user).filter(institution=self.institution, state=CaseState.CLOSED)
        cases = self._narrowed(closed)
        return cases.select_related("institution", "unit", "record_class", "retention").annotate(
            is_held=Exists(DisposalHold.objects.in_force().filter(case=OuterRef("pk"))),
            is_listed=Exists(DisposalItem.objects.filter(case=OuterRef("pk"), is_open=True))
            | Exists(TransferItem.objects.filter(case=OuterRef("pk"), is_open=True)),
        )

    def _narrowed(self, cases: QuerySet[Case]) -> QuerySet[Case]:
        asked = self.chosen
        if asked["action"] == NO_CLASS:
            cases = cases.filter(record_class__isnull=True)
        elif asked["action"] in DisposalAction.values:
            cases = cases.filter(retention__action=asked["action"])
        if asked["unit"]:
            cases = cases.filter(unit__code=asked["unit"])
        if asked["class"]:
            cases = cases.filter(record_class__code__startswith=asked["class"].partition(" ")[0])
        if until := self.asked_day("until"):
            cases = cases.filter(retention__due_date__lte=until)
        if asked["held"]:
            cases = cases.filter(holds__isnull=False, holds__lifted_at__isnull=True).distinct()
        for word in asked["q"].split():
            cases = cases.filter(Q(number__istartswith=word) | Q(subject__icontains=word))
        return cases

    def _line(self, case: Any) -> CaseLine:
        words, shade = day_in_words(getattr(case, "retention", None), self.local_today)
        return CaseLine(
            case=case,
            address=address_of(case),
            class_words=str(case.record_class) if case.record_class else "",
            day_words=words,
            shade=shade,
            is_held=case.is_held,
            is_listed=case.is_listed,
        )


class ManyCasesView(RecordsAct):
    """Hold, appraise or classify the chosen cases, each in its own transaction."""

    refusals = (NotDisposable, AppraisalRefused, ClassifyRefused)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        cases, verb = self.chosen_cases(), self.said("verb")
        if not cases:
            messages.error(request, _("Choose at least one case."))
        elif verb == "HOLD":
            self._hold(cases)
        elif verb == "CLASS":
            self._classify(cases)
        elif verb == "UNTIL":
            self._keep_until(cases)
        elif verb in DisposalAction.values:
            self._appraise(cases, verb)
        else:
            messages.error(request, _("Choose what to do with the cases."))
        return self.back_to(reverse("desk_records_due"))

    def _hold(self, cases: QuerySet[Case]) -> None:
        def act(case: Case) -> None:
            place_hold(case, reason=self.said("reason"), actor=self.actor, at=self.at)

        if done := self.for_each(cases, act, refusals=self.refusals):
            words = ngettext("{n} case is on hold now.", "{n} cases are on hold now.", done)
            messages.success(self.request, words.format(n=done))

    def _appraise(self, cases: QuerySet[Case], action: str) -> None:
        def act(case: Case) -> None:
            appraise(case, action=action, reason=self.said("reason"), actor=self.actor, at=self.at)

        if done := self.for_each(cases, act, refusals=self.refusals):
            words = ngettext("{n} case was appraised.", "{n} cases were appraised.", done)
            messages.success(self.request, words.format(n=done))

    def _keep_until(self, cases: QuerySet[Case]) -> None:
        typed = self.said("keep_until", most=40)
        try:
            until = read_date(typed, today=dt.date.max)
        except (NotADate, OverflowError):
            messages.error(self.request, str(NotADate(typed)))
            return
        if until is None:
            messages.error(self.request, _("Say until which day or year the cases are kept."))
            return

        def act(case: Case) -> None:
            keep_until(case, last_day=until.latest, reason=self.said("reason"), actor=self.actor, at=self.at)

        if done := self.for_each(cases, act, refusals=self.refusals):
            day = date_format(until.latest, "SHORT_DATE_FORMAT")
            words = ngettext("{n} case is kept until {day}.", "{n} cases are kept until {day}.", done)
            messages.success(self.request, words.format(n=done, day=day))

    def _classify(self, cases: QuerySet[Case]) -> None:
        to = self._class()
        if to is None:
            messages.error(self.request, _("Choose the class that the cases belong to."))
            return

        def act(case: Case) -> None:
            classify(case, to=to, reason=self.said("reason"), actor=self.actor, at=self.at)

        if done := self.for_each(cases, act, refusals=self.refusals):
            words = ngettext("{n} case was moved to class {code}.", "{n} cases were moved to class {code}.", done)
            messages.success(self.request, words.format(n=done, code=to.code))

    def _class(self) -> RecordClass | None:
        code = self.said("class").partition(" ")[0]
        versions = RecordClass.objects.filter(institution=self.institution, code=code)
        return versions.on(self.local_today).first()


class CountAgainView(RecordsAct):
    """Another try of a counting that failed."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        try:
            count_again(self.institution, at=self.at)
        except NotWaiting as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("Another try was started. Look again in a moment."))
        return self.back_to(reverse("desk_records_due"))


class HoldsView(RecordsPage):
    """Holds in force, newest first; lifted ones for who looks back."""

    template_name = "search/records/holds.html"
    page_title = gettext_lazy("Holds")
    tab = "desk_records_holds"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible = Case.objects.visible_to(self.user).filter(institution=self.institution)
        holds = DisposalHold.objects.filter(case__in=visible)
        is_past = self.asked("state") == "lifted"
        holds = holds.filter(lifted_at__isnull=not is_past)
        for word in self.asked("q").split():
            holds = holds.filter(
                Q(case__number__istartswith=word) | Q(reason__icontains=word) | Q(case__subject__icontains=word)
            )
        rows = holds.select_related("case__unit", "placed_by", "lifted_by").order_by("-placed_at", "-pk")
        found, pages = self.page_of(rows)
        return super().get_context_data(holds=found, pages=pages, is_past=is_past, q=self.asked("q"), **kwargs)


class LiftHoldsView(RecordsAct):
    def post(self, request: HttpRequest) -> HttpResponseBase:
        visible = Case.objects.visible_to(self.user).filter(institution=self.institution)
        holds = DisposalHold.objects.filter(case__in=visible, pk__in=self.chosen_ids("hold")).select_related("case")
        reason = self.said("reason")
        if not reason:
            messages.error(request, _("Write why the hold is lifted."))
            return self.back_to(reverse("desk_records_holds"))

        def act(hold: DisposalHold) -> None:
            lift_hold(hold, reason=reason, actor=self.actor, at=self.at)

        if done := self.for_each(holds, act, refusals=(NotDisposable,)):
            words = ngettext("{n} hold was lifted.", "{n} holds were lifted.", done)
            messages.success(request, words.format(n=done))
        elif not holds:
            messages.error(request, _("Choose at least one hold."))
        return self.back_to(reverse("desk_records_holds"))


class HoldCaseView(RecordsAct):
    """From the case's own page."""

    def post(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        visible = Case.objects.visible_to(self.user).filter(institution=self.institution)
        case = get_object_or_404(visible.select_related("institution"), public_id=public_id)
        try:
            place_hold(case, reason=self.said("reason"), actor=self.actor, at=self.at)
        except NotDisposable as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The case is on hold: nothing of it is destroyed."))
        return self.back_to(address_of(case))
