"""Where the answers of a form are used: in its own conditions and calculations, in letters, procedures and filters.

Letters and procedures stand below this layer and don't know it: whoever uses answers tells through `register_user`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from cases.models import Service
from cases.texts import in_language
from portal_pages.forms.stored import expanded

# Each gives, for a service, keys of questions with the words of what uses them: ("area_m2", "Letter “Decision”").
type AnswersUser = Callable[[Service], Iterable[tuple[str, str]]]
_users: list[AnswersUser] = []


def register_user(user: AnswersUser) -> AnswersUser:
    """Have the editor show, before a question is changed or removed, what else uses its answer."""
    _users.append(user)
    return user


def used_by(service: Service, definition: Mapping[str, Any], *, language: str) -> dict[str, list[str]]:
    """Key of a question to the words of everything that uses its answer."""
    found: dict[str, list[str]] = {}
    for key, words in [*_in_the_form(definition, language), *(use for user in _users for use in user(service))]:
        if words not in found.setdefault(key, []):
            found[key].append(words)
    return found


def _in_the_form(definition: Mapping[str, Any], language: str) -> Iterator[tuple[str, str]]:
    for page in expanded(definition)["pages"]:
        for question in page["questions"]:
            for one in (question, *question.get("questions", ())):
                label = in_language(one["labels"], language).words or one["key"]
                for name, words in (
                    ("show_when", _("When “{question}” is shown")),
                    ("required_when", _("When “{question}” has to be answered")),
                    ("calculation", _("Calculated value “{question}”")),
                ):
                    for key in dict.fromkeys(keys_in(one.get(name))):
                        yield key, words.format(question=label)
                for name in ("earliest", "latest"):
                    if key := (one.get(name) or {}).get("answer"):
                        yield key, _("Limit of “{question}”").format(question=label)


def keys_in(said: Any) -> Iterator[str]:
    """The keys of questions anywhere in a condition or calculation."""
    if isinstance(said, Mapping):
        for name, value in said.items():
            if name in {"answer", "group", "column"} and isinstance(value, str):
                yield value
            else:
                yield from keys_in(value)
    elif isinstance(said, list):
        for one in said:
            yield from keys_in(one)
