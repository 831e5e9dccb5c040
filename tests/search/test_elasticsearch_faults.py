"""What happens to the archive when a real Elasticsearch is killed, busy, full or has lost its index."""

import threading
from collections import Counter

import pytest

from search import jobs
from search.engines import IndexUnavailable, engine
from search.engines.elasticsearch import Cluster, ElasticsearchEngine
from search.indexing import begin_rebuild, index_waiting, is_being_rebuilt
from search.models import WaitingCase
from search.parser import parse
from tests.search.entries import ALICE, entry, found, keep, keep_all
from tests.search.test_indexing import cases_found, drain, index_findings
from tests.search.troubled_network import troubled
from tests.servers import free_port

pytestmark = pytest.mark.elasticsearch


@pytest.fixture
def archive(cluster, settings):
    """The product set to Elasticsearch."""
    settings.SEARCH_ENGINE = "elasticsearch"
    engine.cache_clear()
    return engine()


@pytest.fixture
def trouble(elasticsearch, cluster, settings):
    with troubled(elasticsearch) as trouble:
        settings.SEARCH_ENGINE = "elasticsearch"
        settings.SEARCH_CLUSTER = {**settings.SEARCH_CLUSTER, "nodes": [trouble.address], "authority": ""}
        engine.cache_clear()
        yield trouble


def documents_indexed():
    """How often the index keeps each document."""
    return Counter(document for document, _ in engine().fingerprints())


@pytest.mark.parametrize("answer", [429, 502, 503])
def test_a_busy_cluster_is_asked_again_and_nothing_is_lost_or_doubled(town, trouble, answer):
    case = town.file()
    index_waiting()
    later = town.file(subject="Oak")

    trouble.comes("_bulk", answer, answer)
    drain()

    assert trouble.refused == 2
    assert cases_found(town.alice, "tree OR oak") == {case.pk, later.pk}
    assert set(documents_indexed().values()) == {1}


def test_a_search_is_asked_again_too(town, trouble):
    case = town.file()
    drain()

    trouble.comes("_search", 503, 429)

    assert cases_found(town.alice, "tree") == {case.pk}


def test_a_cluster_that_stays_busy_leaves_everything_waiting(town, trouble, monkeypatch):
    town.file()
    index_waiting()
    case = town.file(subject="Oak")
    monkeypatch.setattr("search.engines.patience.time.sleep", lambda seconds: None)

    trouble.comes("", *[503] * 100)
    assert index_waiting() == 0
    with pytest.raises(IndexUnavailable):
        engine().search(parse("oak"), reader_terms=ALICE, offset=0, limit=20)
    assert set(WaitingCase.objects.values_list("case", flat=True)) == {case.pk}
    trouble.comes("")
    drain()

    assert cases_found(town.alice, "oak") == {case.pk}
    assert index_findings() == []


def test_without_a_cluster_people_register_and_the_archive_says_so(town, archive, settings):
    settings.SEARCH_CLUSTER = {**settings.SEARCH_CLUSTER, "nodes": ["https://127.0.0.1:9"]}
    engine.cache_clear()

    case = town.file()
    jobs.drain_index()

    assert case.number
    assert WaitingCase.objects.filter(case=case).exists()
    assert is_being_rebuilt()
    assert not engine().is_lost()
    assert index_findings() == [("index-unavailable", "archive")]


def test_with_the_first_of_two_nodes_dead_the_other_one_answers(town, elasticsearch, cluster, settings):
    dead = f"https://127.0.0.1:{free_port()}"
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.SEARCH_CLUSTER = {**settings.SEARCH_CLUSTER, "nodes": [dead, elasticsearch.address]}
    engine.cache_clear()

    # Each client asks its nodes in turn: of two questions one meets the dead one first.
    cases = {town.file().pk, town.file().pk}
    drain()

    assert cases_found(town.alice, "tree") == cases
    assert engine().is_healthy()
    assert dead in {node.base_url for node in engine().client.transport.node_pool.all()}
    assert index_findings() == []


def test_a_wrong_key_is_no_error_either(town, archive, settings):
    settings.SEARCH_CLUSTER = {**settings.SEARCH_CLUSTER, "api_key": "d3Jvbmc6d3Jvbmc="}
    engine.cache_clear()
    town.file()

    assert index_waiting() == 0
    assert WaitingCase.objects.exists()


def test_a_deleted_index_is_made_again_by_itself(town, archive, elasticsearch):
    before = town.file()
    drain()

    elasticsearch.superuser.indices.delete(index=f"{archive.alias}-*")
    after = town.file(subject="Another tree")
    with pytest.raises(IndexUnavailable):
        cases_found(town.alice, "tree")
    drain()

    assert cases_found(town.alice, "tree") == {before.pk, after.pk}
    assert index_findings() == []


def test_an_index_of_another_shape_is_made_again(town, archive, elasticsearch):
    case = town.file()
    drain()

    elasticsearch.superuser.indices.put_mapping(index=f"{archive.alias}-*", meta={"shape": "registra archive 0"})
    assert archive.is_lost()
    drain()

    assert cases_found(town.alice, "tree") == {case.pk}


