"""Cases that were joined into another: one matter with the case that leads it, kept and given up together."""

from collections.abc import Collection

from cases.models import Case, CaseRelation, CaseState


def taken_in(leads: Collection[int]) -> dict[int, list[int]]:
    """For each of these cases the joined ones that it leads, at any remove, oldest first."""
    led: dict[int, list[int]] = {lead: [] for lead in leads}
    lead_of = {lead: lead for lead in led}
    waiting = set(led)
    while waiting:
        found = CaseRelation.objects.joinings().filter(other__in=waiting, case__state=CaseState.JOINED).order_by("case")
        waiting = set()
        for case, into in found.values_list("case", "other"):
            if case not in lead_of:
                lead_of[case] = lead_of[into]
                led[lead_of[into]].append(case)
                waiting.add(case)
    return led


def leading(cases: Collection[int]) -> set[int]:
    """The cases that these were joined into, at any remove."""
    found: set[int] = set()
    waiting = set(cases)
    while waiting:
        waiting = set(CaseRelation.objects.joinings().filter(case__in=waiting).values_list("other", flat=True)) - found
        found |= waiting
    return found


def lead_of(case: Case) -> Case:
    """The case by whose class and days this one is kept: itself, unless it was joined."""
    return case.handled_in() if case.state == CaseState.JOINED else case


def matter_of(case: Case) -> list[int]:
    """The case that leads and all that it took in."""
    lead = lead_of(case)
    return [lead.pk, *taken_in([lead.pk])[lead.pk]]
