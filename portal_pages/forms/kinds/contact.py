"""Ways to reach somebody: e-mail, telephone, postal address."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from portal_pages.forms.kinds.base import ABSENT, Asking, Gives, Kind, Part, Wrong

LONGEST_EMAIL = 254
PHONE = re.compile(r"\+?[0-9][0-9 ()/.\-]{3,30}")
POSTAL_CODES = {
    "BG": (re.compile(r"\d{4}"), "2770"),
    "PL": (re.compile(r"\d{2}-\d{3}"), "05-220"),
    "RO": (re.compile(r"\d{6}"), "060042"),
}


@dataclass(frozen=True)
class Email(Kind):
    code: ClassVar[str] = "EMAIL"

    def parts(self, asking: Asking) -> Sequence[Part]:
        field = forms.CharField(required=False)
        return [Part("", field, control="email", width="is-w20", autocomplete="email", inputmode="email")]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        address = values[""].strip()
        if not address:
            return ABSENT
        try:
            validate_email(address)
        except ValidationError:
            raise Wrong(_("Write the e-mail address in full, for example name@example.com")) from None
        if len(address) > LONGEST_EMAIL:
            raise Wrong(_("This e-mail address is too long"))
        return address


@dataclass(frozen=True)
class Phone(Kind):
    code: ClassVar[str] = "PHONE"

    def parts(self, asking: Asking) -> Sequence[Part]:
        field = forms.CharField(required=False)
        return [Part("", field, control="tel", width="is-w12", autocomplete="tel", inputmode="tel")]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        number = " ".join(values[""].split())
        if not number:
            return ABSENT
        if not PHONE.fullmatch(number) or not 5 <= sum(c.isdigit() for c in number) <= 15:
            raise Wrong(_("Write the telephone number in digits, for example 0888 123 456 or +359 888 123 456"))
        return number


@dataclass(frozen=True)
class Address(Kind):
    """A postal address. Its lines are enough for a letter; parts are kept by name."""

    code: ClassVar[str] = "ADDRESS"
    gives: ClassVar[Gives] = Gives.MORE

    def parts(self, asking: Asking) -> Sequence[Part]:
        def text(suffix: str, label: str, width: str, autocomplete: str) -> Part:
            return Part(suffix, forms.CharField(required=False), label=label, width=width, autocomplete=autocomplete)

        return [
            text("street", _("Street and number, entrance, flat"), "", "street-address"),
            text("postal_code", _("Postal code"), "is-w8", "postal-code"),
            text("town", _("Town or village"), "is-w20", "address-level2"),
            text("country", _("Country, if it is another one"), "is-w20", "country-name"),
        ]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        given = {name: " ".join(values[name].split())[:200] for name in ("street", "postal_code", "town", "country")}
        given = {name: text for name, text in given.items() if text}
        if not given.keys() - {"country"}:
            return ABSENT
        if "street" not in given:
            raise Wrong(_("Write the street and number; in a village without streets, the name of the place"), "street")
        if "town" not in given:
            raise Wrong(_("Write the town or village"), "town")
        pattern, example = POSTAL_CODES.get(asking.country, (None, ""))
        code = given.get("postal_code")
        if code and pattern and "country" not in given and not pattern.fullmatch(code):
            raise Wrong(_("Write the postal code like this: {example}").format(example=example), "postal_code")
        return given

    def in_words(self, answer: Any, asking: Asking) -> str:
        return address_lines(answer)

    def schema(self) -> dict[str, Any]:
        texts = {name: {"type": "string"} for name in ("street", "postal_code", "town", "country")}
        return record_schema(texts, needed=("street", "town"))


def record_schema(properties: Mapping[str, Any], *, needed: Sequence[str]) -> dict[str, Any]:
    """An answer of several named values."""
    return {"type": "object", "properties": properties, "required": list(needed), "additionalProperties": False}


def address_lines(address: Mapping[str, str]) -> str:
    """The address as it stands on an envelope."""
    place = " ".join(part for part in (address.get("postal_code"), address.get("town")) if part)
    return "\n".join(line for line in (address.get("street"), place, address.get("country")) if line)
