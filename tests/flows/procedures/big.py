"""A procedure of sixty steps with send-backs and a deadline on each: what the chart and the compiler are timed with."""

from typing import Any

from flows.procedures.tree import Procedure, from_json
from tests.flows.procedures.drawing import CLOSE, TITLES, step


def sixty_steps(version: int = 1) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [step("step00", "HANDLE")]
    for number in range(1, 59):
        back = [f"step{other:02}" for other in range(max(0, number - 3), number)]
        steps.append(step(f"step{number:02}", "VISIT", back_to=back, titles={"en": f"Visit number {number}"}))
    return {"key": "sixty", "version": version, "titles": TITLES, "steps": [*steps, CLOSE]}


def big() -> Procedure:
    return from_json(sixty_steps())
