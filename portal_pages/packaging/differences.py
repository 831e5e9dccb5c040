"""What an import would change, said beforehand: what is new, what becomes otherwise, down to single texts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_LINES = 400
LONGEST_SHOWN = 300


class Change(StrEnum):
    NEW = "NEW"
    CHANGED = "CHANGED"
    GONE = "GONE"
    SAME = "SAME"


CHANGE_WORDS = {
    Change.NEW: gettext_lazy("new"),
    Change.CHANGED: gettext_lazy("changes"),
    Change.GONE: gettext_lazy("falls away"),
    Change.SAME: gettext_lazy("stays as it is"),
}


@dataclass(frozen=True)
class Line:
    """One value that differs. ``place`` leads to it; an absent value is an empty text."""

    place: str
    before: str
    after: str

    @property
    def change(self) -> Change:
        if not self.before:
            return Change.NEW
        return Change.CHANGED if self.after else Change.GONE

    @property
    def change_in_words(self) -> str:
        return str(CHANGE_WORDS[self.change])


@dataclass(frozen=True)
class Difference:
    """One part of a service: its form, a letter, its page."""

    part: str
    change: Change
    lines: Sequence[Line] = ()
    more: int = 0

    @property
    def change_in_words(self) -> str:
        return str(CHANGE_WORDS[self.change])


def difference(part: str, before: Any, after: Any) -> Difference:
    """``before`` and ``after`` are plain JSON; None stands for a part that is not there."""
    if before is None:
        return Difference(part, Change.NEW)
    if after is None:
        return Difference(part, Change.SAME)
    lines = list(lines_between(before, after))
    change = Change.CHANGED if lines else Change.SAME
    return Difference(part, change, lines[:MOST_LINES], max(0, len(lines) - MOST_LINES))


def lines_between(before: Any, after: Any, place: str = "") -> Iterator[Line]:
    """Every value that differs. Lists whose members have a key, id or code are compared by it, not by their place."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            yield from lines_between(before.get(name), after.get(name), _under(place, name))
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _between_lists(before, after, place)
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        # Nothing said and nothing to be seen (an empty list) are the same to a reader.
        line = Line(place, shown(before), shown(after))
        if line.before != line.after or (before is not None and after is not None):
            yield line


def _between_lists(before: Sequence[Any], after: Sequence[Any], place: str) -> Iterator[Line]:
    names_before, names_after = _names(before), _names(after)
    if names_before is None or names_after is None:
        for number in range(max(len(before), len(after))):
            old = before[number] if number < len(before) else None
            new = after[number] if number < len(after) else None
            yield from lines_between(old, new, _under(place, str(number + 1)))
        return
    old_ones, new_ones = dict(zip(names_before, before, strict=True)), dict(zip(names_after, after, strict=True))
    for name in dict.fromkeys([*names_before, *names_after]):
        yield from lines_between(old_ones.get(name), new_ones.get(name), _under(place, name))
    kept = [name for name in names_before if name in new_ones]
    if kept != [name for name in names_after if name in old_ones]:
        yield Line(_under(place, _("order")), ", ".join(names_before), ", ".join(names_after))


def _names(members: Sequence[Any]) -> list[str] | None:
    """What the members are called; None where they have no names of their own."""
    names = []
    for member in members:
        if not isinstance(member, Mapping):
            return None
        name = next(
            (member[key] for key in ("key", "id", "code", "common", "name") if isinstance(member.get(key), str)), None
        )
        if name is None:
            return None
        names.append(name)
    return names if len(set(names)) == len(names) else None


def shown(value: Any) -> str:
    """A value as a person reads it: a text as it is, the texts of one thing in its languages, the rest in short."""
    match value:
        case bool():
            said = _("yes") if value else _("no")
        case None:
            said = ""
        case str() | int() | float():
            said = str(value)
        case Mapping():
            said = "; ".join(f"{name}: {shown(inner)}" for name, inner in value.items())
        case _:
            said = ", ".join(shown(inner) for inner in value)
    return said if len(said) <= LONGEST_SHOWN else f"{said[:LONGEST_SHOWN]}…"


def _under(place: str, name: str) -> str:
    return f"{place} › {name}" if place else name
