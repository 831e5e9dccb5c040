"""What is asked for a new service."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.desk.blocks.texts import TextsFormField
from cases.models import Institution, Service, Unit


class _ServiceChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


class NewServiceForm(forms.Form):
    """Only what can't have a default."""

    names = TextsFormField(label=_("Name"), max_length=200, help_text=_("As a resident would look for it."))
    code = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=40,
        help_text=_("Small Latin letters, digits and hyphens: tree-felling. Printed on paper, so it never changes."),
    )
    summaries = TextsFormField(label=_("In one sentence"), max_length=300, required=False)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Owning unit"), help_text=_("Where cases arrive."))
    copied = _ServiceChoice(
        Service.objects.none(),
        label=_("Start from a copy of"),
        required=False,
        empty_label=_("Nothing: start from an empty list"),
        help_text=_("Questions, rules and terms are copied; both go their own ways afterwards."),
    )

    def __init__(self, *args: Any, institution: Institution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.institution = institution
        services = Service.objects.filter(institution=institution).select_related("institution")
        self._offer("unit", Unit.objects.filter(institution=institution).order_by("code"))
        self._offer("copied", services.order_by("code"))

    def _offer(self, name: str, rows: QuerySet) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (declared above)
        field.queryset = rows

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).lower()
        if Service.objects.filter(institution=self.institution, code=code).exists():
            raise ValidationError(_("There is a service with this short name already. Choose another one."))
        return code

    def clean_names(self) -> dict[str, str]:
        names: dict[str, str] = self.cleaned_data["names"]
        main = self.institution.main_language
        if not names.get(main):
            raise ValidationError(_("The name is needed in the main language of the institution at least."))
        return names
