"""The procedures that every institution begins with."""

import json
from functools import cache
from pathlib import Path
from typing import Any

GENERAL = "general"


@cache
def _read(key: str) -> str:
    return (Path(__file__).parent / f"{key}.json").read_text()


def shipped(key: str) -> dict[str, Any]:
    """The definition as it is shipped, as version 1."""
    definition: dict[str, Any] = json.loads(_read(key))
    return definition
