"""As far as the receipt: in four languages, on a telephone, and without JavaScript."""

import math

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PHONE
from tests.journeys.papers import expert_opinion, photo
from tests.journeys.people import answers, file

PAPERS = {"trees": {"photos": [file("tree.jpg", photo(), "image/jpeg")]}}


def marks_on_the_map(page: Page) -> None:
    """The fields follow the map, by the pointer and by keys, and the map the fields."""
    view, latitude = page.locator("[data-map-view]"), page.locator("[name=place-latitude]")
    zoom = float(view.get_attribute("data-zoom") or "")
    middle = point_in(view)
    box = view.bounding_box()
    assert box is not None

    view.click(position={"x": box["width"] / 2 + 40, "y": box["height"] / 2 - 30})
    expect(page.locator("[name=place-source]")).to_have_value("MAP")
    marked = (float(latitude.input_value()), float(page.locator("[name=place-longitude]").input_value()))
    assert marked == pytest.approx(beside(middle, zoom, east=40, south=-30), abs=2 * 360 / (256 * 2**zoom))

    view.press("+")
    view.press("ArrowRight")
    view.press("Enter")
    assert float(latitude.input_value()) == point_in(view)[0]
    page.locator("details.point summary").click()
    latitude.fill("42.6977")
    expect(page.locator("[name=place-source]")).to_have_value("")
    expect(page.locator(".map-pin")).to_have_count(1)
    latitude.fill("north")
    expect(page.locator(".map-pin")).to_have_count(0)
    latitude.fill("42.6977")


def point_in(view: Locator) -> tuple[float, float]:
    latitude, longitude = (view.get_attribute("data-middle") or "").split(", ")
    return float(latitude), float(longitude)


def beside(point: tuple[float, float], zoom: float, *, east: float, south: float) -> tuple[float, float]:
    """The point so many pixels away on a Web Mercator map."""
    world = 256 * 2**zoom
    y = world * (0.5 - math.asinh(math.tan(math.radians(point[0]))) / (2 * math.pi)) + south
    latitude = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / world))))
    return latitude, point[1] + east * 360 / world


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_resident_files_in_their_own_language_as_far_as_the_receipt(resident, town, language):
    stanka = resident(PHONE, has_touch=True, is_mobile=True)
    email = f"stanka-{language}@example.org"

    stanka.begins(language=language)
    marks_on_the_map(stanka.page)
    stanka.fill_in(answers(contact={"email": email}), PAPERS)
    filed = stanka.sends()

    assert stanka.page.locator("html").get_attribute("lang") == language
    mail = town.mail_to(email, about=filed.number)
    assert mail["Content-Language"] == language
    [receipt] = mail.iter_attachments()
    assert receipt.get_content_type() == "application/pdf"
    stanka.looks_until_seeing("PDF")
    on_page = stanka.download(stanka.page.locator("main a.button[href$='/receipt/']"))
    assert on_page.startswith(b"%PDF-")


def test_a_form_is_filed_and_followed_without_javascript(resident):
    stanka = resident(java_script_enabled=False)

    stanka.begins()
    stanka.fill_in(answers(), PAPERS | {"papers": {"sketch": [file("opinion.pdf", expert_opinion())]}})
    filed = stanka.sends()
    stanka.tracks(filed)

    stanka.sees_heading("Your case is with: Environment")
    stanka.sees("opinion.pdf")
    stanka.page.locator("[name=message]").fill("The branches fall on the path.")
    stanka.press("Send")
    stanka.sees("We received it and put it into your case.")
    stanka.sees("The branches fall on the path.")
