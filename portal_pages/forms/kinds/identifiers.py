"""Numbers of persons, organisations, accounts and parcels, checked with python-stdnum where it knows them.

A foreigner names a document instead.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import iban
from stdnum.bg import egn, pnf
from stdnum.bg import vat as bg_vat
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError as NotValid
from stdnum.pl import nip, pesel, regon
from stdnum.ro import cnp, cui

from portal_pages.forms.kinds.base import ABSENT, Asking, Gives, Kind, Part, Wrong, speaking
from portal_pages.forms.kinds.contact import record_schema

DOCUMENT = "DOCUMENT"


@dataclass(frozen=True)
class PersonNumber:
    """A national number: its name, its check, the birth date in it."""

    name: str | Promise
    validate: Callable[[str], str]
    birth_date: Callable[[str], dt.date] | None = None


PERSON_NUMBERS: Mapping[str, PersonNumber] = {
    "EGN": PersonNumber(gettext_lazy("EGN"), egn.validate, egn.get_birth_date),
    "LNCH": PersonNumber(gettext_lazy("LNCh"), pnf.validate),
    "CNP": PersonNumber("CNP", cnp.validate, cnp.get_birth_date),
    "PESEL": PersonNumber("PESEL", pesel.validate, pesel.get_birth_date),
}
NUMBERS_OF_COUNTRY = {"BG": ("EGN", "LNCH"), "RO": ("CNP",), "PL": ("PESEL",)}


@dataclass(frozen=True)
class PersonId(Kind):
    """The number of a person: the country's own, or kind, number and country of a document."""

    code: ClassVar[str] = "PERSON_ID"
    gives: ClassVar[Gives] = Gives.MORE

    def parts(self, asking: Asking) -> Sequence[Part]:
        options = [(code, str(PERSON_NUMBERS[code].name), "") for code in _numbers_of(asking.country)]
        options.append((DOCUMENT, _("Identity document of another country"), ""))
        parts = [
            Part("scheme", forms.CharField(required=False), control="radios", options=options),
            Part("number", forms.CharField(required=False), label=_("Number"), width="is-w12"),
            Part(
                "country",
                forms.CharField(required=False),
                label=_("Country of the document (only for a document)"),
                width="is-w20",
                autocomplete="country-name",
            ),
        ]
        if asking.at_counter:
            label = _("Why the number is taken although it fails the check (old papers, foreigners)")
            parts.append(Part("unchecked", forms.CharField(required=False), label=label, width="is-w20"))
        return parts

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        number = " ".join(values["number"].split())
        scheme = values["scheme"]
        if not number:
            return ABSENT
        allowed = _numbers_of(asking.country)
        if scheme == DOCUMENT:
            return self._document(number, " ".join(values["country"].split()))
        if scheme not in allowed:
            if len(allowed) != 1 or scheme:
                raise Wrong(_("Choose what kind of number it is"), "scheme")
            scheme = allowed[0]
        try:
            return {"scheme": scheme, "number": valid_person_number(scheme, number, today=asking.today)}
        except Wrong:
            # Domain rule: online a failed check is an error; at the counter a warning that a reason overrides.
            reason = " ".join(values.get("unchecked", "").split())
            if not reason:
                raise
            return {"scheme": scheme, "number": re.sub(r"[\s\-]", "", number)[:40], "unchecked": reason[:200]}

    def _document(self, number: str, country: str) -> dict[str, str]:
        if not re.fullmatch(r"[\w /.\-]{3,40}", number):
            raise Wrong(_("Write the number as it stands on the document"), "number")
        if not country:
            raise Wrong(_("Write which country issued the document"), "country")
        return {"scheme": DOCUMENT, "number": number, "country": country[:60]}

    def in_words(self, answer: Any, asking: Asking) -> str:
        if answer["scheme"] == DOCUMENT:
            return f"{answer['number']}, {answer['country']}"
        with speaking(asking):
            return f"{PERSON_NUMBERS[answer['scheme']].name} {answer['number']}"

    def schema(self) -> dict[str, Any]:
        texts = {name: {"type": "string"} for name in ("number", "country", "unchecked")}
        return record_schema({"scheme": {"enum": [*PERSON_NUMBERS, DOCUMENT]}} | texts, needed=("scheme", "number"))


def _numbers_of(country: str) -> tuple[str, ...]:
    return NUMBERS_OF_COUNTRY.get(country, ())


def valid_person_number(scheme: str, number: str, *, today: dt.date) -> str:
    """The number without spaces and hyphens when its check digit is right and its birth date has been."""
    kind = PERSON_NUMBERS[scheme]
    compact = re.sub(r"[\s\-]", "", number)
    try:
        kind.validate(compact)
    except NotValid:
        raise Wrong(
            _("This {name} has a slip in it. Compare it with your document, digit by digit").format(name=kind.name),
            "number",
        ) from None
    if kind.birth_date and kind.birth_date(compact) > today:
        raise Wrong(_("This {name} belongs to a day in the future").format(name=kind.name), "number")
    return compact


