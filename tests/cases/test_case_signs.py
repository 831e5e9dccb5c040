"""Case signs: a working folder gets its place in the list of cases, once, and its number still leads to it."""

import pytest

from cases import case_signs, integrity
from cases.case_signs import SignRefused
from cases.models import Case, CounterScope, Register, RegisterKind
from tests.cases.town import Town
from tests.factories import DAY, NOON, RegisterFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def list_of_cases(town: Town) -> Register:
    return RegisterFactory(
        institution=town.institution,
        kind=RegisterKind.CASE_SIGNS,
        scope=CounterScope.UNIT_AND_CLASS,
        pattern="{unit}.{class}.{seq}.{yyyy}",
    )


def test_a_case_is_known_by_its_sign_and_found_by_its_number(town, list_of_cases):
    entry = town.file()

    sign = case_signs.give_sign(entry.case, list_of_cases, actor=town.actor("alice"), at=NOON)

    case = Case.objects.get(pk=entry.case_id)
    assert sign.sign == f"PARK.{town.trees.rules.get().record_class.code}.1.2026"
    assert (case.number, case.entries.get().number) == (sign.sign, "94-1")
    assert case.events.get(kind="SIGN_GIVEN").payload == {"sign": sign.sign}


def test_a_case_gets_one_sign(town, list_of_cases):
    case = town.file().case
    case_signs.give_sign(case, list_of_cases, actor=town.actor("alice"), at=NOON)

    with pytest.raises(SignRefused, match="has its sign already"):
        case_signs.give_sign(case, list_of_cases, actor=town.actor("alice"), at=NOON)


def test_a_register_of_letters_gives_no_signs(town):
    with pytest.raises(SignRefused, match="is not a list of cases"):
        case_signs.give_sign(town.file().case, town.incoming, actor=town.actor("alice"), at=NOON)


def test_signs_are_complete_and_in_order_as_numbers_are(town, list_of_cases):
    signs = [
        case_signs.give_sign(town.file().case, list_of_cases, actor=town.actor("alice"), at=NOON + number * DAY)
        for number in range(3)
    ]
    complete = [finding.name for finding in integrity.findings() if finding.name.startswith("number")]

    signs[1].delete()

    assert complete == []
    assert [finding.name for finding in integrity.findings() if finding.name.startswith("number")] == ["number-gap"]
