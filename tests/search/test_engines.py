"""What each engine must answer, asked of the real ones: what is found, by whom, in which order."""

import datetime as dt
import itertools
import random

import pytest

from search.engines import FACETS, IndexUnavailable, Order, matching
from search.parser import And, Between, Near, parse
from search.vague import looser, meant
from tests.search.entries import ALICE, CHARLIE, entry, found, keep, keep_all
from tests.search.test_words import PAIRS


def test_a_document_is_found_by_an_inflected_word_of_its_text_and_leads_to_its_case(engine):
    keep(engine, entry(1, texts=("Подаваме жалбите си срещу кмета.",)), entry(2, texts=("Няма жалост.",)))

    answer = engine.search(parse("жалба"), reader_terms=ALICE, offset=0, limit=20)

    assert [(hit.document, hit.case) for hit in answer.hits] == [(1, 101)]
    assert answer.count == 1


@pytest.mark.parametrize(
    ("typed", "documents"),
    [
        ("tree street", [1]),
        ("oak OR lime", [1, 2]),
        ("street -oak", [2]),
        ('"old oak"', [1]),
        ('"oak old"', []),
        ("oak lime", []),
        ("li*", [2]),
        ("-oak", [2]),
        ("(oak OR lime) -(street tree)", [2]),
    ],
)
def test_words_phrases_and_exclusions(engine, typed, documents):
    keep(
        engine,
        entry(1, texts=("The old oak trees in the street",)),
        entry(2, texts=("A lime and the street",)),
    )

    assert sorted(found(engine, typed)) == documents


@pytest.mark.parametrize(
    "typed", ["94-00-127/21.11.2026", "94-00-127", "94-00-12", "№94-00-1", "127", "number:94-00-127"]
)
def test_a_number_is_found_whole_by_its_beginning_and_by_its_last_part(engine, typed):
    keep(engine, entry(1, numbers=("94-00-127/21.11.2026", "94-00-127", "127")), entry(2, numbers=("72-00-128", "128")))

    assert found(engine, typed) == [1]


def test_a_letter_that_quotes_a_number_comes_behind_the_numbered_document(engine):
    keep(engine, entry(1, texts=("Further to 94-00-127 of last week",)), entry(2, numbers=("94-00-127", "127")))

    assert found(engine, "94-00-127") == [2, 1]


def test_a_word_in_the_title_comes_before_the_same_word_in_a_text(engine):
    keep(engine, entry(1, texts=("A lamp by the oak",)), entry(2, headings=("Felling of an oak",)))

    assert found(engine, "oak") == [2, 1]


def day(year, month=1, number=1):
    return dt.date(year, month, number).toordinal()


def of(*days):
    return {"days": (day(*days), day(*days))}


def test_without_words_the_newest_come_first(engine):
    keep(engine, entry(1, **of(2026, 1)), entry(2, **of(2026, 11)), entry(3, **of(2025)))

    assert found(engine, "") == [2, 1, 3]


def test_of_one_day_the_last_captured_comes_first(engine):
    keep(engine, *(entry(number, captured_on=1_000 + number % 3) for number in (1, 2, 3)))

    assert found(engine, "") == [2, 1, 3]


def test_hits_come_in_the_order_that_was_asked_for(engine):
    keep(
        engine,
        entry(1, headings=("oak",), days=(day(2009), day(2009, 12, 31)), number_order=30),
        entry(2, headings=("oak", "oak", "oak"), **of(2009, 6), number_order=10),
        entry(3, headings=("oak", "lime and a long heading"), **of(1998)),
    )

    assert found(engine, "oak", order=Order.NEWEST) == [1, 2, 3]
    assert found(engine, "oak", order=Order.OLDEST) == [3, 1, 2]
    assert found(engine, "oak", order=Order.NUMBER) == [2, 1, 3]
    assert found(engine, "oak", order=Order.RELEVANCE)[0] == 2


@pytest.mark.parametrize(
    ("earliest", "latest", "documents"),
    [
        (None, None, [1, 2, 3]),
        (dt.date(2009, 1, 1), dt.date(2009, 12, 31), [1, 2]),
        (dt.date(2009, 7, 2), None, [1, 3]),
        (None, dt.date(2009, 6, 1), [1, 2]),
        (dt.date(2009, 6, 1), dt.date(2009, 6, 1), [1, 2]),
        (dt.date(2010, 1, 1), dt.date(2019, 1, 1), []),
    ],
)
def test_a_span_of_days_finds_what_may_be_of_one_of_them(engine, earliest, latest, documents):
    keep(engine, entry(1, days=(day(2008), day(2009, 12, 31))), entry(2, **of(2009, 6)), entry(3, **of(2026)))

    assert sorted(found(engine, Between(earliest, latest))) == documents


