"""The published procedures as flow classes, built when somebody asks for one: ``flows.compiled.General_v1_…``.

One class for each name and process: the engine compares nodes by identity. A few are held so that they are at hand;
one that is not held any more lives on as long as a running object refers to it, and is found again under its name.
"""

from collections import OrderedDict
from threading import RLock
from typing import Any
from weakref import WeakValueDictionary

from viewflow.workflow import fields

from flows.models import ProcedureVersion
from flows.procedures.compiler import ProcedureFlow, compile_definition

HELD = 64

_lock = RLock()
_held: OrderedDict[str, type[ProcedureFlow]] = OrderedDict()
_alive: WeakValueDictionary[str, type[ProcedureFlow]] = WeakValueDictionary()


class ProcedureBroken(Exception):
    """A published version cannot be built: an error of ours, not a missing version."""


def __getattr__(name: str) -> Any:
    """The class of a published version. AttributeError only where there is no such version."""
    if name.startswith("_") or "_v" not in name:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return load(name)


def load(name: str) -> type[ProcedureFlow]:
    """The one class of this name in this process, built under a lock when it is first asked for."""
    with _lock:
        found = _held.get(name) or _alive.get(name)
        if found is None:
            found = _built(name)
        _hold(name, found)
        return found


def _built(name: str) -> type[ProcedureFlow]:
    version = ProcedureVersion.objects.filter(class_name=name).order_by("pk").first()
    if version is None:
        raise AttributeError(f"There is no published procedure {name}.")
    return built_from(version.definition, name)


def built_from(definition: dict[str, Any], name: str) -> type[ProcedureFlow]:
    """Build the class, or hand out the one that is there. The name carries the hash of the definition."""
    with _lock:
        if (found := _held.get(name) or _alive.get(name)) is None:
            try:
                found = compile_definition(definition, name)
            except Exception as error:
                raise ProcedureBroken(f"The published procedure {name} cannot be built: {error}") from error
            _alive[name] = found
        _hold(name, found)
        return found


def _hold(name: str, found: type[ProcedureFlow]) -> None:
    """Keep the latest at hand. Viewflow keeps every class and node it ever met: it forgets them with ours."""
    _held[name] = found
    _held.move_to_end(name)
    if len(_held) <= HELD:
        return
    while len(_held) > HELD // 2:
        _held.popitem(last=False)
    for remembered in (fields.import_flow_by_ref, fields.import_task_by_ref, fields.get_flow_ref, fields.get_task_ref):
        remembered.cache_clear()


def held() -> int:
    """How many classes are at hand."""
    return len(_held)
