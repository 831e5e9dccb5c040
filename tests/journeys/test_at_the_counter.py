"""People who do not file themselves: on the telephone, and at the counter."""

import re

from tests.journeys.people import Filed, Resident, answers


class FormAtTheCounter(Resident):
    """The registrar's hands on the resident's form."""

    apply = "/office/counter/forms/tree-felling/"


def test_a_call_is_entered_by_keyboard_alone(resident, office):
    registrar = office["registrar"]
    registrar.open("/office/counter/")
    keys = registrar.page.keyboard

    # Name, subject, service, how it came: the cursor stands in the first field, Enter registers.
    assert registrar.page.evaluate("document.activeElement.name") == "name"
    keys.type("Vasil Penev")
    keys.press("Tab")
    keys.type("The lamp before No. 12 has been dark for a week")
    keys.press("Tab")
    keys.type("Report")
    keys.press("Tab")
    keys.type("Telephone")
    with registrar.page.expect_navigation():
        keys.press("Tab")
        keys.press("Enter")
    registrar.look()

    number = registrar.page.locator("#done-number").inner_text()
    digits = registrar.page.locator(".counter-done__digits b").inner_text()
    assert re.fullmatch(r"94-00-\d+/\d\d\.\d\d\.\d{4}", number)
    registrar.sees("The lamp before No. 12 has been dark for a week · Vasil Penev")

    # With the digits that were read out, Vasil follows it at home.
    vasil = resident()
    vasil.tracks(Filed(number, digits))
    vasil.sees_heading("Your case is with: Roads and lighting")


def test_a_registrar_fills_in_the_form_for_a_person_at_the_counter(resident, office):
    radka = office["registrar"]
    radka.open("/office/counter/forms/")
    radka.follow(re.compile("tree"))
    at_counter = FormAtTheCounter(radka.page, radka.town, lambda page: radka.look())
    at_counter.begins()
    contact = {"delivery_preference": "COUNTER", "email": ""}
    at_counter.fill_in(answers(applicant={"applicant_name": "Tsvetana Boneva"}, contact=contact))
    filed = at_counter.sends()

    tsvetana = resident()
    tsvetana.tracks(filed)
    tsvetana.sees_heading("Your case is with: Environment")
    radka.open("/office/register/")
    radka.sees(filed.number)
    radka.sees("Tsvetana Boneva")
