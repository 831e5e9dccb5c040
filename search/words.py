"""How a word is found again although it was bent, typed without its accents or in other letters.

A word of a text is kept under several forms at the same place: as written (without case and accents), its
dictionary form, and its stem. A word that somebody looks for is compared with these forms. Stems come in two kinds,
so that a guess never spoils a word that a dictionary knows: the stem of a known word answers only to words that
no dictionary knows, and the other way round.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import lru_cache
from itertools import combinations, islice, product
from typing import NamedTuple

from simplemma.strategies import RulesStrategy

from search.dictionaries import dictionaries, lookup
from search.endings import regular_basic_forms

LONGEST_WORD = 60
LETTERS_OF_A_STEM = 4
SHORTEST_IN_OTHER_LETTERS = 3
KNOWN_STEM, UNKNOWN_STEM = "~", "?"

# Marks over letters and hyphens that show only at the end of a line belong to the word that they stand in.
_WORD = re.compile(r"[^\W_]++(?:[\u0300-\u036f\u00ad\u200b-\u200d\ufeff]++[^\W_]++)*+[\u0300-\u036f]*+")
# In a text without such marks and low lines it finds the same words, in two thirds of the time.
_PLAIN_WORD = re.compile(r"\w++")
_NEEDS_CARE = re.compile("[_\u0300-\u036f\u00ad\u200b-\u200d\ufeff]")
_SIGNS_ABOUT_A_WORD = ".,;:!?()[]\"'„“”«»…–—-"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\ufeff]")
_BROKEN_AT_LINE_END = re.compile(r"[-\u2010\u0002\ufffe]\r?\n[ \t]*")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[a-z\u00df-\u024f]")
_LAST_LETTERS = re.compile(r"[^\W\d_]+\Z")
_FIGURE_AND_LETTERS = re.compile(r"(\d+)[^\W\d_]+")
_YEAR_AND_ITS_WORD = re.compile(r"([12]\d{3})(?:г|год|r|roku|g)")
_LANGUAGES_OF_CYRILLIC = ("bg",)
_LANGUAGES_OF_LATIN = ("pl", "ro", "en")
_LETTERS_WITHOUT_ACCENT = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ѝ": "и", "ё": "е", "ѐ": "е"}
)
# Romanian letters came with a cedilla in older keyboards and fonts; dictionaries spell them with a comma.
_CEDILLA_TO_COMMA = str.maketrans("şţŞŢ", "șțȘȚ")
# Until 1993 Romanian wrote î inside words too.
_OLD_INNER_I = re.compile(r"(?<=\w)î(?=\w)")
# The same sign comes from either keyboard and out of text recognition: the letters look alike.
_LOOK_ALIKES_TO_CYRILLIC = str.maketrans("abeikmhopctyx", "авеикмнорстух")
_LOOK_ALIKES_TO_LATIN = str.maketrans("авекмнорстух", "abekmhopctyx")

_ENDINGS = {
    "Bulgarian": "иятата ищата овците овете евете ията ието иите ища ове еве ите ата ята ето ото тата ият ът ят та то"
    " те ия ие ии аме ате ам а я о е и у ю ъ",
    "Polish": "iami ami iach ach iom om iow ow owi iego ego iemu emu ymi imi iej ej ia iu iem em a e i y o u",
    "Bulgarian in Latin letters": "ovete iata iyata ieto iyat ite ata eto",
    "Romanian": "iilor ilor elor lor iului ului iul ul iile ile iile iei ele ei ii le ea ia ie a e i u",
}
_CYRILLIC_ENDINGS = _ENDINGS["Bulgarian"].split()
_LATIN_ENDINGS = " ".join(endings for name, endings in _ENDINGS.items() if name != "Bulgarian").split()

# How Bulgarian is typed in Latin letters: the Transliteration Act of 2009 first, then what passports, maps and people's
# messages do.
_CYRILLIC_SPELLINGS = {
    "sht": "щ шт", "zh": "ж", "ts": "ц тс", "tz": "ц", "ch": "ч", "sh": "ш", "kh": "х", "yu": "ю", "iu": "ю иу",
    "ju": "ю", "ya": "я", "ia": "ия я", "ja": "я", "yo": "йо ьо", "jo": "йо ьо", "io": "ио ьо", "dj": "дж",
    "a": "а ъ", "b": "б", "v": "в", "g": "г", "d": "д", "e": "е", "z": "з", "i": "и й", "y": "й ь ъ и", "k": "к",
    "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "r": "р", "s": "с", "t": "т", "u": "у ъ", "f": "ф", "h": "х",
    "c": "ц к", "w": "в", "q": "я", "j": "ж й", "x": "х кс", "4": "ч", "6": "ш",
}  # fmt: skip
_LATIN_SPELLINGS = {
    "а": "a", "б": "b", "в": "v w", "г": "g", "д": "d", "е": "e", "ж": "zh j", "з": "z", "и": "i", "й": "y i j",
    "к": "k c", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h kh", "ц": "ts c tz", "ч": "ch", "ш": "sh", "щ": "sht", "ъ": "a u y", "ь": "y", "ю": "yu iu ju",
    "я": "ya ia ja", "ия": "ia iya iia", "дж": "dzh dj j", "кс": "ks x",
}  # fmt: skip
_LATIN_SOUND = re.compile("|".join(sorted(_CYRILLIC_SPELLINGS, key=len, reverse=True)))
_CYRILLIC_SOUND = re.compile("|".join(sorted(_LATIN_SPELLINGS, key=len, reverse=True)))
_ACCENTS_OF_LATIN = {
    "a": "a ă ą â", "c": "c ć", "e": "e ę", "i": "i î", "l": "l ł", "n": "n ń", "o": "o ó", "s": "s ș ś", "t": "t ț",
    "z": "z ż ź",
}  # fmt: skip
_MOST_SPELLINGS_LOOKED_UP = 120
_LONGEST_SPELLED_ANEW = 24
_MOST_SPELLINGS_OF_A_NAME = 12

_rules = RulesStrategy()


class PlacedWord(NamedTuple):
    """A word of a text, with the place of its first letter and of the letter behind its last."""

    text: str
    start: int
    end: int


def words_of(text: str) -> Iterator[PlacedWord]:
    """The words of a text in order. Numbers written with dashes or dots are several words: 94-00-127 is three.

    A word that the end of a line broke is one word: it is known whole, or its first half is no word.
    """
    return words_in(mended(text))


def words_in(text: str, start: int = 0) -> Iterator[PlacedWord]:
    """The same of a text that is mended already, from a gap between words on."""
    for match in _WORD.finditer(text, start):
        start, end = match.span()
        if end - start <= LONGEST_WORD:
            yield PlacedWord(match.group(), start, end)


def placed_among(text: str, sought: Set[str], start: int) -> list[tuple[int, PlacedWord]]:
    """Those words of a mended text that are sought, from a gap on, each with its number among all from there on."""
    matches = enumerate(_WORD.finditer(text, start))
    return [(number, PlacedWord(word, *match.span())) for number, match in matches if (word := match.group()) in sought]


def chunks_of(text: str) -> set[str]:
    """What stands between the gaps of a mended text, each once: words with the signs about them."""
    return set(text.split())


def words_of_chunk(chunk: str) -> list[str]:
    word = chunk.strip(_SIGNS_ABOUT_A_WORD)
    return [word] if word.isalnum() else _WORD.findall(chunk)


def gap_before(text: str, place: int) -> int:
    """The last place up to this one at which no word is under way."""
    return max(text.rfind(" ", 0, place), text.rfind("\n", 0, place)) + 1


class Spelt(str):
    """A text as an index takes it: ``oaks|oak|~oak trees|tree|~tree``, its words with all their forms."""

    __slots__ = ()


def spelt(text: str) -> Spelt:
    return text if isinstance(text, Spelt) else Spelt(" ".join(map("|".join, forms_in(text))))


def forms_in(text: str) -> Sequence[Sequence[str]]:
    """The forms of the words of a text in their order: what an index keeps of it."""
    if isinstance(text, Spelt):
        return [word.split("|") for word in text.split()]
    found = _found_in(mended(text))
    if max(map(len, found), default=0) > LONGEST_WORD:
        found = [word for word in found if len(word) <= LONGEST_WORD]
    return list(map(forms, found))


def _found_in(mended_text: str) -> list[str]:
    return (_WORD if _NEEDS_CARE.search(mended_text) else _PLAIN_WORD).findall(mended_text)


def mended(text: str) -> str:
    """The text with invisible signs, as many, where the end of a line broke a word in two: its places stay."""
    if not _BROKEN_AT_LINE_END.search(text):
        return text

    def mend(gap: re.Match[str]) -> str:
        before = _LAST_LETTERS.search(text[max(0, gap.start() - LONGEST_WORD) : gap.start()])
        behind = _WORD.match(text, gap.end())
        is_one = before and behind and _is_one_word(before.group(), behind.group())
        return "\u00ad" * len(gap.group()) if is_one else gap.group()

    return _BROKEN_AT_LINE_END.sub(mend, text)


def _is_one_word(before: str, behind: str) -> bool:
    return behind[0].islower() and (_is_in_a_dictionary(before + behind) or not _is_in_a_dictionary(before))


@lru_cache(maxsize=200_000)
def plain(word: str) -> str:
    """The word without case and accents: Ştefan, ȘTEFAN and stefan are one. Bulgarian й stays a letter of its own."""
    lowered = word.casefold()
    if lowered.isascii():
        return lowered
    letters = (letter if _CYRILLIC.match(letter) else _without_marks(letter) for letter in _clean(lowered))
    return "".join(letters).translate(_LETTERS_WITHOUT_ACCENT)


@lru_cache(maxsize=200_000)
def forms(word: str) -> tuple[str, ...]:
    """Everything under which a word of a document is kept; the first is the word as written."""
    written = plain(word)
    if figure := _FIGURE_AND_LETTERS.fullmatch(written):
        return written, figure[1]
    known_as = _known_as(word)
    stem = _stem(written)
    mark = KNOWN_STEM if known_as else UNKNOWN_STEM
    return _each_once(written, *known_as, *([mark + stem] if stem else []))


@lru_cache(maxsize=10_000)
def wanted_forms(word: str) -> tuple[str, ...]:
    """Everything under which a word that somebody looks for may be kept; the first is the word as written."""
    written = plain(word)
    if year := _YEAR_AND_ITS_WORD.fullmatch(written):
        return written, year[1]
    known_as = _known_as(word)
    stem = _stem(written)
    stems: list[str] = []
    if stem:
        stems = [UNKNOWN_STEM + stem] if known_as else [UNKNOWN_STEM + stem, KNOWN_STEM + stem]
    with_accents = () if known_as else _known_with_accents(written)
    return _each_once(written, *known_as, *with_accents, *stems, *_in_other_letters(written, bool(known_as)))


def load_dictionaries() -> None:
    """Fetch the dictionaries into memory, so that the first search needn't wait for them."""
    for language in (*_LANGUAGES_OF_CYRILLIC, *_LANGUAGES_OF_LATIN):
        dictionaries.get_dictionary(language)


