"""What the forms of services ask, as facts that conditions compare.

Forms belong to the public site; it tells their questions through the Wagtail hook ``registra_form_questions``:
``function(service) -> list[Fact]``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from wagtail import hooks

from cases.models import Service


@dataclass(frozen=True)
class Fact:
    """Something that a condition can ask about; ``type`` as cases.desk.blocks.conditions lists them."""

    key: str
    label: str
    type: str
    group: str = ""
    options: list[dict[str, str]] = field(default_factory=list)


def questions_of(services: Iterable[Service]) -> list[Fact]:
    """The questions of the forms of all these services, each key once."""
    found: dict[str, Fact] = {}
    for service in services:
        for hook in hooks.get_hooks("registra_form_questions"):
            for fact in hook(service):
                found.setdefault(fact.key, fact)
    return list(found.values())
