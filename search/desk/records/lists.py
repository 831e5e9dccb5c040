"""Disposal lists in the office: proposed, reviewed line by line, approved, carried out by a second person."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases import disposal_lists
from cases.desk.page import address_of
from cases.disposal_lists import ListRefused, bytes_not_removed, counts_of, due_for_destruction, in_order, last_day
from cases.models import (
    Case,
    ComponentFile,
    DisposalItem,
    DisposalItemState,
    DisposalList,
    DisposalListState,
    DisposalProtocol,
    Unit,
    User,
)
from cases.review_notices import executives_of, stand_ins_of, units_with_reviewer
from cases.rights import scope_of
from search.desk.records.page import EXECUTES, KEEPS_RECORDS, REVIEWS, RecordsAct, RecordsPage
from search.desk.records.steps import OneList, OneListAct, OneListPage

ANYBODY = (KEEPS_RECORDS, REVIEWS, EXECUTES)
STATE = DisposalListState
WITH_UNIT = (STATE.REVIEW, STATE.REVIEWED)
EARLIEST_YEAR = 1900
SHOWN_JOBS = 100


@dataclass(frozen=True)
class UnitDue:
    """How much of a unit the rules give up by a year."""

    unit: Unit
    count: int
    has_head: bool = True


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
            lists.select_related("unit", "proposed_by")
            .annotate(cases=Count("items"), failed=Count("items", filter=Q(items__state=DisposalItemState.FAILED)))
            .order_by("-proposed_at", "-pk")
        )
        due = self._due() if self.may(KEEPS_RECORDS) else []
        lacks_heads = not all(one.has_head for one in due)
        return super().get_context_data(
            lists=found,
            pages=pages,
            states=STATE.choices,
            state=asked,
            year=self.year,
            due=due,
            lacks_heads=lacks_heads,
            executives=list(executives_of(self.institution, on=self.local_today)) if lacks_heads else [],
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
        units = [unit for unit in self.units if counts.get(unit.pk)]
        led = units_with_reviewer(units, on=self.local_today) if units else set()
        return [UnitDue(unit, counts[unit.pk], has_head=unit.pk in led) for unit in units]


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


class OneDisposalList(OneList):
    permissions = ANYBODY
    model = DisposalList
    people = ("proposed_by", "reviewed_by", "approved_by", "executed_by")

    @cached_property
    def lacks_head(self) -> bool:
        """Whether the list is to be reviewed, and nobody leads its unit or one above it."""
        list_: DisposalList = self.shown
        return list_.state in WITH_UNIT and not units_with_reviewer([list_.unit], on=self.local_today)

    @cached_property
    def stand_ins(self) -> list[User]:
        """Who reviews it in the head's stead."""
        return list(stand_ins_of(self.shown.unit, on=self.local_today)) if self.lacks_head else []

    def verbs(self) -> dict[str, bool]:
        list_: DisposalList = self.shown
        keeps, executes = self.may(KEEPS_RECORDS), self.may(EXECUTES)
        reviews = self.may(REVIEWS) and list_.unit_id in scope_of(self.user).unit_ids
        stands_in = not reviews and self.user in self.stand_ins
        is_own_approval = list_.approved_by_id == self.user.pk
        is_own_review = disposal_lists.reviewed_in_stead(list_, by=self.user, at=self.at)
        return {
            "may_exclude": list_.state in WITH_UNIT and (reviews or stands_in or keeps),
            "may_finish_review": list_.state == STATE.REVIEW and (reviews or stands_in),
            "stands_in": list_.state == STATE.REVIEW and stands_in,
            "may_approve": list_.state == STATE.REVIEWED and keeps and not is_own_review,
            "approval_waits_for_another": list_.state == STATE.REVIEWED and keeps and is_own_review,
            "may_send_back": list_.state in (STATE.REVIEWED, STATE.APPROVED) and keeps,
            "may_execute": list_.state == STATE.APPROVED and executes and not is_own_approval,
            "waits_for_another": list_.state == STATE.APPROVED and is_own_approval,
            "may_withdraw": list_.is_open and list_.state != STATE.EXECUTING and keeps,
            "may_try_again": list_.state == STATE.EXECUTING and (keeps or executes),
            "may_remove_bytes": list_.state in (STATE.EXECUTING, STATE.EXECUTED) and (keeps or executes),
        }


