"""What editors and process owners do in the designers of forms and procedures, each by hand and by the words on it."""

import re
from collections.abc import Mapping, Sequence

from playwright.sync_api import Locator, Page, expect

from tests.journeys.people import Official

Words = Mapping[str, str]
QUESTION = "[data-controller~=registra-question]"


# -- in both


def write(texts: Locator, words: Words) -> None:
    """Texts side by side: the words of each language into its own box."""
    for language, text in words.items():
        texts.locator(f":is(input, textarea)[lang={language}]").first.fill(text)
    texts.locator(":is(input, textarea)[lang=en]").first.blur()


def insert(where: Locator, block: str) -> None:
    """The first gap of a list of blocks."""
    where.get_by_title("Insert a block").first.click()
    choose(where.page, block)


def choose(page: Page, block: str) -> None:
    """From the list that was opened last: on a busy machine the one before it may still be going."""
    page.get_by_role("option", name=block, exact=True).last.click()


def append(where: Locator, block: str) -> Locator:
    """The last gap of the list of blocks that stands directly in this place; returns the new block."""
    stream = where.locator("[data-streamfield-stream-container]").first
    return at_the_end(stream, block)


def at_the_end(stream: Locator, block: str) -> Locator:
    blocks = stream.locator("> [data-streamfield-child]")
    before = blocks.count()
    stream.locator("> div > button[title='Insert a block']").last.click()
    choose(stream.page, block)
    expect(blocks).to_have_count(before + 1)  # it comes a moment after the click; the next gap is only then the last
    return blocks.nth(before)


def unfold(part: Locator) -> None:
    toggle = part.locator("[data-panel-toggle]").first
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.click()


def publish(person: Official) -> None:
    """The editor saves by itself meanwhile, and may then ask which of the two is meant."""
    page = person.page
    page.evaluate("document.documentElement.dataset.old = ''")  # earlier messages stand on the old page too
    page.get_by_role("button", name="More actions").first.click()
    page.get_by_role("button", name="Publish", exact=True).first.click()
    asked = page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True)
    expect(page.locator("html:not([data-old])").or_(asked).filter(visible=True).first).to_be_visible()
    if asked.is_visible():
        person.leave_by(asked)
    expect(page.locator(".messages li").filter(visible=True).first).to_be_visible()


# -- forms


def begin_service(editor: Official, names: Words, *, unit: str) -> str:
    """From the list of services, with an empty list of questions; returns the short name in addresses."""
    editor.open("/office/services/")
    editor.follow("New service")
    write(editor.page.locator("form[data-new-service] fieldset").first, names)
    editor.page.get_by_label("Owning unit").select_option(label=unit)
    code = editor.page.get_by_label("Short name in addresses").input_value()
    editor.press("Make the service")
    editor.sees("The form is empty.")
    return code


def add_page(page: Page, titles: Words) -> Locator:
    pages = page.locator("[data-contentpath=pages]").first
    own = append(pages, "Page of questions").locator(".registra-page")
    write(own.locator("[data-contentpath=titles]"), titles)
    return own


def add_question(own: Locator, kind: str, words: Words, *, required: bool = True) -> Locator:
    """At the end of a page."""
    question = append(own.locator("[data-contentpath=questions]").first, kind).locator(QUESTION).first
    write(question.locator("[data-contentpath=labels]").first, words)
    if required:
        question.get_by_label("Has to be answered", exact=True).check()
    return question


def add_answers(question: Locator, answers: Sequence[Words]) -> None:
    """The answers to choose from."""
    options = question.locator("[data-contentpath=options]")
    for number, words in enumerate(answers):
        options.get_by_title("Add", exact=True).last.click()
        write(options.locator(".registra-option").nth(number).locator("[data-contentpath=labels]"), words)


def add_rates(page: Page, titles: Words, rates: Mapping[str, str]) -> None:
    """A table of rates: what each answer costs, both picked and typed by the words that citizens read."""
    table = append(page.locator("[data-contentpath=tables]").first, "Rates by answer")
    write(table.locator("[data-contentpath=titles]"), titles)
    rows = table.locator(".registra-rate")
    for number, (answer, rate) in enumerate(rates.items()):
        if rows.count() == number:
            table.get_by_title("Add", exact=True).last.click()
        rows.nth(number).get_by_label("For", exact=True).select_option(label=answer)
        rows.nth(number).get_by_label("Rate", exact=True).fill(rate)


def multiply(question: Locator, answers: Sequence[str], *, rate: str, of: str) -> None:
    """A calculated value: these answers multiplied with each other and with the rate of an answer."""
    product = append(question.locator("[data-contentpath=calculation]"), "Several numbers joined")
    parts = product.locator("[data-contentpath=parts]").first
    for answer in answers:
        append(parts, "Answer to a question").get_by_label("Question", exact=True).select_option(label=answer)
    found = append(parts, "Rate from a table")
    found.get_by_label("Table of rates", exact=True).select_option(label=rate)
    looked_up = append(found.locator("[data-contentpath=by]"), "Answer to a question")
    looked_up.get_by_label("Question", exact=True).select_option(label=of)


def show_only_when(question: Locator, asked: str, answer: str) -> None:
    rule = question.locator("[data-contentpath=show_when]")
    rule.locator("[data-panel-toggle]").first.click()
    insert(rule, "Comparison")
    rule.locator("[data-contentpath=fact] select").select_option(label=asked)
    rule.locator("[data-contentpath=value] select").select_option(label=answer)


# -- procedures


def steps_in(place: Locator) -> Locator:
    """The list of steps directly in a place: the whole procedure, or a branch."""
    return place.locator("[data-contentpath='steps'] [data-streamfield-stream-container]").first


def add_step(steps: Locator, name: str) -> Locator:
    """Add a step at the end of a list of steps."""
    return at_the_end(steps, name)


# -- pages


def write_rich(page: Page, field: str, words: str) -> None:
    """Into one of the boxes with a toolbar."""
    box = page.locator(f"[data-contentpath={field}] .public-DraftEditor-content").first
    box.focus()
    page.keyboard.type(words)
    expect(page.locator(f"[name={field}]")).to_have_value(re.compile(re.escape(words)))