def load_dictionaries_meanwhile() -> None:
    """Begin to fetch the dictionaries beside whatever goes on, once per process."""
    _begin_loading()


@lru_cache(maxsize=1)
def _begin_loading() -> None:
    threading.Thread(target=load_dictionaries, name="load dictionaries", daemon=True).start()


def _known_as(word: str) -> tuple[str, ...]:
    """What the dictionaries of the word's alphabet call its basic forms, without accents; nothing when unknown."""
    lowered = _clean(word.casefold()).translate(_CEDILLA_TO_COMMA)
    found = (form for language in _languages(lowered) for form in _basic_forms(lowered, language))
    return _each_once(*(plain(form) for form in found))


def _basic_forms(word: str, language: str) -> Iterator[str]:
    """The dictionary's own, and those others whose regular form this is: działek is of działko and of działka."""
    known = _lemma(word, language)
    if known is None and language == "ro" and _OLD_INNER_I.search(word):
        word = _OLD_INNER_I.sub("â", word)
        known = _lemma(word, language)
    if known:
        yield known
    if known != word:
        yield from (form for form in regular_basic_forms(word, language) if _lemma(form, language) == form)
    if known is None and (guess := _rules.get_lemma(word, language)):
        yield guess


def _is_in_a_dictionary(word: str) -> bool:
    lowered = _clean(word.casefold()).translate(_CEDILLA_TO_COMMA)
    return any(_lemma(lowered, language) for language in _languages(lowered))


