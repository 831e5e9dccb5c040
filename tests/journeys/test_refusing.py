"""A refusal: sent back once with remarks, then signed and sent by e-mail, as the applicant wished."""

from tests.journeys.office import REASONS
from tests.journeys.people import answers
from tests.journeys.test_main_job import checked


def test_a_request_is_refused_and_the_answer_comes_by_e_mail(resident, office, town):
    petar = resident()
    petar.begins()
    contact = {"delivery_preference": "EMAIL", "email": "petar@example.org"}
    petar.fill_in(answers(contact=contact, applicant={"applicant_name": "Petar Angelov"}))
    filed = petar.sends()
    office.checks_completeness(filed.number)
    office.resolves(filed.number)
    office.begins_decision(filed.number, outcome="Refused")
    office.writes_decision("Refusal to fell a lime tree", {"reasons": "The tree is sound."})
    office.sends_draft_on()

    # The head wants to read more than that.
    head = office["head"]
    head.opens_case(filed.number)
    remarks = head.other("Send back with remarks")
    remarks.get_by_label("What has to change").fill("Say how you found out.")
    head.press("Send back", within=remarks)
    office["officer"].opens_case(filed.number)
    office["officer"].sees("Say how you found out.")
    office["officer"].press("Write the decision", within=office["officer"].panel())
    body = office["officer"].page.get_by_label("Text", exact=True)
    body.fill(body.input_value().replace("The tree is sound.", f"We looked at it on the spot. {REASONS}"))
    office["officer"].press("Save and see it")
    office.sends_draft_on()
    office.approves(filed.number)
    office.signs(filed.number)
    office.dispatches(filed.number)

    mail = town.mail_to("petar@example.org", about="The answer in your case")
    [letter] = mail.iter_attachments()
    verdict = checked(letter.get_content(), town)
    assert verdict.is_valid, verdict.reason
    petar.tracks(filed)
    petar.sees_heading("Your case is decided")
    petar.sees_heading("Refusal to fell a lime tree")
