"""Nobody finds, counts, is offered, exports or meets a word of a paper that is not theirs; all find what is.

Each paper has six words that stand nowhere else: in its title, its text, the name of a file, an annex, the words that
were read off a picture, and the name of its sender. Who may find which is written down here, not asked of the code.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone
from PIL import Image

from cases import staffing
from cases.capturing import FileToKeep
from cases.models import Case, CaseState, Channel, ComponentFile, Mandate, Post, Register, Role, User
from cases.registration import PartyAsFiled
from cases.signals import case_closed
from registra.gate import may_reach, roles_of
from search import exporting
from search.asking import Asked
from search.engines import engine
from search.exporting import ask_for, write_next
from search.finding import find, values_of
from search.models import Export, FileText, PageText, TextState
from tests.factories import InstitutionFactory, ServiceFactory
from tests.search import written_documents as made
from tests.search.test_indexing import drain
from tests.search.town import NOON, SINCE, Town, again

PLACES = ("title", "text", "file_name", "annex", "picture", "sender")
GUARDED = ("text", "file_name", "annex", "picture", "sender")
PAPERS = ("parks", "roads", "guarded", "closed", "elsewhere")
ALL = frozenset(PLACES)
TITLE = frozenset({"title"})

# What each person may find of each paper; nothing of what is not named.
MAY_FIND: dict[str, dict[str, frozenset[str]]] = {
    "alice": {"parks": ALL, "guarded": ALL},
    "bob": {"parks": ALL, "guarded": ALL},
    "helen": {"parks": ALL, "guarded": ALL},
    "charlie": {"roads": ALL, "closed": ALL},
    "rada": {"roads": ALL, "closed": ALL},
    "sonia": {"roads": ALL, "closed": ALL},
    "dora": {"parks": ALL, "roads": ALL, "closed": ALL, "guarded": TITLE},
    "rita": {"parks": ALL, "roads": ALL, "closed": ALL, "guarded": TITLE},
    "ivo": {"closed": ALL},
    "otto": {"elsewhere": ALL},
    "adam": {},
    "edith": {},
    "petra": {},
    "root": {},
}
SEARCHERS = [name for name, papers in MAY_FIND.items() if papers]
# A paper of which the person may not even know.
FOREIGN = {
    "alice": "roads",
    "charlie": "guarded",
    "sonia": "parks",
    "dora": "elsewhere",
    "ivo": "parks",
    "otto": "guarded",
    "adam": "parks",
    "edith": "parks",
    "petra": "guarded",
    "root": "parks",
}
NAMES_OF_QUESTIONS = (
    "q",
    "search",
    "query",
    "number",
    "connect",
    "name",
    "sender",
    "words",
    "register",
    "unit",
    "service",
)


def invented_words() -> dict[str, dict[str, str]]:
    """No two of them begin alike, so that none answers for another."""
    chance = random.Random(12)
    beginnings = ["".join(pair) for pair in product("bdfgklmnprstvz", "aeiou")]
    chance.shuffle(beginnings)

    def word() -> str:
        rest = "".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(4))
        return f"{beginnings.pop()}{rest}x"

    return {paper: {place: word() for place in PLACES} for paper in PAPERS}


WORDS = invented_words()


@dataclass
class Seeded:
    """The town with its papers and everybody who might look for them."""

    town: Town
    people: dict[str, User] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        client = Client()
        client.force_login(self.people[name])
        return client


def picture() -> bytes:
    image = BytesIO()
    Image.new("RGB", (40, 40), "white").save(image, "PNG")
    return image.getvalue()


@pytest.fixture
def seeded(town: Town) -> Seeded:
    seeded = Seeded(town)
    hire_everybody(seeded)
    for number, paper in enumerate(PAPERS):
        seeded.cases[paper] = bring(seeded, paper, number)
    return seeded


def hire_everybody(seeded: Seeded) -> None:
    town, people = seeded.town, seeded.people
    for name in ("alice", "bob", "charlie", "dora", "ivo"):
        people[name] = getattr(town, name)
    people["helen"] = town.hire("helen", town.parks, Role.HEAD)
    people["rada"] = town.hire("rada", town.roads, Role.HEAD)
    people["rita"] = town.hire("rita", town.registry, Role.REGISTRAR)
    people["adam"] = town.hire("adam", town.registry, Role.ADMINISTRATOR)
    people["edith"] = town.hire("edith", town.registry, Role.EDITOR)
    people["petra"] = town.hire("petra", town.registry, Role.PROCESS_OWNER)
    people["root"] = User.objects.create_superuser("root", "root@example.org", "correct horse")
    people["sonia"] = User.objects.create_user("sonia", "s@example.org", "correct horse", institution=town.institution)
    Mandate.objects.create(
        post=Post.objects.get(code="charlie"),
        substitute=people["sonia"],
        given_by=people["rada"],
        valid_from=SINCE,
    )
    other = InstitutionFactory(slug="gorna-reka")
    unit = staffing.found_unit(
        institution=other, code="ALL", names={"en": "Everything"}, valid_from=SINCE, is_intake=True
    )
    people["otto"] = User.objects.create_user("otto", "o@example.org", "correct horse", institution=other)
    post = Post.objects.create(unit=unit, code="otto", titles={"en": "Otto"}, role=Role.OFFICER, valid_from=SINCE)
    staffing.appoint(people["otto"], post, valid_from=SINCE)
    staffing.refresh_all_roles(on=timezone.localdate())


def bring(seeded: Seeded, paper: str, number: int) -> Case:
    town, words = seeded.town, WORDS[paper]
    changes: dict[str, Any] = {}
    if paper in {"roads", "closed"}:
        unit = town.roads
        changes["service"] = ServiceFactory(
            institution=town.institution, code=f"road-{number}", unit=unit, register=town.register
        )
    if paper == "elsewhere":
        other = seeded.people["otto"].institution
        unit = seeded.people["otto"].memberships.get().post.unit
        book = Register.objects.create(institution=other, code="in", names={"en": "Incoming"}, pattern="G-{seq}")
        changes |= {
            "institution": other,
            "service": ServiceFactory(institution=other, code="all", unit=unit, register=book),
        }
    if paper == "guarded":
        changes["access_level"] = "RESTRICTED"
    case = town.file(
        subject=f"About {words['title']}",
        channel=Channel.WEB,
        parties=[PartyAsFiled(name=f"Ana {words['sender']}")],
        files=[
            FileToKeep(f"{words['file_name']}.pdf", stream=BytesIO(made.pdf(f"We write: {words['text']}."))),
            FileToKeep("annex.txt", stream=BytesIO(f"Annex {number}: {words['annex']}".encode())),
            FileToKeep(f"photo {number}.png", stream=BytesIO(picture() + bytes([number]))),
        ],
        **changes,
    )
    if paper == "closed":
        Case.objects.filter(pk=case.pk).update(state=CaseState.CLOSED, closed_at=NOON)
        case_closed.send(sender=Case, case=Case.objects.get(pk=case.pk), actor=None, at=NOON)
    read_off(case, words["picture"])
    return case


def read_off(case: Case, word: str) -> None:
    """As if these words had been read off the picture."""
    [photo] = files_of(case).filter(name__startswith="photo")
    FileText.objects.create(stored_file_id=photo.stored_file_id, state=TextState.READ, read_at=NOON)
    PageText.objects.create(stored_file_id=photo.stored_file_id, page=1, text=f"On the picture: {word}")


def files_of(case: Case) -> Any:
    return ComponentFile.objects.filter(component__document__case=case)


def foreign_words(name: str) -> set[str]:
    """All that the person must never meet."""
    allowed = MAY_FIND[name]
    return {word for paper in PAPERS for place, word in WORDS[paper].items() if place not in allowed.get(paper, ())}


@pytest.mark.usefixtures("on_both_engines")
def test_each_finds_and_counts_what_is_theirs_and_nothing_else(seeded: Seeded) -> None:
    drain()

    met: dict[str, dict[str, set[str]]] = {}
    counted_wrong = []
    for name, (paper, place) in product(SEARCHERS, product(PAPERS, PLACES)):
        findings = find(again(seeded.people[name]), WORDS[paper][place])
        if findings.results:
            assert {one.case.pk for one in findings.results} == {seeded.cases[paper].pk}
            met.setdefault(name, {}).setdefault(paper, set()).add(place)
        all_units = values_of(again(seeded.people[name]), Asked(WORDS[paper][place], with_receipts=True), "unit")
        counts = [*findings.facets.values(), all_units]
        most = max([findings.count, *(sum(one.values()) for one in counts)])
        if most != len(findings.results):
            counted_wrong.append((name, paper, place, most))

    assert met == {name: {paper: set(places) for paper, places in MAY_FIND[name].items()} for name in SEARCHERS}
    assert counted_wrong == []


@pytest.mark.usefixtures("on_both_engines")
def test_no_page_of_the_archive_shows_offers_or_exports_a_foreign_word(seeded: Seeded) -> None:
    drain()

    leaks = []
    for name in SEARCHERS:
        client, forbidden = seeded.client(name), foreign_words(name)
        for paper in PAPERS:
            word = WORDS[paper]["title"]
            # A slip of the pen: no spelling is offered from papers that are not theirs.
            for typed in (word, f"{word[:-3]}q", f"{word[:4]}*", ""):
                page = client.get("/office/archive/", {"q": typed, "receipts": "with"}).content.decode()
                leaks += [(name, typed, met) for met in forbidden - {typed} if met in page]
        export = ask_for(
            Asked(with_receipts=True),
            content="LIST",
            format="CSV",
            owner=again(seeded.people[name]),
            language="en",
            at=NOON,
        )
        assert write_next(now=lambda: NOON)
        export.refresh_from_db()
        with exporting.opened(export, user=again(seeded.people[name]), at=NOON) as file:
            lines = file.read().decode()
        leaks += [(name, "export", met) for met in forbidden if met in lines]
        assert all(WORDS[paper]["title"] in lines for paper in MAY_FIND[name])

    assert leaks == []
    assert set(Export.objects.values_list("state", flat=True)) == {"READY"}


@pytest.mark.parametrize("name", FOREIGN)
def test_no_address_of_the_office_shows_a_word_of_a_foreign_paper(name: str, seeded: Seeded) -> None:
    drain()
    person, case = again(seeded.people[name]), seeded.cases[FOREIGN[name]]
    client, asked_for = seeded.client(name), WORDS[FOREIGN[name]]["title"]
    forbidden = foreign_words(name) - {asked_for}
    questions = dict.fromkeys(NAMES_OF_QUESTIONS, asked_for)
    addresses = [
        (label, address)
        for label, route in office_routes()
        if may_reach(person, roles_of(person), label)
        for address in examples(route, case)
    ]

    leaks = []
    for label, address in addresses:
        answer = client.get(address, questions)
        body = answer.getvalue().decode(errors="replace")
        leaks += [(label, address, word) for word in forbidden if word in body]

    assert leaks == []
    assert len(addresses) > 10
    assert engine().count() > 0


def office_routes() -> list[tuple[str, str]]:
    """Name and route of each address that is no regular expression."""
    office = next(part for part in get_resolver().url_patterns if str(part.pattern) == "office/")
    return [(name, f"/office/{route}") for name, route in walked(office, "") if "(" not in route]


def walked(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, str]]:
    for part in resolver.url_patterns:
        route = str(part.pattern).removeprefix("^")
        if isinstance(part, URLResolver):
            inner = ":".join(filter(None, [namespace, part.namespace or ""]))
            yield from ((name, f"{route}{rest}") for name, rest in walked(part, inner))
        elif part.name:
            yield ":".join(filter(None, [namespace, part.name])), route


def examples(route: str, case: Case) -> set[str]:
    """The route with the keys of this case, its documents, files and lines of the register in it."""
    documents = list(case.documents.all())
    letter = documents[0]
    [file, *_others] = files_of(case).filter(name__contains=WORDS_IN_NAMES[case.subject])
    keys = {
        "public_id": [case.public_id, letter.public_id],
        "pk": [str(file.pk), str(case.pk), str(letter.entry_id)],
    }
    names = re.findall(r"<(?:\w+:)?(\w+)>", route)
    options = [keys.get(name, ["1"]) for name in names]
    return {filled(route, values) for values in product(*options)}


def filled(route: str, values: tuple[str, ...]) -> str:
    for value in values:
        route = re.sub(r"<[^>]+>", value, route, count=1)
    return route


WORDS_IN_NAMES = {f"About {words['title']}": words["file_name"] for words in WORDS.values()}
