"""Short ways to a later step of the general procedure, by the operations themselves."""

import datetime as dt

from cases.models import Case, LetterDraft, Task, Unit
from flows import tasks
from flows.letters import drafting
from tests.flows.town import NOON, Town

DAY = dt.timedelta(days=1)


def resolved(town: Town, case: Case, *, officer: str | None = "alice") -> Task:
    """Complete and resolved; the officer's task of handling."""
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("bob", check))
    resolve = town.task(case, "resolve")
    tasks.resolve(
        resolve,
        unit=town.parks,
        officer=town.people[officer] if officer else None,
        instruction="Visit the place.",
        due_date=NOON.date() + 4 * DAY,
        **town.acts("helen", resolve),
    )
    return town.task(case, "handle")


def asked(town: Town, handle: Task, *units: Unit) -> list[Task]:
    """Opinions asked of the units, the first due tomorrow, each next a day later."""
    requests = [
        tasks.OpinionRequest(unit, NOON.date() + (number + 1) * DAY, f"Any pipes, {unit}?")
        for number, unit in enumerate(units)
    ]
    return tasks.ask_opinions(handle, requests=requests, **town.acts("alice", handle))


def drafted(town: Town, case: Case, *, outcome: str = "GRANTED", body: str = "You may fell it.") -> LetterDraft:
    """Handled, with a finished draft of the decision."""
    handle = resolved(town, case)
    draft_task = tasks.finish_handling(handle, **town.acts("alice", handle))
    draft = drafting.begin_draft(case, outcome=outcome, **town.acts("alice", draft_task))
    return drafting.save_draft(
        draft,
        revision=draft.revision,
        title="Permit to fell one tree",
        body=body,
        outcome=outcome,
        **town.acts("alice", draft_task),
    )


def submitted(town: Town, case: Case, *agreeing: Unit, **changes: str) -> list[Task]:
    """The draft sent on: the tasks of agreeing, or the one of approval."""
    draft = drafted(town, case, **changes)
    task = town.task(case, "draft")
    requests = [tasks.OpinionRequest(unit, NOON.date() + 3 * DAY) for unit in agreeing]
    return tasks.submit_draft(task, revision=draft.revision, agreeing=requests, **town.acts("alice", task))


def approved(town: Town, case: Case, **changes: str) -> Task:
    """Approved and locked; the mayor's task of signing."""
    [approval] = submitted(town, case, **changes)
    return tasks.approve(approval, **town.acts("helen", approval))


def signed(town: Town, case: Case, **changes: str) -> Task:
    """Signed; the registry's task of sending it out."""
    sign = approved(town, case, **changes)
    tasks.sign(sign, **town.acts("dora", sign))
    return town.task(case, "dispatch")
