"""What conditions ask about in a running case: answers, the case itself, how steps ended, what steps set."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cases.clock import TIER
from cases.models import Answer, Case, LetterDraft, RegisterEntry, Task
from flows.models import CaseProcess

# Of several opinions the worst counts.
_WORST = ("AGAINST", "WITH_CONDITIONS", "IN_FAVOUR")


def facts_of(case: Case, process: CaseProcess | None, asked: Sequence[str]) -> dict[str, Any]:
    """The facts under the keys that are asked about; what is not known is absent."""
    facts: dict[str, Any] = {}
    answers = [key for key in asked if ":" not in key]
    if answers:
        kept = Answer.objects.filter(case=case, key__in=answers, replaced_at__isnull=True)
        facts |= dict(kept.values_list("key", "value"))
    steps = [key.removeprefix("step:") for key in asked if key.startswith("step:")]
    if steps and process:
        facts |= _steps(case, process, steps)
    if process and any(key.startswith("set:") for key in asked):
        facts |= {f"set:{name}": value for name, value in _noted(process, "values").items()}
    for key in asked:
        if key in _OF_CASE and (value := _OF_CASE[key](case)) is not None:
            facts[key] = value
    return facts


def _noted(process: CaseProcess | None, chapter: str) -> Mapping[str, Any]:
    if process is None:
        return {}
    data = CaseProcess.objects.values_list("data", flat=True).get(pk=process.pk) or {}
    chapter_noted: Mapping[str, Any] = data.get(chapter, {})
    return chapter_noted


def _steps(case: Case, process: CaseProcess | None, steps: Sequence[str]) -> dict[str, Any]:
    ended = Task.objects.filter(case=case, procedure_step__in=steps, ended_at__isnull=False)
    rows: dict[str, list[tuple[dt.datetime, str]]] = {}
    actions: dict[str, str] = {}
    for step, action, sent_at, outcome in ended.order_by("ended_at", "pk").values_list(
        "procedure_step", "step", "sent_at", "outcome"
    ):
        rows.setdefault(step, []).append((sent_at, outcome))
        actions[step] = action
    facts = {
        f"step:{step}": worst_opinion(_last_round(done)) if actions[step] == "give_opinion" else done[-1][1]
        for step, done in rows.items()
    }
    noted = _noted(process, "outcomes")
    return facts | {f"step:{step}": noted[step] for step in steps if step in noted}


def _last_round(done: Sequence[tuple[dt.datetime, str]]) -> list[str]:
    """Units asked together were asked at the same moment."""
    latest = max(sent_at for sent_at, _outcome in done)
    return [outcome for sent_at, outcome in done if sent_at == latest]


def worst_opinion(verdicts: Iterable[str]) -> str:
    given = set(verdicts)
    return next((verdict for verdict in _WORST if verdict in given), "NONE")


def _outcome(case: Case) -> str | None:
    draft = LetterDraft.objects.filter(case=case).exclude(outcome="").order_by("-pk").values_list("outcome", flat=True)
    return draft.first() or case.outcome or None


def _channel(case: Case) -> str | None:
    return RegisterEntry.objects.filter(case=case).order_by("pk").values_list("channel", flat=True).first()


def _amount(case: Case) -> Any:
    """The fee: what the form calculated under that key."""
    kept = Answer.objects.filter(case=case, key__in=["amount", "fee"], replaced_at__isnull=True)
    return kept.order_by("key").values_list("value", flat=True).first()


def _tier(case: Case) -> str | None:
    """The speed that the applicant chose."""
    chosen = Answer.objects.filter(case=case, key=TIER, replaced_at__isnull=True)
    return chosen.values_list("value", flat=True).first()


_OF_CASE = {
    "case:unit": lambda case: case.unit.code,
    "case:outcome": _outcome,
    "case:channel": _channel,
    "case:amount": _amount,
    "case:tier": _tier,
}


def as_day(value: Any) -> dt.date | None:
    """The day that a fact holds; a month, a nonsense or nothing is none."""
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