@dataclass(frozen=True)
class OrganisationId(Kind):
    """The number of a company or other organisation; which register it is from shows in the number itself."""

    code: ClassVar[str] = "ORGANISATION_ID"
    gives: ClassVar[Gives] = Gives.MORE

    def parts(self, asking: Asking) -> Sequence[Part]:
        return [Part("", forms.CharField(required=False), width="is-w12")]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        number = re.sub(r"[\s.\-]", "", values[""]).upper()
        if not number:
            return ABSENT
        for scheme, is_valid in ORGANISATION_NUMBERS.get(asking.country, {}).items():
            if is_valid(number.removeprefix(asking.country)):
                return {"scheme": scheme, "number": number.removeprefix(asking.country)}
        if number[:2].isalpha() and eu_vat.is_valid(number):
            return {"scheme": "VAT", "number": number}
        names = ", ".join(str(name) for name in ORGANISATION_NAMES.get(asking.country, ("VAT",)))
        raise Wrong(_("This number has a slip in it. Write {names}, digits only").format(names=names))

    def in_words(self, answer: Any, asking: Asking) -> str:
        return f"{answer['number']}"

    def schema(self) -> dict[str, Any]:
        return record_schema({name: {"type": "string"} for name in ("scheme", "number")}, needed=("scheme", "number"))


def is_valid_eik(number: str) -> bool:
    """ЕИК of 9 digits, or of 13 for a branch, whose check digit python-stdnum does not know."""
    if not number.isascii() or not number.isdigit() or len(number) not in {9, 13}:
        return False
    if not bg_vat.is_valid(number[:9]):
        return False
    return len(number) == 9 or int(number[12]) == _branch_check_digit(number[8:12])


def _branch_check_digit(digits: str) -> int:
    for weights in ((2, 7, 3, 5), (4, 9, 5, 7)):
        rest = sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
        if rest < 10:
            return rest
    return 0


ORGANISATION_NUMBERS: Mapping[str, Mapping[str, Callable[[str], bool]]] = {
    "BG": {"EIK": is_valid_eik},
    "RO": {"CUI": cui.is_valid},
    "PL": {"NIP": nip.is_valid, "REGON": regon.is_valid},
}
ORGANISATION_NAMES: Mapping[str, tuple[str | Promise, ...]] = {
    "BG": (gettext_lazy("EIK"),),
    "RO": ("CUI",),
    "PL": ("NIP", "REGON"),
}


@dataclass(frozen=True)
class Iban(Kind):
    """A bank account of any country that has IBANs; kept without spaces."""

    code: ClassVar[str] = "IBAN"

    def parts(self, asking: Asking) -> Sequence[Part]:
        return [Part("", forms.CharField(required=False), width="is-w20")]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        number = re.sub(r"[\s.\-]", "", values[""]).upper()
        if not number:
            return ABSENT
        try:
            return str(iban.validate(number))
        except NotValid:
            raise Wrong(_("This IBAN has a slip in it. Compare it with your bank's paper, sign by sign")) from None

    def in_words(self, answer: Any, asking: Asking) -> str:
        return str(iban.format(answer))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"}


@dataclass(frozen=True)
class ParcelForm:
    """How parcels are numbered in a country: the pattern of the number, an example, and what is said beside it."""

    pattern: re.Pattern[str]
    example: str
    beside: str = ""
    beside_label: str | Promise = ""


PARCELS: Mapping[str, ParcelForm] = {
    # EKATTE of the place, cadastral area, parcel; then building and part of it.
    "BG": ParcelForm(re.compile(r"\d{5}\.\d{1,5}\.\d{1,5}(\.\d{1,5}){0,2}"), "68134.905.123"),
    "PL": ParcelForm(
        re.compile(r"(\d{6}_\d\.\d{4}\.)?[0-9]{1,6}(/[0-9]{1,6})?"),
        "123/4",
        "district",
        gettext_lazy("Cadastral district (obręb)"),
    ),
    "RO": ParcelForm(
        re.compile(r"\d{1,9}(-C\d{1,3}(-U\d{1,4})?)?"),
        "123456",
        "land_book",
        gettext_lazy("Land book number, if it differs"),
    ),
}
ANY_PARCEL = ParcelForm(re.compile(r"[\w][\w ./\-]{0,59}"), "123/4")


@dataclass(frozen=True)
class ParcelNumber(Kind):
    """The number of a piece of land in the cadastre of the institution's country."""

    code: ClassVar[str] = "PARCEL"
    gives: ClassVar[Gives] = Gives.MORE

    def parts(self, asking: Asking) -> Sequence[Part]:
        parcel = PARCELS.get(asking.country, ANY_PARCEL)
        number = Part("number", forms.CharField(required=False), label=_("Number"), width="is-w12")
        if not parcel.beside:
            return [number]
        label = parcel.beside_label
        return [number, Part(parcel.beside, forms.CharField(required=False), label=label, width="is-w12")]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        parcel = PARCELS.get(asking.country, ANY_PARCEL)
        number = " ".join(values["number"].split())
        beside = " ".join(values.get(parcel.beside, "").split())[:80] if parcel.beside else ""
        if not number and not beside:
            return ABSENT
        number = number.replace(" ", "").upper() if parcel is not ANY_PARCEL else number
        if not parcel.pattern.fullmatch(number):
            raise Wrong(_("Write the parcel number like this: {example}").format(example=parcel.example), "number")
        return {"number": number} | ({parcel.beside: beside} if beside else {})

    def in_words(self, answer: Any, asking: Asking) -> str:
        beside = answer.get("district") or answer.get("land_book")
        return f"{answer['number']} ({beside})" if beside else f"{answer['number']}"

    def schema(self) -> dict[str, Any]:
        return record_schema(
            {name: {"type": "string"} for name in ("number", "district", "land_book")}, needed=("number",)
        )
