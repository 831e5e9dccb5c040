"""The register book: line by line, day by day; void lines stay, struck through, with their reason."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.forms import CheckboxInput
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.clock import zone_of
from cases.desk.answer_filters import AnswerFilters
from cases.desk.fields import DateInput
from cases.desk.page import DeskPage, address_of, address_with
from cases.models import Channel, EntryKind, Register, RegisterEntry, Service
from cases.register_paper import TooManyLines, register_paper
from cases.voiding import EntryNotVoidable, void_entry

PAGE = 50
Place = tuple[dt.datetime, int]


class RegisterFilter(AnswerFilters):
    """What the book can be narrowed to; it lives in the address."""

    case_ref = "case_id"
    register = django_filters.ChoiceFilter(label=gettext_lazy("Register"), empty_label=None)
    day_from = django_filters.DateFilter(method="from_day", label=gettext_lazy("From"), widget=DateInput)
    day_to = django_filters.DateFilter(method="to_day", label=gettext_lazy("Until"), widget=DateInput)
    channel = django_filters.ChoiceFilter(
        choices=Channel.choices, label=gettext_lazy("Channel"), empty_label=gettext_lazy("All channels")
    )
    service = django_filters.ModelChoiceFilter(
        field_name="case__service",
        queryset=Service.objects.none(),
        label=gettext_lazy("Service"),
        empty_label=gettext_lazy("All services"),
    )
    filings = django_filters.BooleanFilter(
        method="only_filings", widget=CheckboxInput, label=gettext_lazy("Only what began a case")
    )
    q = django_filters.CharFilter(method="with_words", label=gettext_lazy("Number, name, word"), max_length=80)

    class Meta:
        model = RegisterEntry
        fields: list[str] = []

    def __init__(self, *args: Any, registers: list[Register], zone: dt.tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["register"].extra["choices"] = [(str(register.pk), str(register)) for register in registers]
        self.zone = zone

    def from_day(self, entries: QuerySet[RegisterEntry], name: str, day: dt.date) -> QuerySet[RegisterEntry]:
        return entries.filter(registered_at__gte=start_of(day, self.zone))

    def to_day(self, entries: QuerySet[RegisterEntry], name: str, day: dt.date) -> QuerySet[RegisterEntry]:
        return entries.filter(registered_at__lt=start_of(day + dt.timedelta(days=1), self.zone))

    def only_filings(self, entries: QuerySet[RegisterEntry], name: str, value: bool) -> QuerySet[RegisterEntry]:
        return entries.filings() if value else entries  # type: ignore[attr-defined]

    def with_words(self, entries: QuerySet[RegisterEntry], name: str, value: str) -> QuerySet[RegisterEntry]:
        """Every word must stand in the number, the subject, the sender's number or the sender's name."""
        for word in value.split():
            entries = entries.filter(
                Q(number__istartswith=word)
                | Q(subject__icontains=word)
                | Q(sender_reference__icontains=word)
                | Q(sender__name__icontains=word)
            )
        return entries

    @property
    def is_used(self) -> bool:
        return any(self.data.get(name) for name in self.filters if name != "register")


def start_of(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone)


@dataclass(frozen=True)
class Line:
    """An entry with what a template would compute too dearly for each of fifty rows."""

    entry: RegisterEntry
    registered: dt.datetime
    received: dt.date | None
    channel: str
    case_address: str

    @property
    def hour(self) -> str:
        return f"{self.registered:%H:%M}"


@dataclass(frozen=True)
class Day:
    """The lines of one day, newest first."""

    date: dt.date
    lines: list[Line]


class RegisterBook(DeskPage):
    """What the screen and the paper have in common: the filter and the lines that it lets through."""

    @cached_property
    def zone(self) -> dt.tzinfo:
        return zone_of(self.institution.time_zone)

    @cached_property
    def registers(self) -> list[Register]:
        registers = Register.objects.filter(institution=self.institution).select_related("institution")
        return list(registers.order_by("is_closed", "pk"))

    @cached_property
    def filter(self) -> RegisterFilter:
        asked = self.request.GET.copy()
        if not asked.get("register", "").isdecimal() and self.registers:
            asked["register"] = str(self.registers[0].pk)
        return RegisterFilter(
            asked,
            queryset=RegisterEntry.objects.visible_to(self.user),
            user=self.user,
            registers=self.registers,
            zone=self.zone,
        )

    @cached_property
    def register(self) -> Register | None:
        chosen = self.filter.form.cleaned_data.get("register") if self.filter.is_valid() else None
        return next((register for register in self.registers if str(register.pk) == chosen), None)

    def lines(self) -> QuerySet[RegisterEntry]:
        if self.register is None:
            return RegisterEntry.objects.none()
        return self.filter.qs.select_related("case__unit", "sender")


class RegisterBookView(RegisterBook):
    """The book on the screen, newest first."""

    template_name = "desk/cases/register_book.html"
    page_title = gettext_lazy("Register")
    header_icon = "list-ul"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = list(self._after().order_by("-registered_at", "-pk")[: PAGE + 1])
        entries = found[:PAGE]
        return super().get_context_data(
            filter=self.filter,
            register=self.register,
            days=self._days(entries),
            is_first="after" not in self.request.GET,
            first_address=address_with(self.request.GET, after=""),
            next_address=self._next(entries) if len(found) > PAGE else "",
            address_without_filters=f"?register={self.register.pk}" if self.register else "?",
            paper_address=self._paper_address(),
            may_void=self.user.has_perm("cases.void_entry"),
            **kwargs,
        )

    def _after(self) -> QuerySet[RegisterEntry]:
        place = place_from_address(self.request.GET.get("after", ""))
        if place is None:
            return self.lines()
        moment, pk = place
        return self.lines().filter(Q(registered_at__lt=moment) | Q(registered_at=moment, pk__lt=pk))

    def _next(self, entries: list[RegisterEntry]) -> str:
        last = entries[-1]
        return address_with(self.request.GET, after=f"{last.registered_at.timestamp():.6f}-{last.pk}")

    def _days(self, entries: list[RegisterEntry]) -> list[Day]:
        channels = {code: str(label) for code, label in Channel.choices}
        lines = [self._line(entry, channels) for entry in entries]
        return [Day(date, list(of_day)) for date, of_day in groupby(lines, lambda line: line.registered.date())]

    def _line(self, entry: RegisterEntry, channels: dict[str, str]) -> Line:
        registered = entry.registered_at.astimezone(self.zone)
        received = entry.received_at.astimezone(self.zone).date()
        return Line(
            entry=entry,
            registered=registered,
            received=received if received != registered.date() else None,
            channel=channels.get(entry.channel, entry.channel),
            case_address=address_of(entry.case) if entry.case else "",
        )

    def _paper_address(self) -> str:
        """Prints what the filter shows; without days, today's page."""
        asked = {} if self.filter.is_used else {"day_from": f"{self.today}", "day_to": f"{self.today}"}
        return reverse("desk_register_paper") + address_with(self.request.GET, after="", **asked)


