"""An archive of its own for every test, on either engine, and the town whose papers it holds."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search.engines import Engine, engine
from search.engines.elasticsearch import Cluster, ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine
from tests.search.town import Town
from tests.search_server import ElasticsearchServer

_numbers = itertools.count(1)
BOTH_ENGINES = [
    pytest.param("embedded"),
    pytest.param("elasticsearch", marks=pytest.mark.elasticsearch),
]


@pytest.fixture(autouse=True)
def archive_folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.SEARCH_INDEX_DIR = tmp_path / "archive"
    engine.cache_clear()
    yield settings.SEARCH_INDEX_DIR
    engine.cache_clear()


@pytest.fixture
def cluster(elasticsearch: ElasticsearchServer, settings: Any) -> Iterator[Cluster]:
    """A corner of the server for this test alone; it is empty afterwards."""
    prefix = f"registra-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{next(_numbers)}"
    settings.SEARCH_CLUSTER = {**elasticsearch.cluster, "prefix": prefix}
    yield Cluster(**settings.SEARCH_CLUSTER)
    elasticsearch.superuser.indices.delete(index=f"{prefix}-*")


@pytest.fixture(params=BOTH_ENGINES)
def engine_without_index(request: pytest.FixtureRequest, archive_folder: Path) -> Engine:
    if request.param == "embedded":
        return EmbeddedEngine(archive_folder)
    return ElasticsearchEngine(request.getfixturevalue("cluster"), lock=archive_folder)


@pytest.fixture(name="engine")
def empty_engine(engine_without_index: Engine) -> Engine:
    """Each of the two, with an empty index."""
    engine_without_index.wipe()
    return engine_without_index


@pytest.fixture(params=BOTH_ENGINES)
def on_both_engines(request: pytest.FixtureRequest, settings: Any) -> str:
    """The product set to one engine, then to the other."""
    settings.SEARCH_ENGINE = request.param
    if request.param == "elasticsearch":
        request.getfixturevalue("cluster")
    return request.param


@pytest.fixture
def town(db: None) -> Town:
    return Town()
