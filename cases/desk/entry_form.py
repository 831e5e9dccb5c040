"""The counter's one screen: what a registrar types when something comes in.

Nothing but a subject or a service is asked for, since an item is registered as it came (design: registering never
needs a finished form). One hand on the keyboard: Tab goes from field to field, Enter registers.
"""

import datetime as dt
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cases.desk.fields import SeveralFiles, as_brought
from cases.dispatching import addressees
from cases.leading import NoSuchNumber, SeveralCases, case_with_number
from cases.models import (
    AccessLevel,
    Case,
    Channel,
    DeliveryChannel,
    Institution,
    Party,
    PartyKind,
    PartyRole,
    Service,
    User,
)
from cases.recognising import Identified, NotAnIdentifier, identified
from cases.registration import PartyAsFiled, RoughDate, Submission
from cases.rough_dates import DateAhead, NotADate, read_date

# What comes over the web or from a machine has a door of its own.
CHANNELS = [choice for choice in Channel.choices if choice[0] not in {Channel.WEB, Channel.API}]
# Where nobody says how the answer shall come, it comes the way the item did.
ANSWER_AS_IT_CAME = {
    Channel.COUNTER: DeliveryChannel.COUNTER,
    Channel.EMAIL: DeliveryChannel.EMAIL,
    Channel.E_DELIVERY: DeliveryChannel.E_DELIVERY,
}
AS_IT_CAME = [("", _("As it came"))]


