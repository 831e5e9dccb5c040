"""Finding a service by a resident's own words.

A town has tens of services, not thousands: their titles are compared here, word by word, so that an ending
(дърво, дървета), a missing diacritic (taiere, tăiere) or a slip of the finger still finds the page.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher

WORD = re.compile(r"\w+")
SHORTEST_STEM = 4
ALIKE = 0.8


def folded_words(text: str) -> list[str]:
    """The words of a text in small letters without diacritics; ł, which has no decomposition, becomes l."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


def likeness(asked: str, found: str) -> float:
    """1 for the same word, less for the same beginning, less again for a typing error, else 0."""
    if asked == found:
        return 1.0
    shorter = min(len(asked), len(found))
    shared = next((i for i, (a, b) in enumerate(zip(asked, found, strict=False)) if a != b), shorter)
    if shared == len(asked) and shared >= 2 or shared >= max(SHORTEST_STEM, shorter - 2):
        return 0.8
    if shorter >= SHORTEST_STEM and abs(len(asked) - len(found)) <= 2:
        ratio = SequenceMatcher(None, asked, found).ratio()
        return ratio / 2 if ratio >= ALIKE else 0.0
    return 0.0


def best_matches[Item](query: str, items: Iterable[Item], *, words: Callable[[Item], Sequence[str]]) -> list[Item]:
    """The items of which at least half of the asked words are found, best first; earlier texts weigh more."""
    asked = folded_words(query)
    scored = [(_score(asked, words(item)), place, item) for place, item in enumerate(items)]
    return [item for score, _place, item in sorted(scored, key=lambda s: (-s[0], s[1])) if score > 0]


def _score(asked: list[str], texts: Sequence[str]) -> float:
    weighed = [(word, 1 / (1 + rank)) for rank, text in enumerate(texts) for word in folded_words(text)]
    best = [max((likeness(word, other) * weight for other, weight in weighed), default=0.0) for word in asked]
    found = sum(1 for value in best if value > 0)
    return sum(best) if asked and found * 2 >= len(asked) else 0.0
