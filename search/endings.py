"""The regular endings of Bulgarian, Polish and Romanian nouns and adjectives, and the basic forms behind them.

A dictionary gives one basic form for each word, and not always the one that was meant: działek is the genitive of
działka (plot) and of działko (gun). What is found here only counts when the dictionary has it as a basic form.
"""

from collections.abc import Iterator

SHORTEST_STEM = 3

# Basic ending: endings of the other forms. "-" stands for nothing.
_PATTERNS = {
    "bg": """
        - : а ът я ят и ите ове овете та ия ият ата о ото
        й : я ят и ите еве евете
        а : ата и ите
        я : ята и ите
        о : ото а ата
        е : ето а ата я ята та тата
        ие : ието ия ията
        ен : на ната но ното ни ните ния ният
        ски : ска ската ско ското ските ския ският
        ец : еца ецът ци ците
        к : ци ците
        г : зи зите
        х : си сите
        ин : и ите
        не : нето ния нията
        ам : а аш аме ате ат ал ала ало али
    """,
    "pl": """
        - : u a owi em ie y i ów om ami ach
        a : y i ie ę ą - om ami ach
        o : a u em ie - om ami ach
        e : a u em - om ami ach
        ia : i ię ią iom iami iach
        nie : nia niu niem ń niom niami niach
        cie : cia ciu ciem ć ciom ciami ciach
        ść : ści ścią ściom ściami ściach
        ek : ku ka kowi kiem ki ków kom kami kach
        ka : ek ce
        ko : ek
        ec : ca cowi cem cu cy ców com cami cach
        y : ego emu ym ych ymi a ej ą e
        ki : kiego kiemu kim kich kimi ka kiej ką kie
        gi : giego giemu gim gich gimi ga giej gą gie
        k : kiem ki
        g : giem gi
        ć : cia ciowi ciem cie ciom ciami ciach
        ń : nia niowi niem nie niom niami niach
    """,
    "ro": """
        - : ul ului i ii ilor uri urile urilor e ele elor ă a
        u : ul ului i ii ilor e ele elor
        iu : iul iului ii iile iilor
        ă : a e ei ele elor i ii ile ilor
        e : ea ele elui i ii ile ilor
        ie : ia ii iei iile iilor
        are : area ării ări ările ărilor
        ere : erea erii eri erile erilor
        ire : irea irii iri irile irilor
        tate : tatea tății tăți tățile tăților
        or : oare oarele oarelor
        t : ți ții ților
        d : zi zii zilor
    """,
}
# Romanian deeds end as the plural of doers does: consiliere (advice) is no consilier (councillor).
_DEEDS = ("are", "ere", "ire", "âre")
# A closed syllable changes the vowel: dróg is of droga, ksiąg of księga.
_VOWELS_BEFORE_NOTHING = {"ó": "o", "ą": "ę"}


def _by_ending(patterns: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in patterns.strip().splitlines():
        basic, _colon, others = line.partition(":")
        for other in others.split():
            found.setdefault(other.replace("-", ""), []).append(basic.strip().replace("-", ""))
    return {ending: tuple(basics) for ending, basics in found.items()}


_BASICS_BY_ENDING = {language: _by_ending(patterns) for language, patterns in _PATTERNS.items()}
_LONGEST_ENDING = {language: max(map(len, found)) for language, found in _BASICS_BY_ENDING.items()}


def regular_basic_forms(word: str, language: str) -> Iterator[str]:
    """Words that this one would be a regular form of; most of them don't exist. ``word``: in small letters."""
    by_ending = _BASICS_BY_ENDING.get(language, {})
    for length in range(_LONGEST_ENDING.get(language, -1) + 1):
        stem, ending = word[: len(word) - length], word[len(word) - length :]
        if len(stem) < SHORTEST_STEM:
            return
        for basic in by_ending.get(ending, ()):
            if language == "ro" and not basic and word.endswith(_DEEDS):
                continue
            yield stem + basic
            if not ending and basic and (opened := _opened(stem)):
                yield opened + basic


def _opened(stem: str) -> str | None:
    for closed, open_vowel in _VOWELS_BEFORE_NOTHING.items():
        place = stem.rfind(closed)
        if place >= 0 and len(stem) - place <= SHORTEST_STEM:
            return stem[:place] + open_vowel + stem[place + 1 :]
    return None
