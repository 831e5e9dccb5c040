"""An editor who cannot program makes a new service from an empty list: two questions, a rule, and it is live."""

from playwright.sync_api import Locator, Page, expect

TEXTS = {"en": "Do you sell food?", "bg": "Продавате ли храна?"}
MORE_TEXTS = {"en": "Number of your food permit", "bg": "Номер на разрешението за храна"}


def test_an_editor_builds_a_form_with_a_rule_from_an_empty_list_and_publishes_it(official, resident):
    elena, reader = official("editor"), resident()
    page = elena.page
    elena.open("/office/services/")
    elena.look()
    elena.follow("New service")
    write(page.locator("form[data-new-service] fieldset").first, {"en": "Market stall", "bg": "Сергия на пазара"})
    expect(page.get_by_label("Short name in addresses")).to_have_value("market-stall")
    page.get_by_label("Owning unit").select_option(index=1)
    elena.press("Make the service")

    elena.sees("The form is empty.")
    insert(page.locator("body"), "Page of questions")
    own = page.locator(".registra-page")
    write(own.locator("[data-contentpath=titles]"), {"en": "Your stall", "bg": "Вашата сергия"})
    food = add_question(page, "Yes or no", TEXTS)
    permit = add_question(page, "Short text", MORE_TEXTS)
    show_only_when(permit, "Do you sell food?", "Yes")
    expect(food.get_by_text("Used by:")).to_contain_text("Number of your food permit")
    elena.look()

    page.get_by_role("button", name="More actions").first.click()
    elena.press("Publish")
    elena.sees("Market stall")

    reader.open("/en/apply/market-stall/")
    reader.sees("Your stall")


def write(texts: Locator, words: dict[str, str]) -> None:
    for language, text in words.items():
        texts.locator(f":is(input, textarea)[lang={language}]").first.fill(text)
    texts.locator(":is(input, textarea)[lang=en]").first.blur()


def insert(where: Locator, block: str) -> None:
    where.get_by_title("Insert a block").first.click()
    where.page.get_by_role("option", name=block, exact=True).click()


def add_question(page: Page, kind: str, words: dict[str, str]) -> Locator:
    questions = page.locator(
        ".registra-page > [data-contentpath=questions], .registra-page [data-contentpath=questions]"
    )
    before = page.locator("[data-controller~=registra-question]").count()
    questions.first.get_by_title("Insert a block").last.click()
    page.get_by_role("option", name=kind, exact=True).click()
    question = page.locator("[data-controller~=registra-question]").nth(before)
    write(question.locator("[data-contentpath=labels]"), words)
    return question


def show_only_when(question: Locator, asked: str, answer: str) -> None:
    rule = question.locator("[data-contentpath=show_when]")
    rule.locator("[data-panel-toggle]").first.click()
    insert(rule, "Comparison")
    rule.locator("[data-contentpath=fact] select").select_option(label=asked)
    rule.locator("[data-contentpath=value] select").select_option(label=answer)
