"""Papers on shelves: what is out and with whom, what is in a box, and putting many into one."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.desk.due import Due, due_words
from cases.desk.page import Admitted, CaseAct, DeskPage
from cases.leading import NoSuchNumber, SeveralCases, case_with_number
from cases.models import Case, Loan, PaperPlace, User
from cases.office_mail import may_be_mailed
from cases.papers import PaperRefused, Where, lend_paper, place_paper, places_now, prolong_loan, take_paper_back, where

PERMISSION = "cases.keep_papers"
SHOWN = 200
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class LoanLine:
    """A paper that is out, with how long it may stay out."""

    loan: Loan
    due: Due
    place: str

    @property
    def is_late(self) -> bool:
        return self.due.shade == "late"

    @property
    def is_told_by_mail(self) -> bool:
        return may_be_mailed(self.loan.borrower)


def loans_out(user: User, *, today: dt.date, only_mine: bool = False) -> list[LoanLine]:
    """Papers that are out, of cases that the person may see, or those that they borrowed; overdue ones first."""
    out = Loan.objects.out().select_related("case__unit", "borrower").order_by("due_date", "pk")
    out = out.filter(borrower=user) if only_mine else out.filter(case__in=Case.objects.visible_to(user))
    loans = list(out[: SHOWN + 1])
    places = places_now([loan.case_id for loan in loans])
    return [LoanLine(loan, due_words(loan.due_date, today), places.get(loan.case_id, "")) for loan in loans]


class PapersView(DeskPage):
    """What is out, overdue first; the boxes; and a way to put many papers into one box."""

    permission = PERMISSION
    page_title = gettext_lazy("Papers on shelves")
    header_icon = "folder-inverse"
    template_name = "search/papers/papers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        out = loans_out(self.user, today=self.today)
        boxes = _boxes(self.user)
        return super().get_context_data(
            out=out[:SHOWN],
            is_longer=len(out) > SHOWN,
            late=sum(line.is_late for line in out),
            boxes=boxes[:SHOWN],
            shown=SHOWN,
            tomorrow=self.today + dt.timedelta(days=1),
            typed=kwargs.pop("typed", {}),
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Put the papers with these numbers, a line each, into one place; what can't be is said and stays typed."""
        typed = {name: request.POST.get(name, "") for name in ("numbers", "room", "shelf", "box")}
        try:
            to = where(typed["room"], typed["shelf"], typed["box"])
        except PaperRefused as refusal:
            return self.render_to_response(self.get_context_data(typed=typed, refusal=str(refusal)))
        numbers = list(dict.fromkeys(" ".join(line.split()) for line in typed["numbers"].splitlines() if line.strip()))
        if not numbers or len(numbers) > MOST_AT_ONCE:
            words = _("Type at least one number, and at most {count} at once.").format(count=MOST_AT_ONCE)
            return self.render_to_response(self.get_context_data(typed=typed, refusal=words))
        failed = [(number, why) for number in numbers if (why := self._put(number, to))]
        if done := len(numbers) - len(failed):
            said = ngettext("{number} paper is in {place} now.", "{number} papers are in {place} now.", done)
            messages.success(request, said.format(number=done, place=to))
        if not failed:
            return redirect(_box_address(to))
        typed["numbers"] = "\n".join(number for number, _why in failed)
        return self.render_to_response(self.get_context_data(typed=typed, failed=failed))

    def _put(self, number: str, to: Where) -> str:
        """Each in a transaction of its own; returns why not, or nothing."""
        try:
            case = case_with_number(number, user=self.user)
            place_paper(case, to, actor=self.actor, at=self.at)
        except (NoSuchNumber, SeveralCases, PaperRefused) as refusal:
            return str(refusal)
        return ""


@dataclass(frozen=True)
class Box:
    where: Where
    papers: int

    @property
    def address(self) -> str:
        return _box_address(self.where)


def _boxes(user: User) -> list[Box]:
    places = _places(user).values_list("room", "shelf", "box").annotate(papers=Count("pk"))
    found = places.order_by("room", "shelf", "box")[: SHOWN + 1]
    return [Box(Where(room, shelf, box), papers) for room, shelf, box, papers in found]


def _places(user: User) -> QuerySet[PaperPlace]:
    return PaperPlace.objects.current().filter(case__in=Case.objects.visible_to(user))


def _box_address(of: Where) -> str:
    query = QueryDict(mutable=True)
    query.update({"room": of.room, "shelf": of.shelf, "box": of.box})
    return f"{reverse('desk_archive_box')}?{query.urlencode()}"


class MyPapersView(DeskPage):
    """What the person has borrowed, overdue first. They may have the paper of a case that they don't see here."""

    permission = "cases.search_archive"
    page_title = gettext_lazy("Papers that I have")
    header_icon = "folder-inverse"
    template_name = "search/papers/mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        out = loans_out(self.user, today=self.today, only_mine=True)
        cases = Case.objects.visible_to(self.user).filter(pk__in=[line.loan.case_id for line in out])
        return super().get_context_data(out=out[:SHOWN], visible=set(cases.values_list("pk", flat=True)), **kwargs)


