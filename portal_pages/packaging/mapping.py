"""Codes of one town and of another: which unit, post, register and record class here takes the place of one there.

A package says for every code that it uses what the code meant at home (``codes`` in service.json); from that we propose
what fits here: the same code, else the same name in any language. Nobody's unit is guessed beyond that.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.models import Institution, Post, RecordClass, Register, RegisterKind, Unit
from cases.texts import Texts
from portal_pages.packaging.package import Package, PackageRefused

HANDLING = "HANDLING"
CASE_UNIT = "case:unit"
OPINION = re.compile(r"\{opinion:([^{}\n]{1,60})\}")
MOST_CODES = 100


class CodeKind(StrEnum):
    UNIT = "units"
    POST = "posts"
    REGISTER = "registers"
    RECORD_CLASS = "record_classes"


KIND_WORDS = {
    CodeKind.UNIT: gettext_lazy("Unit"),
    CodeKind.POST: pgettext_lazy("position", "Post"),
    CodeKind.REGISTER: gettext_lazy("Register"),
    CodeKind.RECORD_CLASS: gettext_lazy("Record class"),
}


@dataclass(frozen=True)
class ForeignCode:
    """A code in the package, with its name at home."""

    kind: CodeKind
    code: str
    names: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class LocalCode:
    """A unit, post, register or record class of the institution."""

    kind: CodeKind
    code: str
    names: Texts
    pk: int


type Mapped = Mapping[tuple[CodeKind, str], str]


def codes_of(package: Package) -> list[ForeignCode]:
    """Every code that the package uses, each once."""
    names = package.service.get("codes", {})
    if not isinstance(names, dict):
        raise PackageRefused(_("“codes” is not written as it should be."), "service.json")
    used = list(dict.fromkeys(_used(package)))
    if len(used) > MOST_CODES:
        raise PackageRefused(_("The package names more than {number} units and registers.").format(number=MOST_CODES))
    return [ForeignCode(kind, code, _names_of(names, kind, code)) for kind, code in used]


def _names_of(names: Mapping[str, Any], kind: CodeKind, code: str) -> Texts:
    of_kind = names.get(kind, {})
    said = of_kind.get(code, {}) if isinstance(of_kind, dict) else {}
    is_texts = isinstance(said, dict) and all(isinstance(words, str) for words in said.values())
    return said if is_texts else {}


def _used(package: Package) -> Iterator[tuple[CodeKind, str]]:
    rules = package.service.get("rules", {})
    found = [(CodeKind.UNIT, package.service.get("unit"))]
    if isinstance(rules, dict):
        found += [
            (CodeKind.REGISTER, rules.get("register")),
            (CodeKind.RECORD_CLASS, rules.get("record_class")),
        ]
    seen: list[tuple[CodeKind, str]] = []

    def note(kind: CodeKind, code: str) -> str:
        seen.append((kind, code))
        return code

    for part in (package.procedure, *package.letters.values(), *package.walks):
        _recoded(part, note)
    for kind, code in [*found, *seen]:
        if not isinstance(code, str) or not code or len(code) > 80:
            raise PackageRefused(_("A code of a unit, register or record class is missing."), "service.json")
        yield kind, code


def local_codes(institution: Institution) -> dict[CodeKind, list[LocalCode]]:
    """What the package's codes may be mapped to."""
    units = Unit.objects.filter(institution=institution, valid_to__isnull=True).order_by("code")
    posts = Post.objects.filter(unit__institution=institution, valid_to__isnull=True).order_by("code", "pk")
    registers = Register.objects.filter(institution=institution, kind=RegisterKind.INCOMING, is_closed=False).order_by(
        "code"
    )
    classes = RecordClass.objects.filter(institution=institution, valid_to__isnull=True).order_by("code")
    return {
        CodeKind.UNIT: [LocalCode(CodeKind.UNIT, one.code, one.names, one.pk) for one in units],
        CodeKind.POST: [LocalCode(CodeKind.POST, one.code, one.titles, one.pk) for one in posts],
        CodeKind.REGISTER: [LocalCode(CodeKind.REGISTER, one.code, one.names, one.pk) for one in registers],
        CodeKind.RECORD_CLASS: [LocalCode(CodeKind.RECORD_CLASS, one.code, one.titles, one.pk) for one in classes],
    }