class EntryForm(forms.Form):
    submission_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    known = forms.ModelChoiceField(Party.objects.none(), required=False, widget=forms.HiddenInput)

    name = forms.CharField(label=_("From"), max_length=200, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=300, required=False)
    service = forms.ModelChoiceField(
        Service.objects.none(), label=_("Service"), required=False, empty_label=_("None of these")
    )
    channel = forms.ChoiceField(label=_("Came by"), choices=CHANNELS)
    connect_to = forms.CharField(label=_("Belongs to number"), max_length=80, required=False)
    sheets = forms.IntegerField(label=_("Sheets"), min_value=0, max_value=30_000, required=False)
    annexes = forms.IntegerField(label=_("Annexes"), min_value=0, max_value=30_000, required=False)
    paper_place = forms.CharField(label=_("Place of the paper"), max_length=120, required=False)
    is_sealed = forms.BooleanField(label=_("Confidential: registered without opening"), required=False)

    identifier = forms.CharField(label=_("Personal or company number"), max_length=40, required=False)
    is_organisation = forms.BooleanField(label=_("A company or office"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    address = forms.CharField(label=_("Address"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    result_channel = forms.ChoiceField(
        label=_("Way to get the result"), choices=[*AS_IT_CAME, *DeliveryChannel.choices], required=False
    )
    language = forms.ChoiceField(label=_("Language"))

    written = forms.CharField(
        label=_("Date on the paper"), max_length=60, required=False, help_text=_("21.11.2026, 11.2026 or about 1998")
    )
    sender_reference = forms.CharField(label=_("Sender's number"), max_length=80, required=False)
    received_at = forms.DateTimeField(
        label=_("Came in earlier, on"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    papers = SeveralFiles(label=_("Files"), required=False)

    def __init__(self, *args: Any, user: User, institution: Institution, at: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.institution, self.at = user, institution, at
        self.identified: Identified | None = None
        self.fields["service"].queryset = (  # type: ignore[attr-defined]
            Service.objects.filter(institution=institution, is_offered=True)
            .select_related("institution", "unit")
            .order_by("code")
        )
        self.fields["known"].queryset = Party.objects.filter(  # type: ignore[attr-defined]
            case__in=Case.objects.visible_to(user)
        )
        names = dict(settings.LANGUAGES)
        self.fields["language"].choices = [(code, names.get(code, code)) for code in institution.languages]  # type: ignore[attr-defined]
        self.initial.setdefault("submission_key", uuid4().hex)
        self.initial.setdefault("language", institution.main_language)
        self._mark_boxes()

    def _mark_boxes(self) -> None:
        """What the script and the browser need to know of the boxes: strangers' names are not for its memory."""
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        for field in ("subject", "connect_to", "paper_place", "identifier", "phone", "email", "address"):
            self.fields[field].widget.attrs["autocomplete"] = "off"

    # -- What is wrong

    def clean_connect_to(self) -> Case | None:
        number = self.cleaned_data["connect_to"]
        if not number:
            return None
        try:
            return case_with_number(number, user=self.user)
        except (NoSuchNumber, SeveralCases) as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_written(self) -> RoughDate | None:
        try:
            return read_date(self.cleaned_data["written"], today=self.at.date())
        except (NotADate, DateAhead) as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_received_at(self) -> dt.datetime | None:
        received: dt.datetime | None = self.cleaned_data["received_at"]
        if received and received > self.at:
            raise forms.ValidationError(_("It can't have come in later than now."))
        return received

    def clean_identifier(self) -> str:
        number: str = self.cleaned_data["identifier"]
        try:
            self.identified = identified(number, country=self.institution.country)
        except NotAnIdentifier as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        nameless = not (cleaned.get("subject") or cleaned.get("service") or cleaned.get("is_sealed"))
        if nameless and not self.has_error("service"):
            self.add_error("subject", _("Say in a few words what it is about, or choose a service."))
        if cleaned.get("connect_to") and cleaned.get("service"):
            self.add_error("service", _("It joins a case that has its service already: choose none of these."))
        return cleaned

    # -- What it comes to

    def submission(self) -> Submission:
        """The item as the one door takes it. Call it on a valid form."""
        given = self.cleaned_data
        case = given["connect_to"]
        parties, sender = self._sender(case)
        return Submission(
            institution=self.institution,
            channel=given["channel"],
            submission_key=f"counter-{self.user.pk}-{given['submission_key']}"[:64],
            subject=self._subject(),
            language=given["language"],
            received_at=given["received_at"] or self.at,
            service=given["service"],
            case=case,
            kind="SUPPLEMENT" if case else "APPLICATION",
            parties=parties,
            sender=sender,
            files=[as_brought(file) for file in given["papers"]],
            access_level=AccessLevel.RESTRICTED if given["is_sealed"] and not case else "",
            sheets=given["sheets"],
            annexes=given["annexes"],
            paper_place=given["paper_place"],
            is_sealed=given["is_sealed"],
            sender_reference=given["sender_reference"],
            written=given["written"],
        )

    def _subject(self) -> str:
        given = self.cleaned_data
        if given["subject"]:
            return str(given["subject"])
        return str(given["service"].name) if given["service"] else str(_("Confidential envelope"))

    def _sender(self, case: Case | None) -> tuple[list[PartyAsFiled], Party | None]:
        """A new party; or, on a case that is joined, the one of its parties who wrote again."""
        given, known = self.cleaned_data, self.cleaned_data["known"]
        if case and known and known.case_id == case.pk:
            return [], known
        if case and not given["name"]:
            return [], next(iter(addressees(case)), None)
        if not any(given[field] for field in ("name", "identifier", "phone", "email", "address")):
            return [], None
        return [self._party(known if known and known.name == given["name"] else None, joins=case is not None)], None

    def _party(self, known: Party | None, *, joins: bool) -> PartyAsFiled:
        given, number = self.cleaned_data, self.identified
        is_organisation = given["is_organisation"] or bool(number and number.is_organisation)
        channel = given["result_channel"] or ANSWER_AS_IT_CAME.get(given["channel"], DeliveryChannel.POST)
        return PartyAsFiled(
            role=PartyRole.SENDER if joins else PartyRole.APPLICANT,
            kind=PartyKind.ORGANISATION if is_organisation else PartyKind.PERSON,
            name=given["name"],
            identifier_kind=number.kind if number else "",
            identifier=number.number if number else "",
            address=given["address"],
            email=given["email"],
            phone=given["phone"],
            language=given["language"],
            result_channel=channel,
            known_as=known,
        )
