"""What each kind of question is called in the editor, and what can be set of it.

The settings themselves are the fields of the kinds (`portal_pages.forms.kinds`): a new one appears here by itself,
under its plain name until somebody gives it better words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from functools import cache
from typing import Any, Final, get_type_hints

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.texts import Texts
from portal_pages.forms.definition import Question
from portal_pages.forms.kinds import KINDS, Kind, Option

Words = str | Promise

WORDS, NUMBERS, CHOICES, PEOPLE, THINGS, SAID = (
    _("Words and days"),
    _("Numbers"),
    _("Answers to choose from"),
    _("People and organisations"),
    _("Places, files and rows"),
    _("Said to the citizen"),
)
# name: what it is called, icon, group. In the order in which they are offered.
NAMES: Mapping[str, tuple[Words, str, Words]] = {
    "SHORT_TEXT": (_("Short text"), "pilcrow", WORDS),
    "LONG_TEXT": (_("Long text"), "bars", WORDS),
    "DATE": (_("Date"), "date", WORDS),
    "TIME": (_("Time"), "time", WORDS),
    "WHOLE_NUMBER": (_("Whole number"), "decimal", NUMBERS),
    "DECIMAL": (_("Decimal number"), "decimal", NUMBERS),
    "MONEY": (_("Money"), "decimal", NUMBERS),
    "CALCULATED": (_("Calculated value"), "cogs", NUMBERS),
    "YES_NO": (_("Yes or no"), "check", CHOICES),
    "CHOICE": (_("One of several"), "radio-full", CHOICES),
    "SEVERAL": (_("Several of them"), "list-ul", CHOICES),
    "DELIVERY_CHOICE": (_("Way to get the result"), "mail", CHOICES),
    "EMAIL": (_("E-mail address"), "mail", PEOPLE),
    "PHONE": (_("Telephone number"), "mobile-alt", PEOPLE),
    "ADDRESS": (_("Postal address"), "home", PEOPLE),
    "PERSON_ID": (_("Personal number"), "user", PEOPLE),
    "ORGANISATION_ID": (_("Number of an organisation"), "group", PEOPLE),
    "IBAN": (_("Bank account (IBAN)"), "key", PEOPLE),
    "PARCEL": (_("Parcel number"), "site", THINGS),
    "PLACE": (_("Place on the map, with words"), "site", THINGS),
    "LINE": (_("Stretch of street, with words"), "site", THINGS),
    "FILES": (_("File or files"), "upload", THINGS),
    "GROUP": (_("Repeating group"), "copy", THINGS),
    "TABLE": (_("Table with fixed columns"), "table", THINGS),
    "INFORMATION": (_("Information to read"), "info-circle", SAID),
    "DECLARATION": (_("Declaration to agree to"), "tick-inverse", SAID),
}
# What is said of a setting; a kind's own words come before those for all kinds.
SETTINGS: Mapping[str, tuple[Words, Words]] = {
    "least": (_("At least"), ""),
    "most": (_("At most"), ""),
    "SHORT_TEXT.least": (_("Shortest"), _("Letters; 1 means any length.")),
    "SHORT_TEXT.most": (_("Longest"), _("Letters.")),
    "LONG_TEXT.least": (_("Shortest"), _("Letters; 1 means any length.")),
    "LONG_TEXT.most": (_("Longest"), _("Letters.")),
    "GROUP.most": (_("Most rows"), ""),
    "FILES.most": (_("Most files"), ""),
    "FILES.most_bytes": (_("Largest file"), _("Bytes; 20 megabytes are 20971520.")),
    "FILES.media_types": (_("Kinds of file"), _("What may be inside; names of files don't count.")),
    "width": (_("Width of the box"), _("Shows people how much is expected.")),
    "rows": (_("Height of the box"), _("Lines.")),
    "autocomplete": (_("The browser may fill it in"), _("So that people type their name or street once.")),
    "example": (_("Example"), _("Shown when something else was written.")),
    "units": (pgettext_lazy("measure", "Unit"), _("Stands behind the box: cm, days, m².")),
    "places": (_("Digits after the point"), ""),
    "pattern": (_("Pattern"), ""),
    "future_allowed": (_("May be in the future"), _("Seen from the day of filing.")),
    "past_allowed": (_("May be in the past"), _("Seen from the day of filing.")),
    "options": (_("Answers to choose from"), ""),
    "questions": (_("Questions of each row"), ""),
    "row_labels": (_("Name of a row"), _("Tree, co-owner, lamp: shown with a number.")),
    "add_labels": (_("Words on the button that adds a row"), _("For example: Add another tree.")),
    "TABLE.rows": (_("Rows of the table"), _("Monday, Tuesday …: they are there from the start.")),
    "other": (_("Name of the answer in one's own words"), _("Left empty, nothing else can be answered.")),
    "SEVERAL.most": (_("Most answers"), _("0 means as many as one likes.")),
    "calculation": (_("Calculation"), _("Built from the answers before it; without all of them there is no value.")),
    "currency": (_("Currency"), _("Three capital letters: EUR.")),
    "earliest": (_("First day that may be answered"), ""),
    "latest": (_("Last day that may be answered"), ""),
    "TIME.least": (_("Earliest"), _("Like this: 08:00.")),
    "TIME.most": (_("Latest"), _("Like this: 22:00.")),
    "after": (_("Has to be after the time in"), ""),
    "asks_address": (_("Ask for the address by its parts too"), ""),
}
WIDTHS: Sequence[tuple[str, Words]] = [
    ("", _("As wide as the page")),
    ("is-w4", _("Four letters")),
    ("is-w8", _("Eight letters")),
    ("is-w12", _("Twelve letters")),
    ("is-w20", _("Twenty letters")),
]
FILLED_BY_BROWSER: Sequence[tuple[str, Words]] = [
    ("", _("No")),
    ("name", _("with the person's name")),
    ("given-name", _("with the first name")),
    ("family-name", _("with the surname")),
    ("organization", _("with the name of the organisation")),
    ("street-address", _("with the street")),
    ("postal-code", _("with the postal code")),
    ("address-level2", _("with the town")),
    ("bday", _("with the date of birth")),
]
CHOICES_OF: Mapping[str, Sequence[tuple[str, Words]]] = {"width": WIDTHS, "autocomplete": FILLED_BY_BROWSER}
# Settings that belong to the question itself, not to its limits.
IN_FRONT: Final = (
    "options", "other", "calculation", "units", "currency", "questions", "row_labels", "add_labels"
)  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """One thing that can be set of a kind: its name in the definition, its type, what stands when nothing is set."""

    kind: str
    name: str
    type: Any
    default: Any

    @property
    def words(self) -> tuple[Words, Words]:
        plain = (self.name.replace("_", " ").capitalize(), "")
        return SETTINGS.get(f"{self.kind}.{self.name}") or SETTINGS.get(self.name) or plain


@cache
def settings_of(name: str) -> tuple[Setting, ...]:
    """The settings of the kind with this name, in the order of its fields."""
    kind: type[Kind] = KINDS[name]
    hints = get_type_hints(kind, localns={"Question": Question, "Texts": Texts, "Option": Option, "Decimal": Decimal})
    return tuple(
        Setting(
            name,
            one.name,
            hints[one.name],
            one.default if one.default_factory is MISSING else one.default_factory(),
        )
        for one in fields(kind)
        if one.compare
    )


def offered_kinds() -> list[str]:
    """The names of all kinds, in the order in which the editor offers them."""
    known = [name for name in NAMES if name in KINDS]
    return known + [name for name in KINDS if name not in NAMES]


def named(name: str) -> tuple[Words, str, Words]:
    return NAMES.get(name, (name.replace("_", " ").capitalize(), "help", SAID))
