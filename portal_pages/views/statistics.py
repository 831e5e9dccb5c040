"""Statistics in the office: of all services, and of one, on the screen and as a file for a spreadsheet."""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import formats
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail.admin.menu import MenuItem

from cases.answered import AnswerType
from cases.desk.answer_filters import NOT_ANSWERED, name_in_address
from cases.desk.fields import DateInput
from cases.desk.page import Admitted, DeskPage
from cases.models import Service
from cases.rights import scope_of
from cases.ruling import today_at
from cases.spreadsheets import harmless, separator
from cases.statistics import Distribution, Line, Statistics, filed_by_service, statistics_of
from portal_pages.counted import counted_questions
from portal_pages.views.passport import OfService, may_count, may_read

MOST_YEARS = 10


class StatisticsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_count(request.user)  # type: ignore[arg-type]


class PeriodForm(forms.Form):
    """From the first to the last day, both counted."""

    day_from = forms.DateField(label=gettext_lazy("From"), widget=DateInput)
    day_to = forms.DateField(label=gettext_lazy("Until"), widget=DateInput)

    def clean(self) -> dict[str, Any]:
        days = super().clean() or {}
        first, last = days.get("day_from"), days.get("day_to")
        if first and last and first > last:
            raise forms.ValidationError(_("The first day is after the last."))
        if first and last and last.year - first.year > MOST_YEARS:
            raise forms.ValidationError(_("Choose at most {number} years.").format(number=MOST_YEARS))
        return days


