"""Disposal lists in the office: proposed, reviewed line by line, approved, carried out by a second person."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases import disposal_lists
from cases.desk.page import address_of
from cases.disposal_lists import ListRefused, counts_of, due_for_destruction, last_day
from cases.models import (
    Case,
    ComponentFile,
    DisposalItem,
    DisposalItemState,
    DisposalList,
    DisposalListState,
    DisposalProtocol,
    Unit,
)
from cases.rights import scope_of
from search.desk.records.page import EXECUTES, KEEPS_RECORDS, REVIEWS, RecordsAct, RecordsPage

ANYBODY = (KEEPS_RECORDS, REVIEWS, EXECUTES)
STATE = DisposalListState
EARLIEST_YEAR = 1900


@dataclass(frozen=True)
class UnitDue:
    """How much of a unit the rules give up by a year."""

    unit: Unit
    count: int


class ListsView(RecordsPage):
    """All lists that the person may see, and what the rules give up that stands on none."""

    permissions = ANYBODY
    template_name = "search/records/lists.html"
    page_title = gettext_lazy("Destruction")
    tab = "desk_records_lists"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lists = DisposalList.objects.visible_to(self.user).filter(institution=self.institution)
        asked = self.asked("state")
        if asked in STATE.values:
            lists = lists.filter(state=asked)
        found, pages = self.page_of(
            lists.select_related("unit").annotate(cases=Count("items")).order_by("-proposed_at", "-pk")
        )
        return super().get_context_data(
            lists=found,
            pages=pages,
            states=STATE.choices,
            state=asked,
            year=self.year,
            due=self._due() if self.may(KEEPS_RECORDS) else [],
            may_propose=self.may(KEEPS_RECORDS),
            **kwargs,
        )

    @cached_property
    def year(self) -> int:
        asked, this_year = self.asked("year", most=4), self.local_today.year
        is_year = asked.isascii() and asked.isdecimal() and EARLIEST_YEAR <= int(asked) <= this_year
        return int(asked) if is_year else this_year

    def _due(self) -> list[UnitDue]:
        due = due_for_destruction(self.institution, until=last_day(self.year, self.local_today))
        counts = dict(due.order_by().values_list("case__unit").annotate(count=Count("case")))
        return [UnitDue(unit, counts[unit.pk]) for unit in self.units if counts.get(unit.pk)]


class ProposeListsView(RecordsAct):
    """A list for one unit, or for every unit that has something due."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        year = self.said("year", most=4)
        units = Unit.objects.filter(institution=self.institution).select_related("institution")
        chosen = units.filter(pk__in=self.chosen_ids("unit"))
        if not chosen or not (year.isascii() and year.isdecimal()):
            messages.error(request, _("Choose a unit and a year."))
            return HttpResponseRedirect(reverse("desk_records_lists"))
        made: list[DisposalList] = []

        def act(unit: Unit) -> None:
            made.append(disposal_lists.propose(unit, year=int(year), actor=self.actor, at=self.at))

        if done := self.for_each(chosen, act, refusals=(ListRefused,)):
            words = ngettext("{n} list was proposed; its unit reviews it.", "{n} lists were proposed.", done)
            messages.success(request, words.format(n=done))
        if len(made) == 1:
            return HttpResponseRedirect(reverse("desk_records_list", args=[made[0].pk]))
        return HttpResponseRedirect(reverse("desk_records_lists"))


@dataclass(frozen=True)
class ItemLine:
    item: DisposalItem
    address: str
    subject: str


class ListView(RecordsPage):
    """One list: where it stands, its lines, and what this person may do with it."""

    permissions = ANYBODY
    template_name = "search/records/list.html"
    tab = "desk_records_lists"

    @cached_property
    def shown(self) -> DisposalList:
        return list_to_open(self)

    def get_page_title(self) -> str:
        return _("Destruction: {unit}, {year}").format(unit=self.shown.unit, year=self.shown.year)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        here = {"url": reverse("desk_records_lists"), "label": _("Destruction")}
        return [*items[:-1], here, items[-1]]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        list_, counts = self.shown, counts_of(self.shown)
        items = list_.items.select_related("case__record_class", "case__unit", "decided_by")
        asked = self.asked("state")
        if asked in DisposalItemState.values:
            items = items.filter(state=asked)
        if word := self.asked("q"):
            items = items.filter(case__number__icontains=word)
        found, pages = self.page_of(items.order_by("pk"))
        total = sum(counts.values())
        return super().get_context_data(
            list=list_,
            lines=self._lines(found),
            pages=pages,
            counts=[(state, label, counts[state]) for state, label in DisposalItemState.choices if counts[state]],
            total=total,
            waiting=counts[DisposalItemState.PROPOSED],
            done=total - counts[DisposalItemState.PROPOSED],
            state=asked,
            q=self.asked("q"),
            steps=_steps(list_),
            protocol=self._protocol(),
            **verbs_of(self, list_),
            **kwargs,
        )

    def _lines(self, items: list[DisposalItem]) -> list[ItemLine]:
        """What a case is about is said only to who may see the case."""
        visible = set(
            Case.objects.visible_to(self.user)
            .filter(pk__in=[item.case_id for item in items])
            .values_list("pk", flat=True)
        )
        return [
            ItemLine(
                item,
                address_of(item.case) if item.case_id in visible else "",
                item.case.subject if item.case_id in visible else "",
            )
            for item in items
        ]

    def _protocol(self) -> dict[str, Any] | None:
        protocol = DisposalProtocol.objects.filter(disposal_list=self.shown).select_related("document__case").first()
        if protocol is None:
            return None
        is_readable = Case.objects.readable_by(self.user).filter(pk=protocol.document.case_id).exists()
        files = ComponentFile.objects.filter(component__document=protocol.document).order_by("component__position")
        return {
            "row": protocol,
            "case": protocol.document.case,
            "address": address_of(protocol.document.case) if is_readable else "",
            "files": files if is_readable else [],
        }