@pytest.mark.parametrize(
    ("words", "distance", "documents"),
    [
        (("oak", "street"), 0, [2]),
        (("oak", "street"), 1, [1, 2]),
        (("streets", "oaks"), 2, [1, 2, 3]),
        (("oak", "street"), 90, [1, 2, 3]),
        (("oak", "street", "old"), 2, [1, 2]),
        (("oak", "lime"), 50, []),
        (("oak",), 0, [1, 2, 3]),
    ],
)
def test_words_near_each_other_in_any_form_and_order(engine, words, distance, documents):
    keep(
        engine,
        entry(1, texts=("The oaks of streets, the old ones",)),
        entry(2, texts=("A very old street oak",)),
        entry(3, texts=("Our streets have many oaks, all of them are very very old", "A lime")),
    )

    assert sorted(found(engine, Near(words, distance))) == documents


def _are_near(text, sought, distance):
    """By trying every choice of places: of two words so many others are between, of more a little more."""
    places = [[place for place, word in enumerate(text) if word == one] for one in sought]
    return all(
        any(abs(first - second) - 1 <= distance + len(sought) - 2 for first, second in itertools.product(*pair))
        for pair in itertools.combinations(places, 2)
    )


@pytest.mark.parametrize("sought", [("alpha", "beta"), ("alpha", "beta", "gamma"), ("alpha", "beta", "gamma", "delta")])
def test_near_finds_what_counting_the_words_between_finds(engine, sought):
    chance = random.Random(7)
    words = ["alpha", "beta", "gamma", "delta", "x1", "x2", "x3"]
    texts = [chance.choices(words, k=12) for _ in range(60)]
    keep(engine, *(entry(number, texts=(" ".join(text),)) for number, text in enumerate(texts, start=1)))

    for distance in range(7):
        expected = [number for number, text in enumerate(texts, start=1) if _are_near(text, sought, distance)]
        assert sorted(found(engine, Near(sought, distance), limit=100)) == expected


def test_near_a_crowd_of_words_is_answered(engine):
    words = ("one", "two", "three", "four", "five", "six", "seven")
    keep(engine, entry(1, texts=(" ".join(reversed(words)),)), entry(2, texts=("one two three",)))

    assert found(engine, Near(words, 5)) == [1]


def test_phrases_and_near_do_not_reach_from_one_text_into_the_next(engine):
    keep(engine, entry(1, texts=("the old", "oak tree")))

    assert found(engine, '"old oak"') == []
    assert found(engine, Near(("old", "oak"), 20)) == []


def test_filters_narrow_and_facets_count_what_is_left(engine):
    keep(
        engine,
        entry(1, facets={"unit": "URB", "year": "2026", "kind": "APPLICATION"}, headings=("oak",)),
        entry(2, facets={"unit": "URB", "year": "2025", "kind": "APPLICATION"}, headings=("oak",)),
        entry(3, facets={"unit": "TAX", "year": "2026", "kind": "LETTER"}, headings=("oak",)),
    )

    answer = engine.search(parse("oak unit:urb"), reader_terms=ALICE, facets=["unit", "year"], offset=0, limit=20)

    assert answer.count == 2
    assert answer.facets == {"unit": {"urb": 2}, "year": {"2025": 1, "2026": 1}}


def test_every_facet_counts_and_narrows_and_a_missing_value_counts_nowhere(engine):
    keep(engine, entry(1, facets={name: f"{name}-1" for name in FACETS}), entry(2, facets=dict.fromkeys(FACETS, "")))

    answer = engine.search(parse(""), reader_terms=ALICE, offset=0, limit=20)

    assert answer.facets == {name: {f"{name}-1": 1} for name in FACETS}
    assert {name: found(engine, f'{name}:"{name}-1"') for name in FACETS if name != "year"} == {
        name: [1] for name in FACETS if name != "year"
    }


def test_pages_follow_one_another(engine):
    keep(engine, *(entry(number, **of(2000 + number)) for number in range(1, 6)))

    assert found(engine, "", offset=0, limit=2) == [5, 4]
    assert found(engine, "", offset=4, limit=2) == [1]
    assert engine.search(parse(""), reader_terms=ALICE, offset=4, limit=2).count == 5


