"""The embedded engine's own: what happens when its folder is harmed, and when several processes use it."""

import multiprocessing
import os
import resource
import shutil

import pytest

from search.engines import IndexUnavailable
from search.engines.embedded import EmbeddedEngine
from tests.search.entries import entry, found, keep, put_in_place_of


@pytest.fixture
def engine(tmp_path):
    engine = EmbeddedEngine(tmp_path / "index")
    engine.wipe()
    return engine


def test_an_open_engine_sees_what_another_wrote(engine):
    other = EmbeddedEngine(engine.folder)
    assert found(other, "") == []

    keep(engine, entry(1))

    assert found(other, "") == [1]


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
        put_in_place_of(file, {"emptied": b"", "scrambled": os.urandom(len(content)), "shortened": content[:20]}[harm])

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
