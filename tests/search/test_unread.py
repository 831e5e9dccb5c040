"""The list of files whose text could not be read, and another try."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from search.models import FileText, TextState
from tests.search.test_desk import office_of
from tests.search.test_indexing import drain

ADDRESS = "/office/archive/unread/"
DAMAGED = b"%PDF-1.7 and nothing else"


def page_of(user, **asked):
    return office_of(user).get(ADDRESS, asked).content.decode()


def test_a_file_that_could_not_be_read_is_listed_with_its_reason_and_its_document(town):
    case = town.file(DAMAGED, b"This one can be read, and is no trouble at all.", subject="Broken letter")
    drain()

    page = page_of(town.alice)

    assert page.count('class="unread"') == 1
    assert "No text: the file is damaged." in page
    assert reverse("desk_archive_pages", args=[case.documents.get().public_id]) in page


def test_without_trouble_the_list_says_so(town):
    assert "Every file that you may open was read." in page_of(town.alice)


def test_a_stranger_is_shown_none_of_it_and_can_try_none_of_it_again(town):
    town.file(DAMAGED, subject="Broken letter")
    drain()

    assert "Broken letter" not in page_of(town.charlie)
    office_of(town.charlie).post(ADDRESS, {"which": "all"})
    assert FileText.objects.get().state == TextState.DAMAGED


def test_files_of_a_restricted_document_need_a_reason_first(town):
    case = town.file(DAMAGED, subject="Broken letter")
    drain()
    case.documents.update(access_level="RESTRICTED")

    assert "file-0" not in page_of(town.dora)


def test_reasons_narrow_the_list(town):
    town.file(DAMAGED)
    drain()

    assert page_of(town.alice, reason="DAMAGED").count('class="unread"') == 1
    assert page_of(town.alice, reason="LOCKED").count('class="unread"') == 0
    assert page_of(town.alice, reason="<script>").count('class="unread"') == 1


@pytest.mark.parametrize("asked", [{"which": "all"}, {"file": "chosen"}])
def test_another_try_for_one_or_all(town, asked):
    case = town.file(DAMAGED)
    drain()
    chosen = case.documents.get().components.get().files.get().pk

    answer = office_of(town.alice).post(
        ADDRESS, {name: chosen if value == "chosen" else value for name, value in asked.items()}, follow=True
    )

    assert "One file will be read again." in answer.content.decode()
    assert FileText.objects.get().state == TextState.WAITING


def test_nothing_chosen_asks_to_choose(town):
    town.file(DAMAGED)
    drain()

    answer = office_of(town.alice).post(ADDRESS, {}, follow=True)

    assert "Choose the files that shall be read again." in answer.content.decode()


def test_one_and_three_lines_take_as_many_questions(town):
    town.file(DAMAGED)
    drain()
    office = office_of(town.alice)
    office.get(ADDRESS)
    with CaptureQueriesContext(connection) as one:
        office.get(ADDRESS)
    town.file(DAMAGED + b" two", DAMAGED + b" three")
    drain()

    with CaptureQueriesContext(connection) as three:
        page = office.get(ADDRESS).content.decode()

    assert page.count('class="unread"') == 3
    assert len(three) == len(one)
