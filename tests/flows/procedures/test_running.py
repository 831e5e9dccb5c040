"""Cases going through drawn procedures: every kind of step and block, sending back, refusals, what is late."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from viewflow.workflow.models import Task as EngineTask

from cases import outbox, staffing
from cases.models import Answer, Case, CaseRelation, CaseState, Event, OutboxRow, Task
from flows import jobs, tasks
from flows.letters import drafting
from flows.models import CaseProcess
from flows.taking import SomethingMissing
from tests.flows.procedures.drawing import LETTER, condition, step
from tests.flows.procedures.running import DAY, case_through, is_closed, long_ago, open_steps
from tests.flows.town import NOON, Town

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

YES_OR_NO = [{"code": "YES", "titles": {"en": "Yes"}}, {"code": "NO", "titles": {"en": "No"}}]
HOLDER_OF_BEGIN = {"holder_of": "begin"}


def kinds_of(case: Case) -> list[str]:
    return list(Event.objects.filter(case=case).order_by("seq").values_list("kind", flat=True))


def the(case: Case, step_id: str, unit: str = "") -> Task:
    open_tasks = case.tasks.open().select_related("case__institution", "unit").filter(procedure_step=step_id)
    return open_tasks.get(unit__code=unit) if unit else open_tasks.get()


def handled(town: Town, case: Case, step_id: str = "begin", name: str = "alice") -> None:
    task = the(case, step_id)
    tasks.finish_handling(task, **town.acts(name, task))


def visit(step_id: str, **options: Any) -> dict[str, Any]:
    return step(step_id, "VISIT", who=HOLDER_OF_BEGIN, **options)


def visited(town: Town, case: Case, step_id: str) -> None:
    task = the(case, step_id)
    tasks.visit(task, noted=[], remarks="A lime tree.", **town.acts("alice", task))


def decided(town: Town, case: Case, outcome: str, step_id: str = "judge") -> None:
    task = the(case, step_id)
    tasks.decide(task, outcome=outcome, remarks="", **town.acts("alice", task))


def decision(step_id: str = "judge") -> dict[str, Any]:
    return step(step_id, "DECIDE", outcomes=YES_OR_NO, who=HOLDER_OF_BEGIN)


def fork(when: dict[str, Any], *steps: dict[str, Any], name: str = "fork") -> dict[str, Any]:
    return {"id": name, "kind": "IF", "branches": [{"when": when, "steps": list(steps)}]}


def block(*branches: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "block", "kind": "SIDE_BY_SIDE", "branches": [{"steps": steps} for steps in branches]}


def test_a_case_pins_the_version_that_it_began_with(town: Town):
    case = case_through(town)

    assert Case.objects.get(pk=case.pk).versions["procedure"] == "drawn/1"


def test_a_running_case_does_not_notice_that_its_procedure_changed(town: Town):
    old = case_through(town, visit("look1"))
    new = case_through(town)

    handled(town, old)
    handled(town, new, name=Task.objects.get(case=new).holder.username)

    assert Case.objects.get(pk=new.pk).versions["procedure"] == "drawn/2"
    assert (open_steps(old), is_closed(new)) == (["look1"], True)


def test_a_visit_becomes_a_document_of_the_case(town: Town):
    case = case_through(town, visit("look1", titles={"en": "See the tree"}))
    handled(town, case)
    task = the(case, "look1")

    tasks.visit(task, noted=[tasks.Noted("Healthy", "No")], remarks="Hollow.", **town.acts("alice", task))

    document = case.documents.get(kind="VISIT")
    assert document.title == "See the tree"
    assert is_closed(case)


@pytest.mark.parametrize(("outcome", "following"), [("YES", ["yes1"]), ("NO", ["other"])])
def test_a_decision_leads_to_its_branch(town: Town, outcome: str, following: list[str]):
    either = {**fork(condition("step:judge", "YES"), visit("yes1")), "otherwise": [visit("other")]}
    case = case_through(town, decision(), either)
    handled(town, case)

    decided(town, case, outcome)

    assert open_steps(case) == following


def test_answers_and_values_that_were_set_decide_too(town: Town):
    set_value = step("value", "AUTOMATIC", do="SET_VALUE", name="large", value=True)
    by_value = fork(condition("set:large", True), visit("big1"), name="fork2")
    by_answer = fork(condition("area", 100, "AT_LEAST"), set_value, name="fork1")
    case = case_through(town, by_answer, by_value, answers={"area": 120})

    handled(town, case)

    assert open_steps(case) == ["big1"]


def test_repeating_ends_when_its_condition_holds_or_after_so_many_rounds(town: Town):
    loop = {
        "id": "loop",
        "kind": "REPEAT",
        "steps": [decision()],
        "until": condition("step:judge", "YES"),
        "at_most": 3,
    }
    soon, late = case_through(town, loop), case_through(town, loop)
    for case in (soon, late):
        handled(town, case, name=Task.objects.get(case=case).holder.username)
    holder = the(late, "judge").holder.username

    decided(town, soon, "YES")
    for _round in range(3):
        task = the(late, "judge")
        tasks.decide(task, outcome="NO", remarks="", **town.acts(holder, task))

    assert (is_closed(soon), is_closed(late)) == (True, True)


def test_a_block_goes_on_when_all_branches_have_ended(town: Town):
    case = case_through(town, block([visit("left1")], [visit("right", back_to=["begin"])]), visit("after"))
    handled(town, case)

    visited(town, case, "left1")
    between = open_steps(case)
    visited(town, case, "right")

    assert (between, open_steps(case)) == (["right"], ["after"])


def test_sending_back_inside_a_branch_leaves_the_others_alone(town: Town):
    case = case_through(
        town, block([visit("left1")], [visit("near1"), visit("right", back_to=["near1"])]), visit("after")
    )
    handled(town, case)
    visited(town, case, "near1")
    task = the(case, "right")

    tasks.send_back(task, remarks="Look again.", **town.acts("alice", task))
    between = open_steps(case)
    for step_id in ("near1", "right", "left1"):
        visited(town, case, step_id)

    assert (between, open_steps(case)) == (["left1", "near1"], ["after"])


def test_sending_back_out_of_nested_blocks_takes_them_away_with_their_joins(town: Town):
    inner = {
        "id": "inner",
        "kind": "SIDE_BY_SIDE",
        "branches": [{"steps": [visit("deep1", back_to=["begin"])]}, {"steps": [visit("deep2")]}],
    }
    case = case_through(town, block([visit("left1")], [inner, visit("after1")]))
    handled(town, case)
    visited(town, case, "left1")
    visited(town, case, "deep2")
    task = the(case, "deep1")

    tasks.send_back(task, remarks="All over again.", **town.acts("alice", task))
    again = open_steps(case)
    handled(town, case)
    for step_id in ("left1", "deep1", "deep2", "after1"):
        visited(town, case, step_id)

    assert again == ["begin"]
    assert is_closed(case)
    assert not CaseProcess.objects.of(case).running().exists()


def test_the_first_opinion_is_enough_where_the_procedure_says_so(town: Town):
    ask = step("ask1", "ASK_OPINIONS", units=["ROAD", "MAY"], until="FIRST")
    case = case_through(town, ask, visit("after"))
    handled(town, case)
    task = the(case, "ask1", "ROAD")

    tasks.give_opinion(task, verdict="AGAINST", words="Pipes.", **town.acts("charlie", task))

    assert open_steps(case) == ["after"]
    assert case.tasks.get(unit__code="MAY").outcome == "NOT_NEEDED"


def test_a_quorum_counts_opinions_and_a_withdrawn_one_is_none(town: Town):
    ask = step("ask1", "ASK_OPINIONS", units=["ROAD", "MAY", "PARK"], until={"quorum": 2})
    case = case_through(town, ask, visit("after"))
    handled(town, case)
    roads, mayor, parks = (the(case, "ask1", code) for code in ("ROAD", "MAY", "PARK"))

    tasks.give_opinion(roads, verdict="IN_FAVOUR", words="Fine.", **town.acts("charlie", roads))
    tasks.withdraw_opinion(mayor, **town.acts("alice", mayor))
    between = open_steps(case)
    tasks.give_opinion(parks, verdict="IN_FAVOUR", words="Fine.", **town.acts("bob", parks))

    assert (between, open_steps(case)) == (["ask1"], ["after"])


def test_the_officer_chooses_who_is_asked_or_nobody(town: Town):
    asking, quiet = (
        case_through(town, visit("look1"), step("ask1", "ASK_OPINIONS", who=HOLDER_OF_BEGIN), visit("after"))
        for _case in "ab"
    )
    for case in (asking, quiet):
        name = Task.objects.get(case=case).holder.username
        handled(town, case, name=name)
        for_visit = the(case, "look1")
        tasks.visit(for_visit, noted=[], remarks="Seen.", **town.acts(name, for_visit))
    chosen, unneeded = the(asking, "ask1"), the(quiet, "ask1")

    request = tasks.OpinionRequest(town.roads, NOON.date() + DAY)
    tasks.ask_opinions(chosen, requests=[request], **town.acts(chosen.holder.username, chosen))
    tasks.ask_nobody(unneeded, remarks="", **town.acts(unneeded.holder.username, unneeded))

    assert (the(asking, "ask1").step, open_steps(quiet)) == ("give_opinion", ["after"])


def drafted(town: Town, case: Case, step_id: str = "draft") -> list[Task]:
    task = the(case, step_id)
    acts = town.acts("alice", task)
    draft = drafting.begin_draft(case, outcome="GRANTED", **acts)
    draft = drafting.save_draft(
        draft, revision=draft.revision, title="Permit", body="You may.", outcome="GRANTED", **acts
    )
    return tasks.submit_draft(task, revision=draft.revision, agreeing=[], **acts)


def letter(**who: Any) -> dict[str, Any]:
    return {**LETTER[0], "who": HOLDER_OF_BEGIN}


def test_units_agree_one_after_another(town: Town):
    agree = step("agree", "AGREE", units=["PARK", "ROAD"], order="ONE_BY_ONE", back_to=["draft"])
    case = case_through(town, letter(), agree, *LETTER[1:])
    handled(town, case)
    drafted(town, case)

    first = the(case, "agree")
    tasks.agree(first, **town.acts("helen", first))
    second = the(case, "agree")
    tasks.agree(second, **town.acts("rada", second))

    assert (first.unit.code, second.unit.code, open_steps(case)) == ("PARK", "ROAD", ["sign"])


def test_a_letter_is_locked_for_its_signature_signed_sent_and_the_case_closed(town: Town):
    case = case_through(town, letter(), *LETTER[1:])
    handled(town, case)
    drafted(town, case)
    sign = the(case, "sign")
    tasks.sign(sign, **town.acts("dora", sign))
    send = the(case, "send")

    closed = tasks.dispatch(send, **town.acts("rita", send))

    assert (closed.state, closed.outcome) == (CaseState.CLOSED, "GRANTED")
    assert kinds_of(case)[-1] == "CLOSED"


def test_after_a_signed_letter_the_next_step_of_writing_begins_another(town: Town):
    second = [{**letter(), "id": "draft2"}, {**LETTER[1], "id": "sign2", "back_to": ["draft2"]}]
    case = case_through(town, letter(), LETTER[1], *second)
    handled(town, case)
    drafted(town, case)
    sign = the(case, "sign")
    tasks.sign(sign, **town.acts("dora", sign))

    drafted(town, case, "draft2")
    sign = the(case, "sign2")
    tasks.sign(sign, **town.acts("dora", sign))

    assert is_closed(case)
    assert kinds_of(case).count("SIGNED") == case.drafts.count() == 2


def test_a_payment_is_noted_and_something_published(town: Town):
    case = case_through(town, step("pay1", "WAIT", **{"for": "PAYMENT"}), step("public", "PUBLISH"))
    handled(town, case)
    pay = the(case, "pay1")
    tasks.note_payment(pay, is_paid=True, remarks="Receipt 12", **town.acts("rita", pay))
    public = the(case, "public")

    tasks.publish(public, where="Notice board", **town.acts("rita", public))

    assert is_closed(case)
    assert {"PAYMENT_NOTED", "PUBLISHED"} <= set(kinds_of(case))


def ask_applicant(**options: Any) -> dict[str, Any]:
    return step(
        "wait", "WAIT", **{"for": "APPLICANT"}, message={"en": "Which tree?"}, deadline={"amount": 5}, **options
    )


def test_a_step_asks_the_applicant_and_goes_on_with_what_arrives(town: Town):
    fork = {
        "id": "fork",
        "kind": "IF",
        "branches": [{"when": condition("step:wait", "ARRIVED"), "steps": [visit("came1")]}],
    }
    case = case_through(town, ask_applicant(), fork)
    handled(town, case)
    waiting = Case.objects.get(pk=case.pk).state

    town.bring(Case.objects.get(pk=case.pk))

    assert (waiting, Case.objects.get(pk=case.pk).state) == (CaseState.WAITING, CaseState.OPEN)
    assert open_steps(case) == ["came1"]


def test_silence_of_the_applicant_is_an_outcome_too(town: Town):
    fork = {
        "id": "fork",
        "kind": "IF",
        "branches": [{"when": condition("step:wait", "SILENT"), "steps": [visit("quiet")]}],
    }
    case = case_through(town, ask_applicant(), fork, at=long_ago())
    task = the(case, "begin")
    tasks.finish_handling(task, **town.acts("alice", task, at=long_ago()))

    jobs.fire_due_timers()

    assert open_steps(case) == ["quiet"]


def test_the_case_waits_for_a_day(town: Town):
    until = (long_ago() + 3 * DAY).date().isoformat()
    wait = step("day1", "WAIT", **{"for": "DATE", "date": "when"})
    case = case_through(town, wait, visit("after"), answers={"when": until}, at=long_ago())
    task = the(case, "begin")
    tasks.finish_handling(task, **town.acts("alice", task, at=long_ago()))
    before = open_steps(case)

    jobs.fire_due_timers()

    case.refresh_from_db()
    assert (before, open_steps(case), case.stage) == ([], ["after"], "visit")


def test_a_message_is_sent_and_a_linked_case_opened_once(town: Town):
    send = step("tell", "AUTOMATIC", do="SEND_MESSAGE", message={"en": "We begin now."})
    link = step("link", "AUTOMATIC", do="OPEN_CASE", service="tree-felling")
    case = case_through(town, send, link, visit("after"))
    handled(town, case)
    row = OutboxRow.objects.get(kind="open_linked_case")

    for _twice in range(2):
        outbox._HANDLERS["open_linked_case"](row.payload, at=NOON)

    linked = CaseRelation.objects.get(other=case).case
    assert (linked.service, linked.parties.get().name) == (town.trees, "Ana Marin")
    assert "MESSAGE_SENT" in kinds_of(case)


def test_what_is_missing_is_named_before_the_step_ends(town: Town):
    needs = [
        {"need": "FIELD", "question": "area", "titles": {"en": "the area"}},
        {"need": "DOCUMENT", "document": "PLAN"},
    ]
    case = case_through(town, visit("look1", needs=needs, back_to=["begin"]))
    handled(town, case)
    task = the(case, "look1")

    with pytest.raises(SomethingMissing, match="the area; a document of the kind PLAN"):
        visited(town, case, "look1")
    Answer.objects.create(case=case, key="area", value=3, given_at=NOON)
    with pytest.raises(SomethingMissing) as refused:
        visited(town, case, "look1")
    tasks.send_back(task, remarks="No plan.", **town.acts("alice", task))

    assert refused.value.missing == ["a document of the kind PLAN"]
    assert open_steps(case) == ["begin"]


def test_the_applicant_sees_the_authors_words_or_nothing(town: Town):
    case = case_through(
        town, visit("look1", milestone={"en": "We came by"}), visit("look2", milestone=None), visit("look3")
    )
    handled(town, case)
    for step_id in ("look1", "look2", "look3"):
        visited(town, case, step_id)

    events = Event.objects.filter(case=case, kind__in=["VISITED", "MILESTONE"]).order_by("seq")
    assert list(events.values_list("kind", "is_public")) == [
        ("VISITED", False),
        ("MILESTONE", True),
        ("VISITED", False),
        ("VISITED", True),
    ]


def test_with_nobody_there_the_substitute_has_it_and_then_the_head_visibly(town: Town):
    registrar = step("desk1", "PUBLISH", who={"post": "ROAD-charlie"})
    town.posts["charlie"].memberships.update(valid_to=dt.date(2025, 1, 1))
    to_head = case_through(town, registrar)
    handled(town, to_head)
    staffing.give_mandate(
        town.posts["charlie"],
        town.people["bob"],
        given_by=town.people["rada"],
        valid_from=dt.date(2025, 1, 2),
        valid_to=None,
    )
    to_substitute = case_through(town, registrar)
    handled(town, to_substitute, name=Task.objects.get(case=to_substitute).holder.username)

    head, substitute = the(to_head, "desk1"), the(to_substitute, "desk1")

    assert (head.holder, head.rerouted) == (town.people["rada"], "TO_HEAD")
    assert (substitute.post, substitute.rerouted) == (town.posts["charlie"], "TO_SUBSTITUTE")
    assert "TASK_REROUTED" in kinds_of(to_head)
    tasks.publish(head, where="Gazette", **town.acts("rada", head))
    assert is_closed(to_head)


def test_a_late_step_reminds_escalates_and_goes_to_the_head_as_its_author_wished(town: Town):
    late = visit("look1", late=["REMIND", "ESCALATE", "HAND_OVER"])
    case = case_through(town, late, at=long_ago())
    task = the(case, "begin")
    tasks.finish_handling(task, **town.acts("alice", task, at=long_ago()))

    jobs.fire_due_timers()
    for row in OutboxRow.objects.filter(kind__in=["remind_of_late_task", "tell_head_of_late_task"]):
        outbox._HANDLERS[row.kind](row.payload, at=NOON)

    task = the(case, "look1")
    assert (task.holder, task.rerouted) == (town.people["helen"], "LATE_TO_HEAD")
    assert {"TASK_LATE", "TASK_TO_HEAD"} <= set(kinds_of(case))
    assert [message.to for message in mail.outbox] == [["helen@bela-reka.example"]] * 2
    tasks.visit(task, noted=[], remarks="Went myself.", **town.acts("helen", task))
    assert is_closed(case)


def test_a_reminder_whose_job_runs_twice_is_one_message(town: Town):
    case = case_through(town, visit("look1", late=["REMIND"]), at=long_ago())
    begin = the(case, "begin")
    tasks.finish_handling(begin, **town.acts("alice", begin, at=long_ago()))
    jobs.fire_due_timers()
    row = OutboxRow.objects.get(kind="remind_of_late_task")

    for _run in range(2):
        outbox.run(row.pk, at=timezone.now())
    done = [message.to for message in mail.outbox]
    outbox._HANDLERS[row.kind](row.payload, at=NOON)  # its worker died before it could note that it was done

    assert done == [["alice@bela-reka.example"]]
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1


def test_no_deadline_of_a_finished_case_stays_armed(town: Town):
    case = case_through(town, block([visit("left1")], [visit("right", back_to=["begin"])]))
    handled(town, case)
    task = the(case, "right")
    tasks.send_back(task, remarks="Again.", **town.acts("alice", task))
    handled(town, case)
    for step_id in ("left1", "right"):
        visited(town, case, step_id)

    assert is_closed(case)
    assert not EngineTask.objects.filter(process__in=CaseProcess.objects.of(case), finished__isnull=True).exists()
