"""What arrives on a case afterwards: a missing paper, brought on paper, and a message when all is decided."""

from tests.journeys.office import CONDITIONS, REASONS

WORDS = "The consent of the other owners is missing."


def test_the_clock_stops_for_a_missing_paper_and_runs_on_when_it_is_brought(resident, office, town):
    stanka = resident()
    filed = stanka.files(place={"ownership": "CO_OWNED"}, contact={"email": "owner@example.org"})

    # The office asks; the clock stands still, and she reads exactly these words.
    officer = office["officer"]
    officer.opens_case(filed.number)
    asking = officer.other("Something is missing")
    asking.get_by_label("What is missing").fill(WORDS)
    officer.press("Ask and stop the clock", within=asking)
    officer.sees("The applicant was asked. The clock stands still.")
    assert WORDS in town.mail_to("owner@example.org", about="Something is missing").get_body().get_content()
    stanka.tracks(filed)
    stanka.sees_heading("We are waiting for you")
    stanka.sees(WORDS)
    stanka.sees("The deadline does not run until we hear from you.")

    # She brings two sheets of paper to the counter.
    registrar = office["registrar"]
    registrar.open("/office/counter/")
    registrar.page.get_by_label("From", exact=True).fill("Stanka Ilieva")
    registrar.page.get_by_label("Subject", exact=True).fill("Consent of the owners")
    registrar.page.get_by_label("Belongs to number").fill(filed.number)
    registrar.page.get_by_label("Sheets", exact=True).fill("2")
    registrar.page.get_by_label("Place of the paper").fill("Folder 12")
    registrar.press("Register")
    registrar.sees(f"joined {filed.number}")

    stanka.page.reload()
    stanka.sees_heading("Your case is with: Environment")
    stanka.sees("We expect to answer by")
    officer.opens_case(filed.number)
    officer.sees("On paper: Folder 12")
    officer.press("It is complete", within=officer.panel())
    officer.sees("Complete: the head decides who handles it.")


def test_a_message_after_closing_is_put_before_whoever_held_the_case(resident, office):
    stanka = resident()
    filed = stanka.files()
    office.checks_completeness(filed.number)
    office.resolves(filed.number)
    office.decides(
        filed.number,
        outcome="Granted",
        title="Permit to fell a tree",
        replaced={"conditions": CONDITIONS, "reasons": REASONS},
    )

    stanka.tracks(filed)
    stanka.sees_heading("Your case is decided")
    stanka.page.get_by_label("Message", exact=True).fill("When may the workers come?")
    stanka.press("Send")
    stanka.sees("We received it and put it into your case.")

    officer = office["officer"]
    officer.opens_case(filed.number)
    officer.sees("Look at what arrived")
    officer.press("I have looked at it", within=officer.panel())
    officer.open("/office/tasks/")
    officer.does_not_see(filed.number)
