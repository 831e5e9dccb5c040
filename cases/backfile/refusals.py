"""Why a row is not taken over: a column, what stands there, and a reason in words for who must put it right."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

HARMFUL_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


class Why(StrEnum):
    """Kept in the database: a word is never used for something else."""

    NOT_A_DATE = "NOT_A_DATE"
    DATE_AHEAD = "DATE_AHEAD"
    NOTHING_SAID = "NOTHING_SAID"
    NUMBER_TOO_LONG = "NUMBER_TOO_LONG"
    UNKNOWN_UNIT = "UNKNOWN_UNIT"
    NO_UNIT = "NO_UNIT"
    UNKNOWN_CLASS = "UNKNOWN_CLASS"
    UNKNOWN_LANGUAGE = "UNKNOWN_LANGUAGE"
    FILE_MISSING = "FILE_MISSING"
    FILE_OUTSIDE = "FILE_OUTSIDE"
    FILE_LINKED = "FILE_LINKED"
    FILE_EMPTY = "FILE_EMPTY"
    FILE_UNREADABLE = "FILE_UNREADABLE"
    NOT_A_FILE = "NOT_A_FILE"
    EMPTY_FOLDER = "EMPTY_FOLDER"
    TOO_MANY_FILES = "TOO_MANY_FILES"
    TOO_MANY_CELLS = "TOO_MANY_CELLS"
    BAD_ZIP = "BAD_ZIP"
    ZIP_TOO_LARGE = "ZIP_TOO_LARGE"
    CHANGED = "CHANGED"
    BROKE = "BROKE"
    KILLED = "KILLED"


WORDS = {
    Why.NOT_A_DATE: gettext_lazy("“{value}” is no date that we know. Write 12.03.1998, 03.1998, 1998 or about 1998."),
    Why.DATE_AHEAD: gettext_lazy("The date {value} lies in the future."),
    Why.NOTHING_SAID: gettext_lazy("The row has neither a number nor a title nor a file."),
    Why.NUMBER_TOO_LONG: gettext_lazy("The number has more than 80 characters."),
    Why.UNKNOWN_UNIT: gettext_lazy("There is no unit “{value}”. Write its symbol or its name as it is in Registra."),
    Why.NO_UNIT: gettext_lazy("The row names no unit, and no unit is the registry. Say which unit takes such rows."),
    Why.UNKNOWN_CLASS: gettext_lazy("There is no record class “{value}”. Write its code or its title."),
    Why.UNKNOWN_LANGUAGE: gettext_lazy("“{value}” is no language. Write a code like bg, pl, ro or en."),
    Why.FILE_MISSING: gettext_lazy("The file “{value}” is not in the folder."),
    Why.FILE_OUTSIDE: gettext_lazy("“{value}” leads out of the folder. Only files inside it are taken."),
    Why.FILE_LINKED: gettext_lazy("“{value}” is a link to somewhere else. Put the file itself into the folder."),
    Why.FILE_EMPTY: gettext_lazy("The file “{value}” is empty."),
    Why.FILE_UNREADABLE: gettext_lazy("The file “{value}” can't be read."),
    Why.NOT_A_FILE: gettext_lazy("“{value}” is not a file."),
    Why.EMPTY_FOLDER: gettext_lazy("The folder “{value}” has no files in it."),
    Why.TOO_MANY_FILES: gettext_lazy("The row has more than {value} files. Give it fewer, larger ones."),
    Why.TOO_MANY_CELLS: gettext_lazy(
        "The row has more cells than there are columns: “{value}”. Put cells with the separator in quotation marks."
    ),
    Why.BAD_ZIP: gettext_lazy("“{value}” can't be unpacked: it is damaged or locked with a password."),
    Why.ZIP_TOO_LARGE: gettext_lazy("Unpacked, “{value}” is larger than we allow. Ask for a folder on the server."),
    Why.CHANGED: gettext_lazy(
        "Number {value} was taken over from this table before, with other words. Correct it in its case, not here."
    ),
    Why.BROKE: gettext_lazy("The row could not be stored ({value}). Nothing of it was taken over; try again."),
    Why.KILLED: gettext_lazy(
        "Worker after worker was stopped in the middle of this row, perhaps by one of its files. Bring it by itself."
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    row: int
    column: str
    why: str
    value: str = ""

    @property
    def words(self) -> str:
        return words_of(self.why, self.value)


def words_of(why: str, value: str) -> str:
    """The reason in the reader's language."""
    return str(WORDS[Why(why)]).format(value=value)


def as_csv(refusals: Iterable[Refusal]) -> bytes:
    """The report as a spreadsheet reads it, in UTF-8; no cell can make it calculate."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow([_("Row"), _("Column"), _("What stands there"), _("Why it was refused")])
    for refusal in refusals:
        table.writerow([refusal.row, *map(harmless, (refusal.column, refusal.value, refusal.words))])
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(HARMFUL_BEGINNINGS) else cell
