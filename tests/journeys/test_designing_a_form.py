"""An editor who cannot program makes a new service from an empty list: two questions, a rule, and it is live."""

from playwright.sync_api import expect

from tests.journeys.designing import add_page, add_question, publish, show_only_when, write

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
    stall = add_page(page, {"en": "Your stall", "bg": "Вашата сергия"})
    food = add_question(stall, "Yes or no", TEXTS, required=False)
    permit = add_question(stall, "Short text", MORE_TEXTS, required=False)
    show_only_when(permit, "Do you sell food?", "Yes")
    expect(food.get_by_text("Used by:")).to_contain_text("Number of your food permit")
    elena.look()

    publish(elena)
    elena.sees("Market stall")

    reader.open("/en/apply/market-stall/")
    reader.sees("Your stall")
