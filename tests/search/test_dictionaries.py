"""Dictionaries are opened from what an earlier process kept, and made anew when that is gone or spoilt."""

import pytest
from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamMap

from search.dictionaries import PARTS, KeptDictionaries

LANGUAGE = "en"  # the smallest


@pytest.fixture
def kept(settings, tmp_path):
    settings.SEARCH_WORDS_DIR = tmp_path / "words"
    KeptDictionaries().get_dictionary(LANGUAGE)
    [file] = settings.SEARCH_WORDS_DIR.iterdir()
    return file


def parts(dictionary):
    return [getattr(dictionary, part) for part in PARTS]


def test_the_second_process_reads_what_the_first_one_found(kept, monkeypatch):
    as_made = parts(StreamMap(LANGUAGE))
    monkeypatch.setattr(StreamMap, "__init__", lambda *_: pytest.fail("It was made anew."))

    opened = KeptDictionaries().get_dictionary(LANGUAGE)

    assert parts(opened) == as_made
    assert opened["trees"] == "tree"


@pytest.mark.parametrize("spoilt", [b"", b"[not ours", b"i\x07\x00\x00\x00"])
def test_what_is_spoilt_is_made_anew(kept, spoilt):
    whole = kept.read_bytes()
    kept.write_bytes(spoilt)

    opened = KeptDictionaries().get_dictionary(LANGUAGE)

    assert opened["trees"] == "tree"
    assert kept.read_bytes() == whole


def test_without_a_place_to_keep_them_they_are_opened_all_the_same(settings, tmp_path):
    (tmp_path / "a file").touch()
    settings.SEARCH_WORDS_DIR = tmp_path / "a file" / "words"

    assert KeptDictionaries().get_dictionary(LANGUAGE)["trees"] == "tree"
