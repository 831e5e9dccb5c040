"""The archive's search on the command line: the same rights, the same answer as on the page in the office."""

import json
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from cases.models import User
from search.asking import Asked, NotTheseDays
from search.engines import FACETS, IndexUnavailable, Order
from search.finding import RESULTS_A_PAGE, Findings, Passage, Result, find_asked
from search.parser import QueryTooComplex

WRONG_QUESTION, NO_INDEX = 2, 3
MOST_RESULTS = 200
WIDEST_TITLE = 60


class Command(BaseCommand):
    help = "Search the archive as somebody of the office: finds what that person may see, and nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("query", nargs="*", help="what would be typed into the search box")
        parser.add_argument("--as", dest="username", required=True, metavar="USERNAME", help="with whose rights")
        parser.add_argument("--json", dest="is_json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--limit", type=int, default=RESULTS_A_PAGE, help=f"results on a page, at most {MOST_RESULTS}"
        )
        parser.add_argument("--page", type=int, default=1)
        parser.add_argument("--order", choices=[str(order) for order in Order], default=str(Order.RELEVANCE))
        parser.add_argument("--from", dest="since", default="", metavar="DATE", help="papers of that day or later")
        parser.add_argument("--to", dest="until", default="", metavar="DATE", help="papers of that day or earlier")
        for facet in FACETS:
            parser.add_argument(f"--{facet}", default="", metavar="CODE")

    def handle(self, *, query: list[str], username: str, is_json: bool, limit: int, page: int, **options: Any) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            self._refuse(_("There is no user {name}, or the account is closed.").format(name=username), WRONG_QUESTION)
        if not user.has_perm("cases.search_archive"):
            self._refuse(_("{name} may not search the archive.").format(name=username), WRONG_QUESTION)
        asked = Asked(
            typed=" ".join(query).replace("\x00", ""),
            chosen={facet: options[facet] for facet in FACETS if options[facet]},
            since=options["since"],
            until=options["until"],
            order=Order(options["order"]),
        )
        try:
            findings = find_asked(user, asked, page=page, limit=max(1, min(limit, MOST_RESULTS)))
        except (QueryTooComplex, NotTheseDays) as refusal:
            self._refuse(str(refusal), WRONG_QUESTION)
        except IndexUnavailable:
            self._refuse(
                _("The archive's index is missing or out of reach. It is built by: manage.py reindex"), NO_INDEX
            )
        if is_json:
            self.stdout.write(json.dumps(as_data(findings), ensure_ascii=False, indent=2))
        else:
            self._print(findings)

    def _refuse(self, words: str, status: int) -> NoReturn:
        self.stderr.write(words)
        sys.exit(status)

    def _print(self, findings: Findings) -> None:
        for result in findings.results:
            title = f"{_shortened(result.document.title):<{WIDEST_TITLE}}"
            self.stdout.write(f"{result.number:<28} {_date(result):<12} {title} {result.case.unit.code}")
            for passage in result.passages[:1]:
                self.stdout.write(f"    {_page_words(passage)}{_text(passage)}")
        self.stdout.write(
            _("{count} found; page {page} of {pages}.").format(
                count=findings.count, page=findings.page, pages=max(findings.pages, 1)
            )
        )


def as_data(findings: Findings) -> dict[str, Any]:
    """The answer as plain values. ``page`` of a result: where its first passage stands, if its file has pages."""
    return {
        "count": findings.count,
        "page": findings.page,
        "pages": findings.pages,
        "facets": {name: dict(counts) for name, counts in findings.facets.items()},
        "results": [_result(result) for result in findings.results],
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "number": result.number,
        "title": result.document.title,
        "document": result.document.public_id,
        "case": str(result.case),
        "case_id": result.case.public_id,
        "date": _date(result),
        "unit": result.case.unit.code,
        "may_open": result.may_open,
        "page": next((passage.page for passage in result.passages if passage.page), None),
        "passages": [
            {
                "text": _text(passage),
                "marked": [piece.text for piece in passage.pieces if piece.is_marked],
                "file": passage.file_name,
                "page": passage.page,
            }
            for passage in result.passages
        ],
    }


def _date(result: Result) -> str:
    """An imported paper's date as it was written; else the day on which it was registered or captured."""
    return result.written_as or f"{result.day:%Y-%m-%d}"


def _text(passage: Passage) -> str:
    return "".join(piece.text for piece in passage.pieces).strip()


def _page_words(passage: Passage) -> str:
    return _("page {number}: ").format(number=passage.page) if passage.page else ""


def _shortened(title: str) -> str:
    return title if len(title) <= WIDEST_TITLE else title[: WIDEST_TITLE - 1] + "…"
