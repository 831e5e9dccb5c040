"""The values of filters as people name them: state:closed, канал:поща, unit:"Parks and trees" instead of codes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.translation import get_language_info, override

from cases.models import CaseState, Channel, RecordClass, Register, Service, Unit
from search.parser import And, Filter, Not, Or, Query
from search.value_names import ACCESS, KINDS
from search.words import plain

_LABELLED: Mapping[str, Mapping[Any, Any]] = {
    "kind": KINDS,
    "channel": dict(Channel.choices),
    "state": dict(CaseState.choices),
    "access": ACCESS,
}
_NAMED: Mapping[str, tuple[type[Model], str]] = {
    "unit": (Unit, "names"),
    "service": (Service, "names"),
    "register": (Register, "names"),
    "class": (RecordClass, "titles"),
}


def by_code(query: Query) -> Query:
    """The query with the codes of what its filters name; a value that is a code, or unknown, stays as it was typed."""
    match query:
        case Filter(field, value):
            codes = _codes(field, value)
            return Or(tuple(Filter(field, code) for code in codes)) if len(codes) > 1 else Filter(field, codes[0])
        case Not(part):
            return Not(by_code(part))
        case And(parts) | Or(parts):
            return replace(query, parts=tuple(by_code(part) for part in parts))
    return query


def _codes(field: str, value: str) -> list[str]:
    sought = plain(" ".join(value.split()))
    if field in _NAMED:
        return _codes_in_the_database(field, value, sought) or [value]
    return [code for code in _labels().get(field, {}).get(sought, ())] or [value]


def _codes_in_the_database(field: str, value: str, sought: str) -> list[str]:
    model, names = _NAMED[field]
    if model._default_manager.filter(code__iexact=value).exists():
        return []
    rows = model._default_manager.values_list("code", names)
    return sorted({code for code, texts in rows if any(_is_called(text, sought) for text in texts.values())})


def _is_called(name: str, sought: str) -> bool:
    return plain(name) == sought


@lru_cache(maxsize=1)
def _labels() -> dict[str, dict[str, tuple[str, ...]]]:
    """Codes by the plain label, by field, in all languages of the product."""
    found: dict[str, dict[str, tuple[str, ...]]] = {field: {} for field in (*_LABELLED, "language")}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for field, choices in _LABELLED.items():
                _add(found[field], ((str(label), str(code)) for code, label in choices.items()))
            _add(found["language"], _names_of_languages())
    return found


def _names_of_languages() -> Iterable[tuple[str, str]]:
    """Bulgarian is also called български, bułgarski and bulgară."""
    for code, _own_name in settings.LANGUAGES:
        about = get_language_info(code)
        for name in ("name", "name_local", "name_translated"):
            yield about[name], code


def _add(codes: dict[str, tuple[str, ...]], labels: Iterable[tuple[str, str]]) -> None:
    for label, code in labels:
        name = plain(label)
        codes[name] = tuple(dict.fromkeys((*codes.get(name, ()), code)))
