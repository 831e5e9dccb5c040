"""Transfer lists in the office: what is handed over, the package, the archive's acceptance, and then our copies."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import transferring
from cases.disposal_lists import last_day
from cases.models import TransferItem, TransferList, TransferState, Unit
from cases.transferring import TransferRefused, copies_of, due_for_transfer
from search.desk.records.lists import UnitDue
from search.desk.records.page import EXECUTES, KEEPS_RECORDS, RecordsAct, RecordsPage
from search.desk.records.steps import OneList, OneListAct, OneListPage

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


class OneTransferList(OneList):
    permissions: tuple[str, ...] = ANYBODY
    model = TransferList
    people = ("proposed_by", "accepted_by", "removed_by")

    def verbs(self) -> dict[str, bool]:
        list_: TransferList = self.shown
        keeps = self.may(KEEPS_RECORDS)
        is_settled = list_.state in (STATE.PREPARED, STATE.PACKED)
        is_accepted = list_.state == STATE.ACCEPTED
        is_own_acceptance = list_.accepted_by_id == self.user.pk
        return {
            "may_pack": is_settled and keeps,
            "may_take_off": is_settled and keeps,
            "may_download": list_.state in (STATE.PACKED, STATE.ACCEPTED) and bool(list_.package) and keeps,
            "may_accept": list_.state == STATE.PACKED and keeps,
            "may_withdraw": list_.is_open and keeps,
            "may_remove": is_accepted and self.may(EXECUTES) and not is_own_acceptance,
            "waits_for_another": is_accepted and is_own_acceptance,
            "may_try_again": (list_.state == STATE.PACKING and keeps) or (is_accepted and bool(list_.removed_at)),
        }


class TransferView(OneTransferList, OneListPage):
    template_name = "search/records/transfer.html"
    tab = "desk_records_transfers"
    heading = gettext_lazy("Transfer: {unit}, {year}")
    all_lists = gettext_lazy("Transfer")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        list_ = self.shown
        items = list_.items.select_related("case__record_class", "case__unit", "goes_with__case").order_by("position")
        found, pages = self.page_of(items)
        return super().get_context_data(
            list=list_,
            lines=self.lines_of(found),
            pages=pages,
            total=list_.items.count(),
            copies=copies_of(list_).count() if list_.state == STATE.ACCEPTED else 0,
            trouble=transferring.trouble_of(list_, at=self.at),
            **self.verbs(),
            **kwargs,
        )


class TransferActView(OneTransferList, OneListAct):
    page_name = "desk_records_transfer"
    refusal = TransferRefused
    acts = {
        "pack": ("may_pack", "_pack"),
        "take-off": ("may_take_off", "_take_off"),
        "accept": ("may_accept", "_accept"),
        "withdraw": ("may_withdraw", "_withdraw"),
        "remove": ("may_remove", "_remove"),
        "again": ("may_try_again", "_try_again"),
    }

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

    def _try_again(self, list_: TransferList) -> None:
        transferring.try_again(list_, actor=self.actor, at=self.at)
        messages.success(self.request, _("Another try was started. Look again in a moment."))


class PackageView(OneTransferList):
    """The zip, for the archivist who takes it along."""

    permissions = (KEEPS_RECORDS,)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        list_ = self.shown
        try:
            package = transferring.open_package(list_, user=self.user, at=self.at)
        except TransferRefused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("desk_records_transfer", args=[list_.pk]))
        name = f"transfer-{list_.institution.slug}-{list_.pk}.zip"
        return FileResponse(package, as_attachment=True, filename=name, content_type="application/zip")
