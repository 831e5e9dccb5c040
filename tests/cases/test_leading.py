"""Every number leads to the case that is handled today."""

import pytest

from cases.corrections import join_cases
from cases.leading import NoSuchNumber, SeveralCases, case_with_number
from cases.models import Case
from tests.cases.town import Town
from tests.factories import NOON


def test_an_entry_that_joined_leads_to_its_case(town: Town) -> None:
    case = town.file().case
    joined = town.bring(case)

    assert case_with_number(joined.number, user=town.person("alice")) == case


def test_the_old_number_of_a_joined_case_leads_on(town: Town) -> None:
    case, other = town.file().case, town.file().case
    case.tasks.all().delete()
    join_cases(case, into=other, actor=town.actor("rita"), at=NOON)

    assert case_with_number(case.number, user=town.person("rita")) == other


@pytest.mark.parametrize("number", ["", "  ", "nonsense", "94-"])
def test_a_number_that_nobody_gave_leads_nowhere(town: Town, number: str) -> None:
    town.file()

    with pytest.raises(NoSuchNumber):
        case_with_number(number, user=town.person("rita"))


def test_a_case_that_one_may_not_see_is_no_case(town: Town) -> None:
    number = town.file().number

    with pytest.raises(NoSuchNumber, match=number):
        case_with_number(number, user=town.person("charlie"))


def test_a_number_that_leads_to_two_cases_is_not_guessed(town: Town) -> None:
    number = town.file().number
    other = town.file().case
    Case.objects.filter(pk=other.pk).update(number=number)

    with pytest.raises(SeveralCases):
        case_with_number(number, user=town.person("rita"))
