"""How a word is found again although it was bent, typed without its accents or in other letters.

A word of a text is kept under several forms at the same place: as written (without case and accents), its
dictionary form, and its stem. A word that somebody looks for is compared with these forms. Stems come in two kinds,
so that a guess never spoils a word that a dictionary knows: the stem of a known word answers only to words that
no dictionary knows, and the other way round.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from simplemma.strategies import DictionaryLookupStrategy, RulesStrategy
from simplemma.strategies.dictionaries import LOW_MEMORY_DICTIONARY_FACTORY

LONGEST_WORD = 60
LETTERS_OF_A_STEM = 4
SHORTEST_BULGARIAN = 3
KNOWN_STEM, UNKNOWN_STEM = "~", "?"

_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[a-z\u00df-\u024f]")
_LANGUAGES_OF_CYRILLIC = ("bg",)
_LANGUAGES_OF_LATIN = ("pl", "ro", "en")
_LETTERS_WITHOUT_ACCENT = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ѝ": "и", "ё": "е", "ѐ": "е", "ы": "ы"}
)
# Romanian letters came with a cedilla in older keyboards and fonts; dictionaries spell them with a comma.
_CEDILLA_TO_COMMA = str.maketrans("şţŞŢ", "șțȘȚ")

_ENDINGS = {
    "Bulgarian": "иятата ищата овците овете евете ията ието иите ища ове еве ите ата ята ето ото тата ият ът ят та то"
    " те ия ие ии а я о е и у ю ъ",
    "Polish": "iami ami iach ach iom om iow ow owi iego ego iemu emu ymi imi iej ej ia iu iem em a e i y o u",
    "Romanian": "iilor ilor elor lor iului ului iul ul iile ile iei ele ei ii le ea ia ie a e i u",
}
_CYRILLIC_ENDINGS = _ENDINGS["Bulgarian"].split()
_LATIN_ENDINGS = f"{_ENDINGS['Polish']} {_ENDINGS['Romanian']}".split()

# The usual ways to type Bulgarian in Latin letters: the Transliteration Act of 2009, and what people do in messages.
_CYRILLIC_SPELLINGS = {
    "sht": "щ", "zh": "ж", "ts": "ц", "ch": "ч", "sh": "ш", "yu": "ю", "ya": "я", "ia": "ия", "yo": "йо",
    "a": "аъ", "b": "б", "v": "в", "g": "г", "d": "д", "e": "е", "z": "з", "i": "и", "y": "йъь", "k": "к", "l": "л",
    "m": "м", "n": "н", "o": "о", "p": "п", "r": "р", "s": "с", "t": "т", "u": "уъ", "f": "ф", "h": "х", "c": "ц",
    "w": "в", "q": "я", "j": "жй", "x": "х", "4": "ч", "6": "ш",
}  # fmt: skip
_SEVERAL_LETTERS = {"ia", "yo", "sht", "zh", "ts", "ch", "sh", "yu", "ya"}
_LATIN_SOUND = re.compile("|".join(sorted(_CYRILLIC_SPELLINGS, key=len, reverse=True)))
_MOST_SPELLINGS = 64

_dictionaries = DictionaryLookupStrategy(LOW_MEMORY_DICTIONARY_FACTORY)
_rules = RulesStrategy()


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of a text, with the place of its first letter and of the letter behind its last."""

    text: str
    start: int
    end: int


def words_of(text: str) -> Iterator[PlacedWord]:
    """The words of a text in order. Numbers written with dashes or dots are several words: 94-00-127 is three."""
    for match in _WORD.finditer(text):
        if match.end() - match.start() <= LONGEST_WORD:
            yield PlacedWord(match.group(), match.start(), match.end())


@lru_cache(maxsize=200_000)
def plain(word: str) -> str:
    """The word without case and accents: Ştefan, ȘTEFAN and stefan are one. Bulgarian й stays a letter of its own."""
    lowered = word.casefold()
    if lowered.isascii():
        return lowered
    letters = (letter if _CYRILLIC.match(letter) else _without_marks(letter) for letter in _composed(lowered))
    return "".join(letters).translate(_LETTERS_WITHOUT_ACCENT)


