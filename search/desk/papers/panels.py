"""What the archive adds to the case page: where the paper lies and who has it; all about the place and the parties."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from cases.clock import local_date
from cases.desk.due import due_words
from cases.known_queries import KnownQuery
from cases.models import Case, Loan, PaperPlace, Party, Place, RegisterEntry, User
from search.desk.papers.views import PERMISSION

_places_of = KnownQuery(
    lambda case: PaperPlace.objects.filter(case=case).select_related("noted_by").order_by("-pk"), int
)
_loans_of = KnownQuery(
    lambda case: Loan.objects.filter(case=case).select_related("borrower", "prolonged_by").order_by("-pk"), int
)
_written_at_the_counter = KnownQuery(
    lambda case: (
        RegisterEntry.objects.filter(case=case)
        .exclude(paper_place="")
        .order_by("pk")
        .values_list("paper_place", "entered_at")
    ),
    int,
)
_place = KnownQuery(lambda place: Place.objects.filter(pk=place), int)
_people_of = KnownQuery(lambda case: Party.objects.filter(case=case).exclude(name="").order_by("pk")[:20], int)


@dataclass(frozen=True)
class Panel:
    html: SafeString
    place: str = "side"

    def __html__(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.html


def archive_panel(request: HttpRequest, case: Case) -> list[Panel]:
    user: Any = request.user
    may_keep, may_search = user.has_perm(PERMISSION), user.has_perm("cases.search_archive")
    if not (may_keep or may_search):
        return []
    today = local_date(case, timezone.now())
    facts = _paper(case, today=today)
    leads = _leads(case) if may_search else {}
    if not (may_keep or facts["place"] or facts["loans"] or leads.get("place") or leads.get("people")):
        return []
    officials = _officials(case) if may_keep and not facts["out"] else []
    context = {"case": case, "may_keep": may_keep, "officials": officials, "today": today, **facts, **leads}
    context["in_a_fortnight"] = today + dt.timedelta(days=14)
    return [Panel(SafeString(render_to_string("search/papers/panel.html", context, request)))]


def _paper(case: Case, *, today: dt.date) -> dict[str, Any]:
    places, loans = _places_of(case.pk), _loans_of(case.pk)
    out = next((loan for loan in loans if loan.returned_at is None), None)
    first = _written_at_the_counter(case.pk)
    return {
        "place": str(places[0]) if places else ", ".join(dict.fromkeys(words for words, _at in first)),
        "current": places[0] if places else None,
        "earlier": places[1:],
        "written_at_the_counter": first if places else [],
        "out": out,
        "due": due_words(out.due_date, today) if out else None,
        "loans": [loan for loan in loans if loan is not out],
    }


def _leads(case: Case) -> dict[str, Any]:
    place = _place.first(case.place_id) if case.place_id else None
    return {"place_asked": place, "people": _people_of(case.pk)}


def _officials(case: Case) -> list[User]:
    officials = User.objects.filter(institution=case.institution_id, is_active=True, memberships__isnull=False)
    return list(officials.distinct().order_by("last_name", "first_name", "username")[:500])
