"""Many processes make entries for the index, one writes them: what they make is what one alone would."""

import os
import signal
from collections.abc import Collection, Iterator
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases import triggers
from cases.models import Case
from search import words
from search.building import Makers
from search.engines import Engine, engine
from search.entries import entries_of
from search.indexing import begin_anew, index_waiting
from search.models import WaitingCase
from search.parser import parse
from search.reading import read_next_files
from tests.search import written_documents as made
from tests.search.entries import entry, found, keep
from tests.search.town import NOON, Town

# Threads of the tests' own runner are met; a maker needs none of what they hold.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def either_engine(engine_without_index: Engine) -> Engine:
    engine_without_index.wipe()
    return engine_without_index


@pytest.fixture
def town(transactional_db: None) -> Iterator[Town]:
    """Other processes see only what is committed."""
    yield Town()
    triggers.lift()  # the flush that follows puts them back in place


def test_makers_make_what_one_process_makes_with_texts_spelt(town, monkeypatch):
    monkeypatch.setattr("search.building.CASES_OF_ONE_TURN", 1)
    town.file(made.pdf("The old walnut stands in the schoolyard"))
    town.file(subject="Oaks")
    begin_anew()
    index_waiting()
    assert read_next_files(at=NOON)
    cases = set(Case.objects.values_list("pk", flat=True))
    alone = sorted(entries_of(cases), key=lambda one: one.document)

    with Makers(2) as makers:
        together = sorted(makers.entries_of(cases), key=lambda one: one.document)

    assert [one.fingerprint for one in together] == [one.fingerprint for one in alone]
    assert together == [
        replace(one, headings=tuple(map(words.spelt, one.headings)), texts=tuple(map(words.spelt, one.texts)))
        for one in alone
    ]
    assert any("walnut" in text for one in together for text in one.texts)


def test_what_makers_made_is_found_and_waits_no_more(town):
    case = town.file(subject="Walnut trees")
    begin_anew()

    with Makers(2) as makers:
        assert index_waiting(makers) == 2  # it changed, and all wait

    answer = engine().search(parse('"walnut trees"'), reader_terms={"i" + str(case.institution_id)}, offset=0, limit=5)
    assert [hit.case for hit in answer.hits] == [case.pk]
    assert not WaitingCase.objects.exists()


def test_a_maker_that_is_killed_ends_the_command_with_plain_words_and_nothing_is_forgotten(town, monkeypatch):
    town.file(subject="Walnut trees")
    begin_anew()
    monkeypatch.setattr("search.building._spelt_entries_of", die)
    monkeypatch.setattr("search.management.commands.reindex.WORTH_PROCESSES", 1)

    with pytest.raises(CommandError, match="goes on where it was"):
        call_command("reindex", processes=2, stdout=StringIO())

    assert WaitingCase.objects.exists()


def die(cases: Collection[int]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("typed", ["walnuts", '"oaks stand"', "walnut NEAR schoolyard", "stand*"])
def test_a_spelt_entry_is_found_as_the_same_in_plain_words(either_engine, typed):
    headings, texts = ("Walnuts of the school",), ("Old oaks stand here", "a walnut in the schoolyard")
    plain = entry(1, headings=headings, texts=texts)
    spelt = entry(2, headings=tuple(map(words.spelt, headings)), texts=tuple(map(words.spelt, texts)))
    keep(either_engine, plain, spelt)

    assert sorted(found(either_engine, typed)) == [1, 2]


def test_a_process_that_is_split_off_has_an_engine_of_its_own():
    mine = engine()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, b"mine" if engine() is mine else b"its own")
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(reader, 10) == b"its own"
    assert engine() is mine