@lru_cache(maxsize=200_000)
def forms(word: str) -> tuple[str, ...]:
    """Everything under which a word of a document is kept; the first is the word as written."""
    written = plain(word)
    dictionary_forms = _dictionary_forms(word)
    stem = _stem(written)
    mark = KNOWN_STEM if dictionary_forms else UNKNOWN_STEM
    return _each_once(written, *dictionary_forms, *([mark + stem] if stem else []))


@lru_cache(maxsize=10_000)
def wanted_forms(word: str) -> tuple[str, ...]:
    """Everything under which a word that somebody looks for may be kept; the first is the word as written."""
    written = plain(word)
    dictionary_forms = _dictionary_forms(word)
    stem = _stem(written)
    stems: list[str] = []
    if stem:
        stems = [UNKNOWN_STEM + stem] if dictionary_forms else [UNKNOWN_STEM + stem, KNOWN_STEM + stem]
    return _each_once(written, *dictionary_forms, *stems, *_forms_in_cyrillic(written))


def load_dictionaries() -> None:
    """Fetch the dictionaries into memory, so that the first search needn't wait for them (some seconds)."""
    for language in (*_LANGUAGES_OF_CYRILLIC, *_LANGUAGES_OF_LATIN):
        LOW_MEMORY_DICTIONARY_FACTORY.get_dictionary(language)


def load_dictionaries_meanwhile() -> None:
    """Begin to fetch the dictionaries beside whatever goes on, once per process."""
    _begin_loading()


@lru_cache(maxsize=1)
def _begin_loading() -> None:
    threading.Thread(target=load_dictionaries, name="load dictionaries", daemon=True).start()


def _dictionary_forms(word: str) -> tuple[str, ...]:
    """What the dictionaries of the word's alphabet call its basic forms, without accents; nothing when unknown."""
    lowered = _composed(word.casefold()).translate(_CEDILLA_TO_COMMA)
    found = (_dictionary_form(lowered, language) for language in _languages(lowered))
    return _each_once(*(plain(form) for form in found if form))


def _dictionary_form(word: str, language: str) -> str | None:
    return _dictionaries.get_lemma(word, language) or _rules.get_lemma(word, language)


def _languages(lowered: str) -> tuple[str, ...]:
    if any(letter.isdigit() for letter in lowered):
        return ()
    if _CYRILLIC.match(lowered):
        return _LANGUAGES_OF_CYRILLIC
    return _LANGUAGES_OF_LATIN if _LATIN.match(lowered) else ()


def _stem(written: str) -> str | None:
    """The word without its longest usual ending, when enough of it is left."""
    if any(letter.isdigit() for letter in written) or len(written) < LETTERS_OF_A_STEM:
        return None
    endings = _CYRILLIC_ENDINGS if _CYRILLIC.match(written) else _LATIN_ENDINGS
    fitting = [ending for ending in endings if written.endswith(ending)]
    stems = [written[: -len(ending)] for ending in fitting if len(written) - len(ending) >= LETTERS_OF_A_STEM]
    return min(stems, key=len, default=written)


def _forms_in_cyrillic(written: str) -> tuple[str, ...]:
    """Forms of a Bulgarian word typed in Latin letters: of the spellings the dictionary knows, else the plainest."""
    if not written.isascii() or not any(letter.isalpha() for letter in written) or len(written) < SHORTEST_BULGARIAN:
        return ()
    spellings = list(_spellings_in_cyrillic(written))
    known = [spelling for spelling in spellings if _dictionaries.get_lemma(spelling, "bg")]
    plainest = [] if _dictionary_forms(written) else spellings[:1]
    return _each_once(*(form for spelling in known or plainest for form in forms(spelling)))


def _spellings_in_cyrillic(written: str) -> Iterator[str]:
    sounds = _LATIN_SOUND.findall(written)
    if "".join(sounds) != written:
        return
    choices = [
        (_CYRILLIC_SPELLINGS[sound],) if sound in _SEVERAL_LETTERS else tuple(_CYRILLIC_SPELLINGS[sound])
        for sound in sounds
    ]
    yield from ("".join(spelling) for spelling in islice(product(*choices), _MOST_SPELLINGS))


def _composed(word: str) -> str:
    return unicodedata.normalize("NFC", word)


def _without_marks(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


def _each_once(*words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
