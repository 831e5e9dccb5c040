"""The counter: enter an item in one screen, print its label and receipt, and go on with the next."""

import base64
import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, ngettext

from cases.acting import Actor
from cases.desk.entry_form import EntryForm
from cases.desk.page import Admitted, DeskPage
from cases.models import Channel, EntryKind, RegisterEntry, Role, Service
from cases.numbering import RegisterClosed, SeriesUnclear
from cases.outside_access import secrets_of
from cases.parties import known_parties
from cases.receipts import NoReceipt, applicants_copy
from cases.recognising import KnownSender, known_by_number, known_senders
from cases.registration import RegistrationRefused, register
from cases.typesetting import qr_code

PERMISSION = "cases.register_document"
REFUSALS = (RegistrationRefused, RegisterClosed, SeriesUnclear)
# What was told or handed over in person: the registrar acts for whoever stands there.
IN_PERSON = {Channel.COUNTER, Channel.TELEPHONE}
# The digits are shown to the registrar who entered the item, while the person is still there.
DIGITS_SHOWN_FOR = dt.timedelta(hours=1)
KEPT_FOR_THE_NEXT = "counter"


class CounterView(DeskPage):
    """One screen; after saving, the number stands large above the empty form for the next item."""

    template_name = "desk/cases/counter.html"
    permission = PERMISSION
    page_title = gettext_lazy("Enter an item")
    header_icon = "plus"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self._form(initial=self._initial()))
        return super().get_context_data(done=self._done(), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            entry = register(form.submission(), actor=self._actor(form), at=self.at)
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
            return self.render_to_response(self.get_context_data(form=form))
        request.session[KEPT_FOR_THE_NEXT] = {
            "channel": form.cleaned_data["channel"],
            "paper_place": form.cleaned_data["paper_place"],
        }
        return HttpResponseRedirect(f"{reverse('desk_counter')}?done={entry.pk}")

    def _form(self, *args: Any, **kwargs: Any) -> EntryForm:
        return EntryForm(*args, user=self.user, institution=self.institution, at=self.at, **kwargs)

    def _initial(self) -> dict[str, Any]:
        """A pile of post is entered in a row: channel and place are those of the item before."""
        kept = self.request.session.get(KEPT_FOR_THE_NEXT, {"channel": Channel.COUNTER})
        return {**kept, "connect_to": self.request.GET.get("connect", "")}

    def _actor(self, form: EntryForm) -> Actor:
        if form.cleaned_data["channel"] in IN_PERSON:
            return Actor.at_counter(self.user)
        return Actor.of(self.user, on=self.today, role=Role.REGISTRAR)

    def _done(self) -> dict[str, Any] | None:
        """The item that was just entered."""
        chosen = self.request.GET.get("done", "")
        if not chosen.isdecimal() or self.request.method != "GET":
            return None
        entry = entries_of(self).filter(pk=chosen).first()
        if entry is None:
            return None
        sender = entry.sender
        is_fresh = entry.registered_by_id == self.user.pk and self.at - entry.entered_at < DIGITS_SHOWN_FOR
        opened_it = entry.case is not None and entry.case.number == entry.number
        given = secrets_of(sender) if sender and is_fresh and opened_it else None
        return {
            "entry": entry,
            "digits": given.grouped if given else "",
            "known": known_parties(sender) if sender else [],
        }


def entries_of(page: Admitted) -> Any:
    """The given lines of the person's institution that they may see."""
    lines = RegisterEntry.objects.visible_to(page.user).filter(kind=EntryKind.GIVEN, case__isnull=False)
    return lines.select_related("case__institution", "case__unit", "case__service", "sender__case", "register")


class SendersView(Admitted):
    """Earlier senders by a few letters or by their number, for the box under the name."""

    permission = PERMISSION

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if number := request.GET.get("number", ""):
            found = known_by_number(number, user=self.user)
        else:
            found = known_senders(request.GET.get("q", ""), user=self.user)
        return JsonResponse({"senders": [_as_offered(one) for one in found]})


def _as_offered(one: KnownSender) -> dict[str, Any]:
    party = one.party
    about = [party.address.replace("\n", ", "), party.phone or party.email, party.identifier_hint]
    times = ngettext("{n} item", "{n} items", one.times).format(n=one.times)
    return {
        "id": party.pk,
        "name": party.name,
        "about": " · ".join([*filter(None, about), times]),
        "address": party.address,
        "phone": party.phone,
        "email": party.email,
        "is_organisation": party.kind == "ORGANISATION",
        "language": party.language,
    }


class AssistedView(DeskPage):
    """The forms of the services, to be filled in for somebody who stands there or is on the telephone."""

    template_name = "desk/cases/assisted.html"
    permission = PERMISSION
    page_title = gettext_lazy("Fill in a form")
    header_icon = "form"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offered = Service.objects.filter(institution=self.institution, is_offered=True).exclude(form="")
        services = [
            {"service": service, "address": address}
            for service in offered.select_related("institution", "unit").order_by("code")
            if (address := _form_address(service))
        ]
        return super().get_context_data(services=services, **kwargs)


def _form_address(service: Service) -> str:
    """Where the public site's form runs in the office (it is mounted from above; see registra.urls)."""
    try:
        return reverse("assisted", args=[service.code])
    except NoReverseMatch:
        return ""


class EntryPaper(Admitted):
    """Something to print of one entry."""

    permission = PERMISSION

    @cached_property
    def entry(self) -> RegisterEntry:
        entry: RegisterEntry = get_object_or_404(entries_of(self), pk=self.kwargs["pk"])
        return entry


class LabelView(EntryPaper):
    """The label for the paper: the number large, and as a square code that holds the number and nothing else."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        code = base64.b64encode(qr_code(self.entry.number).encode()).decode()
        return render(request, "desk/cases/label.html", {"entry": self.entry, "code": code})


class ReceiptView(EntryPaper):
    """The applicant's own copy, with link and digits; made for printing and kept nowhere."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            pdf = applicants_copy(self.entry)
        except NoReceipt as missing:
            raise Http404 from missing
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = 'inline; filename="receipt.pdf"'
        response["Cache-Control"] = "private, no-store"
        return response
