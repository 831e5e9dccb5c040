"""What changed between two versions of a form: for a draft that was saved on the old one and is opened in the new.

Only what concerns a person's answers counts: a question that is gone, new, or asked differently. A typed value is
carried over where its question still asks for the same kind of thing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal_pages.forms.definition import Form, Question
from portal_pages.forms.kinds import Choice, Files, Kind, Rows, Several


@dataclass(frozen=True)
class Changes:
    """Questions of the old version that are gone, of the new one that are new, and pairs of both that differ.

    ``lost``: the keys whose typed values can't be carried over, because another kind of answer is asked for now.
    """

    removed: tuple[Question, ...] = ()
    added: tuple[Question, ...] = ()
    changed: tuple[tuple[Question, Question], ...] = ()
    lost: frozenset[str] = field(default_factory=frozenset)

    def __bool__(self) -> bool:
        return bool(self.removed or self.added or self.changed)


def changes_between(old: Form, new: Form) -> Changes:
    before = {question.key: question for question in old.questions()}
    now = {question.key: question for question in new.questions()}
    both = [(question, now[key]) for key, question in before.items() if key in now]
    return Changes(
        removed=tuple(question for key, question in before.items() if key not in now and question.kind.is_typed),
        added=tuple(question for key, question in now.items() if key not in before and question.kind.is_typed),
        changed=tuple((one, other) for one, other in both if other.kind.is_typed and _asks_differently(one, other)),
        lost=frozenset(one.key for one, other in both if type(one.kind) is not type(other.kind)),
    )


def _asks_differently(one: Question, other: Question) -> bool:
    """Other words, another kind or other answers to choose from; that it is required or limited, one is told anyway."""
    return (
        dict(one.labels) != dict(other.labels)
        or type(one.kind) is not type(other.kind)
        or _offer(one.kind) != _offer(other.kind)
        or _columns(one.kind) != _columns(other.kind)
    )


def _offer(kind: Kind) -> object:
    match kind:
        case Choice() | Several():
            return [(option.value, dict(option.labels)) for option in kind.offered]
    return None


def _columns(kind: Kind) -> object:
    if not isinstance(kind, Rows):
        return None
    return [(column.key, type(column.kind), dict(column.labels), _offer(column.kind)) for column in kind.questions]


def carried_over(typed: Mapping[str, list[str]], old: Form, new: Form) -> dict[str, list[str]]:
    """What was typed on the old version, as far as the new one still asks for it; nothing is dropped from the old."""
    kept = set(_names_kept(old, new))
    return {name: list(values) for name, values in typed.items() if _question_of(name) in kept}


def _names_kept(old: Form, new: Form) -> Iterator[str]:
    """The keys of the questions whose typed answers stay; files are staged apart and stay with their question."""
    before = {question.key: question.kind for question in old.questions()}
    for question in new.questions():
        if type(question.kind) is type(before.get(question.key)) and not isinstance(question.kind, Files):
            yield question.key


def _question_of(name: str) -> str:
    """The question that a control belongs to: keys have no hyphens, what follows one is a part or a row."""
    return name.partition("-")[0]
