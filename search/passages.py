"""The places of a page where the words that were looked for stand, with a little of what is around them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search import words
from search.parser import Near, Number, Phrase, Query, Word, terms_sought

LETTERS_AROUND = 90
MOST_MARKS = 12


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; marked when it is what was looked for. Templates escape it like any other text."""

    text: str
    is_marked: bool


class Seeker:
    """Knows what a query looks for, and finds it in texts. One per search: it remembers the words it has met."""

    def __init__(self, query: Query) -> None:
        self._forms: set[str] = set()
        self._beginnings: tuple[str, ...] = ()
        self._rows: list[tuple[str, ...]] = []
        self._groups: list[tuple[tuple[frozenset[str], ...], int]] = []
        for term in terms_sought(query):
            self._learn(term)
        in_rows = {word for row in self._rows for word in row}
        in_groups = {form for group, _distance in self._groups for wanted in group for form in wanted}
        self._in_some = self._forms | in_rows | in_groups
        # Words that are looked for alone, and as one of several; and the chunks of texts that have such words in them.
        self._alone: set[str] = set()
        self._in_several: set[str] = set()
        self._judged: set[str] = set()
        self._with_one_alone: set[str] = set()
        self._with_one_of_several: set[str] = set()

    @property
    def seeks_something(self) -> bool:
        return bool(self._forms or self._beginnings or self._rows or self._groups)

    def passage(self, text: str) -> tuple[Piece, ...]:
        """The first stretch of the text in which something was found, in pieces; nothing when nothing was."""
        places = self._first_places(text)
        if not places:
            return ()
        start, end = _stretch(text, places)
        inside = [place for place in places if place[0] >= start and place[1] <= end]
        return tuple(_pieces(text, start, end, inside[:MOST_MARKS]))

    def marked(self, text: str) -> tuple[Piece, ...]:
        """The whole text in pieces, for titles."""
        return tuple(_pieces(text, 0, len(text), self.places(text)))

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where in the text something stands that is looked for: first letter and the one behind the last."""
        text = words.mended(text)
        alone, in_several = self._met(words.chunks_of(text))
        return self._all_places(text, alone | in_several)

    def _learn(self, term: Word | Phrase | Near | Number) -> None:
        match term:
            case Word(text, is_beginning=True):
                self._beginnings += (words.plain(text),)
            case Word(text):
                self._forms.update(words.wanted_forms(text))
            case Phrase(parts):
                self._rows.append(tuple(words.plain(part) for part in parts))
            case Near(parts, distance):
                self._groups.append((tuple(frozenset(words.wanted_forms(part)) for part in parts), distance))
            case Number(text):
                self._rows.append(tuple(words.plain(word.text) for word in words.words_of(text)))

    def _first_places(self, text: str) -> list[tuple[int, int]]:
        """The first place and those near it; most pages of most results have none, and are left at once."""
        text = words.mended(text)
        alone, in_several = self._met(words.chunks_of(text))
        if in_several:
            return self._all_places(text, alone | in_several)
        if not alone:
            return []
        places: list[tuple[int, int]] = []
        for word in words.words_in(text, _gap_before_first(text, alone)):
            if places and word.start - places[-1][1] > LETTERS_AROUND:
                break
            if word.text in self._alone:
                places.append((word.start, word.end))
        return places

    def _met(self, chunks: set[str]) -> tuple[set[str], set[str]]:
        """Those with a word that is looked for alone; those with one of several, if all of a row or group are there."""
        new = chunks - self._judged
        for chunk in new:
            for word in words.words_of_chunk(chunk):
                forms = words.forms(word)
                if not self._in_some.isdisjoint(forms):
                    self._in_several.add(word)
                    self._with_one_of_several.add(chunk)
                    if not self._forms.isdisjoint(forms):
                        self._alone.add(word)
                        self._with_one_alone.add(chunk)
                if self._beginnings and forms[0].startswith(self._beginnings):
                    self._alone.add(word)
                    self._with_one_alone.add(chunk)
        self._judged |= new
        several = chunks & self._with_one_of_several if self._rows or self._groups else set()
        return chunks & self._with_one_alone, several if self._is_whole(several) else set()

    def _is_whole(self, chunks: set[str]) -> bool:
        forms = {form for chunk in chunks for word in words.words_of_chunk(chunk) for form in words.forms(word)}
        return any(row and forms.issuperset(row) for row in self._rows) or any(
            not any(wanted.isdisjoint(forms) for wanted in group) for group, _distance in self._groups
        )

    def _all_places(self, text: str, chunks: set[str]) -> list[tuple[int, int]]:
        """In a mended text, from the first of these chunks on."""
        if not chunks:
            return []
        met = words.placed_among(text, self._alone | self._in_several, _gap_before_first(text, chunks))
        places = [(word.start, word.end) for _number, word in met if word.text in self._alone]
        for row in self._rows:
            places.extend(_places_of_row(met, row))
        for group, distance in self._groups:
            places.extend(_places_near_each_other(met, group, distance))
        return _joined(sorted(places))


def _gap_before_first(text: str, chunks: set[str]) -> int:
    return words.gap_before(text, min(map(text.find, chunks)))


type Met = Sequence[tuple[int, words.PlacedWord]]


def _places_of_row(met: Met, row: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """``met``: the words that may be meant, with their numbers among all of the text."""
    for place, (number, word) in enumerate(met):
        if row and words.plain(word.text) == row[0]:
            here = met[place : place + len(row)]
            is_together = here[-1][0] - number == len(row) - 1
            if is_together and tuple(words.plain(one.text) for _number, one in here) == row:
                yield word.start, here[-1][1].end


def _places_near_each_other(met: Met, group: Sequence[frozenset[str]], distance: int) -> Iterator[tuple[int, int]]:
    """Where all words of the group stand within so many others: each of its words there, not what lies between."""
    judged = ((number, word, _members(group, word.text)) for number, word in met)
    members = [(number, word, members) for number, word, members in judged if members]
    width = len(group) + distance
    for first, (position, _word, _members_of_it) in enumerate(members):
        window = [one for one in members[first : first + width] if one[0] < position + width]
        if len(window) >= len(group) and len(set().union(*(numbers for _, _, numbers in window))) == len(group):
            yield from ((word.start, word.end) for _number, word, _numbers in window)


def _members(group: Sequence[frozenset[str]], word: str) -> frozenset[int]:
    """Which words of the group this may be, by their places in it."""
    forms = words.forms(word)
    return frozenset(place for place, wanted in enumerate(group) if not wanted.isdisjoint(forms))


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places that overlap, as when a word and a phrase with it were both asked for, become one."""
    joined: list[tuple[int, int]] = []
    for start, end in places:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _stretch(text: str, places: list[tuple[int, int]]) -> tuple[int, int]:
    """From some letters before the first place to some behind the last one near it, cut between words."""
    first_start, last_end = places[0]
    for start, end in places[1:]:
        if start - last_end > LETTERS_AROUND or end - first_start > 2 * LETTERS_AROUND:
            break
        last_end = end
    start = max(0, first_start - LETTERS_AROUND)
    end = min(len(text), last_end + LETTERS_AROUND)
    if start > 0:
        start = _behind_a_gap(text, start, first_start)
    if end < len(text):
        gap = max(text.rfind(" ", last_end, end), text.rfind("\n", last_end, end))
        end = gap if gap > last_end else end
    return start, end