def test_who_may_not_list_a_document_finds_counts_and_infers_nothing(engine):
    keep(engine, entry(1, headings=("oak",), numbers=("94-00-1",), facets={"unit": "URB"}))

    for typed in ("oak", "", "94-00-1", "-lime", "unit:URB"):
        answer = engine.search(parse(typed), reader_terms=CHARLIE, offset=0, limit=20)
        assert (answer.hits, answer.count, answer.facets["unit"]) == ([], 0, {})
    assert found(engine, "oak", who=set()) == []


def test_a_guarded_text_is_found_only_by_those_who_may_open_it(engine):
    keep(
        engine,
        entry(
            1,
            listers=frozenset({"i1", "u1"}),
            text_readers=frozenset({"u1"}),
            headings=("Request",),
            texts=("diagnosis",),
        ),
    )

    assert found(engine, "diagnosis", who=ALICE) == [1]
    assert found(engine, "diagnosis", who={"i1"}) == []
    assert found(engine, '"diagnosis"', who={"i1"}) == []
    assert found(engine, Near(("diagnosis", "request"), 200), who={"i1"}) == []
    assert found(engine, And((Near(("diagnosis",), 0),)), who={"i1"}) == []
    assert found(engine, "diag*", who={"i1"}) == []
    assert found(engine, "request", who={"i1"}) == [1]


def test_a_document_put_again_replaces_itself(engine):
    keep(engine, entry(1, headings=("oak",)))

    keep(engine, entry(1, headings=("lime",), fingerprint=7))

    assert (found(engine, "oak"), found(engine, "lime")) == ([], [1])
    assert list(engine.fingerprints()) == [(1, 7)]


def test_a_document_removed_is_gone(engine):
    keep(engine, entry(1), entry(2))

    with engine.writing() as writer:
        writer.remove([1])

    assert found(engine, "") == [2]
    assert engine.count() == 1


