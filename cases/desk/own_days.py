"""The institution's own days off and working days in the office, and counting running terms again."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.calendar import Calendar, holidays_of
from cases.desk.fields import DateInput
from cases.desk.page import Admitted, DeskPage
from cases.models import OwnDay, OwnDayKind
from cases.own_days import OwnDayRefused, counted_otherwise, declare_day, recount_terms, withdraw_day
from cases.ruling import today_at

PERMISSION = "cases.change_ownday"
RECOUNTED_AT_ONCE = 500
MOST_TAKEN_BACK = 100


class OwnDayForm(forms.Form):
    date = forms.DateField(label=gettext_lazy("Day"), widget=DateInput)
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=OwnDayKind.choices)
    legal_basis = forms.CharField(
        label=gettext_lazy("Decided by"),
        max_length=300,
        help_text=gettext_lazy("The act that says so: order, decision, law."),
    )


class OwnDaysView(DeskPage):
    """The list beside the country's holidays, and a day more."""

    permission = PERMISSION
    page_title = gettext_lazy("Days off")
    header_icon = "calendar-alt"
    template_name = "desk/cases/own_days.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        institution, today = self.institution, today_at(self.institution, self.at)
        kwargs.setdefault("form", OwnDayForm())
        return super().get_context_data(
            today=today,
            days=institution.own_days.in_force().select_related("declared_by").order_by("-date"),
            taken_back=institution.own_days.filter(withdrawn_at__isnull=False)
            .select_related("declared_by", "withdrawn_by")
            .order_by("-withdrawn_at")[:MOST_TAKEN_BACK],
            holidays=_coming_holidays(institution.country, today),
            calendar=Calendar.of(institution).version,
            counted_otherwise=counted_otherwise(institution).count(),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = OwnDayForm(request.POST)
        if form.is_valid():
            try:
                declare_day(self.institution, actor=self.actor, at=self.at, **form.cleaned_data)
            except OwnDayRefused as refusal:
                form.add_error("legal_basis" if not form.cleaned_data["legal_basis"].strip() else "date", str(refusal))
            else:
                messages.success(request, _("Saved. New filings are counted by it."))
                return HttpResponseRedirect(reverse("desk_own_days"))
        return self.render_to_response(self.get_context_data(form=form), status=422)


class WithdrawDayView(Admitted):
    permission = PERMISSION
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            day = get_object_or_404(OwnDay, pk=pk, institution=self.institution)
            withdraw_day(day, actor=self.actor, at=self.at)
        except OwnDayRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The day was taken back."))
        return HttpResponseRedirect(reverse("desk_own_days"))


class RecountView(Admitted):
    """Count the running terms again; each case says so in its history."""

    permission = PERMISSION
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        counted, moved = recount_terms(self.institution, at_most=RECOUNTED_AT_ONCE, actor=self.actor, at=self.at)
        said = ngettext("{number} term was counted again", "{number} terms were counted again", counted)
        moves = ngettext("{number} moved", "{number} moved", moved).format(number=moved)
        messages.success(request, f"{said.format(number=counted)}; {moves}.")
        return HttpResponseRedirect(reverse("desk_own_days"))


def _coming_holidays(country: str, today: dt.date) -> list[tuple[dt.date, str]]:
    """The country's holidays of the next twelve months, so that nobody declares them twice."""
    end = today.replace(year=today.year + 1) if (today.month, today.day) != (2, 29) else today + dt.timedelta(365)
    days = {**holidays_of(country, today.year), **holidays_of(country, today.year + 1)}
    return sorted((day, name) for day, name in days.items() if today <= day < end)
