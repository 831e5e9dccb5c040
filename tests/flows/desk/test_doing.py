"""Doing a task at the desk: every form, refusals in the operation's words, and who gets which answer."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks

from cases.models import CaseState, ComponentFile, SigningRequest, Task
from cases.originals import store
from flows import tasks
from flows.desk.forms import FORMS, OFFERED
from flows.desk.panels import panels, steps_line
from flows.procedures.plan import Role, plan_of
from flows.procedures.shipped import shipped
from flows.procedures.tree import VisitKind, from_json
from tests.flows.procedures.drawing import step
from tests.flows.procedures.running import case_through
from tests.flows.town import NOON, Town
from tests.flows.walking import DAY, approved, asked, drafted, resolved, signed, submitted

pytestmark = pytest.mark.django_db


def send(client: Client, town: Town, name: str, task: Task, verb: str, **values):
    """What the browser sends: fields carry the verb as prefix."""
    client.force_login(town.people[name])
    return client.post(
        reverse("desk_task_do", args=[task.pk, verb]), {f"{verb}-{key}": value for key, value in values.items()}
    )


def open_steps(case) -> list[str]:
    return sorted(case.tasks.open().values_list("step", flat=True))


def soon():
    return timezone.localdate() + 2 * DAY


def test_every_outcome_of_the_procedure_can_be_chosen_at_the_desk():
    plan = plan_of(from_json(shipped("general")))

    assert {spot.action for spot in plan.spots.values() if spot.role is Role.PERSON} <= set(OFFERED)
    assert {verb for verbs in OFFERED.values() for verb in verbs} <= set(FORMS)
    assert all(step in FORMS[verb].steps for step, verbs in OFFERED.items() for verb in verbs)


def test_completeness_takes_one_click(client: Client, town: Town):
    case = town.file()

    response = send(client, town, "alice", town.task(case, "check_completeness"), "complete")

    assert (response.status_code, response.url) == (302, "/office/tasks/")
    assert open_steps(case) == ["resolve"]


def test_the_registry_has_to_name_the_unit(client: Client, town: Town):
    case = town.file(service=None)
    task = town.task(case, "check_completeness")

    without = send(client, town, "rita", task, "complete")
    send(client, town, "rita", task, "complete", unit=town.roads.pk)

    assert without.status_code == 422
    assert town.task(case, "resolve").holder == town.rada


def test_the_applicant_is_asked(client: Client, town: Town):
    case = town.file()
    task = town.task(case, "check_completeness")

    send(client, town, "alice", task, "ask_applicant", message="A sketch.", until=soon())

    case.refresh_from_db()
    assert case.state == CaseState.WAITING


def test_the_wait_is_ended_with_a_reason(client: Client, town: Town):
    case = town.file()
    task = town.task(case, "check_completeness")
    tasks.ask_applicant(task, message="A sketch.", until=NOON.date() + DAY, **town.acts("alice", task))
    client.force_login(town.people["alice"])
    address = reverse("desk_go_on", args=[case.public_id])

    client.post(address, {"reason": ""})
    still = open_steps(case)
    client.post(address, {"reason": "She brought it."})

    assert still == []
    assert open_steps(case) == ["check_completeness"]


def test_the_head_resolves(client: Client, town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("alice", check))
    task = town.task(case, "resolve")

    send(client, town, "helen", task, "resolve", who=f"{town.parks.pk}:{town.bob.pk}", due_date=soon())

    assert town.task(case, "handle").holder == town.bob


@pytest.mark.parametrize(("unit", "step", "where"), [("", "check_completeness", "REG"), ("roads", "resolve", "ROAD")])
def test_not_for_us_goes_where_the_head_says(client: Client, town: Town, unit: str, step: str, where: str):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("alice", check))
    task = town.task(case, "resolve")
    chosen = getattr(town, unit).pk if unit else ""

    send(client, town, "helen", task, "not_for_us", unit=chosen, remarks="Street tree")

    assert town.task(case, step).unit.code == where


def test_opinions_are_asked_and_given(client: Client, town: Town):
    handle = resolved(town, town.file())
    chosen = {f"unit_{town.roads.pk}": "on", f"due_{town.roads.pk}": soon(), "question": "Pipes?"}
    send(client, town, "alice", handle, "ask_opinions", **chosen)
    opinion = town.task(handle.case, "give_opinion")

    send(client, town, "charlie", opinion, "give_opinion", verdict="AGAINST", words="Pipes.")

    opinion.refresh_from_db()
    assert (opinion.instruction, opinion.outcome, opinion.remarks) == ("Pipes?", "AGAINST", "Pipes.")


def test_a_chosen_unit_needs_its_day(client: Client, town: Town):
    handle = resolved(town, town.file())

    response = send(client, town, "alice", handle, "ask_opinions", **{f"unit_{town.roads.pk}": "on"})

    assert response.status_code == 422
    assert "Say by when." in response.content.decode()


def test_only_units_that_can_answer_are_offered(client: Client, town: Town):
    handle = resolved(town, town.file())

    form = FORMS["ask_opinions"](task=handle, user=town.person("alice"), at=NOON)

    assert [unit.code for unit, _chosen, _day in form.rows] == ["ROAD", "MAY"]


def test_an_opinion_is_withdrawn_by_the_one_who_asked(client: Client, town: Town):
    handle = resolved(town, town.file())
    [opinion] = asked(town, handle, town.roads)

    send(client, town, "alice", opinion, "withdraw_opinion")

    assert open_steps(handle.case) == ["draft"]


def test_from_handling_one_click_leads_to_the_letter(client: Client, town: Town):
    handle = resolved(town, town.file())

    response = send(client, town, "alice", handle, "write_decision", outcome="REFUSED")

    draft = handle.case.drafts.get()
    assert response.url == reverse("desk_letter", args=[draft.pk])
    assert (draft.outcome, draft.title, open_steps(handle.case)) == ("REFUSED", "Decision: refused", ["draft"])


def test_the_draft_is_agreed_approved_signed_and_sent(client: Client, town: Town):
    case = town.file()
    draft = drafted(town, case)
    chosen = {f"unit_{town.roads.pk}": "on", f"due_{town.roads.pk}": soon(), "revision": draft.revision}
    send(client, town, "alice", town.task(case, "draft"), "submit_draft", **chosen)
    send(client, town, "rada", town.task(case, "agree"), "agree")
    send(client, town, "helen", town.task(case, "approve"), "approve")
    send(client, town, "dora", town.task(case, "sign"), "sign")

    send(client, town, "rita", town.task(case, "dispatch"), "dispatch")

    case.refresh_from_db()
    assert (case.state, case.outcome, open_steps(case)) == (CaseState.CLOSED, "GRANTED", [])


def test_whoever_signs_reads_beforehand_which_level_the_rules_ask_for(client: Client, town: Town):
    town.trees.rules.update(signature_level="QUALIFIED")
    task = approved(town, town.file())
    client.force_login(town.dora)

    page = client.get(reverse("desk_case", args=[task.case.public_id])).content.decode()

    assert "The rules of this service ask for: Qualified electronic signature" in page


@pytest.mark.parametrize(("step", "who"), [("agree", "rada"), ("approve", "helen"), ("sign", "dora")])
def test_it_is_sent_back_with_remarks(client: Client, town: Town, step: str, who: str):
    case = town.file()
    if step == "sign":
        task = approved(town, case)
    else:
        [task] = submitted(town, case, *([town.roads] if step == "agree" else []))

    send(client, town, who, task, "send_back", remarks="Which tree?")

    assert town.task(case, "draft").instruction == "Which tree?"


def test_the_letter_is_called_back(client: Client, town: Town):
    case = town.file()
    task = approved(town, case)

    send(client, town, "alice", task, "call_back", remarks="Typing error")

    assert open_steps(case) == ["draft"]
    assert SigningRequest.objects.get().state == "CALLED_BACK"


def test_what_arrived_is_seen(client: Client, town: Town):
    case = town.file()
    town.bring(case)

    send(client, town, "helen", town.task(case, "look_at_new"), "see_new", remarks="")

    assert open_steps(case) == ["check_completeness"]


# -- Refusals


def test_a_refusal_is_shown_in_the_operations_own_words_and_what_was_typed_survives(client: Client, town: Town):
    case = town.file()
    task = town.task(case, "check_completeness")
    tasks.complete(task, **town.acts("bob", task))

    response = send(client, town, "alice", task, "ask_applicant", message="A sketch of the yard.", until=soon())

    page = response.content.decode()
    assert response.status_code == 422
    assert "is done already. Bob ended it" in page
    assert "A sketch of the yard." in page


def test_no_verb_on_a_finished_step_breaks(client: Client, town: Town):
    case = town.file()
    task = signed(town, case)
    tasks.dispatch(task, **town.acts("rita", task))
    everything = {"message": "x", "until": soon(), "remarks": "x", "reason": "x", "revision": 1, "words": "x"}
    everything |= {"verdict": "AGAINST", "outcome": "GRANTED", "due_date": soon(), "who": "1:"}

    said = {
        (one.step, verb): send(client, town, "helen", one, verb, **everything).status_code
        for one in case.tasks.all()
        for verb in FORMS
    }

    assert {verb: status for verb, status in said.items() if status not in {302, 422}} == {}
    assert open_steps(case) == []


def answer(client: Client, task_id: int, verb: str):
    return client.post(reverse("desk_task_do", args=[task_id, verb]), follow=True)


def test_a_stranger_gets_the_same_answer_as_for_a_task_that_does_not_exist(client: Client, town: Town):
    task = town.task(town.file(), "check_completeness")
    client.force_login(town.people["charlie"])

    foreign, missing = answer(client, task.pk, "complete"), answer(client, task.pk + 1000, "complete")

    assert foreign.status_code == missing.status_code == 404
    assert open_steps(task.case) == ["check_completeness"]


def test_an_unknown_verb_does_not_exist(client: Client, town: Town):
    task = town.task(town.file(), "check_completeness")
    client.force_login(town.people["alice"])

    assert answer(client, task.pk, "explode").status_code == 404


# -- Panels of the case page


def seen_by(town: Town, name: str, case, rf):
    request = rf.get("/office/")
    request.user = town.person(name)
    fresh = type(case).objects.select_related("institution", "unit", "holder").get(pk=case.pk)
    return panels(request, fresh)


def test_opening_the_case_shows_my_form_and_acknowledges(town: Town, rf):
    case = town.file()

    [panel] = seen_by(town, "alice", case, rf)

    assert panel.place == "act"
    assert "It is complete" in str(panel)
    assert case.tasks.get().opened_at is not None


def test_a_colleague_sees_who_is_waited_for_and_no_form(town: Town, rf):
    handle = resolved(town, town.file())

    [panel] = seen_by(town, "bob", handle.case, rf)

    assert panel.place == "side"
    assert "Alice" in str(panel)
    assert "<form" not in str(panel)


def test_the_case_shows_what_units_said(town: Town, rf):
    handle = resolved(town, town.file())
    [opinion] = asked(town, handle, town.roads)
    tasks.give_opinion(opinion, verdict="IN_FAVOUR", words="No <pipes>.", **town.acts("charlie", opinion))

    act, said = seen_by(town, "alice", handle.case, rf)

    assert (act.place, said.place) == ("act", "main")
    assert "No &lt;pipes&gt;." in str(said)


def test_the_wait_is_shown_with_its_end(town: Town, rf):
    case = town.file()
    task = town.task(case, "check_completeness")
    tasks.ask_applicant(task, message="A sketch.", until=NOON.date() + DAY, **town.acts("alice", task))

    [panel] = seen_by(town, "alice", case, rf)

    assert "25 November 2025" in str(panel)
    assert "Go on without it" in str(panel)


def test_the_steps_line_has_dates_where_the_case_has_been(town: Town):
    handle = resolved(town, town.file())
    handle.case.refresh_from_db()

    line = steps_line(handle.case)

    assert [(str(station.name), station.state, station.date) for station in line] == [
        ("Registered", "WAS", NOON.date()),
        ("Complete", "WAS", NOON.date()),
        ("Resolution", "WAS", NOON.date()),
        ("Handling", "NOW", None),
        ("Opinions", "TO_COME", None),
        ("Decision", "TO_COME", None),
        ("Signature", "TO_COME", None),
        ("Sent", "TO_COME", None),
    ]


def test_a_closed_case_has_been_everywhere_it_went(town: Town):
    case = town.file()
    task = signed(town, case)
    tasks.dispatch(task, **town.acts("rita", task))
    case.refresh_from_db()

    line = steps_line(case)

    assert {station.state for station in line} == {"WAS"}
    assert "Opinions" not in [str(station.name) for station in line]


def test_the_case_page_finds_the_procedure_by_its_hooks():
    assert len(hooks.get_hooks("registra_case_panels")) >= 1
    assert len(hooks.get_hooks("registra_case_steps")) == 1


def test_a_visit_asks_in_every_kind_and_its_document_says_the_answers_in_words(client: Client, town: Town):
    options = [{"code": "A", "labels": {"en": "Road"}}, {"code": "B", "labels": {"en": "Pavement"}}]
    asked = {
        "LONG_TEXT": ("Two\nlines", "Two\nlines"),
        "SHORT_TEXT": ("Linden", "Linden"),
        "WHOLE_NUMBER": ("3", "3"),
        "DECIMAL": ("12.5", "12.5"),
        "MONEY": ("40", "40.00"),
        "DATE": ("2025-11-20", "20 November 2025"),
        "TIME": ("08:30", "08:30"),
        "YES_NO": ("yes", "Yes"),
        "CHOICE": ("A", "Road"),
        "SEVERAL": (["A", "B"], "Road, Pavement"),
        "EMAIL": ("ana@example.com", "ana@example.com"),
        "PHONE": ("0888 123 456", "0888 123 456"),
    }
    questions = [
        {"key": kind.lower(), "kind": kind, "labels": {"en": kind}, **({"options": options} if "E" in kind else {})}
        for kind in asked
    ]
    case = case_through(town, step("look", "VISIT", who={"holder_of": "begin"}, questions=questions))
    begin = case.tasks.open().get()
    tasks.finish_handling(begin, **town.acts("alice", begin))
    task = case.tasks.open().get()
    typed = {f"q_{kind.lower()}": said for kind, (said, _words) in asked.items()}

    refused = send(client, town, "alice", task, "visit", **{**typed, "q_phone": "call me"})
    send(client, town, "alice", task, "visit", **typed)

    assert "Write the telephone number in digits" in refused.content.decode()
    assert 'type="checkbox"' in refused.content.decode()
    [file] = ComponentFile.objects.filter(component__document__kind="VISIT")
    assert Path(store().path(file.stored_file_id)).read_text() == "\n".join(
        f"{kind}: {words}" for kind, (_, words) in asked.items()
    )
    assert asked.keys() == set(VisitKind)
