"""The embedded engine, on real folders: what is found, by whom, and what happens when the folder is harmed."""

import multiprocessing
import os
import resource
import shutil

import pytest

from search.engines import Entry, IndexUnavailable
from search.engines.embedded import EmbeddedEngine
from search.parser import parse

ALICE, BOB, CHARLIE = {"p1", "u1"}, {"p2", "u1"}, {"p3", "u2"}


def entry(document, **changes):
    values = {
        "document": document,
        "case": 100 + document,
        "fingerprint": document,
        "captured_on": 20261121,
        "institution": "bela-reka",
        "listers": frozenset({"u1"}),
        "text_readers": changes.get("listers", frozenset({"u1"})),
        "numbers": (),
        "headings": (),
        "facets": {},
    }
    return Entry(**{**values, **changes})


@pytest.fixture
def engine(tmp_path):
    engine = EmbeddedEngine(tmp_path / "index")
    engine.wipe()
    return engine


def keep(engine, *entries):
    with engine.writing() as writer:
        for one in entries:
            writer.put(one)


def found(engine, typed, who=ALICE, **options):
    answer = engine.search(parse(typed), reader_terms=who, **{"offset": 0, "limit": 20, **options})
    return [hit.document for hit in answer.hits]


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


def test_without_words_the_newest_come_first(engine):
    keep(engine, entry(1, captured_on=20260101), entry(2, captured_on=20261121), entry(3, captured_on=20250101))

    assert found(engine, "") == [2, 1, 3]


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


def test_pages_follow_one_another(engine):
    keep(engine, *(entry(number, captured_on=number) for number in range(1, 6)))

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
    broken = entry(2, numbers=(object(),))

    with pytest.raises(TypeError):
        keep(engine, entry(1), broken)

    assert found(engine, "") == []


def test_an_open_engine_sees_what_another_wrote(engine):
    other = EmbeddedEngine(engine.folder)
    assert found(other, "") == []

    keep(engine, entry(1))

    assert found(other, "") == [1]


def test_an_index_that_was_never_made_is_unavailable(tmp_path):
    engine = EmbeddedEngine(tmp_path / "nowhere")

    assert not engine.is_healthy()
    with pytest.raises(IndexUnavailable):
        found(engine, "oak")
    with pytest.raises(IndexUnavailable), engine.writing():
        pass


def test_an_index_that_vanishes_while_open_is_unavailable_until_it_is_made_again(engine):
    keep(engine, entry(1))
    assert found(engine, "") == [1]

    shutil.rmtree(engine.folder)

    assert not engine.is_healthy()
    engine.wipe()
    assert found(engine, "") == []


@pytest.mark.parametrize("harm", ["emptied", "scrambled", "shortened"])
def test_a_damaged_index_is_unavailable_and_can_be_made_again(engine, harm):
    keep(engine, *(entry(number, texts=("oak and lime",)) for number in range(50)))
    for file in engine.folder.glob("*/*"):
        if file.name == "shape" or file.name.endswith(".lock"):
            continue
        content = file.read_bytes()
        file.write_bytes({"emptied": b"", "scrambled": os.urandom(len(content)), "shortened": content[:20]}[harm])

    reader = EmbeddedEngine(engine.folder)
    with pytest.raises(IndexUnavailable):
        found(reader, "oak")

    assert not reader.is_healthy()
    reader.wipe()
    keep(reader, entry(1, texts=("oak",)))
    assert found(reader, "oak") == [1]


def test_an_index_of_another_shape_is_unavailable(engine):
    (shape,) = engine.folder.glob("*/shape")
    shape.write_text("registra archive 0")

    assert not engine.is_healthy()


def _keep_in_turn(folder, first):
    for number in range(first, first + 10):
        keep(EmbeddedEngine(folder), entry(number))


def test_two_processes_write_in_turn(engine):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_keep_in_turn, args=(engine.folder, first)) for first in (1, 101)]

    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0, 0]
    assert engine.count() == 20


def _keep_on_a_full_disk(folder, outcome):
    """Files may not grow in this process, as on a disk without room."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))
    try:
        keep(EmbeddedEngine(folder), *(entry(number, texts=("oak " * 100,)) for number in range(2, 90)))
    except IndexUnavailable:
        outcome.put("unavailable")


def test_a_full_disk_costs_what_was_to_be_written_and_nothing_more(engine):
    keep(engine, entry(1))
    context = multiprocessing.get_context("spawn")
    outcome = context.Queue()

    writer = context.Process(target=_keep_on_a_full_disk, args=(engine.folder, outcome))
    writer.start()
    assert outcome.get(timeout=120) == "unavailable"
    writer.join()

    assert found(EmbeddedEngine(engine.folder), "") == [1]
    keep(engine, entry(2))
    assert sorted(found(engine, "")) == [1, 2]
