"""Everything about a place or a party: the right papers, in order of time, and none that the reader may not open."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import AccessLevel, Case, Party
from cases.registration import PartyAsFiled, PlaceAsFiled
from cases.same_places import words_key
from search.finding import find
from search.parser import parse
from search.timelines import (
    PartyTimeline,
    PlaceAsked,
    PlaceTimeline,
    Timeline,
    _typed_near,
    _words_near,
    place_of,
)
from tests.cases.town import Town, build_town
from tests.factories import DAY, NOON
from tests.search.test_indexing import drain

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
SCHOOL = {"type": "Point", "coordinates": [23.3219, 42.6977]}
NEXT_DOOR = {"type": "Point", "coordinates": [23.3223, 42.6977]}
FAR_AWAY = {"type": "Point", "coordinates": [23.4, 42.7]}


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


def shown(found: Timeline) -> list[str]:
    return [line.document.title for year in found.years for line in year.lines]


def office_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def take_over(folder: Path, *rows: str) -> None:
    (folder / "1998.csv").write_text("\n".join(["number,date,title,sender,unit", *rows]))
    call_command("archive_import", folder / "1998.csv", folder, "--leave-index", verbosity=0)


def test_a_place_is_found_by_its_words_and_by_its_point_in_order_of_time(town: Town):
    town.file(subject="Kiosk", place=PlaceAsFiled(words="ul. Szkolna 5", geometry=SCHOOL))
    town.file(subject="Fence", place=PlaceAsFiled(words="ulica Szkolna 5"))
    town.file(subject="Sign", place=PlaceAsFiled(words="By the school", geometry=NEXT_DOOR))
    town.file(subject="Well", place=PlaceAsFiled(words="Polna 5", geometry=FAR_AWAY))
    asked = place_of(Case.objects.select_related("place").get(subject="Kiosk"))

    found = PlaceTimeline(asked, user=town.person("dora")).read()

    assert shown(found) == ["Sign", "Fence", "Kiosk"]
    assert (found.count, found.cases) == (3, 3)


def test_old_registers_that_name_the_place_are_among_it_and_say_so(town: Town, tmp_path: Path):
    town.file(subject="Kiosk", place=PlaceAsFiled(words="Szkolna 5"))
    take_over(tmp_path, "12a,about 1998,Kiosk at Szkolna no 5", "13,1999,Kiosk at Polna 5", "14,,Szkolna 5 well")
    drain()

    found = PlaceTimeline(PlaceAsked("ul. Szkolna 5"), user=town.person("dora")).read()

    lines = [line for year in found.years for line in year.lines]
    assert {(line.number, line.as_written, line.is_mention) for line in lines if line.is_old} == {
        ("12a", "about 1998", True),
        ("14", "", True),
    }
    assert [year.year for year in found.years if year.year] == [2026, 1997]
    without = PlaceTimeline(PlaceAsked("Szkolna 5"), user=town.person("dora"), with_mentions=False).read()
    assert shown(without) == ["Kiosk"]


def test_of_a_place_only_what_may_be_opened_is_told(town: Town):
    town.file(subject="Kiosk", place=PlaceAsFiled(words="Szkolna 5"))
    town.file(subject="Secret", place=PlaceAsFiled(words="Szkolna 5"), access_level=AccessLevel.RESTRICTED)
    drain()

    seen = {
        name: shown(PlaceTimeline(PlaceAsked("Szkolna 5"), user=town.person(name)).read())
        for name in ("alice", "dora", "charlie")
    }

    assert seen == {"alice": ["Secret", "Kiosk"], "dora": ["Kiosk"], "charlie": []}


def test_a_person_is_recognised_by_the_number_whatever_the_name(town: Town):
    number = {"identifier_kind": "EGN", "identifier": "7501010010"}
    first = town.file(subject="Oak", parties=[PartyAsFiled(name="Ana Marin", **number)])
    town.file(subject="Lime", parties=[PartyAsFiled(name="Ana Petrova", **number)])
    town.file(subject="Elm", parties=[PartyAsFiled(name="Ana Marin", identifier_kind="EGN", identifier="8001010015")])

    found = PartyTimeline(Party.objects.get(case=first.case), user=town.person("dora"))

    assert shown(found.read()) == ["Lime", "Oak"]
    assert found.perhaps == []


def test_the_same_name_is_offered_apart_and_added_only_when_asked(town: Town, tmp_path: Path):
    first = town.file(subject="Oak", parties=[PartyAsFiled(name="Ștefan Ionescu", address="Str. Lungă 3")])
    town.file(subject="Lime", parties=[PartyAsFiled(name="Ionescu Stefan", address="strada Lunga 3")])
    town.file(subject="Elm", parties=[PartyAsFiled(name="Ștefan Ionescu", address="Calea Victoriei 1")])
    take_over(tmp_path, "12a,1998,Fence,STEFAN IONESCU")
    drain()
    party = Party.objects.get(case=first.case)

    found = PartyTimeline(party, user=town.person("dora"))

    assert shown(found.read()) == ["Oak"]
    assert [(one.party.name, one.has_same_address) for one in found.perhaps] == [
        ("Ionescu Stefan", True),
        ("STEFAN IONESCU", False),
    ]
    both = PartyTimeline(party, user=town.person("dora"), added=[one.party.pk for one in found.perhaps])
    assert shown(both.read()) == ["Lime", "Oak", "Fence"]
    assert Party.objects.filter(case=first.case).count() == 1


def test_nobody_is_offered_from_a_case_that_may_not_be_opened(town: Town):
    first = town.file(subject="Oak", parties=[PartyAsFiled(name="Ana Marin")])
    town.file(subject="Secret", parties=[PartyAsFiled(name="Ana Marin")], access_level=AccessLevel.RESTRICTED)
    party = Party.objects.get(case=first.case)

    assert PartyTimeline(party, user=town.person("dora")).perhaps == []
    assert len(PartyTimeline(party, user=town.person("alice")).perhaps) == 1


def test_pages_lead_from_the_case_and_shut_out_strangers(town: Town):
    case = town.file(subject="Kiosk", place=PlaceAsFiled(words="Szkolna 5")).case
    party = case.parties.get()
    place = f"{reverse('desk_archive_place')}?case={case.public_id}"
    person = reverse("desk_archive_party", args=[party.pk])

    page = office_of(town.person("alice")).get(reverse("desk_case", args=[case.public_id])).content.decode()

    assert f'href="{place}"' in page
    assert f'href="{person}"' in page
    for address in (place, person):
        assert "Kiosk" in office_of(town.person("alice")).get(address).content.decode()
        assert office_of(town.person("charlie")).get(address).status_code == 404


@pytest.mark.parametrize("asked", ["", "?words=%00", "?at=x,y&metres=99999999999", "?words=((((&p=99999", "?at=99,400"])
def test_odd_questions_get_a_page(town: Town, asked: str):
    assert office_of(town.person("alice")).get(reverse("desk_archive_place") + asked).status_code == 200


def test_papers_beyond_the_newest_are_counted_and_the_search_shows_them(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("search.timelines.MOST_MENTIONS", 2)
    for number in range(5):
        town.file(subject=f"Sign {number} at Szkolna no 5", files=[])
    drain()
    dora = office_of(town.person("dora"))

    page = dora.get(reverse("desk_archive_place"), {"words": "ul. Szkolna 5"}).content.decode()
    found = PlaceTimeline(PlaceAsked("ul. Szkolna 5"), user=town.person("dora"))
    address = "/office/archive/?q=%22szkolna+5%22~2&amp;sort=newest"

    assert len(found.mentions) == 2
    assert f"{found.named.more} older papers name the place too and are not shown here." in page
    assert address in page
    assert find(town.person("dora"), found.named.typed).count == found.named.more + 2


@pytest.mark.parametrize("words", ["Fontana", "ul. Szkolna 5", "a b c d e f"])
def test_what_is_typed_for_the_rest_asks_the_same(words: str):
    parts = words_key(words).split()

    assert parse(_typed_near(parts)) == _words_near(parts)


def test_a_name_in_more_papers_than_are_looked_through_says_so(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("search.timelines.MOST_MENTIONS", 2)
    cases = [town.file(subject=f"Letter {number} of Ana Marin", files=[]).case for number in range(4)]
    drain()
    party = Party.objects.filter(case=cases[0]).first()

    page = office_of(town.person("dora")).get(reverse("desk_archive_party", args=[party.pk])).content.decode()

    assert "have the words of this name too; who is meant there was not looked at." in page
    assert "/office/archive/?q=Ana+Marin&amp;sort=newest" in page


def test_long_timelines_are_turned_and_ask_the_database_no_more(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("search.timelines.LINES_A_PAGE", 2)
    client = office_of(town.person("dora"))
    address = f"{reverse('desk_archive_place')}?words=Szkolna+5"
    counts = []
    for number in range(3):
        town.file(subject=f"Paper {number}", place=PlaceAsFiled(words="Szkolna 5"), at=NOON + number * DAY)
        drain()
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address).content.decode()
        counts.append(len(queries))

    assert counts[1] == counts[2]
    assert "Page 1 of 2" in page
    assert "Paper 0" in client.get(f"{address}&p=2").content.decode()