def proposed(package: Package, local: Mapping[CodeKind, list[LocalCode]]) -> dict[tuple[CodeKind, str], str]:
    """For each code of the package the one that fits here; none where nothing fits."""
    found = {}
    for foreign in codes_of(package):
        here = _fitting(foreign, local[foreign.kind])
        if here is not None:
            found[foreign.kind, foreign.code] = here.code
    return found


def _fitting(foreign: ForeignCode, local: list[LocalCode]) -> LocalCode | None:
    same_code = next((one for one in local if one.code == foreign.code), None)
    if same_code:
        return same_code
    names = {_plain(name) for name in foreign.names.values() if name.strip()}
    same_name = [one for one in local if names & {_plain(name) for name in one.names.values()}]
    return same_name[0] if len(same_name) == 1 else None


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[^\w ]+", " ", name).split()).casefold()


def unmapped(package: Package, mapped: Mapped, local: Mapping[CodeKind, list[LocalCode]]) -> list[ForeignCode]:
    """The codes for which nothing of this institution was chosen."""
    known = {(kind, one.code) for kind, ones in local.items() for one in ones}
    return [
        foreign
        for foreign in codes_of(package)
        if (foreign.kind, mapped.get((foreign.kind, foreign.code), "")) not in known
    ]


def with_local_codes(package: Package, mapped: Mapped) -> Package:
    """The package as it reads here: every code replaced by the one that it is mapped to."""

    def here(kind: CodeKind, code: str) -> str:
        return mapped.get((kind, code), code)

    rules = package.service.get("rules", {})
    service = {**package.service, "unit": here(CodeKind.UNIT, package.service["unit"])}
    if "rules" in package.service:
        service["rules"] = {
            **rules,
            "register": here(CodeKind.REGISTER, rules["register"]),
            "record_class": here(CodeKind.RECORD_CLASS, rules["record_class"]),
        }
    return replace(
        package,
        service=service,
        procedure=_recoded(package.procedure, here),
        letters={key: _recoded(letter, here) for key, letter in package.letters.items()},
        walks=tuple(_recoded(walk, here) for walk in package.walks),
    )


def _recoded(data: Any, here: Callable[[CodeKind, str], str]) -> Any:
    """The data with every code of a unit or post replaced, wherever steps, letters and walks name one."""
    match data:
        case {"answer": "case:unit", "value": value, **rest}:
            return {"answer": CASE_UNIT, **rest, "value": _unit_values(value, here)}
        case dict():
            # The unit of a term is days; that of a role or of a deed in a walk is a unit of the town.
            names_unit = "role" in data or "step" in data
            return {name: _member(name, value, here, names_unit=names_unit) for name, value in data.items()}
        case list() | tuple():
            return [_recoded(one, here) for one in data]
        case str():
            return OPINION.sub(lambda found: f"{{opinion:{here(CodeKind.UNIT, found[1])}}}", data)
    return data


def _unit_values(value: Any, here: Callable[[CodeKind, str], str]) -> Any:
    if isinstance(value, list):
        return [here(CodeKind.UNIT, code) if isinstance(code, str) else code for code in value]
    return here(CodeKind.UNIT, value) if isinstance(value, str) else value


def _member(name: str, value: Any, here: Callable[[CodeKind, str], str], *, names_unit: bool) -> Any:
    match name, value:
        case "answers", dict():
            return value
        case (("head_of" | "least_loaded_of"), str()):
            return value if value == HANDLING else here(CodeKind.UNIT, value)
        case "unit", str() if names_unit:
            return value if value in {HANDLING, ""} else here(CodeKind.UNIT, value)
        case "units", list():
            return _unit_values(value, here)
        case "who", str():
            # What a walk expects: the unit, then the role.
            code, space, role = value.partition(" ")
            return f"{here(CodeKind.UNIT, code)}{space}{role}"
        case "post", str():
            return here(CodeKind.POST, value)
    return _recoded(value, here)
