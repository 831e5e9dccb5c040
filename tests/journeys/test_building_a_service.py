"""A service from nothing, by people who cannot program: built, tried, published, used, changed while a case runs."""

import re

from playwright.sync_api import expect

from tests.journeys.designing import (
    add_answers,
    add_page,
    add_question,
    add_rates,
    add_step,
    append,
    begin_service,
    multiply,
    publish,
    show_only_when,
    steps_in,
    write_rich,
)
from tests.journeys.office import Office
from tests.journeys.papers import expert_opinion
from tests.journeys.people import TREE_FELLING, Filed, Official, Resident, file

NAMES = {"en": "Street for building works", "bg": "Улица за строителни работи"}
PROCEDURE = {"en": "Two opinions, then the permit", "bg": "Две становища, после разрешение"}
WORKS = {
    "street-words": "ul. Lipa, from number 4 to number 10",
    "zone": "CENTRE",
    "area": "12.5",
    "street-points": "42.6977, 23.3219\n42.6981, 23.3225 corner of ul. Roza",
    "days": "10",
    "lane": "yes",
}
# Area x days x the rate of the zone: 12.5 x 10 x 0.92, and x 0.72.
CENTRE_FEE, VILLAGES_FEE = "115.00", "90.00"
NIGHT = "Night"
REASONS = {"conditions": "Keep the pavement free.", "reasons": "Both opinions agree.", "legal basis": "Roads Act"}


def test_a_service_is_built_from_an_empty_list_and_changed_while_its_first_case_runs(resident, official, office):
    elena, petya = official("editor"), official("owner")

    # The editor builds the form and the public page, the process owner the procedure; each finds the other's part.
    code = begin_service(elena, NAMES, unit="Roads and lighting")
    build_form(elena)
    build_procedure(petya)
    give_procedure(petya, NAMES["en"], PROCEDURE["en"])
    try_procedure(petya, PROCEDURE["en"], keep_as="Granted after two opinions")
    publish_pages(elena, code)

    # The first citizen finds it, sees the fee, and is asked for the plan because a lane is closed.
    stanka = resident()
    find(stanka, NAMES["en"])
    first = file_works(stanka, WORKS, fee=CENTRE_FEE)
    stanka.sees("plan.pdf")
    office.checks_completeness(first.number, by="officer2", told="Complete: the next step has begun.")

    # While that case runs, the form is changed; the next citizen is asked the new question.
    ask_about_nights(elena, code)
    boris = resident()
    boris.apply = f"/{{language}}/apply/{code}/"
    boris.begins()
    second = file_works(boris, {**WORKS, "zone": "VILLAGES", "lane": "no", "night": "yes"}, fee=VILLAGES_FEE)
    office.checks_completeness(second.number, by="officer2", told="Complete: the next step has begun.")

    # Both come to their end, each with the questions that it was filed with.
    for person, filed, fee, is_asked in ((stanka, first, CENTRE_FEE, False), (boris, second, VILLAGES_FEE, True)):
        finish(office, filed)
        person.tracks(filed)
        person.sees_heading("Your case is decided")
        person.follow(re.compile("What you typed"))
        sees_answer(person, "Fee", fee)
        expect(person.page.locator("dt").get_by_text(NIGHT, exact=True)).to_have_count(int(is_asked))


def build_form(elena: Official) -> None:
    page = elena.page
    works = add_page(page, {"en": "The works", "bg": "Работите"})
    add_question(works, "Stretch of street, with words", {"en": "Street", "bg": "Улица"})
    zone = add_question(works, "One of several", {"en": "Zone", "bg": "Зона"})
    add_answers(zone, [{"en": "Centre", "bg": "Център"}, {"en": "Villages", "bg": "Села"}])
    add_question(works, "Decimal number", {"en": "Area", "bg": "Площ"})
    add_question(works, "Whole number", {"en": "Days", "bg": "Дни"})
    add_question(works, "Yes or no", {"en": "Lane", "bg": "Лента"})
    plan = add_question(works, "File or files", {"en": "Plan", "bg": "Проект"})
    show_only_when(plan, "Lane", "Yes")
    add_rates(page, {"en": "Rates", "bg": "Тарифа"}, {"Centre": "0.92", "Villages": "0.72"})
    fee = add_question(works, "Calculated value", {"en": "Fee", "bg": "Такса"}, required=False)
    multiply(fee, ["Area", "Days"], rate="Rates", of="Zone")
    for common in ("Who is asking", "How to reach them, how they want the result", "What they agree to"):
        append(page.locator("[data-contentpath=pages]").first, common)
    elena.look()
    publish(elena)
    elena.sees(NAMES["en"])