class BoxView(DeskPage):
    """What is in a box: to look at, and to print with its label on top. Chosen papers move to another box at once."""

    permission = PERMISSION
    header_icon = "folder-inverse"
    template_name = "search/papers/box.html"

    def get_page_title(self) -> str:
        return _("Box {place}").format(place=self.where)

    @property
    def where(self) -> Where:
        asked = self.request.GET
        return Where(*(asked.get(name, "").replace("\x00", "") for name in ("room", "shelf", "box")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        inside = self._inside().select_related("case__unit", "case__institution", "case__record_class")
        places = list(inside.order_by("case__opened_at", "pk")[: MOST_AT_ONCE + 1])
        out = Loan.objects.out().filter(case__in=[one.case_id for one in places]).select_related("borrower")
        borrowers = {loan.case_id: loan for loan in out}
        return super().get_context_data(
            where=self.where,
            lines=[(one, borrowers.get(one.case_id)) for one in places[:MOST_AT_ONCE]],
            is_longer=len(places) > MOST_AT_ONCE,
            shown=MOST_AT_ONCE,
            **kwargs,
        )

    def _inside(self) -> QuerySet[PaperPlace]:
        of = self.where
        return _places(self.user).filter(room=of.room, shelf=of.shelf, box=of.box)

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = [int(pk) for pk in request.POST.getlist("paper") if pk.isdecimal() and len(pk) < 19]
        places = list(self._inside().filter(pk__in=chosen).select_related("case__institution"))
        try:
            to = where(*(request.POST.get(name, "") for name in ("room", "shelf", "box")))
        except PaperRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(_box_address(self.where))
        if not places:
            messages.warning(request, _("Choose at least one paper first."))
            return redirect(_box_address(self.where))
        done = 0
        for one in places:
            try:
                place_paper(one.case, to, actor=self.actor, at=self.at)
                done += 1
            except PaperRefused as refusal:
                messages.error(request, str(refusal))
        if done:
            said = ngettext("{number} paper is in {place} now.", "{number} papers are in {place} now.", done)
            messages.success(request, said.format(number=done, place=to))
        return redirect(_box_address(to))


class LoanView(Admitted):
    """What becomes of a loan: it is back, or it may stay out longer."""

    permission = PERMISSION
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        loans = Loan.objects.filter(case__in=Case.objects.visible_to(self.user))
        loan = get_object_or_404(loans, pk=pk)
        verbs: dict[str, Callable[[], str]] = {"back": lambda: self._back(loan), "longer": lambda: self._longer(loan)}
        try:
            messages.success(request, verbs.get(request.POST.get("verb", ""), verbs["back"])())
        except PaperRefused as refusal:
            messages.error(request, str(refusal))
        if request.POST.get("from") == "case":
            return redirect("desk_case", loan.case.public_id)
        return redirect("desk_archive_papers")

    def _back(self, loan: Loan) -> str:
        back = take_paper_back(loan, actor=self.actor, at=self.at)
        return _("The paper of {number} is back.").format(number=back.case)

    def _longer(self, loan: Loan) -> str:
        prolong_loan(loan, until=_day(self.request.POST.get("until", "")), actor=self.actor, at=self.at)
        return _("The paper of {number} may stay out longer.").format(number=loan.case)


class PlacePaperView(CaseAct):
    permission = PERMISSION
    refusals = (PaperRefused,)

    def act(self, case: Case) -> str:
        typed = self.request.POST
        to = where(*(typed.get(name, "") for name in ("room", "shelf", "box")))
        place_paper(case, to, actor=self.actor, at=self.at)
        return _("The paper lies in {place}.").format(place=to)


class LendPaperView(CaseAct):
    """To an official by user name or full name; to anybody else by the name that is typed."""

    permission = PERMISSION
    refusals = (PaperRefused,)

    def act(self, case: Case) -> str:
        typed = self.request.POST
        borrower = _official(case, typed.get("official", ""))
        loan = lend_paper(
            case,
            to=borrower,
            to_name=typed.get("name", ""),
            until=_day(typed.get("until", "")),
            reason=typed.get("reason", ""),
            actor=self.actor,
            at=self.at,
        )
        return _("The paper is with {who} until {day}.").format(who=loan.who, day=loan.due_date.strftime("%d.%m.%Y"))


def _official(case: Case, pk: str) -> User | None:
    officials = User.objects.filter(institution=case.institution_id, is_active=True)
    return officials.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None


def _day(typed: str) -> dt.date:
    try:
        return dt.date.fromisoformat(typed)
    except ValueError:
        raise PaperRefused(_("Say until which day.")) from None
