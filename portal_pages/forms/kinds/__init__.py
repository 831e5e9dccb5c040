"""The kinds of question: each knows its fields, how an answer is read from them, and how it is said in words."""

from collections.abc import Mapping

from portal_pages.forms.kinds.base import ABSENT, Asking, Kind, Option, Part, Wrong
from portal_pages.forms.kinds.choices import Choice, DeliveryChoice, Several, YesNo
from portal_pages.forms.kinds.contact import Address, Email, Phone
from portal_pages.forms.kinds.dates import Date
from portal_pages.forms.kinds.files import Files
from portal_pages.forms.kinds.groups import Group
from portal_pages.forms.kinds.identifiers import OrganisationId, PersonId
from portal_pages.forms.kinds.numbers import DecimalNumber, WholeNumber
from portal_pages.forms.kinds.places import PlaceOnMap
from portal_pages.forms.kinds.statements import Declaration, Information
from portal_pages.forms.kinds.texts import LongText, ShortText

__all__ = [
    "ABSENT",
    "KINDS",
    "Address",
    "Asking",
    "Choice",
    "Date",
    "DecimalNumber",
    "Declaration",
    "DeliveryChoice",
    "Email",
    "Files",
    "Group",
    "Information",
    "Kind",
    "LongText",
    "Option",
    "OrganisationId",
    "Part",
    "PersonId",
    "Phone",
    "PlaceOnMap",
    "Several",
    "ShortText",
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
            Date,
            YesNo,
            Choice,
            Several,
            Email,
            Phone,
            Address,
            PersonId,
            OrganisationId,
            Files,
            PlaceOnMap,
            Group,
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