def _lemma(word: str, language: str) -> str | None:
    return lookup.get_lemma(word, language)


@lru_cache(maxsize=10_000)
def _known_with_accents(written: str) -> tuple[str, ...]:
    """Basic forms of a word typed without accents, of the spellings that a dictionary knows: dzialki is of działka."""
    if not written.isascii() or not written.isalpha() or len(written) > _LONGEST_SPELLED_ANEW:
        return ()
    choices = [_ACCENTS_OF_LATIN.get(letter, letter).split() for letter in written]
    spellings = islice(_fewest_changes_first(choices), 1, _MOST_SPELLINGS_LOOKED_UP)
    found = (_lemma(spelling, language) for spelling in spellings for language in ("pl", "ro"))
    return _each_once(*(plain(form) for form in found if form))


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


def _in_other_letters(written: str, is_known: bool) -> tuple[str, ...]:
    """Forms of a Bulgarian word typed in Latin letters, or standing in Latin letters where Cyrillic was typed."""
    if not SHORTEST_IN_OTHER_LETTERS <= len(written) <= _LONGEST_SPELLED_ANEW or not any(
        letter.isalpha() for letter in written
    ):
        return ()
    if written.isascii():
        return _in_cyrillic(written, is_known)
    return _in_latin(written) if _CYRILLIC.match(written) else ()


