"""The dictionaries are fetched when a process starts, so that nobody's first search waits for them."""

from typing import Any

from django.conf import settings

from search import words


def begin(**_news: Any) -> None:
    """Called by the web server's and the worker's new processes; commands and tests do without."""
    if settings.SEARCH_WORDS_AT_START:
        words.load_dictionaries_meanwhile()
