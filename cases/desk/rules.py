"""The record rules of services in the office: versions from a day on, with the end of a filing today shown beside."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.blocks.texts import TextsFormField
from cases.desk.fields import DateInput
from cases.desk.page import Admitted, DeskPage
from cases.models import (
    ClockStart,
    DeadlineUnit,
    DeliveryChannel,
    Institution,
    RecordClass,
    Register,
    RegisterKind,
    Service,
    ServiceRules,
)
from cases.ruling import (
    RulesRefused,
    missing_in_rules,
    problems_of,
    publish_rules,
    term_today,
    today_at,
    withdraw_rules,
)
from cases.texts import in_language

PERMISSION = "cases.change_servicerules"
MOST_ROWS = 12


class TierForm(forms.Form):
    """One speed, with its term and its fee."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=40, required=False)
    names = TextsFormField(label=gettext_lazy("Name"), required=False)
    amount = forms.IntegerField(label=gettext_lazy("Term"), min_value=1, max_value=3650, required=False)
    unit = forms.ChoiceField(label=gettext_lazy("counted in"), choices=DeadlineUnit.choices)
    fee = forms.CharField(label=gettext_lazy("Fee"), max_length=12, required=False)

    @property
    def said(self) -> dict[str, Any] | None:
        """The row as data; None for one that was left empty."""
        if not self.cleaned_data:
            return None
        typed = {**self.cleaned_data, "fee": self.cleaned_data["fee"].strip().replace(",", ".")}
        return typed if typed["code"] or typed["names"] or typed["amount"] or typed["fee"] else None


class FeeForm(forms.Form):
    """One line of the fee table."""

    names = TextsFormField(label=gettext_lazy("What for"), required=False)
    amount = forms.CharField(label=gettext_lazy("Amount"), max_length=12, required=False)

    @property
    def said(self) -> dict[str, Any] | None:
        if not self.cleaned_data:
            return None
        typed = {**self.cleaned_data, "amount": self.cleaned_data["amount"].strip().replace(",", ".")}
        return typed if typed["names"] or typed["amount"] else None


