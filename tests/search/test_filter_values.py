"""Filters may be set by what people call the values."""

import pytest

from cases import staffing
from search.filter_values import by_code
from search.parser import And, Filter, Not, Or, Word, parse
from tests.search.town import SINCE


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("state:closed", Filter("state", "CLOSED")),
        ("KIND:Decision", Filter("kind", "DECISION")),
        ('channel:"registered e-delivery"', Filter("channel", "E_DELIVERY")),
        ("access:restricted", Filter("access", "RESTRICTED")),
        ("language:Bulgarian", Filter("language", "bg")),
        ("език:български", Filter("language", "bg")),
        ("język:polski", Filter("language", "pl")),
        ("kind:RECEIPT", Filter("kind", "RECEIPT")),
        ("kind:nothing", Filter("kind", "nothing")),
        ("unit:park", Filter("unit", "park")),
        ("unit:parks", Filter("unit", "PARK")),
        ('service:"tree felling"', Filter("service", "tree-felling")),
        ("register:incoming", Filter("register", "in")),
        ("class:trees", Filter("class", "12")),
        ("lime -(unit:roads)", And((Word("lime"), Not(Filter("unit", "ROAD"))))),
    ],
)
def test_a_value_is_meant_by_its_name_too(town, typed, meant):
    assert by_code(parse(typed)) == meant


def test_a_name_that_two_units_have_means_both(town):
    staffing.found_unit(institution=town.institution, code="PARK2", names={"en": "Parks"}, valid_from=SINCE)

    assert by_code(parse("unit:parks")) == Or((Filter("unit", "PARK"), Filter("unit", "PARK2")))
