"""Keys of pages, questions and answers to choose from: made from the words once, then kept.

Nobody types them. What a question is called may change, its key stays, and with it every condition, letter and filter
that asks for its answer (design: row 17).
"""

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from wagtail.blocks.list_block import ListValue

from cases.desk.blocks.texts import texts_of
from portal_pages.forms.common_pages import PAGES, SWITCHES, common_page
from portal_pages.forms.stored import KEYS_TAKEN, PAGES_TAKEN

LONGEST = 28  # a column's key is registered together with that of its group
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
PAGE_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
CODE = re.compile(r"\S(.{0,78}\S)?")
# Bulgaria's own way of writing in Latin letters (Transliteration Act of 2009), and what Unicode does not take apart.
LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхъьłøđ", "abvgdeziyklmnoprstufhaylod", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ю": "yu", "я": "ya", "ß": "ss"}
)
COMMON_PAGES = [common_page(name, dict.fromkeys(SWITCHES[name], True)) for name in PAGES]
PAGES_OF_OTHERS = PAGES_TAKEN | {page.key for page in COMMON_PAGES}
KEYS_OF_OTHERS = KEYS_TAKEN | {question.key for page in COMMON_PAGES for question in page.questions}


def made_from(texts: Mapping[str, str], *, fallback: str) -> str:
    """A key of the words: of the English ones if there are any, because keys are also read by programmers."""
    words = texts.get("en") or next((said for said in texts.values() if said), "")
    plain = unicodedata.normalize("NFKD", words.lower().translate(LATIN)).encode("ascii", "ignore").decode()
    parts = re.findall(r"[a-z0-9]+", plain)
    key = "_".join(parts).lstrip("0123456789_")
    while len(key) > LONGEST and "_" in key:
        key = key.rpartition("_")[0]
    return key[:LONGEST].strip("_") or fallback


def not_yet(key: str, taken: Iterable[str]) -> str:
    """The key, or with the first number that makes it another one: area, area_2, area_3."""
    if key not in taken:
        return key
    return next(numbered for number in count(2) if (numbered := f"{key}_{number}") not in taken)


def settle_keys(pages: Iterable[Any], *, kinds: Mapping[str, str], before: Iterable[Any]) -> None:
    """Give a key to whatever has none, another one to a copy, and back the old one where a published one was changed.

    ``pages``: the stream of a form, changed in place. ``kinds``: the kinds of keys that were published (a key is
    never reused for another kind); ``before``: the stream as it was saved last.
    """
    known = {child.id: child.value["key"] for child in _all_with_keys(before) if child.id}
    taken = set(PAGES_OF_OTHERS)
    asked = set(KEYS_OF_OTHERS)
    own = [page for page in pages if page.block_type == "page"]
    for page in own:
        _settle(page, known, taken, PAGE_KEY, texts_of(page.value["titles"]), "page", joint="-")
    for page in own:
        _settle_questions(page.value["questions"], known, asked, kinds, prefix="")


def settle_table_keys(tables: Iterable[Any], *, before: Iterable[Any]) -> None:
    """The same for tables of rates."""
    known = {table.id: table.value["key"] for table in before if table.id}
    taken: set[str] = set()
    for table in tables:
        _settle(table, known, taken, KEY, texts_of(table.value["titles"]), "rates")


def _settle_questions(
    questions: Iterable[Any], known: Mapping[str, str], taken: set[str], kinds: Mapping[str, str], *, prefix: str
) -> None:
    questions = list(questions)
    # A copy stands after or before what it was copied from: the one that had the key first keeps it.
    questions.sort(key=lambda question: known.get(question.id) != question.value["key"] or not question.value["key"])
    for question in questions:
        own_kind = question.block_type.upper()
        locked = {key.removeprefix(prefix): kind for key, kind in kinds.items() if key.startswith(prefix)}
        is_new = question.id not in known and not question.value["key"]
        # Whoever begins anew never gets a key that was given before: it had another meaning then.
        given = [key for key, kind in locked.items() if is_new or kind != own_kind]
        texts = texts_of(question.value["labels"])
        _settle(question, known, taken, KEY, texts, question.block_type, locked=locked, given=given)
        if "questions" in question.value:
            own = question.value["key"]
            _settle_questions(question.value["questions"], known, set(KEYS_TAKEN), kinds, prefix=f"{own}.")
        for name in ("options", "rows"):
            if isinstance(question.value.get(name), ListValue):
                _settle_options(question.value[name])


def _settle(
    child: Any,
    known: Mapping[str, str],
    taken: set[str],
    pattern: re.Pattern[str],
    texts: Mapping[str, str],
    fallback: str,
    *,
    locked: Container[str] = (),
    given: Iterable[str] = (),
    joint: str = "_",
) -> None:
    """``locked``: keys that were published; ``given``: keys that can't be given any more."""
    before, key = known.get(child.id, ""), child.value["key"]
    words = made_from(texts, fallback=fallback).replace("_", joint)  # a page's key stands in addresses
    if before in locked:
        key = before
    elif not key and not (before.startswith(fallback) and words != fallback):
        key = before  # the editor saves by itself while somebody is still looking for words
    if not pattern.fullmatch(key or "") or key in taken or key in given:
        key = not_yet(words, taken | set(given))
    child.value["key"] = key
    taken.add(key)


def _settle_options(options: Iterable[Any]) -> None:
    taken: set[str] = set()
    for option in options:
        code = option["code"]
        if not CODE.fullmatch(code or "") or code in taken:
            code = not_yet(made_from(texts_of(option["labels"]), fallback="answer").upper(), taken)
        option["code"] = code
        taken.add(code)


def _all_with_keys(pages: Iterable[Any]) -> Iterator[Any]:
    for page in pages:
        if page.block_type == "page":
            yield page
            yield from _questions_in(page.value["questions"])


def _questions_in(questions: Iterable[Any]) -> Iterator[Any]:
    for question in questions:
        yield question
        if "questions" in question.value:
            yield from _questions_in(question.value["questions"])
