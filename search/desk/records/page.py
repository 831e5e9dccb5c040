"""What the pages of records management share: who is let in, tabs, filters in the address, many at once."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.desk.page import Admitted, DeskPage, address_with
from cases.models import Case, RecordClass, Unit, User
from cases.ruling import today_at
from cases.texts import in_language
from cases.yearly_lists import waiting_for_people

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

KEEPS_RECORDS = "cases.dispose_case"
REVIEWS = "cases.review_disposal"
EXECUTES = "cases.execute_disposal"
CHANGES_PLAN = "cases.change_recordclass"
PAGE = 50
NAMED_AT_MOST = 20


@dataclass(frozen=True)
class Tab:
    name: str
    title: str | Promise
    permissions: tuple[str, ...]


TABS = [
    Tab("desk_records_due", gettext_lazy("Closed cases"), (KEEPS_RECORDS,)),
    Tab("desk_records_lists", gettext_lazy("Destruction"), (KEEPS_RECORDS, REVIEWS, EXECUTES)),
    Tab("desk_records_transfers", gettext_lazy("Transfer"), (KEEPS_RECORDS, EXECUTES)),
    Tab("desk_records_holds", gettext_lazy("Holds"), (KEEPS_RECORDS,)),
    Tab("desk_records_plan", gettext_lazy("Classification plan"), (KEEPS_RECORDS, CHANGES_PLAN)),
]


def tabs_of(user: "User | AnonymousUser") -> list[Tab]:
    return [tab for tab in TABS if any(user.has_perm(name) for name in tab.permissions)]


class AdmittedToRecords(Admitted):
    """Lets in whoever has one of the permissions."""

    permissions: tuple[str, ...] = (KEEPS_RECORDS,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not any(self.user.has_perm(name) for name in self.permissions):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def local_today(self) -> dt.date:
        return today_at(self.institution, self.at)

    def may(self, permission: str) -> bool:
        return bool(self.user.has_perm(permission))


class RecordsPage(AdmittedToRecords, DeskPage):
    header_icon = "folder-open-inverse"
    tab = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tabs = [
            {"address": reverse(tab.name), "title": tab.title, "is_here": tab.name == self.tab}
            for tab in tabs_of(self.user)
        ]
        return super().get_context_data(tabs=tabs, today=self.local_today, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        home = {"url": reverse("desk_records"), "label": _("Records")}
        return [*items[:-1], home, items[-1]]

    @cached_property
    def units(self) -> list[Unit]:
        return list(Unit.objects.filter(institution=self.institution).order_by("path"))

    @cached_property
    def classes(self) -> list[RecordClass]:
        """Classes that take cases today, for a choice."""
        found = RecordClass.objects.filter(institution=self.institution, is_selectable=True).on(self.local_today)
        return list(found.order_by("code"))

    def yearly_lists(self) -> dict[str, Any]:
        """How many of the lists that the yearly job proposed wait for somebody, and since when."""
        waiting = waiting_for_people(self.institution, year=self.local_today.year)
        return waiting.aggregate(count=Count("pk"), since=Min("proposed_at"))

    def asked(self, name: str, *, most: int = 80) -> str:
        return self.request.GET.get(name, "").replace("\x00", "").strip()[:most]

    def asked_day(self, name: str) -> dt.date | None:
        try:
            return dt.date.fromisoformat(self.asked(name))
        except ValueError:
            return None

    def page_of(self, rows: QuerySet[Any]) -> tuple[list[Any], dict[str, str]]:
        """Fifty rows, and the addresses of the pages before and after."""
        asked = self.asked("p", most=4)
        number = max(int(asked), 1) if asked.isascii() and asked.isdecimal() else 1
        found = list(rows[(number - 1) * PAGE : number * PAGE + 1])
        pages = {
            "previous": address_with(self.request.GET, p=str(number - 1) if number > 2 else "") if number > 1 else "",
            "next": address_with(self.request.GET, p=str(number + 1)) if len(found) > PAGE else "",
        }
        return found[:PAGE], pages


class RecordsHomeView(AdmittedToRecords):
    """Leads to the first page that the person has."""

    permissions = (KEEPS_RECORDS, REVIEWS, EXECUTES, CHANGES_PLAN)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return HttpResponseRedirect(reverse(tabs_of(self.user)[0].name))


class RecordsAct(AdmittedToRecords):
    """A short POST that makes one operation call, or one for each of many, and goes back."""

    http_method_names = ["post"]

    def back_to(self, default: str) -> HttpResponseRedirect:
        """The list with its filters, if it said where it stood."""
        asked = self.request.POST.get("back", "")
        is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
        return HttpResponseRedirect(asked if is_ours else default)

    def said(self, name: str, *, most: int = 300) -> str:
        return self.request.POST.get(name, "").replace("\x00", "").strip()[:most]

    def chosen_ids(self, name: str) -> list[int]:
        typed = self.request.POST.getlist(name)
        return [int(text) for text in typed if text.isascii() and text.isdecimal() and len(text) <= 18]

    def for_each[Row](
        self, rows: Iterable[Row], act: Callable[[Row], Any], *, refusals: tuple[type[Exception], ...]
    ) -> int:
        """Each in its own transaction; what failed is named with its reason. Returns how many were done."""
        done, failed = 0, []
        for row in rows:
            try:
                act(row)
                done += 1
            except refusals as refusal:
                failed.append(str(refusal))
        for words in failed[:NAMED_AT_MOST]:
            messages.error(self.request, words)
        if len(failed) > NAMED_AT_MOST:
            more = len(failed) - NAMED_AT_MOST
            messages.error(self.request, ngettext("{n} more failed.", "{n} more failed.", more).format(n=more))
        return done

    def chosen_cases(self) -> QuerySet[Case]:
        visible = Case.objects.visible_to(self.user).filter(institution=self.institution)
        return visible.filter(pk__in=self.chosen_ids("case")).select_related("institution").order_by("pk")


def class_titles(institution_main: str, versions: Sequence[RecordClass]) -> Iterator[tuple[str, str]]:
    """Code and title, for a choice."""
    for version in versions:
        yield version.code, f"{version.code} {in_language(version.titles, main=institution_main)}"
