"""The kinds of question: each knows its fields, how an answer is read from them, and how it is said in words."""

from collections.abc import Mapping

from portal_pages.forms.kinds.base import ABSENT, Asking, Gives, Kind, Option, Part, Wrong
from portal_pages.forms.kinds.calculated import Calculated
from portal_pages.forms.kinds.choices import Choice, DeliveryChoice, Several, YesNo
from portal_pages.forms.kinds.contact import Address, Email, Phone
from portal_pages.forms.kinds.dates import Date, DayLimit, TimeOfDay
from portal_pages.forms.kinds.files import Files
from portal_pages.forms.kinds.groups import Group, Rows, Table
from portal_pages.forms.kinds.identifiers import Iban, OrganisationId, ParcelNumber, PersonId
from portal_pages.forms.kinds.numbers import DecimalNumber, Money, WholeNumber
from portal_pages.forms.kinds.places import Line, PlaceOnMap
from portal_pages.forms.kinds.statements import Declaration, Information
from portal_pages.forms.kinds.texts import LongText, ShortText

__all__ = [
    "ABSENT",
    "KINDS",
    "Address",
    "Asking",
    "Calculated",
    "Choice",
    "Date",
    "DayLimit",
    "DecimalNumber",
    "Declaration",
    "DeliveryChoice",
    "Email",
    "Files",
    "Gives",
    "Group",
    "Iban",
    "Information",
    "Kind",
    "Line",
    "LongText",
    "Money",
    "Option",
    "OrganisationId",
    "ParcelNumber",
    "Part",
    "PersonId",
    "Phone",
    "PlaceOnMap",
    "Rows",
    "Several",
    "ShortText",
    "Table",
    "TimeOfDay",
    "WholeNumber",
    "Wrong",
    "YesNo",
    "kind_name",
]

# The kinds by the name that definitions use. Ways of delivery are a choice whose offer the service makes: the record
# of what was asked calls them a choice.
KINDS: Mapping[str, type[Kind]] = {
    **{
        kind.code: kind
        for kind in (
            ShortText,
            LongText,
            WholeNumber,
            DecimalNumber,
            Money,
            Date,
            TimeOfDay,
            YesNo,
            Choice,
            Several,
            Email,
            Phone,
            Address,
            PersonId,
            OrganisationId,
            Iban,
            ParcelNumber,
            Files,
            PlaceOnMap,
            Line,
            Group,
            Table,
            Calculated,
            Information,
            Declaration,
        )
    },
    "DELIVERY_CHOICE": DeliveryChoice,
}
_NAMES = {kind: name for name, kind in KINDS.items()}


def kind_name(kind: Kind) -> str:
    """The name of its kind in definitions."""
    return _NAMES[type(kind)]
