"""What the papers of the made back-file speak of, in four languages; the words stand in back_file_words.toml."""

import tomllib
from pathlib import Path
from typing import NamedTuple


class Vocabulary(NamedTuple):
    """``matters``: unit, kind, title, then sentences about it. Words in braces are filled for each paper."""

    about: str
    year_word: str
    matters: list[list[str]]
    sentences: list[str]
    streets: list[str]
    first_names: list[str]
    surnames: list[str]
    companies: list[str]
    months: list[str]


_WRITTEN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
VOCABULARIES = {language: Vocabulary(**words) for language, words in _WRITTEN.items()}