def _behind_a_gap(text: str, start: int, limit: int) -> int:
    gaps = [gap for gap in (text.find(" ", start, limit), text.find("\n", start, limit)) if gap >= 0]
    return min(gaps) + 1 if gaps else start


def _pieces(text: str, start: int, end: int, places: list[tuple[int, int]]) -> Iterator[Piece]:
    position = start
    for place_start, place_end in places:
        if place_start > position:
            yield Piece(_on_one_line(text[position:place_start]), is_marked=False)
        yield Piece(text[place_start:place_end], is_marked=True)
        position = place_end
    if end > position:
        yield Piece(_on_one_line(text[position:end]), is_marked=False)


def _on_one_line(text: str) -> str:
    """Without line breaks; a blank at either edge stays, because a marked word follows or went before."""
    inside = " ".join(text.split())
    before = " " if text[:1].isspace() else ""
    behind = " " if text[-1:].isspace() and inside else ""
    return f"{before}{inside}{behind}"


def pieces_of(text: str, seeker: Seeker) -> tuple[Piece, ...]:
    """The whole text in pieces with its lines as they are, for a page that is read as a whole."""
    pieces, position = [], 0
    for start, end in seeker.places(text):
        pieces += [Piece(text[position:start], is_marked=False), Piece(text[start:end], is_marked=True)]
        position = end
    pieces.append(Piece(text[position:], is_marked=False))
    return tuple(piece for piece in pieces if piece.text)