def place_from_address(text: str) -> Place | None:
    """The line that a link to the next page names; nonsense begins at the first page."""
    moment, _dash, pk = text.rpartition("-")
    try:
        return dt.datetime.fromtimestamp(float(moment), dt.UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None


class RegisterPaperView(RegisterBook):
    """The same lines on paper, oldest first, as the book is bound."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.register is None:
            return HttpResponseRedirect(reverse("desk_register"))
        days = self.filter.form.cleaned_data
        try:
            pdf = register_paper(
                self.register,
                self.lines().order_by("registered_at", "pk"),
                first_day=days.get("day_from"),
                last_day=days.get("day_to"),
                printed_by=self.user,
                at=self.at,
            )
        except TooManyLines as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("desk_register") + address_with(request.GET))
        name = f"{self.register.code}-{timezone.localtime(self.at):%Y-%m-%d-%H%M}.pdf"
        return HttpResponse(
            pdf, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )


class VoidEntryView(DeskPage):
    """Void a wrong line: its number stays in the book, with the reason."""

    template_name = "desk/cases/void_entry.html"
    permission = "cases.void_entry"
    page_title = gettext_lazy("Void an entry")
    header_icon = "cross"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(entry=self.entry, book_address=self._book_address(), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        reason = request.POST.get("reason", "")
        try:
            void_entry(self.entry, reason=reason, actor=self.actor, at=self.at)
        except EntryNotVoidable as refusal:
            return self.render_to_response(self.get_context_data(refusal=str(refusal), reason=reason))
        messages.success(request, _("{number} is void. The number stays in the register.").format(number=self.entry))
        return HttpResponseRedirect(self._book_address())

    @cached_property
    def entry(self) -> RegisterEntry:
        voidable = RegisterEntry.objects.visible_to(self.user).filter(kind=EntryKind.GIVEN)
        return get_object_or_404(voidable.select_related("case", "sender", "register"), pk=self.kwargs["pk"])

    def _book_address(self) -> str:
        return f"{reverse('desk_register')}?register={self.entry.register_id}"
