"""What to try when nothing was found: without a filter, another spelling, fewer words.

Only what would find something is suggested, and only what this person may see is counted. Spellings are taken from
the titles and passages that they could find anyway, never from the index as a whole.
"""

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from cases.models import User
from search.asking import Asked, NotTheseDays
from search.engines import FACETS, IndexUnavailable, Order
from search.finding import count_of, find_asked
from search.parser import QueryTooComplex
from search.words import words_of

MOST = 5
MOST_TRIED = 14
SHORTEST_WORD = 4
LIKENESS = 0.7


@dataclass(frozen=True, slots=True)
class Suggestion:
    words: str
    asked: Asked
    count: int


def suggestions(user: User, asked: Asked, label: Callable[[str, str], str]) -> list[Suggestion]:
    """A few other searches that find something, with how much. ``label``: the name of a facet's value."""
    found: list[Suggestion] = []
    for words, other in _others(user, asked, label):
        try:
            count = count_of(user, other)
        except (IndexUnavailable, QueryTooComplex, NotTheseDays):
            continue
        if count:
            found.append(Suggestion(words, other, count))
        if len(found) == MOST:
            break
    return found


def _others(user: User, asked: Asked, label: Callable[[str, str], str]) -> Iterator[tuple[str, Asked]]:
    for name in FACETS:
        if name in asked.chosen:
            yield _("without the filter “{value}”").format(value=label(name, asked.chosen[name])), asked.without(name)
    if asked.since or asked.until:
        yield _("in all years"), asked.without("days")
    yield from _other_words(user, asked)
    if asked.is_narrowed and asked.typed:
        yield _("without any filter"), Asked(typed=asked.typed)


def _other_words(user: User, asked: Asked) -> Iterator[tuple[str, Asked]]:
    typed = [word.text for word in words_of(asked.typed)][:MOST_TRIED]
    if not typed:
        return
    if '"' in asked.typed:
        yield _("the words in any order"), replace(asked, typed=" ".join(typed))
    corrected = [_likely(user, asked, word) or word for word in typed]
    if corrected != typed:
        words = " ".join(corrected)
        yield _("did you mean “{words}”?").format(words=words), replace(asked, typed=words)
    if len(typed) > 1:
        yield _("any of the words"), replace(asked, typed=" OR ".join(typed))
    beginnings = [f"{word[:-2]}*" if len(word) > SHORTEST_WORD else word for word in typed]
    if beginnings != typed:
        words = " ".join(beginnings)
        yield _("words that begin so: {words}").format(words=words), replace(asked, typed=words)


def _likely(user: User, asked: Asked, word: str) -> str | None:
    """A word like this one from what the person finds by its beginning; None where it is found itself."""
    if len(word) < SHORTEST_WORD or word.isdigit():
        return None
    alone = replace(asked.without("days"), typed=word, chosen={}, order=Order.RELEVANCE)
    try:
        if count_of(user, alone):
            return None
        near = find_asked(user, replace(alone, typed=f"{word[: max(2, len(word) // 2)]}*"))
    except (IndexUnavailable, QueryTooComplex):
        return None
    pieces = [piece for result in near.results for piece in result.title]
    pieces += [piece for result in near.results for passage in result.passages for piece in passage.pieces]
    met = {one.text.casefold() for piece in pieces if piece.is_marked for one in words_of(piece.text)}
    return next(iter(difflib.get_close_matches(word.casefold(), met - {word.casefold()}, n=1, cutoff=LIKENESS)), None)
