"""The small form of a visit: a box for each question that the procedure asks there, and its answer in words."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.desk.fields import DateInput
from cases.texts import in_language
from flows.desk.fields import TimeInput, Words
from flows.procedures.tree import VisitKind

type Question = Mapping[str, Any]

PHONE = RegexValidator(
    r"^\+?[0-9][0-9 ()/.\-]{3,30}$",
    _("Write the telephone number in digits, for example 0888 123 456 or +359 888 123 456"),
)


def visit_field(question: Question) -> forms.Field:
    """The box for a question, of the kind that fits its answer."""
    return _FIELDS[VisitKind(question["kind"])](
        question,
        {
            "label": in_language(question.get("labels", {})).words or question["key"],
            "help_text": in_language(question.get("helps", {})).words,
            "required": bool(question.get("required")),
        },
    )


def _money(question: Question, shown: dict[str, Any]) -> forms.Field:
    return forms.DecimalField(min_value=0, max_digits=15, decimal_places=2, localize=True, **shown)


def _one_of(question: Question, shown: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=_options_of(question), widget=forms.RadioSelect, **shown)


def _several_of(question: Question, shown: dict[str, Any]) -> forms.Field:
    options = _options_of(question)
    return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **shown)


_FIELDS: Mapping[VisitKind, Callable[[Question, dict[str, Any]], forms.Field]] = {
    VisitKind.SHORT_TEXT: lambda question, shown: forms.CharField(max_length=300, **shown),
    VisitKind.LONG_TEXT: lambda question, shown: Words(**shown),
    VisitKind.WHOLE_NUMBER: lambda question, shown: forms.IntegerField(**shown),
    VisitKind.DECIMAL: lambda question, shown: forms.DecimalField(max_digits=20, localize=True, **shown),
    VisitKind.MONEY: _money,
    VisitKind.DATE: lambda question, shown: forms.DateField(widget=DateInput, **shown),
    VisitKind.TIME: lambda question, shown: forms.TimeField(widget=TimeInput, **shown),
    VisitKind.YES_NO: _one_of,
    VisitKind.CHOICE: _one_of,
    VisitKind.SEVERAL: _several_of,
    VisitKind.EMAIL: lambda question, shown: forms.EmailField(**shown),
    VisitKind.PHONE: lambda question, shown: forms.CharField(max_length=32, validators=[PHONE], **shown),
}


def _options_of(question: Question) -> list[tuple[str, str]]:
    if question["kind"] == VisitKind.YES_NO:
        return [("yes", gettext("Yes")), ("no", gettext("No"))]
    return [
        (option["code"], in_language(option.get("labels", {})).words or option["code"])
        for option in question.get("options", [])
    ]


def visit_words(question: Question, value: Any) -> str:
    """The answer as the document of the visit says it."""
    match value:
        case dt.date():
            return date_format(value)
        case dt.time():
            return time_format(value)
        case Decimal():
            return number_format(value, 2 if question["kind"] == VisitKind.MONEY else None)
    options = dict(_options_of(question))
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(options.get(one, str(one)) for one in chosen)
