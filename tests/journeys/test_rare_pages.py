"""Pages that few people meet, and nobody on a good day, are in order too."""

import re

import pytest

from tests.journeys.people import Filed

MISSING = "0" * 22


@pytest.mark.parametrize(
    ("address", "status"),
    [("/en/there-is-nothing/", 404), (f"/c/{MISSING}", 410), (f"/r/{MISSING}", 410), ("/d/0000000000000000", 410)],
)
def test_an_address_that_leads_nowhere_leads_on(resident, address, status):
    visitor = resident()

    assert visitor.open(address) == status
    assert visitor.page.locator("main, footer").locator("a[href^='/']").count() >= 1


def test_wrong_digits_and_ones_own_answers(resident):
    stanka = resident()
    filed = stanka.files(contact={"email": None})

    stanka.tracks(Filed(filed.number, "0000 0000 0000"))
    stanka.sees(re.compile("do not belong together"))
    stanka.tracks(filed)
    stanka.leave_by(stanka.page.locator("a[href*='/answers/']").first)
    stanka.sees("ul. Lipa 4, behind the school")
    stanka.open("/text-size/5/?next=/en/")
    stanka.tracks(filed)
    stanka.sees_heading("Your case is with: Environment")


def test_what_a_registrar_does_with_paper_and_with_slips(resident, office):
    without_mail = resident().files(contact={"email": None, "delivery_preference": "POST"})
    registrar, officer = office["registrar"], office["officer"]
    registrar.open("/office/counter/")
    registrar.page.get_by_label("From", exact=True).fill("Vasil Penev")
    registrar.page.get_by_label("Subject", exact=True).fill("Twice the same letter")
    registrar.press("Register")
    number = registrar.page.locator("#done-number").inner_text()
    label = registrar.page.locator("a[href$='/label/']").first.get_attribute("href")

    assert registrar.open(label) == 200
    registrar.sees(number)
    registrar.open("/office/register/")
    registrar.leave_by(registrar.page.get_by_role("row").filter(has_text=number).locator("a[href$='/void/']").first)
    registrar.page.locator("main [name=reason]").fill("Entered twice")
    registrar.leave_by(registrar.page.locator("main form button[type=submit]").last)
    registrar.sees("Entered twice")

    # Whoever has no e-mail address is asked by letter.
    officer.opens_case(without_mail.number)
    asking = officer.other("Something is missing")
    asking.get_by_label("What is missing").fill("The consent of the other owners.")
    officer.press("Ask and stop the clock", within=asking)
    registrar.open("/office/print-list/")
    registrar.sees(without_mail.number)
