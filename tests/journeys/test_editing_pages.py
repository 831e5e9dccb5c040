"""Communications staff change a page: draft, preview, publish. What residents read changes only at the last step."""

import re

OLD, NEW = "Contact", "Contact and opening hours"


def test_an_editor_drafts_previews_and_publishes_a_page(resident, official):
    elena = official("editor")
    reader = resident()
    elena.open("/office/pages/")
    elena.follow(re.compile("What do you want to do"))
    elena.follow(re.compile(f"^{OLD}"))
    title = elena.page.get_by_role("textbox", name="Title")
    title.fill(NEW)
    elena.press(re.compile("Save draft"))
    reader.open("/en/contact/")
    reader.sees_heading(OLD)
    reader.does_not_see(NEW)
