"""Keys of pages, questions and answers to choose from: made from the words once, then kept.

Nobody types them. What a question is called may change, its key stays, and with it every condition, letter and filter
that asks for its answer (design: row 17).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

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
    """Give a key to whatever has none, another one to a copy, and back the old one to whatever was changed.

    ``pages``: the stream of a form, changed in place. ``kinds``: the kinds of keys that were given already (a key is
    never reused for another kind); ``before``: the stream as it was saved last.
    """
    known = {child.id: child.value["key"] for child in _all_with_keys(before) if child.id}
    taken = set(PAGES_OF_OTHERS)
    asked = set(KEYS_OF_OTHERS)
    own = [page for page in pages if page.block_type == "page"]
    for page in own:
        titles = texts_of(page.value["titles"])
        _settle(page, known, taken, PAGE_KEY, made_from(titles, fallback="page").replace("_", "-"))
    for page in own:
        _settle_questions(page.value["questions"], known, asked, kinds, prefix="")


def _settle_questions(
    questions: Iterable[Any], known: Mapping[str, str], taken: set[str], kinds: Mapping[str, str], *, prefix: str
) -> None:
    questions = list(questions)
    # A copy stands after or before what it was copied from: the one that had the key first keeps it.
    questions.sort(key=lambda question: known.get(question.id) != question.value["key"] or not question.value["key"])
    for question in questions:
        kind = question.block_type.upper()
        others = {key.removeprefix(prefix) for key, name in kinds.items() if key.startswith(prefix) and name != kind}
        words = made_from(texts_of(question.value["labels"]), fallback=question.block_type)
        is_new = question.id not in known and not question.value["key"]
        # Whoever begins anew never gets a key that was given before: it had another meaning then.
        given = {key.removeprefix(prefix) for key in kinds if key.startswith(prefix)} if is_new else others
        _settle(question, known, taken, KEY, words, given)
        if "questions" in question.value:
            own = question.value["key"]
            _settle_questions(question.value["questions"], known, set(KEYS_TAKEN), kinds, prefix=f"{own}.")
        if "options" in question.value:
            _settle_options(question.value["options"])


def _settle(
    child: Any,
    known: Mapping[str, str],
    taken: set[str],
    pattern: re.Pattern[str],
    words: str,
    given: Iterable[str] = (),
) -> None:
    key = known.get(child.id) or child.value["key"]
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