def build_procedure(petya: Official) -> None:
    page = petya.page
    petya.open("/office/procedures/add/")
    beside = page.get_by_role("complementary", name="Diagram and problems")
    for language, words in PROCEDURE.items():
        page.locator(f"input[lang={language}]").first.fill(words)
    steps = steps_in(page.locator("[data-edit-form]"))
    add_step(steps, "Check whether it is complete")
    opinions = add_step(steps, "Ask for opinions")
    for unit in ("Local police", "Water and networks"):
        opinions.get_by_role("checkbox", name=unit).check()
    draft = add_step(steps, "Write the decision")
    draft.get_by_label("Who", exact=True).select_option(label="Whoever did an earlier step")
    draft.get_by_label("Earlier step").select_option(label="1. Check whether it is complete")
    for name in ("Sign the decision", "Send the decision out", "Close the case"):
        add_step(steps, name)
    expect(beside.get_by_text("Can be published")).to_be_visible()
    petya.press("Save draft")


def give_procedure(petya: Official, service: str, procedure: str) -> None:
    petya.open("/office/services/")
    row = petya.page.get_by_role("row").filter(has_text=service)
    petya.follow(re.compile("^Settings"), within=row)
    choice = petya.page.get_by_label("Procedure")
    choice.select_option(choice.locator("option").filter(has_text=procedure).get_attribute("value"))
    petya.press("Save")
    petya.sees(f"Procedure: {procedure}")


def try_procedure(petya: Official, procedure: str, *, keep_as: str) -> None:
    petya.follow("Open the procedure")
    petya.follow("Try it")
    petya.sees("The case would be closed on")
    for unit in ("Local police", "Water and networks"):
        petya.sees(re.compile(unit))
    petya.page.get_by_label("What it shows").fill(keep_as)
    petya.press("Keep")
    petya.sees(keep_as)
    petya.follow("Back to the steps")
    publish(petya)
    petya.sees("published")


def publish_pages(elena: Official, code: str) -> None:
    elena.open(f"/office/services/{code}/passport/")
    elena.press("Make the pages that are missing")
    elena.leave_by(elena.page.get_by_role("link", name="Edit English"))
    for name in ("what_it_is", "who_may", "what_you_need", "what_happens_next"):
        write_rich(elena.page, name, "You may use a part of the street while you build.")
    publish(elena)
    elena.sees("has been published")


def find(stanka: Resident, service: str) -> None:
    stanka.open("/en/")
    stanka.follow("All services", within=stanka.page.locator("footer"))
    stanka.follow(service)
    stanka.follow("Start now")
    stanka.follow("Start")


def file_works(person: Resident, works: dict[str, str], *, fee: str) -> Filed:
    """From the first page to the receipt; the plan is asked for only when a lane is closed.

    The fee stands among the answers that are checked before sending.
    """
    plan = {"plan": [file("plan.pdf", expert_opinion())]} if works["lane"] == "yes" else {}
    people = {name: TREE_FELLING[name] for name in ("applicant", "contact")}
    person.fill_in({"the-works": works, **people, "declarations": {"privacy_notice_read": "yes"}}, {"the-works": plan})
    sees_answer(person, "Fee", fee)
    return person.sends()


def sees_answer(person: Resident, question: str, answer: str) -> None:
    asked = person.page.locator("dl.answers > div").filter(
        has=person.page.locator("dt").get_by_text(question, exact=True)
    )
    # What follows in smaller words is how it came about.
    expect(asked.locator("dd")).to_have_text(re.compile(rf"^\s*{re.escape(answer)}(\s|$)"))


def ask_about_nights(elena: Official, code: str) -> None:
    elena.open(f"/office/services/{code}/passport/")
    elena.follow("Open the form")
    add_question(elena.page.locator(".registra-page"), "Yes or no", {"en": NIGHT, "bg": "Нощем"})
    publish(elena)
    elena.open(f"/office/services/{code}/passport/")
    elena.sees(f"{code}/2")


def finish(office: Office, filed: Filed) -> None:
    for head, words in (("head6", "The detour is signed."), ("head7", "No pipe of ours lies there.")):
        office.gives_opinion(filed.number, words=words, by=head)
    office.begins_decision(filed.number, outcome="Granted", by="officer2")
    office.writes_decision("Permit to use the street", REASONS, by="officer2")
    office["officer2"].press("Send the draft on", within=office["officer2"].panel())
    office.signs(filed.number)
    office.dispatches(filed.number)