def test_a_full_disk_keeps_what_is_there_and_lets_the_rest_wait(town, archive, elasticsearch):
    before = town.file()
    drain()

    _disk_is_full(elasticsearch, archive, is_full=True)
    case = town.file(subject="Oak")
    assert index_waiting() == 0
    assert cases_found(town.alice, "tree") == {before.pk}
    assert set(WaitingCase.objects.values_list("case", flat=True)) == {case.pk}
    _disk_is_full(elasticsearch, archive, is_full=False)
    drain()

    assert cases_found(town.alice, "oak") == {case.pk}
    assert set(documents_indexed().values()) == {1}


def _disk_is_full(server, archive, *, is_full):
    """What the cluster does to each index at the flood stage of its disk."""
    server.superuser.indices.put_settings(
        index=f"{archive.alias}-*", settings={"index.blocks.read_only_allow_delete": is_full or None}
    )


def test_an_index_is_built_anew_while_people_search_and_file(town, archive):
    cases = {town.file().pk, town.file().pk}
    drain()

    begin_rebuild()
    cases.add(town.file(subject="A third tree").pk)
    assert archive.is_rebuilding()
    assert not is_being_rebuilt()
    assert len(cases_found(town.alice, "tree")) == 2
    drain()

    assert not archive.is_rebuilding()
    assert cases_found(town.alice, "tree") == cases
    assert index_findings() == []


def test_whoever_read_earlier_does_not_overwrite_who_read_later(archive, cluster, tmp_path):
    archive.wipe()
    slow = ElasticsearchEngine(cluster, lock=tmp_path / "another machine")

    with slow.writing() as writer:
        keep(archive, entry(1, headings=("newer",)))
        writer.put(entry(1, headings=("older",)))

    assert writer.refused == {1}
    assert found(archive, "newer") == [1]


def test_a_writing_into_an_index_that_was_replaced_meanwhile_fails(archive, cluster, tmp_path):
    archive.wipe()
    slow = ElasticsearchEngine(cluster, lock=tmp_path / "another machine")

    def entries():
        archive.begin_rebuild()
        archive.finish_rebuild()
        yield entry(1)

    with pytest.raises(IndexUnavailable):
        keep_all(slow, entries())

    assert found(archive, "") == []


def test_an_index_for_each_year_is_searched_as_one(cluster, archive_folder):
    by_year = ElasticsearchEngine(Cluster(**{**_values(cluster), "is_by_year": True, "shards": 2}), lock=archive_folder)
    by_year.wipe()

    keep(by_year, *(entry(year, captured_on=(year - 1970) * 31_557_600 + 86_400) for year in (1999, 2010, 2026)))

    years = {index.rpartition("-")[2] for index in by_year.client.indices.get(index=f"{by_year.alias}-*")}
    assert {"1999", "2010", "2026"} <= years
    assert sorted(found(by_year, "")) == [1999, 2010, 2026]
    with by_year.writing() as writer:
        writer.remove([2010])
    by_year.begin_rebuild()
    keep(by_year, entry(2026, captured_on=1_790_000_000), entry(1999, captured_on=930_000_000))
    by_year.finish_rebuild()
    assert sorted(found(by_year, "")) == [1999, 2026]


def _values(cluster):
    return {name: getattr(cluster, name) for name in Cluster.__dataclass_fields__}


@pytest.fixture
def mortal(elasticsearch_alone, settings):
    """The server, to be killed; it runs again afterwards."""
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.SEARCH_CLUSTER = {**elasticsearch_alone.cluster, "prefix": "registra-mortal"}
    engine.cache_clear()
    yield elasticsearch_alone
    elasticsearch_alone.superuser.indices.delete(index="registra-mortal-*")


def test_a_cluster_killed_in_the_middle_of_a_bulk_costs_nothing_but_time(town, mortal, monkeypatch):
    cases = {town.file(subject=f"Oak {number}").pk for number in range(12)}
    index_waiting()
    WaitingCase.objects.bulk_create([WaitingCase(case_id=case) for case in cases])
    monkeypatch.setattr("search.engines.elasticsearch.BULK_BYTES", 1)
    monkeypatch.setattr("search.engines.patience.time.sleep", lambda seconds: None)
    real_bulk = engine().client.__class__.bulk
    sent = []

    def bulk(client, **asked):
        sent.append(asked)
        if len(sent) == 3:
            executioner = threading.Thread(target=mortal.kill)
            executioner.start()
            executioner.join()
        return real_bulk(client, **asked)

    monkeypatch.setattr(engine().client.__class__, "bulk", bulk)
    assert index_waiting() == 0
    registered = town.file(subject="Oak registered meanwhile")
    assert set(WaitingCase.objects.values_list("case", flat=True)) == {*cases, registered.pk}
    monkeypatch.undo()

    mortal.start()
    drain()

    assert cases_found(town.alice, "oak") == {*cases, registered.pk}
    assert set(documents_indexed().values()) == {1}
    assert index_findings() == []
