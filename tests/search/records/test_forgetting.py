"""What the archive's search knows of a destroyed case: its number, and nothing else."""

import pytest

from search.finding import find
from search.indexing import index_waiting
from search.models import PageText
from search.reading import read_next_files
from tests.cases.disposal import due_case, executed
from tests.cases.town import a_file
from tests.factories import NOON

pytestmark = [pytest.mark.django_db]


def drain() -> None:
    while read_next_files(at=NOON) or index_waiting():
        pass


def test_the_search_forgets_the_words_and_finds_the_tombstone_by_its_number(town):
    case = due_case(town, subject="The walnut by the mill", files=[a_file(b"A quince leans over the fence.")])
    victor = town.person("victor")
    drain()
    drain()

    def found(words: str) -> set[str]:
        return {str(hit.case) for hit in find(victor, words).results}

    before = (found("walnut"), found("quince"))
    executed(town)
    drain()

    assert before == ({case.number}, {case.number})
    assert (found("walnut"), found("quince"), PageText.objects.filter(text__icontains="quince").count()) == (
        set(),
        set(),
        0,
    )
    assert case.number in found(case.number)