class OfPeriod(Admitted):
    """The days stand in the address; without them it is the twelve months that end today."""

    @cached_property
    def local_today(self) -> dt.date:
        return today_at(self.institution, self.at)

    @cached_property
    def period(self) -> PeriodForm:
        today = self.local_today
        month = today.year * 12 + today.month - 12
        asked = {"day_from": dt.date(month // 12, month % 12 + 1, 1), "day_to": today}
        given = {name: self.request.GET[name] for name in asked if self.request.GET.get(name)}
        return PeriodForm({**asked, **given})

    @property
    def days(self) -> tuple[dt.date, dt.date] | None:
        """The first and the last day; none while they are wrong."""
        if not self.period.is_valid():
            return None
        return self.period.cleaned_data["day_from"], self.period.cleaned_data["day_to"]

    @property
    def days_in_address(self) -> str:
        return urlencode({"day_from": str(self.days[0]), "day_to": str(self.days[1])}) if self.days else ""


class StatisticsListView(OfPeriod, DeskPage):
    """How many were filed for each service."""

    template_name = "desk/portal/statistics_list.html"
    page_title = gettext_lazy("Statistics")
    header_icon = "history"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_count(self.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows: list[tuple[Service, Line]] = []
        if self.days:
            first, last = self.days
            rows = filed_by_service(self.institution, first=first, last=last, reader=self.user)
        return super().get_context_data(
            period=self.period,
            rows=[(service, line, reverse("service_statistics", args=[service.code])) for service, line in rows],
            days=self.days_in_address,
            most=max((line.number for _service, line in rows if line.is_told), default=0),
            **kwargs,
        )


class OfServiceAndPeriod(OfPeriod, OfService):
    """What the page and the file have in common."""

    def is_admitted(self) -> bool:
        return may_count(self.user)

    @cached_property
    def statistics(self) -> Statistics | None:
        if not self.days:
            return None
        first, last = self.days
        questions = counted_questions(self.service)
        return statistics_of(self.service, questions, first=first, last=last, reader=self.user)


@dataclass(frozen=True)
class Row:
    """A line as the page shows it: ``bar`` is its length in whole percent, ``address`` the list that it leads to."""

    line: Line
    share: Decimal | None = None
    bar: int = 0
    address: str = ""


@dataclass(frozen=True)
class _Shown:
    """A question as the page shows it."""

    label: str
    unit: str
    rows: list[Row]
    numbers: list[tuple[str, Decimal]]
    has_shares: bool
    is_of_days: bool
    may_be_several: bool

    @classmethod
    def of(cls, one: Distribution, rows: list[Row]) -> "_Shown":
        return cls(
            label=one.question.label,
            unit=one.question.unit,
            rows=rows,
            numbers=in_words(one.numbers) if one.numbers else [],
            has_shares=bool(one.lines),
            is_of_days=one.question.type is AnswerType.DAY,
            may_be_several=one.question.type is AnswerType.CHOICES,
        )


class ServiceStatisticsView(OfServiceAndPeriod, DeskPage):
    template_name = "desk/portal/statistics.html"
    page_title = gettext_lazy("Statistics")
    header_icon = "history"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.statistics
        return super().get_context_data(
            service=self.service,
            period=self.period,
            found=found,
            months=self._rows(found.months, self._of_month) if found else [],
            channels=self._rows(found.channels, lambda line: {"channel": line.code}) if found else [],
            questions=[_Shown.of(one, self._answers(one)) for one in found.distributions] if found else [],
            filed_address=self._address({}) if found and found.filed.number else "",
            file_address=f"{reverse('service_statistics_file', args=[self.service.code])}?{self.days_in_address}",
            passport_address=self.address_of_passport if may_read(self.user) else "",
            list_address=f"{reverse('desk_statistics')}?{self.days_in_address}",
            **kwargs,
        )

    def _rows(self, lines: Iterable[Line], narrowed: Any) -> list[Row]:
        told = [line.number for line in lines if line.is_told]
        most = max(told, default=0) or 1
        return [
            Row(
                line, bar=round(100 * line.number / most) if line.is_told else 0, address=self._to(line, narrowed(line))
            )
            for line in lines
        ]

    def _of_month(self, line: Line) -> dict[str, str]:
        first, last = _days_of(line.code)
        from_day, to_day = self.days or (first, last)
        return {"day_from": str(max(first, from_day)), "day_to": str(min(last, to_day))}

    def _answers(self, one: Distribution) -> list[Row]:
        lines = [*one.lines, one.not_answered] if one.lines else [one.answered, one.not_answered]
        shares = {id(line): one.share(line) for line in one.lines}
        return [
            Row(
                line,
                shares.get(id(line)),
                round(shares.get(id(line)) or 0),
                self._to(line, self._answer_in_address(one, line)),
            )
            for line in lines
        ]

    def _answer_in_address(self, one: Distribution, line: Line) -> dict[str, str] | None:
        key, is_choice = one.question.key, bool(one.question.options)
        if line is one.not_answered:
            return {name_in_address(key): NOT_ANSWERED} if is_choice else None
        if one.question.type is AnswerType.DAY and line.code:
            first, last = _days_of(line.code)
            return {name_in_address(key, "from"): str(first), name_in_address(key, "to"): str(last)}
        return {name_in_address(key): line.code} if is_choice and line.code else None

    def _to(self, line: Line, narrowed: dict[str, str] | None) -> str:
        return self._address(narrowed) if narrowed is not None and line.number and line.is_told else ""

    @cached_property
    def _book(self) -> str:
        """The register's address, for whoever sees cases at all."""
        scope = scope_of(self.user)
        rules = self.service.rules_on(self.local_today)
        return reverse("desk_register") if rules and (scope.unit_ids or scope.whole_institutions) else ""

    def _address(self, narrowed: dict[str, str]) -> str:
        """The lines of the register that a number counts, as far as the person may see them."""
        rules = self.service.rules_on(self.local_today)
        if not (self._book and rules and self.days):
            return ""
        asked = {
            "register": str(rules.register_id),
            "service": str(self.service.pk),
            "filings": "on",
            "day_from": str(self.days[0]),
            "day_to": str(self.days[1]),
        }
        return f"{self._book}?{urlencode({**asked, **narrowed})}"


def _days_of(month: str) -> tuple[dt.date, dt.date]:
    """The first and the last day of "2026-11"."""
    first = dt.date.fromisoformat(f"{month}-01")
    return first, (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


class StatisticsFileView(OfServiceAndPeriod):
    """The same numbers as CSV, parted as the spreadsheets of the reader's language expect it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.statistics is None or self.days is None:
            raise Http404
        name = f"{self.service.code}-{self.days[0]}-{self.days[1]}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8", headers=headers)
        writer = csv.writer(response, delimiter=separator())
        writer.writerows([harmless(cell) for cell in row] for row in self._lines(self.statistics, *self.days))
        return response

    def _lines(self, found: Statistics, first: dt.date, last: dt.date) -> Iterator[list[Any]]:
        yield [_("Service"), str(self.service)]
        yield [_("From"), str(first)]
        yield [_("Until"), str(last)]
        yield [_("Filed"), "", found.filed.in_words]
        yield []
        yield [_("Question"), _("Answer"), pgettext("how many", "Number"), _("Share in percent")]
        for what, lines in ((_("Filed in"), found.months), (_("Filed by"), found.channels)):
            yield from ([what, line.words, line.in_words] for line in lines)
        for one in found.distributions:
            label = one.question.label
            yield [label, one.answered.words, one.answered.in_words]
            for line in one.lines:
                share = one.share(line)
                yield [label, line.words, line.in_words, "" if share is None else _number(share)]
            yield [label, one.not_answered.words, one.not_answered.in_words]
            if one.numbers:
                yield from ([label, words, _number(number)] for words, number in in_words(one.numbers))


def in_words(numbers: Any) -> list[tuple[str, Decimal]]:
    return [
        (_("Sum"), numbers.total),
        (_("Mean"), numbers.mean),
        (_("Smallest"), numbers.smallest),
        (_("Largest"), numbers.largest),
    ]


def _number(number: Decimal) -> Any:
    """As the reader's spreadsheet writes numbers, without anything between thousands."""
    return formats.number_format(number, use_l10n=True, force_grouping=False)
