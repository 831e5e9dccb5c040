"""An archive folder of its own for every test, and the town whose papers it holds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search.engines import engine
from tests.search.town import Town


@pytest.fixture(autouse=True)
def archive_folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.SEARCH_INDEX_DIR = tmp_path / "archive"
    engine.cache_clear()
    yield settings.SEARCH_INDEX_DIR
    engine.cache_clear()


@pytest.fixture
def town(db: None) -> Town:
    return Town()