def test_nothing_of_a_writing_that_failed_is_kept(engine):
    def entries():
        yield entry(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        keep_all(engine, entries())

    assert found(engine, "") == []


def test_a_long_list_is_scanned_to_its_end_as_it_was_at_one_moment(engine):
    for thousand in range(12):
        keep(engine, *(entry(thousand * 1_000 + number, **of(1500 + number % 500)) for number in range(1_000)))
    answer = engine.search(parse(""), reader_terms=ALICE, facets=(), offset=0, limit=20)
    hits = engine.scan(parse(""), reader_terms=ALICE, order=Order.NEWEST)
    first = next(hits)

    with engine.writing() as writer:
        writer.remove(range(11_000, 12_000))

    rest = list(hits)
    assert first == answer.hits[0]
    assert len({hit.document for hit in [first, *rest]}) == answer.count == 12_000
    assert engine.count() == 11_000
    assert list(engine.scan(parse(""), reader_terms=CHARLIE)) == []


def test_a_scan_comes_in_the_order_of_the_search(engine):
    keep(engine, *(entry(number, headings=("oak",) * (number % 7 + 1), number_order=number) for number in range(40)))

    for order in Order:
        hits = [hit.document for hit in engine.scan(parse("oak"), reader_terms=ALICE, order=order)]
        assert hits == found(engine, "oak", order=order, limit=100)


def test_an_index_is_built_beside_the_one_in_use_and_takes_its_place(engine):
    keep(engine, entry(1, headings=("oak",)), entry(2, headings=("oak",)))
    assert not engine.is_rebuilding()

    engine.begin_rebuild()
    engine.begin_rebuild()
    with engine.writing() as writer:
        writer.put_into_rebuilt(entry(1, headings=("lime",)))
        writer.put(entry(3, headings=("oak",)))

    assert engine.is_rebuilding()
    assert sorted(found(engine, "oak")) == [1, 2, 3]
    assert sorted(engine.fingerprints(of_rebuilt=True)) == [(1, 1), (3, 3)]
    engine.finish_rebuild()
    assert not engine.is_rebuilding()
    assert (found(engine, "oak"), found(engine, "lime")) == ([3], [1])
    assert engine.count() == 2


def test_a_document_removed_while_an_index_is_built_is_gone_from_both(engine):
    keep(engine, entry(1))
    engine.begin_rebuild()
    keep(engine, entry(1), entry(2))

    with engine.writing() as writer:
        writer.remove([1])

    assert found(engine, "") == [2]
    engine.finish_rebuild()
    assert found(engine, "") == [2]


def test_an_entry_for_the_index_being_built_goes_into_the_one_in_use_where_none_is_built(engine):
    with engine.writing() as writer:
        writer.put_into_rebuilt(entry(1))

    assert found(engine, "") == [1]
    assert writer.refused == set()


def test_beginning_anew_gives_up_what_was_being_built(engine):
    keep(engine, entry(1))
    engine.begin_rebuild()

    engine.wipe()

    assert (found(engine, ""), engine.is_rebuilding()) == ([], False)


def test_an_index_that_was_never_made_is_lost_and_unavailable(engine_without_index):
    engine = engine_without_index

    assert (engine.is_healthy(), engine.is_lost()) == (False, True)
    with pytest.raises(IndexUnavailable):
        found(engine, "oak")
    with pytest.raises(IndexUnavailable):
        list(engine.scan(parse("oak"), reader_terms=ALICE))
    with pytest.raises(IndexUnavailable):
        engine.count()
    with pytest.raises(IndexUnavailable), engine.writing():
        pass


def test_inflected_words_find_each_other_and_not_their_neighbours(engine):
    """One document for each form, one for each neighbour; what is asked is every query of the pairs."""
    texts = [text for pair in PAIRS for text in pair[2:4]]
    keep(engine, *(entry(number, texts=(text,)) for number, text in enumerate(texts, start=1)))

    hits = {query: {texts[number - 1] for number in found(engine, query)} for _, query, _, _ in PAIRS}

    assert [query for _, query, form, _ in PAIRS if form not in hits[query]] == []
    assert [query for _, query, _, other in PAIRS if other in hits[query]] == []


@pytest.mark.parametrize(
    "asked",
    [
        "premises opened traders municipal pavements licences neighbours about 2009",
        "udostovereniya zhalbite reshenieto ulichnoto osvetlenie uchilishteto kmetstvoto okolo 2009",
        "uchilishte OR kiosk OR zarzadzenie OR budzet OR petitie OR registru OR strada OR primarie OR tree OR oak"
        " OR lime OR ash OR elm OR beech OR birch OR pine OR fir OR yew OR rowan OR maple OR willow OR alder OR hazel",
    ],
)
def test_no_question_is_too_wide_for_an_engine(engine, asked):
    keep(engine, entry(1, texts=("Traders opened new premises in 2009.",)))

    for query in [meant(parse(asked)), *looser(parse(asked))]:
        assert engine.search(query, reader_terms=ALICE, offset=0, limit=20).count in {0, 1}


@pytest.mark.parametrize(
    "typed",
    [
        "oak lime elm about 2009",
        "oak lime elm ash",
        "oak OR (oak lime) OR (elm -ash)",
        "-(oak OR (oak lime))",
        "oak NEAR nowhere OR lime",
        'elm OR "elm nowhere"',
    ],
)
def test_facets_are_counted_of_all_that_is_found_however_it_is_weighed(engine, typed):
    kinds = random.Random(5)
    some = [" ".join(kinds.sample(["oak", "lime", "elm", "ash"], kinds.randint(1, 4))) for _number in range(30)]
    keep_all(
        engine,
        [
            entry(number, texts=(text,), facets={"kind": kinds.choice(["LETTER", "PLAN"])}, **of(2009))
            for number, text in enumerate(some, 1)
        ],
    )

    for question in (meant(parse(typed)), *looser(parse(typed))):
        answer = engine.search(question, reader_terms=ALICE, offset=0, limit=30)
        each = {kind: found(engine, And((question, parse(f"kind:{kind}"))), limit=30) for kind in ("letter", "plan")}

        assert answer.count == len(answer.hits) > 0
        assert answer.facets["kind"] == {kind: len(hits) for kind, hits in each.items() if hits}


@pytest.mark.parametrize(
    ("query", "shorter"),
    [
        ("oak", "oak"),
        ("oak OR (oak lime)", "oak"),
        ("(oak lime) OR (oak lime elm) OR (lime elm)", "(oak lime) OR (lime elm)"),
        ("ash (oak OR (oak lime))", "ash oak"),
        ("oak OR lime", "oak OR lime"),
        ("-(oak OR (lime oak))", "-oak"),
    ],
)
def test_for_counting_only_what_decides_is_asked(query, shorter):
    assert matching(parse(query)) == parse(shorter)
