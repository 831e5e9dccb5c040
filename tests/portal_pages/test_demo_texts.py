"""The demo town's words: every page tells the same in every language."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from portal_pages.demo_texts import CARDS, PAGES, WAYS_TO_FILE, DemoPage, Fields

LANGUAGES = {code for code, _name in settings.LANGUAGES}
FACTS = re.compile(r"\d[\d .:–]*\d|\d|[\w.-]+@[\w.-]+\w|WCAG|PDF")
SHORTENED = re.compile(r"\b(St|ul|ул|str|nr)\.")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_a_page_is_written_in_every_language(page: DemoPage):
    assert page.texts.keys() == LANGUAGES
    bare = {code: _bare(texts) for code, texts in page.texts.items()}
    assert bare == dict.fromkeys(LANGUAGES, bare["en"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_a_page_names_the_same_numbers_and_addresses_in_every_language(page: DemoPage):
    named = {code: sorted(_facts({**texts, "slug": ""})) for code, texts in page.texts.items()}

    assert named == dict.fromkeys(LANGUAGES, named["en"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_no_language_repeats_the_words_of_another(page: DemoPage):
    told = [texts["introduction"] for texts in page.texts.values()]

    assert len(set(told)) == len(LANGUAGES)


def test_how_to_file_is_told_in_as_many_sentences_in_every_language():
    sentences = {code: [_sentences(way["value"]["text"]) for way in ways] for code, ways in WAYS_TO_FILE.items()}

    assert sentences == dict.fromkeys(LANGUAGES, sentences["en"])


@pytest.mark.parametrize(("key", "texts"), CARDS, ids=lambda part: part if isinstance(part, str) else "")
def test_a_card_is_written_in_every_language(key: str, texts: Any):
    assert key in {page.key for page in PAGES}
    assert texts.keys() == LANGUAGES


def _bare(told: Any) -> Any:
    """What remains of fields and blocks without their words: names, kinds and markup, in order."""
    if isinstance(told, str):
        return re.findall(r"<[^>]+>", told)
    if isinstance(told, dict):
        return {name: told[name] if name in {"type", "kind"} else _bare(told[name]) for name in told}
    return [_bare(one) for one in told]


def _facts(told: Fields | list[Any] | str) -> Iterator[str]:
    if isinstance(told, str):
        yield from FACTS.findall(told)
    else:
        for one in told.values() if isinstance(told, dict) else told:
            yield from _facts(one)


def _sentences(html: str) -> int:
    return len(re.findall(r"[.;](?= |<)", SHORTENED.sub("", html)))
