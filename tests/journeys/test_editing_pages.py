"""Communications staff change a page: draft, preview, publish. What residents read changes only at the last step."""

import re

from playwright.sync_api import expect

OLD, NEW = "Contact", "Contact and opening hours"


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

    elena.page.get_by_role("button", name="More actions").first.click()
    elena.press("Publish")
    elena.sees(f"Page '{NEW}' has been published.")
    reader.open("/en/contact/")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(NEW)
