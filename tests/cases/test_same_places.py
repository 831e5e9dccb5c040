"""The same place is found however it was written, and by its point."""

import pytest

from cases.models import Place
from cases.registration import PlaceAsFiled
from cases.same_places import Point, metres_between, middle_of, places_near, words_key
from tests.cases.town import Town

SCHOOL = Point(42.6977, 23.3219)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ul. Szkolna 5", "ulica SZKOLNA, 5"),
        ("Strada Școlii nr. 12", "str. Şcolii 12"),
        ("бул. „Васил Левски“ № 3", "булевард Васил Левски 3"),
        ("Żółkiewskiego 4a", "zolkiewskiego 4A"),
    ],
)
def test_spellings_of_one_address_are_compared_as_one(one: str, other: str):
    assert words_key(one) == words_key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Szkolna 5", "Szkolna 15"), ("ул. Район", "ул. Раион"), ("ul.", "x")])
def test_other_places_stay_others(one: str, other: str):
    assert words_key(one) != words_key(other)


def test_without_words_the_address_counts():
    assert words_key("", {"street": "ul. Szkolna", "number": "5"}) == "szkolna 5"


def test_the_middle_of_a_line_is_the_middle_of_its_box():
    line = {"type": "LineString", "coordinates": [[23.0, 42.0], [23.2, 42.4]]}

    assert middle_of(line) == pytest.approx(Point(42.2, 23.1))
    assert middle_of({"type": "Point", "coordinates": [23.0, 42.0]}) == Point(42.0, 23.0)
    assert middle_of({"type": "Point", "coordinates": []}) is None
    assert middle_of(None) is None


def test_a_degree_of_latitude_is_what_it_is():
    assert metres_between(Point(42.0, 23.0), Point(43.0, 23.0)) == pytest.approx(111_195, rel=1e-4)


@pytest.mark.both_databases
@pytest.mark.django_db
def test_places_are_found_within_so_many_metres(town: Town):
    for name, east in (("here", 0.0), ("30 m off", 0.00037), ("70 m off", 0.00086)):
        point = {"type": "Point", "coordinates": [SCHOOL.longitude + east, SCHOOL.latitude]}
        town.file(place=PlaceAsFiled(words=name, geometry=point))
    town.file(place=PlaceAsFiled(words="nowhere"))

    near = places_near(SCHOOL, metres=50)

    assert sorted(Place.objects.filter(pk__in=near).values_list("words", flat=True)) == ["30 m off", "here"]
    assert sorted(round(metres) for metres in near.values()) == [0, 30]
