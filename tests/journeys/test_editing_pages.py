"""Communications staff change a page: draft, preview, publish. What residents read changes only at the last step."""

import io
import re

from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.designing import publish
from tests.journeys.people import file

OLD, NEW = "Contact", "Contact and opening hours"
BLOCKS = ["Text", "Steps in order", "Notice", "Questions and answers", "Picture", "Document to download"]
KINDS_OF_LINK = ["External link", "Email link", "Phone link", "Anchor link", "Internal link"]


def test_an_editor_drafts_previews_and_publishes_a_page(resident, official):
    elena, reader = official("editor"), resident()
    elena.open("/office/pages/")
    english = elena.page.get_by_role("row").filter(has_text="What do you want to do?").filter(has_text="English")
    elena.leave_by(english.get_by_role("link", name=re.compile("^Explore child pages")))
    elena.follow(OLD)

    # A draft, which only the office sees.
    elena.page.get_by_role("textbox", name="Title").fill(NEW)
    elena.page.get_by_role("button", name="Save draft").click()
    elena.sees(f"Page '{NEW}' has been updated.")
    reader.open("/en/contact/")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(OLD)

    # The preview beside the editor shows what it will be.
    elena.page.get_by_role("button", name="Toggle preview").click()
    preview = elena.page.frame_locator("#w-preview-iframe")
    expect(preview.get_by_role("heading", level=1)).to_have_text(NEW)
    elena.look()

    publish(elena)
    elena.sees(f"Page '{NEW}' has been published.")
    reader.open("/en/contact/")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(NEW)


def test_every_tool_of_the_page_editor_works_under_our_security_policy(official):
    """Wagtail starts much with inline scripts; whatever our policy refuses is heard as an error (see Complaints)."""
    elena = official("editor")
    page = elena.page
    elena.open("/office/pages/")
    english = page.get_by_role("row").filter(has_text="What do you want to do?").filter(has_text="English")
    elena.leave_by(english.get_by_role("link", name=re.compile("^Explore child pages")))
    elena.follow("Without a computer")
    address = page.url.removesuffix("edit/")

    for block in BLOCKS:
        page.get_by_title("Insert a block").last.click()
        page.get_by_role("option", name=block).click()
    link_some_words(page)
    choose_picture(page)
    choose_document(page)
    set_a_day_for_publishing(page)
    look_at_side_panels(page)

    for view in ["history", "copy", "move", "unpublish", "delete", "usage", "workflow_history"]:
        assert elena.open(f"{address}{view}/") == 200
    for view in ["images/add/", "documents/add/", "pages/search/?q=contact", "account/"]:
        assert elena.open(f"/office/{view}") == 200


def link_some_words(page: Page) -> None:
    """The text box's toolbar, and each kind of link that its chooser offers."""
    page.locator(".public-DraftEditor-content").last.click()
    page.keyboard.type("All services")
    page.keyboard.press("Control+A")
    page.locator("button[name=LINK]:visible").click()
    dialog = page.get_by_role("dialog")
    for kind in KINDS_OF_LINK:
        dialog.get_by_role("link", name=kind).click()
        expect(dialog.get_by_role("link", name=kind)).to_have_count(0)
    dialog.get_by_role("link", name="What do you want to do?").click()
    expect(page.locator(".TooltipEntity").filter(has_text="All services").last).to_be_visible()


def choose_picture(page: Page) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(picture, "PNG")
    page.get_by_role("button", name="Choose an image").last.click()
    upload(page, "A green wall", file("wall.png", picture.getvalue(), "image/png"))
    expect(page.locator("[data-chooser-title]").filter(has_text="A green wall")).to_be_visible()


def choose_document(page: Page) -> None:
    page.get_by_role("button", name="Choose a document").last.click()
    upload(page, "A form on paper", file("form.pdf", b"%PDF-1.4\n%%EOF\n"))
    expect(page.locator("[data-chooser-title]").filter(has_text="A form on paper")).to_be_visible()


def upload(page: Page, title: str, chosen: dict) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Upload").click()
    dialog.locator("input[type=file]").set_input_files(chosen)
    dialog.get_by_label("Title").fill(title)
    dialog.get_by_role("button", name="Upload").click()
    expect(dialog).to_have_count(0)


def set_a_day_for_publishing(page: Page) -> None:
    page.get_by_role("button", name="Toggle status").click()
    page.get_by_role("button", name="Set schedule").click()
    page.get_by_label("Go live date/time").click()
    expect(page.locator(".xdsoft_datetimepicker").filter(visible=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Go live date/time")).to_be_hidden()


def look_at_side_panels(page: Page) -> None:
    page.get_by_role("button", name="Toggle checks").click()
    expect(page.get_by_text("Issues found").filter(visible=True)).to_be_visible()
    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator("#w-preview-iframe")
    expect(preview.get_by_role("heading", level=1)).to_have_text("Without a computer")
