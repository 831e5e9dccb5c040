"""A package: the members of one service as plain JSON, and the files that belong to it.

The members are the same in the file that towns exchange and in the folders of the services that ship
(``portal_pages/packages/<code>/``): service.json, form.json, procedure.json, letters/<key>.json, page.json,
walks/<number>.json. What stands in them is said in docs/services.md.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

LARGEST_MEMBER = 4_000_000
DEEPEST = 40
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LETTER_MEMBER = re.compile(r"letters/([a-z0-9]+(?:-[a-z0-9]+)*)\.json")
WALK_MEMBER = re.compile(r"walks/([1-9][0-9]{0,2})\.json")
ATTACHMENT_MEMBER = re.compile(r"attachments/([A-Za-z0-9][A-Za-z0-9_-]{0,80}\.[a-z0-9]{1,5})")
SINGLE_MEMBERS = ("service.json", "form.json", "procedure.json", "page.json")


class PackageRefused(ValueError):
    """The package can't be taken; ``member`` is the file in it that is to blame, ``why`` says what to do."""

    def __init__(self, why: str | Promise, member: str = "") -> None:
        super().__init__(f"{member}: {why}" if member else str(why))
        self.why = str(why)
        self.member = member


@dataclass(frozen=True)
class Package:
    """One service. ``form``, ``procedure`` and ``page`` may be missing: then the standard ones stand in."""

    service: Mapping[str, Any]
    form: Mapping[str, Any] | None = None
    procedure: Mapping[str, Any] | None = None
    letters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    page: Mapping[str, Any] | None = None
    walks: tuple[Mapping[str, Any], ...] = ()
    attachments: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return str(self.service["code"])

    def members(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The JSON members by name, in the order in which people read them."""
        yield "service.json", self.service
        for name, data in (("form.json", self.form), ("procedure.json", self.procedure)):
            if data is not None:
                yield name, data
        for key in sorted(self.letters):
            yield f"letters/{key}.json", self.letters[key]
        if self.page is not None:
            yield "page.json", self.page
        for number, walk in enumerate(self.walks, 1):
            yield f"walks/{number}.json", walk


def member_bytes(data: Mapping[str, Any]) -> bytes:
    """Readable JSON: two spaces, every letter as it is."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def json_of_member(raw: bytes, name: str) -> dict[str, Any]:
    """The JSON object of a member; size and depth are judged before it is unfolded."""
    if len(raw) > LARGEST_MEMBER:
        raise PackageRefused(
            _("This file is larger than {number} MB.").format(number=LARGEST_MEMBER // 1_000_000), name
        )
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise PackageRefused(_("This file is not written in UTF-8."), name) from None
    refuse_depth(text, name)
    try:
        data = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except PackageRefused as refused:
        raise PackageRefused(refused.why, name) from None
    except (ValueError, RecursionError):
        raise PackageRefused(_("This file is not JSON."), name) from None
    if not isinstance(data, dict):
        raise PackageRefused(_("This file is not one JSON object."), name)
    return data


def refuse_depth(text: str, name: str) -> None:
    """Brackets inside texts don't count; a file that only opens brackets is refused at the first one too many."""
    depth = 0
    for found in re.finditer(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', text, re.DOTALL):
        mark = found[0]
        if mark[0] == '"':
            continue
        depth += 1 if mark in "[{" else -1
        if depth > DEEPEST:
            raise PackageRefused(_("This file is nested deeper than {number} levels.").format(number=DEEPEST), name)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise PackageRefused(_("One name stands twice in the same place."))
    if "\x00" in "".join(members):
        raise PackageRefused(_("A name contains a character that can't be printed."))
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def package_of(members: Mapping[str, bytes]) -> Package:
    """The package of these files by name. Raises PackageRefused; what the members say is judged by `judging`."""
    if "service.json" not in members:
        raise PackageRefused(_("The file service.json is missing: it says which service this is."))
    found: dict[str, Any] = {}
    letters: dict[str, Any] = {}
    walks: dict[int, Any] = {}
    attachments: dict[str, bytes] = {}
    for name, raw in members.items():
        if name in SINGLE_MEMBERS:
            found[name] = json_of_member(raw, name)
        elif letter := LETTER_MEMBER.fullmatch(name):
            letters[letter[1]] = json_of_member(raw, name)
        elif walk := WALK_MEMBER.fullmatch(name):
            walks[int(walk[1])] = json_of_member(raw, name)
        elif attachment := ATTACHMENT_MEMBER.fullmatch(name):
            attachments[attachment[1]] = raw
        else:
            raise PackageRefused(_("A package has no file of this name."), name[:100])
    _refuse_wrong_keys(found, letters)
    return Package(
        service=found["service.json"],
        form=found.get("form.json"),
        procedure=found.get("procedure.json"),
        letters=letters,
        page=found.get("page.json"),
        walks=tuple(walks[number] for number in sorted(walks)),
        attachments=attachments,
    )


def _refuse_wrong_keys(found: Mapping[str, Any], letters: Mapping[str, Any]) -> None:
    code = found["service.json"].get("code")
    if not isinstance(code, str) or len(code) > 40 or not CODE.fullmatch(code):
        why = _("The code of a service is written in small letters and digits, with hyphens between.")
        raise PackageRefused(why, "service.json")
    for key, letter in letters.items():
        if letter.get("key") != key:
            why = _("The letter names itself otherwise than its file: {key}.").format(key=str(letter.get("key"))[:60])
            raise PackageRefused(why, f"letters/{key}.json")
