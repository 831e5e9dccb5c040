"""An official of another unit, who has nothing to do with a case, meets it nowhere."""

import re

from tests.journeys.papers import RARE_WORD, expert_opinion
from tests.journeys.people import answers, file

LISTS = [
    "/office/tasks/?view=mine",
    "/office/tasks/?view=unit",
    "/office/tasks/?view=others",
    "/office/my-cases/?view=mine",
    "/office/my-cases/?view=unit",
    "/office/register/",
]


def what_is_there(person, address: str) -> tuple[int, str]:
    """Status and page, without what differs at every look."""
    status = person.open(address)
    return status, re.sub(r'(nonce|csrf\w*)="[^"]*"', "", person.page.locator("body").inner_text())


def test_an_official_of_another_unit_sees_nothing_anywhere(resident, office):
    stanka = resident()
    stanka.begins()
    opinion = {"papers": {"sketch": [file("opinion of a stranger.pdf", expert_opinion())]}}
    stanka.fill_in(answers(place={"place-words": "Before the observatory"}), opinion)
    filed = stanka.sends()
    officer, stranger = office["officer"], office["officer3"]
    officer.opens_case(filed.number)
    case_address = officer.page.url
    downloads = officer.page.locator("a[download]").evaluate_all("links => links.map(link => link.href)")
    assert len(downloads) >= 1

    for address in LISTS:
        assert stranger.open(address) == 200
        stranger.does_not_see(filed.number)
    for words in (RARE_WORD, filed.number, "observatory"):
        stranger.open(f"/office/archive/?q={words}")
        assert stranger.page.locator(".archive-result").count() == 0

    nowhere = what_is_there(stranger, "/office/case/0000000000000000/")
    assert nowhere[0] == 404
    assert what_is_there(stranger, case_address) == nowhere
    for address in downloads:
        assert what_is_there(stranger, address) == nowhere
