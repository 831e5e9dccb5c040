"""Short ways to write procedures in tests: only what the test is about is said."""

from typing import Any

from flows.procedures.tree import Procedure, from_json

TITLES = {"en": "A procedure"}
BEGIN = {"id": "begin", "kind": "HANDLE"}
CLOSE = {"id": "close", "kind": "CLOSE"}
LETTER = [
    {"id": "draft", "kind": "DRAFT", "letter": "decision"},
    {"id": "sign", "kind": "SIGN", "back_to": ["draft"]},
    {"id": "send", "kind": "DISPATCH"},
]


def definition(*steps: dict[str, Any], key: str = "drawn", version: int = 1) -> dict[str, Any]:
    return {"key": key, "version": version, "titles": TITLES, "steps": list(steps)}


def drawn(*steps: dict[str, Any]) -> Procedure:
    return from_json(definition(*steps))


def closed(*steps: dict[str, Any]) -> Procedure:
    """A procedure that begins with handling and ends with closing."""
    return drawn(BEGIN, *steps, CLOSE)


def step(step_id: str, kind: str, **options: Any) -> dict[str, Any]:
    return {"id": step_id, "kind": kind, **options}


def condition(fact: str, value: Any, comparison: str = "IS") -> dict[str, Any]:
    return {"answer": fact, "comparison": comparison, "value": value}