def _in_cyrillic(written: str, is_known: bool) -> tuple[str, ...]:
    """Of the spellings that the dictionary knows. A name it doesn't know may be spelled several ways."""
    spellings = list(islice(_spelled(written, _LATIN_SOUND, _CYRILLIC_SPELLINGS), _MOST_SPELLINGS_LOOKED_UP))
    known = [spelling for spelling in spellings if _known_as(spelling)]
    guesses = spellings[: 1 if is_known else _MOST_SPELLINGS_OF_A_NAME]
    return _each_once(*(form for spelling in known or guesses for form in forms(spelling)), *spellings[:1])


def _in_latin(written: str) -> tuple[str, ...]:
    spellings = list(islice(_spelled(written, _CYRILLIC_SOUND, _LATIN_SPELLINGS), _MOST_SPELLINGS_OF_A_NAME))
    stems = [UNKNOWN_STEM + stem for spelling in spellings[:2] if (stem := _stem(spelling))]
    return _each_once(*spellings, *stems)


def _spelled(written: str, sound: re.Pattern[str], spellings: Mapping[str, str]) -> Iterator[str]:
    sounds = sound.findall(written)
    if "".join(sounds) == written:
        yield from _fewest_changes_first([spellings[sound].split() for sound in sounds])


def _fewest_changes_first(choices: Sequence[Sequence[str]]) -> Iterator[str]:
    """All ways to take one of each choice, joined: the first of each, then those that differ at one place, at two."""
    open_places = [place for place, choice in enumerate(choices) if len(choice) > 1]
    usual = [choice[0] for choice in choices]
    for count in range(len(open_places) + 1):
        for places in combinations(open_places, count):
            for others in product(*(choices[place][1:] for place in places)):
                spelled = usual.copy()
                for place, other in zip(places, others, strict=True):
                    spelled[place] = other
                yield "".join(spelled)


@lru_cache(maxsize=200_000)
def _clean(word: str) -> str:
    """The small letters of one alphabet, each one sign. A word with a figure in it keeps Latin ones: 12а is 12a."""
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", word))
    if composed.isascii() or not _CYRILLIC.search(composed):
        return composed
    if any(letter.isdigit() for letter in composed):
        return composed.translate(_LOOK_ALIKES_TO_LATIN)
    return composed.translate(_LOOK_ALIKES_TO_CYRILLIC) if _LATIN.search(composed) else composed


def _without_marks(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


def _each_once(*words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