TierRows = forms.formset_factory(TierForm, extra=2, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
FeeRows = forms.formset_factory(FeeForm, extra=2, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


class RulesForm(forms.ModelForm):
    """A version of the rules. Speeds and fees are rows beneath."""

    delivery_channels = forms.MultipleChoiceField(
        label=gettext_lazy("Ways to receive the result"),
        choices=DeliveryChannel.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("The applicant chooses one of them. None marked: every way is offered."),
    )
    fees = TextsFormField(label=gettext_lazy("Fee in words"), required=False)

    class Meta:
        model = ServiceRules
        fields = (
            "valid_from",
            "note",
            "legal_basis",
            "deadline_amount",
            "deadline_unit",
            "counting_mode",
            "clock_start",
            "may_suspend",
            "silence",
            "extension_times",
            "extension_amount",
            "extension_unit",
            "extended_by",
            "register",
            "record_class",
            "access_level",
            "signature_level",
            "delivery_channels",
            "fees",
            "currency",
        )
        widgets = {"valid_from": DateInput}
        labels = {
            "deadline_unit": gettext_lazy("counted in"),
            "extension_unit": gettext_lazy("counted in"),
        }

    def __init__(self, *args: Any, institution: Institution, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        registers = Register.objects.filter(institution=institution, kind=RegisterKind.INCOMING, is_closed=False)
        self.fields["register"].queryset = registers.order_by("code")  # type: ignore[attr-defined]
        self.fields["register"].label_from_instance = (  # type: ignore[attr-defined]
            lambda register: f"{in_language(register.names, main=institution.main_language)} ({register.code})"
        )
        classes = RecordClass.objects.filter(institution=institution).on(today)
        self.fields["record_class"].queryset = classes.order_by("code")  # type: ignore[attr-defined]
        self.fields["deadline_amount"].min_value = 1  # type: ignore[attr-defined]
        self.tiers = TierRows(self.data or None, prefix="tier", initial=self.instance.tiers)
        self.fee_rows = FeeRows(self.data or None, prefix="fee", initial=self.instance.fee_table)
        self.order_fields(self.Meta.fields)

    def clean(self) -> dict[str, Any]:
        """The rows become columns; each mistake is said where it was made."""
        cleaned = super().clean() or self.cleaned_data
        for name, rows in (("tiers", self.tiers), ("fee_table", self.fee_rows)):
            if not rows.is_valid():
                self.add_error(None, _("A row of speeds or fees has a mistake: see beneath."))
                continue
            setattr(self.instance, name, [row.said for row in rows if row.said])
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            for wrong in problems_of(self.instance):
                self.add_error(wrong.field if wrong.field in self.fields else None, str(wrong.words))

    def validate_unique(self) -> None:
        """The operation says it in better words."""

    def validate_constraints(self) -> None:
        """And this too."""

    def section(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def first_section(self) -> list[forms.BoundField]:
        return self.section("valid_from", "note", "legal_basis")

    @property
    def term_section(self) -> list[forms.BoundField]:
        return self.section("counting_mode", "clock_start", "silence")

    @property
    def record_section(self) -> list[forms.BoundField]:
        return self.section("register", "record_class", "access_level", "signature_level")


class RulesPage(DeskPage):
    permission = PERMISSION
    header_icon = "clipboard-list"

    @cached_property
    def local_today(self) -> dt.date:
        return today_at(self.institution, self.at)

    @cached_property
    def service(self) -> Service:
        services = Service.objects.filter(institution=self.institution).select_related("institution", "unit")
        return get_object_or_404(services, code=self.kwargs["code"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        before = [{"url": reverse("desk_rules"), "label": _("Record rules")}] if "code" in self.kwargs else []
        items = super().get_breadcrumbs_items()
        return [*items[:-1], *before, items[-1]]


class RulesListView(RulesPage):
    """All services with the version in force and the one to come."""

    page_title = gettext_lazy("Record rules")
    template_name = "desk/cases/rules_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        services = Service.objects.filter(institution=self.institution).select_related("institution", "unit")
        lines = []
        for service in services.prefetch_related("rules").order_by("code"):
            versions = sorted(service.rules.all(), key=lambda rules: rules.valid_from)
            begun = [rules for rules in versions if rules.valid_from <= self.local_today]
            coming = [rules for rules in versions if rules.valid_from > self.local_today]
            lines.append({"service": service, "now": begun[-1] if begun else None, "next": next(iter(coming), None)})
        return super().get_context_data(lines=lines, **kwargs)


class RulesOfServiceView(RulesPage):
    """The versions of one service, newest first."""

    template_name = "desk/cases/rules_of_service.html"

    def get_page_title(self) -> str:
        return str(self.service)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = list(
            self.service.rules.select_related("register", "record_class", "published_by").order_by("-valid_from")
        )
        now = next((rules for rules in versions if rules.valid_from <= self.local_today), None)
        lines = [
            {"rules": rules, "is_now": rules is now, "is_coming": rules.valid_from > self.local_today}
            for rules in versions
        ]
        return super().get_context_data(service=self.service, lines=lines, today=self.local_today, **kwargs)


class EditRulesView(RulesPage):
    """A new version, begun from the one in force; or one whose day has not come."""

    template_name = "desk/cases/rules_form.html"

    def get_page_title(self) -> str:
        return _("Rules from a day on") if self.coming else _("New version of the rules")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        here = {"url": reverse("desk_service_rules", args=[self.service.code]), "label": str(self.service)}
        return [*items[:-1], here, items[-1]]

    @cached_property
    def coming(self) -> ServiceRules | None:
        if "pk" not in self.kwargs:
            return None
        versions = self.service.rules.filter(valid_from__gt=self.local_today)
        return get_object_or_404(versions.select_related("register", "record_class"), pk=self.kwargs["pk"])

    @cached_property
    def begun_from(self) -> ServiceRules:
        """What the form shows: the coming version, else a copy of the one in force, else an empty one."""
        if self.coming:
            self.coming.service = self.service
            return self.coming
        newest = self.service.rules.order_by("-valid_from").first()
        rules = newest or ServiceRules(service=self.service)
        rules.service = self.service
        if newest:
            rules.pk, rules.note, rules.published_by = None, "", None
            rules._state.adding = True
        rules.valid_from = self.local_today + dt.timedelta(days=1) if newest else self.local_today
        return rules

    def form(self, data: Any = None) -> RulesForm:
        return RulesForm(data, instance=self.begun_from, institution=self.institution, today=self.local_today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.setdefault("form", self.form())
        kwargs.setdefault("ends", ends_of(form.instance, today=self.local_today))
        return super().get_context_data(
            service=self.service, coming=self.coming, media=form.media, today=self.local_today, **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        is_good = form.is_valid()
        if "ends" in request.POST:
            return render(request, "desk/cases/rules_ends.html", {"ends": _ends_if_good(form, self.local_today)})
        if is_good:
            try:
                publish_rules(form.instance, actor=self.actor, at=self.at)
            except RulesRefused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, _("Published. Cases filed before keep the rules that they had."))
                for words in missing_in_rules(self.service, today=form.instance.valid_from):
                    messages.warning(request, words)
                return HttpResponseRedirect(reverse("desk_service_rules", args=[self.service.code]))
        context = self.get_context_data(form=form, ends=_ends_if_good(form, self.local_today))
        return self.render_to_response(context, status=422)


class WithdrawRulesView(Admitted):
    """Take back a version whose day has not come."""

    permission = PERMISSION
    http_method_names = ["post"]

    def post(self, request: HttpRequest, code: str, pk: int) -> HttpResponse:
        versions = ServiceRules.objects.filter(service__institution=self.institution, service__code=code)
        try:
            withdraw_rules(get_object_or_404(versions, pk=pk), at=self.at)
        except RulesRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The version was taken back."))
        return HttpResponseRedirect(reverse("desk_service_rules", args=[code]))


def _ends_if_good(form: RulesForm, today: dt.date) -> list[dict[str, Any]]:
    touched = {"deadline_amount", "deadline_unit", "counting_mode", "clock_start"} & set(form.errors)
    return [] if touched else ends_of(form.instance, today=today)


def ends_of(rules: ServiceRules, *, today: dt.date) -> list[dict[str, Any]]:
    """When a filing of today would have to be answered: the ordinary one, and each speed."""
    main = rules.service.institution.main_language
    speeds = [("", _("Ordinary"))] + [
        (tier["code"], in_language(tier["names"], main=main).words or tier["code"])
        for tier in rules.tiers
        if isinstance(tier.get("code"), str) and tier.get("amount")
    ]
    try:
        terms = [(words, term_today(rules, on=today, tier=code)) for code, words in speeds]
    except (OverflowError, ValueError, TypeError):
        return []
    ends: list[dict[str, Any]] = [
        {"words": words, "due": term.due_date, "raw": term.raw_end_date, "is_rolled": not term.ends_as_counted}
        for words, term in terms
    ]
    return [*ends, {"is_later": True}] if rules.clock_start == ClockStart.COMPLETENESS else ends
