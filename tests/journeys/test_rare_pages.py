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


# -- the same addresses on a bad day: the judge has seen them on a good one


def test_jobs_that_were_given_up(office, town, axe):
    town.undergoes(
        "from django.utils import timezone\n"
        "from cases.models import OutboxRow\n"
        "now = timezone.now()\n"
        "row = dict(kind='make_previews', payload={'files': []}, tries=9, put_at=now, due_at=now, failed_at=now)\n"
        "OutboxRow.objects.create(**row, last_error='OSError: No space left on device')"
    )
    administrator = office["admin"]

    administrator.open("/office/jobs/")
    administrator.sees("No space left on device")
    assert axe(administrator.page) == []

    administrator.press(re.compile("^Try again"))
    administrator.sees("Another try was started.")


def test_a_restricted_case_asks_why(resident, office, town, axe):
    number = resident().files().number
    town.undergoes(
        f"from cases.models import Case; Case.objects.filter(number='{number}').update(access_level='RESTRICTED')"
    )
    registrar = office["registrar"]
    registrar.open("/office/register/")
    row = registrar.page.get_by_role("row").filter(has_text=number)
    registrar.leave_by(row.locator("a[href^='/office/case/']").first)

    registrar.sees(f"{number} is restricted")
    assert axe(registrar.page) == []

    registrar.page.get_by_label("Why do you need to open it?").fill("The applicant stands at the counter")
    registrar.press("Open the case")
    registrar.sees_heading(f"Case {number}")
    assert axe(registrar.page) == []


def test_work_that_changes_hands_and_a_letter_with_two_writers(resident, office, axe):
    number = resident().files().number
    office.checks_completeness(number)
    office.resolves(number)
    office.begins_decision(number, outcome="Granted")
    officer, head = office["officer"], office["head"]
    first = officer.page
    second = first.context.new_page()
    second.goto(first.url)

    first.get_by_label("Text", exact=True).fill("These words were saved first.")
    officer.press("Save and see it")
    second.get_by_label("Text", exact=True).fill("These words came second.")
    second.get_by_role("button", name="Save and see it").click()

    second.get_by_text("saved this draft while you were writing").wait_for()
    assert second.get_by_label("Text", exact=True).input_value() == "These words came second."
    assert second.get_by_text("These words were saved first.").is_visible()
    assert axe(second) == []

    head.open("/office/hand-over/")
    head.page.get_by_label("Whose work").select_option(label="Ognyan Petrov")
    head.press("Show")
    head.page.get_by_label(number).first.wait_for()
    assert axe(head.page) == []
