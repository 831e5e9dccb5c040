"""A letter as it is defined: plain JSON with the texts of all languages side by side, and its reading.

The JSON is the truth: published versions and packages hold it, the designer is only its editor. Texts may hold
placeholders (``{case number}``) and the marks ``*strong*`` and ``_emphasis_``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from cases import conditions
from cases.conditions import Condition, asked_about, holds
from cases.texts import Texts, in_language

KEY = re.compile(r"[a-z][a-z0-9-]{0,59}")
QUESTION_KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")
LONGEST_TEXT = 20_000
MOST_BLOCKS = 200


class LetterUnreadable(ValueError):
    """The JSON is no letter; ``place`` says where, the message what is wrong."""

    def __init__(self, place: str, words: str) -> None:
        self.place = place
        super().__init__(f"{place}: {words}" if place else words)


@dataclass(frozen=True)
class Words:
    """A paragraph or a heading."""

    kind: str
    texts: Texts
    when: Condition | None = None


@dataclass(frozen=True)
class ItemList:
    items: tuple[Texts, ...]
    when: Condition | None = None


@dataclass(frozen=True)
class TableOf:
    """A row for each row of a repeating answer."""

    answer: str
    columns: tuple[str, ...]
    when: Condition | None = None

    @property
    def placeholder(self) -> str:
        return f"table:{self.answer}:{','.join(self.columns)}"


type Block = Words | ItemList | TableOf
type Judge = Callable[[Condition | None, Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Variant:
    """Another subject, for a case of that kind."""

    texts: Texts
    when: Condition


@dataclass(frozen=True)
class Letter:
    key: str
    titles: Texts
    subject: Texts
    body: tuple[Block, ...]
    subjects: tuple[Variant, ...] = ()
    salutation: Texts = field(default_factory=dict)
    closing: Texts = field(default_factory=dict)
    signature_block: bool = True

    def languages(self) -> list[str]:
        """The languages in which the letter can be written: those that the subject has and no text of it lacks."""
        every = [code for code, _name in settings.LANGUAGES]
        return [code for code in every if all(texts.get(code) for _place, texts in self.texts())]

    def asked(self) -> list[str]:
        """The facts that its conditions look at."""
        every = [*(one.when for one in self.subjects), *(block.when for block in self.body)]
        return list(dict.fromkeys(key for when in every for key in asked_about(when)))

    def texts(self) -> list[tuple[str, Texts]]:
        """All texts that are printed, each with its place."""
        found: list[tuple[str, Texts]] = [("subject", self.subject)]
        found += [(f"subjects/{number}", variant.texts) for number, variant in enumerate(self.subjects)]
        found += [
            (name, texts) for name, texts in (("salutation", self.salutation), ("closing", self.closing)) if texts
        ]
        for number, block in enumerate(self.body):
            match block:
                case Words(texts=texts):
                    found.append((f"body/{number}", texts))
                case ItemList(items=items):
                    found += [(f"body/{number}/items/{place}", texts) for place, texts in enumerate(items)]
        return found

    def subject_in(self, language: str, facts: Mapping[str, Any], *, main: str, judge: Judge = holds) -> str:
        chosen = next((v.texts for v in self.subjects if judge(v.when, facts)), self.subject)
        return in_language(chosen, language, main=main).words

    def body_in(self, language: str, facts: Mapping[str, Any], *, main: str, judge: Judge = holds) -> str:
        """The text that a draft begins with: what holds for the case, its placeholders still open."""
        parts = [_written(block, language, main) for block in self.body if judge(block.when, facts)]
        return "\n\n".join(part for part in parts if part)


def _written(block: Block, language: str, main: str) -> str:
    match block:
        case TableOf():
            return f"{{{block.placeholder}}}"
        case ItemList(items=items):
            return "\n".join(f"- {in_language(texts, language, main=main).words}" for texts in items)
        case Words(kind, texts):
            words = in_language(texts, language, main=main).words
            return f"# {' '.join(words.split())}" if kind == "HEADING" and words else words


# -- Reading and writing


def letter_from_json(said: Any) -> Letter:
    """Read a letter. Raises LetterUnreadable naming the place."""
    known = {"key", "titles", "subject", "subjects", "salutation", "closing", "body", "signature_block", "version"}
    members = _members(said, known, "")
    key = members.get("key")
    if not (isinstance(key, str) and KEY.fullmatch(key)):
        raise LetterUnreadable("key", _("The key has small Latin letters, digits and hyphens."))
    blocks = members.get("body", [])
    if not isinstance(blocks, list) or len(blocks) > MOST_BLOCKS:
        raise LetterUnreadable("body", _("The body is a list of at most {most} parts.").format(most=MOST_BLOCKS))
    signed = members.get("signature_block", True)
    if not isinstance(signed, bool):
        raise LetterUnreadable("signature_block", _("This is yes or no."))
    return Letter(
        key=key,
        titles=_texts(members.get("titles", {}), "titles"),
        subject=_texts(members.get("subject", {}), "subject"),
        subjects=tuple(_variant(one, f"subjects/{n}") for n, one in enumerate(_list(members, "subjects", ""))),
        salutation=_texts(members.get("salutation", {}), "salutation"),
        closing=_texts(members.get("closing", {}), "closing"),
        body=tuple(_block(one, f"body/{n}") for n, one in enumerate(blocks)),
        signature_block=signed,
    )


def _block(said: Any, place: str) -> Block:
    kind = said.get("kind") if isinstance(said, dict) else None
    if kind in ("PARAGRAPH", "HEADING"):
        members = _members(said, {"kind", "texts", "when"}, place)
        return Words(kind, _texts(members.get("texts", {}), place), _when(members, place))
    if kind == "ITEMS":
        members = _members(said, {"kind", "items", "when"}, place)
        items = tuple(_texts(one, f"{place}/items/{n}") for n, one in enumerate(_list(members, "items", place)))
        return ItemList(items, _when(members, place))
    if kind == "TABLE_OF":
        members = _members(said, {"kind", "answer", "columns", "when"}, place)
        columns = _list(members, "columns", place)
        if not all(isinstance(one, str) and QUESTION_KEY.fullmatch(one) for one in (members.get("answer"), *columns)):
            raise LetterUnreadable(place, _("A table names the key of a repeating answer and of its columns."))
        return TableOf(members["answer"], tuple(columns), _when(members, place))
    raise LetterUnreadable(place, _("Unknown part of a letter: {kind}.").format(kind=str(kind)[:40]))


def _variant(said: Any, place: str) -> Variant:
    members = _members(said, {"texts", "when"}, place)
    when = _when(members, place)
    if when is None:
        raise LetterUnreadable(place, _("Another subject needs a condition."))
    return Variant(_texts(members.get("texts", {}), place), when)


def _members(said: Any, known: set[str], place: str) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise LetterUnreadable(place, _("Named values are expected here."))
    if unknown := [str(name)[:40] for name in said if name not in known]:
        raise LetterUnreadable(place, _("Unknown: {names}.").format(names=", ".join(unknown)))
    return said


def _list(members: Mapping[str, Any], name: str, place: str) -> list[Any]:
    said = members.get(name, [])
    if not isinstance(said, list) or len(said) > MOST_BLOCKS:
        raise LetterUnreadable(f"{place}/{name}".strip("/"), _("A list is expected here."))
    return said


def _texts(said: Any, place: str) -> dict[str, str]:
    good = isinstance(said, dict) and all(
        isinstance(code, str) and isinstance(words, str) and len(words) <= LONGEST_TEXT for code, words in said.items()
    )
    if not good:
        raise LetterUnreadable(place, _("One text for each language is expected here."))
    return {code: text for code, words in said.items() if (text := words.replace("\r\n", "\n").strip())}


def _when(members: Mapping[str, Any], place: str) -> Condition | None:
    said = members.get("when")
    if said is None:
        return None
    try:
        return conditions.from_json(said)
    except (ValueError, RecursionError) as wrong:
        raise LetterUnreadable(f"{place}/when", str(wrong)) from wrong


def letter_as_json(letter: Letter) -> dict[str, Any]:
    """The letter as JSON; members that say nothing are left out."""
    said: dict[str, Any] = {
        "key": letter.key,
        "titles": dict(letter.titles),
        "subject": dict(letter.subject),
        "subjects": [{"texts": dict(one.texts), "when": conditions.as_json(one.when)} for one in letter.subjects],
        "salutation": dict(letter.salutation),
        "closing": dict(letter.closing),
        "body": [_block_as_json(block) for block in letter.body],
        "signature_block": letter.signature_block,
    }
    return {name: value for name, value in said.items() if value or name in ("body", "signature_block")}


def _block_as_json(block: Block) -> dict[str, Any]:
    said: dict[str, Any]
    match block:
        case Words(kind, texts):
            said = {"kind": kind, "texts": dict(texts)}
        case ItemList(items):
            said = {"kind": "ITEMS", "items": [dict(texts) for texts in items]}
        case TableOf(answer, columns):
            said = {"kind": "TABLE_OF", "answer": answer, "columns": list(columns)}
    return said if block.when is None else {**said, "when": conditions.as_json(block.when)}