def list_to_open(view: Any) -> DisposalList:
    lists = DisposalList.objects.visible_to(view.user).filter(institution=view.institution)
    people = ("unit", "institution", "proposed_by", "reviewed_by", "approved_by", "executed_by")
    return get_object_or_404(lists.select_related(*people), pk=view.kwargs["pk"])


def reviews_unit(view: Any, list_: DisposalList) -> bool:
    return bool(view.may(REVIEWS)) and list_.unit_id in scope_of(view.user).unit_ids


def verbs_of(view: Any, list_: DisposalList) -> dict[str, bool]:
    """What the person may do now."""
    keeps, reviews = view.may(KEEPS_RECORDS), reviews_unit(view, list_)
    is_open_for_change = list_.state in (STATE.REVIEW, STATE.REVIEWED)
    return {
        "may_exclude": is_open_for_change and (reviews or keeps),
        "may_finish_review": list_.state == STATE.REVIEW and reviews,
        "may_approve": list_.state == STATE.REVIEWED and keeps,
        "may_send_back": list_.state in (STATE.REVIEWED, STATE.APPROVED) and keeps,
        "may_execute": list_.state == STATE.APPROVED and view.may(EXECUTES) and list_.approved_by_id != view.user.pk,
        "waits_for_another": list_.state == STATE.APPROVED and list_.approved_by_id == view.user.pk,
        "may_withdraw": list_.is_open and list_.state != STATE.EXECUTING and keeps,
    }


def _steps(list_: DisposalList) -> list[dict[str, Any]]:
    """Who did what and when, and what is to come. ``state``: was, now or to_come."""
    ended = list_.finished_at if list_.state == STATE.EXECUTED else None
    said: list[tuple[str, Any, dt.datetime | None]] = [
        (_("Proposed by the rules"), list_.proposed_by, list_.proposed_at),
        (_("Reviewed by the unit"), list_.reviewed_by, list_.reviewed_at),
        (_("Approved"), list_.approved_by, list_.approved_at),
        (_("Carried out"), list_.executed_by, ended),
    ]
    steps = [
        {"title": title, "who": who, "at": at, "state": "was" if who and at else "to_come"} for title, who, at in said
    ]
    coming = next((step for step in steps if step["state"] == "to_come"), None)
    if coming and list_.is_open:
        coming["state"] = "now"
    return steps


class ListActView(RecordsAct):
    """One verb on a list; each asks its own permission, and the operation the rest."""

    permissions = ANYBODY

    def post(self, request: HttpRequest, pk: int, verb: str) -> HttpResponseBase:
        list_ = list_to_open(self)
        acts = {
            "exclude": ("may_exclude", self._exclude),
            "put-back": ("may_exclude", self._put_back),
            "reviewed": ("may_finish_review", self._finish_review),
            "approve": ("may_approve", self._approve),
            "send-back": ("may_send_back", self._send_back),
            "execute": ("may_execute", self._execute),
            "withdraw": ("may_withdraw", self._withdraw),
        }
        if verb not in acts:
            raise Http404
        needed, act = acts[verb]
        if not verbs_of(self, list_)[needed]:
            messages.error(request, _("This can't be done with the list now, or not by you."))
        else:
            try:
                act(list_)
            except ListRefused as refusal:
                messages.error(request, str(refusal))
        return self.back_to(reverse("desk_records_list", args=[pk]))

    def _items(self, list_: DisposalList) -> list[DisposalItem]:
        return list(list_.items.filter(pk__in=self.chosen_ids("item")).select_related("case").order_by("pk"))

    def _exclude(self, list_: DisposalList) -> None:
        items = self._items(list_)
        if not items:
            raise ListRefused(_("Choose at least one case."))
        if not self.said("reason"):
            raise ListRefused(_("Write why the case is kept back."))

        def act(item: DisposalItem) -> None:
            disposal_lists.exclude(item, reason=self.said("reason"), actor=self.actor, at=self.at)

        if done := self.for_each(items, act, refusals=(ListRefused,)):
            words = ngettext("{n} case was excluded.", "{n} cases were excluded.", done)
            messages.success(self.request, words.format(n=done))

    def _put_back(self, list_: DisposalList) -> None:
        def act(item: DisposalItem) -> None:
            disposal_lists.put_back(item, actor=self.actor, at=self.at)

        self.for_each(self._items(list_), act, refusals=(ListRefused,))

    def _finish_review(self, list_: DisposalList) -> None:
        disposal_lists.finish_review(list_, actor=self.actor, at=self.at)
        messages.success(self.request, _("The review is finished; the archivist goes on."))

    def _approve(self, list_: DisposalList) -> None:
        disposal_lists.approve(list_, consent=self.said("consent", most=200), actor=self.actor, at=self.at)
        messages.success(self.request, _("Approved. Somebody else carries it out."))

    def _send_back(self, list_: DisposalList) -> None:
        disposal_lists.send_back(list_, actor=self.actor, at=self.at)
        messages.success(self.request, _("The list went back to the unit."))

    def _execute(self, list_: DisposalList) -> None:
        disposal_lists.execute(list_, actor=self.actor, at=self.at)
        messages.success(self.request, _("The list is being carried out. The protocol follows at its end."))

    def _withdraw(self, list_: DisposalList) -> None:
        disposal_lists.withdraw(list_, reason=self.said("reason"), actor=self.actor, at=self.at)
        messages.success(self.request, _("The list was taken back; its cases are free for another."))
