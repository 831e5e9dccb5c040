"""A process owner writes a letter: begins with a copy, inserts a word from the case by keyboard, sees it, publishes."""

import re

from playwright.sync_api import expect


def test_a_process_owner_copies_a_letter_inserts_a_word_from_the_case_and_publishes_it(official):
    petya = official("owner")
    page = petya.page
    petya.open("/office/letter-texts/")
    petya.look()
    petya.follow(re.compile("^Copy"))
    page.locator("input[lang=en]").first.fill("Notice")
    page.locator("input[lang=bg]").first.fill("Известие")
    page.get_by_role("textbox", name="Key").fill("notice")
    petya.press("Begin")

    first = page.locator(".letter-body textarea[lang=bg]").first
    first.focus()
    first.press("Control+Home")
    page.get_by_role("button", name="{unit}").first.press("Enter")
    expect(first).to_have_value(re.compile(r"^\{unit\}"))
    expect(first).to_be_focused()
    expect(page.get_by_text("The languages do not have the same words in braces.").first).to_be_visible()
    expect(page.get_by_alt_text("Page 1 of the letter")).to_be_visible()
    petya.look()

    page.route("**/letter-texts/*/beside/", lambda route: route.abort(), times=1)
    first.press("End")
    first.press("Space")
    expect(page.get_by_text("may be out of date")).to_be_visible()
    expect(page.get_by_text("may be out of date")).to_be_hidden()

    petya.press("Publish")
    petya.sees("Published as version 1")
