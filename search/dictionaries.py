"""simplemma's dictionaries of our languages, opened in a moment.

To find its way in a dictionary simplemma reads it from the first word to the last: five seconds of the processor for
our four languages, in each process. Here the first process keeps what it found, and the others read that.
"""

import contextlib
import hashlib
import marshal
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from simplemma.strategies import DictionaryLookupStrategy
from simplemma.strategies.dictionaries import dictionary_factory
from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamDictionaryFactory, StreamMap

PARTS = StreamMap.__slots__


class KeptDictionaries(StreamDictionaryFactory):
    """What is kept can be thrown away at any time; a folder that nobody may write to costs the five seconds."""

    __slots__ = ()

    def _get_dictionary_uncached(self, lang: str) -> Mapping[str, str]:
        kept = _place_of(lang)
        with contextlib.suppress(OSError, EOFError, ValueError, TypeError):
            parts = marshal.loads(kept.read_bytes())  # noqa: S302 (a file of our own in our own folder)
            if len(parts) == len(PARTS):
                return _from_parts(parts)
        found = StreamMap(lang)
        with contextlib.suppress(OSError):
            _keep(kept, marshal.dumps([getattr(found, part) for part in PARTS]))
        return found


def _place_of(language: str) -> Path:
    """Another name for another dictionary, and for a Python that would not understand what is kept."""
    dictionary = (dictionary_factory.DATA_FOLDER / f"{language}.plzma").read_bytes()
    made_by = hashlib.sha256(dictionary + repr((PARTS, sys.version_info[:2], marshal.version)).encode())
    return Path(settings.SEARCH_WORDS_DIR) / f"{language}-{made_by.hexdigest()[:16]}"


def _from_parts(parts: list[object]) -> StreamMap:
    opened = StreamMap.__new__(StreamMap)
    for name, part in zip(PARTS, parts, strict=True):
        setattr(opened, name, part)
    return opened


def _keep(place: Path, content: bytes) -> None:
    """Whole or not at all: several processes may begin at once."""
    place.parent.mkdir(parents=True, exist_ok=True)
    number, unfinished = tempfile.mkstemp(dir=place.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(unfinished).replace(place)
    except OSError:
        Path(unfinished).unlink(missing_ok=True)
        raise


dictionaries = KeptDictionaries()
lookup = DictionaryLookupStrategy(dictionaries)
