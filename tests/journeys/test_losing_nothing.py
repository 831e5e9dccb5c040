"""What was typed and uploaded survives every mistake and a closed laptop."""

import re

from tests.journeys.conftest import PHONE
from tests.journeys.papers import photo
from tests.journeys.people import TREE_FELLING, file


def test_a_form_survives_mistakes_and_is_finished_on_another_device(resident, town):
    at_laptop = resident()
    at_laptop.begins()
    at_laptop.fill_page(TREE_FELLING["place"])

    # A photo and a slip on the same page: the slip is named, the photo is kept.
    wrong = {**TREE_FELLING["trees"], "trees-0-girth": "thick"}
    at_laptop.fill_page(wrong, {"photos": [file("lime.jpg", photo(), "image/jpeg")]})
    at_laptop.sees_heading("There is 1 thing to put right")
    assert at_laptop.page.locator("[name='trees-0-girth']").input_value() == "thick"
    assert at_laptop.page.locator("[name='trees-0-species']").input_value() == "lime"
    at_laptop.sees("lime.jpg")
    at_laptop.page.locator(".errors a").first.click()
    assert at_laptop.page.evaluate("document.activeElement.name") == "trees-0-girth"
    at_laptop.fill_page({"trees-0-girth": "180"})
    at_laptop.fill_page(TREE_FELLING["reason"])

    # In the middle of the next page the laptop has to be closed.
    at_laptop.fill("applicant_kind", "PERSON")
    at_laptop.fill("applicant_name", "Stanka Ilieva")
    at_laptop.press("Finish later with a link")
    at_laptop.page.get_by_label("Have it mailed to you").fill("stanka@example.net")
    at_laptop.press("Mail the link")
    at_laptop.page.context.close()

    # The link in the mail goes on where she stopped, on her telephone.
    mail = town.mail_to("stanka@example.net", about="Your unfinished form")
    [link] = re.findall(r"http\S+/r/\S+", mail.get_body().get_content())
    on_phone = resident(PHONE, has_touch=True, is_mobile=True)
    on_phone.open(link)
    assert on_phone.page.url.endswith("/apply/tree-felling/applicant/")
    assert on_phone.page.locator("[name='applicant_name']").input_value() == "Stanka Ilieva"
    rest = {page: fields for page, fields in TREE_FELLING.items() if page not in {"place", "trees", "reason"}}
    on_phone.fill_in(rest)
    on_phone.sees("lime.jpg")
    on_phone.sends()
    on_phone.sees("lime.jpg")
