"""A process owner who cannot program builds a procedure from an empty list, tries it and publishes it."""

from playwright.sync_api import expect

from tests.journeys.designing import add_step, steps_in


def test_a_process_owner_builds_a_procedure_and_publishes_it(official):
    owner = official("owner")
    owner.open("/office/procedures/add/")
    page = owner.page
    beside = page.get_by_role("complementary", name="Diagram and problems")
    expect(beside.get_by_text("Add the first one.")).to_be_visible()
    page.get_by_label("English").first.fill("Permit after a visit")
    page.get_by_label("Български").first.fill("Разрешение след оглед")

    # What is wrong stands beside the editor while the steps grow.
    procedure = steps_in(page.locator("[data-edit-form]"))
    add_step(procedure, "Check whether it is complete")
    expect(beside.get_by_text("the case would never be closed")).to_be_visible()
    add_step(procedure, "Decide who handles it")
    block = add_step(procedure, "Side by side")
    branches = block.locator("[data-streamfield-list-container] > [data-streamfield-child]")
    add_step(steps_in(branches.nth(0)), "Visit or inspection")
    asking = add_step(steps_in(branches.nth(1)), "Ask for opinions")
    asking.get_by_role("checkbox", name="Roads and lighting").check()
    for name in ("Write the decision", "Sign the decision", "Send the decision out", "Close the case"):
        add_step(procedure, name)
    expect(beside.get_by_text("Can be published")).to_be_visible()
    expect(beside.get_by_role("img")).to_contain_text("Visit the place")
    expect(beside.get_by_text("at the latest")).to_be_visible()

    # The server does not answer once: it is asked again without another keystroke.
    page.route("**/procedures/check/**", lambda route: route.abort(), times=1)
    page.get_by_label("English").first.fill("Permit after two visits")
    expect(beside.get_by_text("may be out of date")).to_be_visible()
    expect(beside.get_by_text("may be out of date")).to_be_hidden()
    page.get_by_label("English").first.fill("Permit after a visit")
    expect(beside.get_by_text("Can be published")).to_be_visible()
    owner.look()

    page.get_by_role("button", name="More actions").first.click()
    owner.press("Publish")
    owner.sees("published")
    owner.leave_by(page.get_by_role("link", name="Permit after a visit").first)
    owner.follow("Try it")
    expect(page.get_by_text("The case would be closed on")).to_be_visible()
    owner.open(page.url.replace("/try/", "/versions/"))
    expect(page.get_by_role("row").filter(has_text="Petya Dimitrova")).to_contain_text("1")