class ListView(OneDisposalList, OneListPage):
    """One list: where it stands, its lines, and what this person may do with it."""

    template_name = "search/records/list.html"
    tab = "desk_records_lists"
    heading = gettext_lazy("Destruction: {unit}, {year}")
    all_lists = gettext_lazy("Destruction")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        list_, counts = self.shown, counts_of(self.shown)
        items = list_.items.select_related("case__record_class", "case__unit", "decided_by", "goes_with__case")
        asked = self.asked("state")
        if asked in DisposalItemState.values:
            items = items.filter(state=asked)
        if word := self.asked("q"):
            items = items.filter(case__number__icontains=word)
        found, pages = self.page_of(in_order(items))
        total = sum(counts.values())
        return super().get_context_data(
            list=list_,
            lines=self.lines_of(found),
            pages=pages,
            counts=[(state, label, counts[state]) for state, label in DisposalItemState.choices if counts[state]],
            total=total,
            waiting=counts[DisposalItemState.PROPOSED],
            done=total - counts[DisposalItemState.PROPOSED] - counts[DisposalItemState.FAILED],
            failed=counts[DisposalItemState.FAILED],
            trouble=disposal_lists.trouble_of(list_, at=self.at),
            stuck_bytes=list(bytes_not_removed(list_)[:SHOWN_JOBS]) if list_.executed_at else [],
            state=asked,
            q=self.asked("q"),
            steps=_steps(list_),
            lacks_head=self.lacks_head and list_.state == STATE.REVIEW,
            stand_ins=self.stand_ins,
            protocol=self._protocol(),
            **self.verbs(),
            **kwargs,
        )

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


def _steps(list_: DisposalList) -> list[dict[str, Any]]:
    """Who did what and when, and what is to come. ``state``: was, now or to_come."""
    ended = list_.finished_at if list_.state == STATE.EXECUTED else None
    said: list[tuple[str, Any, dt.datetime | None]] = [
        (_("Proposed by the rules"), disposal_lists.proposer_of(list_), list_.proposed_at),
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


class ListActView(OneDisposalList, OneListAct):
    page_name = "desk_records_list"
    refusal = ListRefused
    acts = {
        "exclude": ("may_exclude", "_exclude"),
        "put-back": ("may_exclude", "_put_back"),
        "reviewed": ("may_finish_review", "_finish_review"),
        "approve": ("may_approve", "_approve"),
        "send-back": ("may_send_back", "_send_back"),
        "execute": ("may_execute", "_execute"),
        "withdraw": ("may_withdraw", "_withdraw"),
        "again": ("may_try_again", "_try_again"),
        "without-failed": ("may_try_again", "_end_without_failed"),
        "bytes": ("may_remove_bytes", "_remove_bytes"),
    }

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

    def _try_again(self, list_: DisposalList) -> None:
        disposal_lists.try_again(list_, actor=self.actor, at=self.at)
        messages.success(self.request, _("Another try was started. Look again in a moment."))

    def _end_without_failed(self, list_: DisposalList) -> None:
        disposal_lists.end_without_failed(list_, actor=self.actor, at=self.at)
        messages.success(self.request, _("The protocol is made without them. The next list proposes them again."))

    def _remove_bytes(self, list_: DisposalList) -> None:
        if disposal_lists.remove_bytes_again(list_, actor=self.actor, at=self.at):
            messages.success(self.request, _("Another try was started. Look again in a moment."))
