"""Transfer lists in the office: what is handed over, the package, the archive's acceptance, and then our copies."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import transferring
from cases.desk.page import address_of
from cases.disposal_lists import last_day
from cases.models import Case, TransferItem, TransferList, TransferState, Unit
from cases.transferring import TransferRefused, copies_of, due_for_transfer
from search.desk.records.lists import UnitDue
from search.desk.records.page import EXECUTES, KEEPS_RECORDS, RecordsAct, RecordsPage

ANYBODY = (KEEPS_RECORDS, EXECUTES)
STATE = TransferState


class TransfersView(RecordsPage):
    permissions = ANYBODY
    template_name = "search/records/transfers.html"
    page_title = gettext_lazy("Transfer")
    tab = "desk_records_transfers"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lists = TransferList.objects.visible_to(self.user).filter(institution=self.institution)
        found, pages = self.page_of(
            lists.select_related("unit").annotate(cases=Count("items")).order_by("-proposed_at", "-pk")
        )
        newest = next((one.archive for one in found), "")
        return super().get_context_data(
            lists=found,
            pages=pages,
            due=self._due() if self.may(KEEPS_RECORDS) else [],
            year=self.local_today.year,
            archive=newest,
            may_propose=self.may(KEEPS_RECORDS),
            **kwargs,
        )

    def _due(self) -> list[UnitDue]:
        due = due_for_transfer(self.institution, until=last_day(self.local_today.year, self.local_today))
        counts = dict(due.order_by().values_list("case__unit").annotate(count=Count("case")))
        return [UnitDue(unit, counts[unit.pk]) for unit in self.units if counts.get(unit.pk)]


class ProposeTransferView(RecordsAct):
    def post(self, request: HttpRequest) -> HttpResponseBase:
        units = Unit.objects.filter(institution=self.institution, pk__in=self.chosen_ids("unit"))
        unit, year = units.select_related("institution").first(), self.said("year", most=4)
        if unit is None or not (year.isascii() and year.isdecimal()):
            messages.error(request, _("Choose a unit and a year."))
            return HttpResponseRedirect(reverse("desk_records_transfers"))
        try:
            made = transferring.propose_transfer(
                unit, year=int(year), archive=self.said("archive", most=200), actor=self.actor, at=self.at
            )
        except TransferRefused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("desk_records_transfers"))
        messages.success(request, _("The list is ready. Look at it, then make the package."))
        return HttpResponseRedirect(reverse("desk_records_transfer", args=[made.pk]))


def transfer_to_open(view: Any) -> TransferList:
    lists = TransferList.objects.visible_to(view.user).filter(institution=view.institution)
    people = ("unit", "institution", "proposed_by", "accepted_by", "removed_by")
    return get_object_or_404(lists.select_related(*people), pk=view.kwargs["pk"])


def verbs_of(view: Any, list_: TransferList) -> dict[str, bool]:
    keeps = view.may(KEEPS_RECORDS)
    is_settled = list_.state in (STATE.PREPARED, STATE.PACKED)
    return {
        "may_pack": is_settled and keeps,
        "may_take_off": is_settled and keeps,
        "may_download": list_.state in (STATE.PACKED, STATE.ACCEPTED) and bool(list_.package) and keeps,
        "may_accept": list_.state == STATE.PACKED and keeps,
        "may_withdraw": list_.is_open and keeps,
        "may_remove": (list_.state == STATE.ACCEPTED and view.may(EXECUTES) and list_.accepted_by_id != view.user.pk),
        "waits_for_another": list_.state == STATE.ACCEPTED and list_.accepted_by_id == view.user.pk,
    }


class TransferView(RecordsPage):
    permissions = ANYBODY
    template_name = "search/records/transfer.html"
    tab = "desk_records_transfers"

    @cached_property
    def shown(self) -> TransferList:
        return transfer_to_open(self)

    def get_page_title(self) -> str:
        return _("Transfer: {unit}, {year}").format(unit=self.shown.unit, year=self.shown.year)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        here = {"url": reverse("desk_records_transfers"), "label": _("Transfer")}
        return [*items[:-1], here, items[-1]]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        list_ = self.shown
        items = list_.items.select_related("case__record_class", "case__unit").order_by("position")
        found, pages = self.page_of(items)
        visible = set(
            Case.objects.visible_to(self.user)
            .filter(pk__in=[item.case_id for item in found])
            .values_list("pk", flat=True)
        )
        lines = [
            {"item": item, "address": address_of(item.case), "subject": item.case.subject}
            if item.case_id in visible
            else {"item": item, "address": "", "subject": ""}
            for item in found
        ]
        verbs = verbs_of(self, list_)
        return super().get_context_data(
            list=list_,
            lines=lines,
            pages=pages,
            total=list_.items.count(),
            copies=copies_of(list_).count() if list_.state == STATE.ACCEPTED else 0,
            **verbs,
            **kwargs,
        )


class TransferActView(RecordsAct):
    permissions = ANYBODY

    def post(self, request: HttpRequest, pk: int, verb: str) -> HttpResponseBase:
        list_ = transfer_to_open(self)
        acts = {
            "pack": ("may_pack", self._pack),
            "take-off": ("may_take_off", self._take_off),
            "accept": ("may_accept", self._accept),
            "withdraw": ("may_withdraw", self._withdraw),
            "remove": ("may_remove", self._remove),
        }
        if verb not in acts:
            raise Http404
        needed, act = acts[verb]
        if not verbs_of(self, list_)[needed]:
            messages.error(request, _("This can't be done with the list now, or not by you."))
        else:
            try:
                act(list_)
            except TransferRefused as refusal:
                messages.error(request, str(refusal))
        return self.back_to(reverse("desk_records_transfer", args=[pk]))

    def _pack(self, list_: TransferList) -> None:
        transferring.make_package(list_, actor=self.actor, at=self.at)
        messages.success(self.request, _("The package is being made. You may go on with other work."))

    def _take_off(self, list_: TransferList) -> None:
        items = list_.items.filter(pk__in=self.chosen_ids("item")).select_related("transfer_list")

        def act(item: TransferItem) -> None:
            transferring.take_off(item, actor=self.actor, at=self.at)

        if self.for_each(list(items), act, refusals=(TransferRefused,)):
            messages.success(self.request, _("Taken off the list. Make the package anew."))

    def _accept(self, list_: TransferList) -> None:
        try:
            day = dt.date.fromisoformat(self.said("acceptance_date"))
        except ValueError:
            raise TransferRefused(_("Choose the day of the acceptance.")) from None
        transferring.accept(
            list_, acceptance=self.said("acceptance", most=200), acceptance_date=day, actor=self.actor, at=self.at
        )
        messages.success(self.request, _("The cases are transferred."))

    def _withdraw(self, list_: TransferList) -> None:
        transferring.withdraw_transfer(list_, reason=self.said("reason"), actor=self.actor, at=self.at)
        messages.success(self.request, _("The list was taken back; its cases are free for another."))

    def _remove(self, list_: TransferList) -> None:
        transferring.remove_copies(list_, actor=self.actor, at=self.at)
        messages.success(self.request, _("Our copies of the files are being removed. What is on hold stays."))


class PackageView(RecordsPage):
    """The zip, for the archivist who takes it along."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        list_ = transfer_to_open(self)
        try:
            package = transferring.open_package(list_, user=self.user, at=self.at)
        except TransferRefused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("desk_records_transfer", args=[list_.pk]))
        name = f"transfer-{list_.institution.slug}-{list_.pk}.zip"
        return FileResponse(package, as_attachment=True, filename=name, content_type="application/zip")
