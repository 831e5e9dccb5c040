"""Who does a step when nothing else is said, and what that person must be allowed."""

from collections.abc import Mapping

from cases.models import Role
from flows.procedures.tree import HANDLING, Kind, Step, Who, WhoKind

_ANYBODY = Who(WhoKind.ROLE, role=Role.OFFICER, unit=HANDLING)
_HEAD = Who(WhoKind.HEAD_OF, unit=HANDLING)
_HOLDER = Who(WhoKind.HOLDER)
_REGISTRY = Who(WhoKind.REGISTRY)

STANDARD_WHO: dict[Kind, Who] = {
    Kind.CHECK_COMPLETENESS: _ANYBODY,
    Kind.RESOLVE: _HEAD,
    Kind.HANDLE: _HOLDER,
    Kind.ASK_OPINIONS: _HOLDER,
    Kind.DRAFT: _HOLDER,
    Kind.APPROVE: _HEAD,
    Kind.SIGN: Who(WhoKind.EXECUTIVE),
    Kind.DISPATCH: _REGISTRY,
    Kind.WAIT: _REGISTRY,
    Kind.VISIT: _HOLDER,
    Kind.DECIDE: _HOLDER,
    Kind.PUBLISH: _REGISTRY,
}
_OF_KIND: dict[Kind, str] = {
    Kind.CHECK_COMPLETENESS: "cases.check_completeness",
    Kind.RESOLVE: "cases.resolve_case",
    Kind.HANDLE: "cases.handle_case",
    Kind.ASK_OPINIONS: "cases.handle_case",
    Kind.DRAFT: "cases.handle_case",
    Kind.AGREE: "cases.agree_decision",
    Kind.APPROVE: "cases.approve_decision",
    Kind.SIGN: "cases.sign_decision",
    Kind.DISPATCH: "cases.dispatch_document",
}
# What stands for a role where the kind of step asks for nothing of its own.
OF_ROLE: dict[str, str] = {
    Role.REGISTRAR: "cases.check_completeness",
    Role.OFFICER: "cases.handle_case",
    Role.HEAD: "cases.resolve_case",
    Role.EXECUTIVE: "cases.sign_decision",
}
_ROLE_OF: dict[WhoKind, str] = {
    WhoKind.HEAD_OF: Role.HEAD,
    WhoKind.REGISTRY: Role.REGISTRAR,
    WhoKind.EXECUTIVE: Role.EXECUTIVE,
}


def who_of(step: Step) -> Who:
    return step.who or STANDARD_WHO[step.kind]


def role_of(who: Who) -> str:
    """The role that a step is thought for; officers where none is named."""
    return who.role or _ROLE_OF.get(who.kind, Role.OFFICER)


def permission_of(step: Step, steps: Mapping[str, Step] | None = None) -> str:
    """What the person must be allowed. Empty where only the post says it: a visit by a named post or its holder.

    ``steps``: the procedure's steps by id, to look up whoever did an earlier one.
    """
    if step.kind in _OF_KIND:
        return _OF_KIND[step.kind]
    who = who_of(step)
    if who.kind is WhoKind.HOLDER_OF:
        earlier = (steps or {}).get(who.of)
        others = {step_id: other for step_id, other in (steps or {}).items() if step_id != who.of}
        return permission_of(earlier, others) if earlier and earlier.kind in STANDARD_WHO else ""
    return "" if who.kind is WhoKind.POST else OF_ROLE[role_of(who)]
