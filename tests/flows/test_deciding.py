"""Decision, agreeing, approval, signature and dispatch: every outcome and every way back."""

import datetime as dt

import pytest
from cryptography import x509
from pyhanko.sign.ades.qualified_asn1 import QcStatements

from cases import history, signing
from cases.models import (
    CaseState,
    ComponentFile,
    DeliveryChannel,
    Dispatch,
    Event,
    FileRole,
    SigningRequest,
    SigningState,
)
from cases.originals import store
from cases.registration import PartyAsFiled
from cases.signing import authority, statements
from flows import tasks
from flows.letters import drafting, locking
from flows.models import CaseProcess
from tests.flows.town import NOON, Town
from tests.flows.walking import DAY, approved, drafted, signed, submitted

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def open_steps(case) -> list[str]:
    return sorted(case.tasks.open().values_list("step", flat=True))


def file_of(case, role: str) -> ComponentFile:
    files = ComponentFile.objects.filter(component__document__case=case, role=role, superseded_by__isnull=True)
    return files.get()


def content_of(file: ComponentFile) -> bytes:
    with store().open(file.stored_file_id) as source:
        return source.read()


def test_a_draft_goes_to_each_unit_that_has_to_agree(town: Town):
    case = town.file()

    agreeing = submitted(town, case, town.roads, town.mayors_office)

    assert [task.unit for task in agreeing] == [town.roads, town.mayors_office]
    assert open_steps(case) == ["agree", "agree"]


def test_a_draft_that_nobody_has_to_agree_to_goes_straight_to_approval(town: Town):
    case = town.file()

    [approval] = submitted(town, case)

    assert (approval.step, approval.holder_id) == ("approve", town.helen.pk)


def test_approval_begins_when_all_have_agreed(town: Town):
    case = town.file()
    roads, mayor = submitted(town, case, town.roads, town.mayors_office)

    tasks.agree(roads, **town.acts("rada", roads))
    after_first = open_steps(case)
    tasks.agree(mayor, **town.acts("dora", mayor))

    assert after_first == ["agree"]
    assert open_steps(case) == ["approve"]


def test_sending_back_at_agreeing_takes_the_others_away(town: Town):
    case = town.file()
    roads, mayor = submitted(town, case, town.roads, town.mayors_office)

    tasks.send_back(roads, remarks="Which tree?", **town.acts("rada", roads))

    mayor.refresh_from_db()
    again = town.task(case, "draft")
    assert open_steps(case) == ["draft"]
    assert (again.holder, again.instruction) == (town.alice, "Which tree?")
    assert mayor.outcome == "NOT_NEEDED"


def test_after_sending_back_at_agreeing_the_next_round_still_joins(town: Town):
    case = town.file()
    roads, mayor = submitted(town, case, town.roads, town.mayors_office)
    tasks.agree(mayor, **town.acts("dora", mayor))
    tasks.send_back(roads, remarks="Which tree?", **town.acts("rada", roads))
    draft_task = town.task(case, "draft")
    requests = [tasks.OpinionRequest(unit, NOON.date() + DAY) for unit in (town.roads, town.mayors_office)]
    second_roads, second_mayor = tasks.submit_draft(
        draft_task,
        revision=drafting.current_draft(case).revision,
        agreeing=requests,
        **town.acts("alice", draft_task),
    )

    tasks.agree(second_roads, **town.acts("rada", second_roads))
    tasks.agree(second_mayor, **town.acts("dora", second_mayor))

    assert open_steps(case) == ["approve"]


def test_sending_back_at_approval_returns_to_the_writer(town: Town):
    case = town.file()
    [approval] = submitted(town, case)

    tasks.send_back(approval, remarks="Name the tree.", **town.acts("helen", approval))

    again = town.task(case, "draft")
    assert (again.holder, again.instruction) == (town.alice, "Name the tree.")


def test_sending_back_at_signature_unlocks_the_letter(town: Town):
    case = town.file()
    sign = approved(town, case)

    tasks.send_back(sign, remarks="Wrong date.", **town.acts("dora", sign))

    assert open_steps(case) == ["draft"]
    assert SigningRequest.objects.get().state == SigningState.CALLED_BACK
    assert case.documents.get(kind="DECISION").locked_at is None


@pytest.mark.parametrize("step", ["agree", "approve", "sign"])
def test_sending_back_needs_remarks(town: Town, step: str):
    case = town.file()
    if step == "agree":
        [task], who = submitted(town, case, town.roads), "rada"
    elif step == "approve":
        [task], who = submitted(town, case), "helen"
    else:
        task, who = approved(town, case), "dora"

    with pytest.raises(tasks.RemarksMissing):
        tasks.send_back(task, remarks="  ", **town.acts(who, task))


def test_whoever_holds_the_case_calls_the_letter_back_before_it_is_signed(town: Town):
    case = town.file()
    sign = approved(town, case)

    tasks.call_back(sign, remarks="The applicant wrote again.", **town.acts("alice", sign))

    assert open_steps(case) == ["draft"]
    assert SigningRequest.objects.get().state == SigningState.CALLED_BACK


def test_a_stranger_does_not_call_the_letter_back(town: Town):
    case = town.file()
    sign = approved(town, case)

    with pytest.raises(tasks.NotYours):
        tasks.call_back(sign, remarks="Mine!", **town.acts("charlie", sign))


def test_approval_locks_the_letter_for_its_signature(town: Town):
    case = town.file()

    sign = approved(town, case)

    document = case.documents.get(kind="DECISION")
    request = SigningRequest.objects.get()
    assert (sign.step, sign.holder) == ("sign", town.dora)
    assert (document.direction, document.locked_at) == ("OUT", NOON)
    assert request.prepared_file == file_of(case, FileRole.FOR_SIGNATURE)
    assert (request.state, request.post, request.requested_by) == (
        SigningState.WAITING,
        town.posts["dora"],
        town.helen,
    )


def test_the_signature_holds_over_the_locked_letter(town: Town):
    case = town.file()
    sign = approved(town, case)

    signature = tasks.sign(sign, **town.acts("dora", sign, at=NOON + dt.timedelta(hours=1)))

    locked = content_of(file_of(case, FileRole.FOR_SIGNATURE))
    original = locked[: signature.request.session["original_size"]]
    verdict = signing.verify(content_of(file_of(case, FileRole.SIGNED)), at=NOON + 2 * DAY, original=original)
    assert verdict.is_valid
    assert [found.name for found in verdict.signatures] == [str(town.dora)]
    assert SigningRequest.objects.count() == 1
    assert open_steps(case) == ["dispatch"]


def ask_for(town: Town, level: str) -> None:
    rules = town.trees.rules.get()
    rules.signature_level = level
    rules.save()


def advanced_statements(*, is_seal: bool):
    """What an authority writes that ties keys to persons, and is not qualified."""
    ncp = x509.PolicyInformation(x509.ObjectIdentifier("0.4.0.2042.1.1"), None)
    policies = x509.CertificatePolicies([x509.PolicyInformation(statements.DEMO, None), ncp])
    return policies, x509.UnrecognizedExtension(statements.QC_STATEMENTS, QcStatements([]).dump())


@pytest.fixture
def advanced_authority(settings, tmp_path, monkeypatch):
    settings.SIGNING_DIR = tmp_path
    monkeypatch.setattr(authority, "demo_statements", advanced_statements)


def test_a_signature_below_the_level_that_the_rules_ask_for_is_refused(town: Town, advanced_authority):
    case = town.file()
    ask_for(town, "QUALIFIED")
    sign = approved(town, case)

    with pytest.raises(locking.SignatureTooWeak) as refused:
        tasks.sign(sign, **town.acts("dora", sign))

    assert str(refused.value) == (
        "The rules of this service ask for: Qualified electronic signature. This one is: Advanced electronic "
        "signature (demo authority: no legal value). Ask the administrator for a certificate of the level needed, "
        "then sign again. The letter still waits."
    )
    assert SigningRequest.objects.get().state == SigningState.WAITING
    assert open_steps(case) == ["sign"]


def test_a_signature_of_the_level_that_the_rules_ask_for_is_taken(town: Town, advanced_authority):
    case = town.file()
    ask_for(town, "ADVANCED")
    sign = approved(town, case)

    signature = tasks.sign(sign, **town.acts("dora", sign))

    assert [one["strength"] for one in signature.verdict["signatures"]] == ["ADVANCED"]


def test_the_demo_keys_reach_what_the_shipped_services_ask_for(town: Town):
    case = town.file()
    ask_for(town, "QUALIFIED")
    sign = approved(town, case)

    signature = tasks.sign(sign, **town.acts("dora", sign))

    [found] = signature.verdict["signatures"]
    assert (found["strength"], found["is_demo"]) == ("QUALIFIED", True)


def test_signed_on_another_day_the_stamp_says_so(town: Town):
    case = town.file()
    sign = approved(town, case)

    tasks.sign(sign, **town.acts("dora", sign, at=NOON + DAY))

    assert [request.state for request in SigningRequest.objects.order_by("pk")] == [
        SigningState.CALLED_BACK,
        SigningState.SIGNED,
    ]
    assert ComponentFile.objects.filter(role=FileRole.FOR_SIGNATURE, superseded_by__isnull=False).count() == 1


def test_a_refusal_is_just_another_decision(town: Town):
    case = town.file()
    task = signed(town, case, outcome="REFUSED")

    tasks.dispatch(task, **town.acts("rita", task))

    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.CLOSED, "REFUSED")


def test_dispatch_registers_the_letter_out_sends_it_and_closes_the_case(town: Town):
    case = town.file()
    task = signed(town, case)

    tasks.dispatch(task, **town.acts("rita", task))

    case.refresh_from_db()
    document = case.documents.get(kind="DECISION")
    assert (document.entry.number, document.entry.register) == ("O-1", town.outgoing)
    assert document.is_for_applicant
    assert [(row.channel, row.state) for row in Dispatch.objects.filter(document=document)] == [
        (DeliveryChannel.PORTAL, "SENT")
    ]
    assert (case.state, case.closed_at, case.stage) == (CaseState.CLOSED, NOON, "closed")
    assert CaseProcess.objects.of(case).get().status == "DONE"


def test_the_end_of_the_case_reads_in_words(town: Town):
    case = town.file()
    task = signed(town, case, outcome="REFUSED")
    tasks.dispatch(task, **town.acts("rita", task))

    assert history.words_of(Event.objects.get(kind="CLOSED")) == "Closed: Refused"


def test_each_party_is_served_by_its_own_way(town: Town):
    parties = [
        PartyAsFiled(name="Ana", result_channel=DeliveryChannel.POST, address="Lipa 4"),
        PartyAsFiled(name="Boris", role="ADDRESSEE", result_channel=DeliveryChannel.EMAIL, email="b@example.org"),
    ]
    case = town.file(parties=parties)
    task = signed(town, case)

    tasks.dispatch(task, **town.acts("rita", task))

    rows = Dispatch.objects.filter(kind="RESULT").order_by("pk")
    assert [(row.party.name, row.channel, row.state) for row in rows] == [
        ("Ana", DeliveryChannel.POST, "PREPARED"),
        ("Boris", DeliveryChannel.EMAIL, "PREPARED"),
    ]


def test_nothing_is_sent_before_the_last_arrival_was_looked_at(town: Town):
    case = town.file()
    task = signed(town, case)
    town.bring(case)

    with pytest.raises(tasks.TaskRefused, match="Something arrived"):
        tasks.dispatch(task, **town.acts("rita", task))

    assert open_steps(case) == ["dispatch", "look_at_new"]


def test_what_arrives_after_closing_is_put_before_the_holder(town: Town):
    case = town.file()
    task = signed(town, case)
    tasks.dispatch(task, **town.acts("rita", task))

    town.bring(case, title="Returned envelope")

    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    assert town.task(case, "look_at_new").holder == town.alice


def test_without_an_outgoing_register_nothing_leaves(town: Town):
    case = town.file()
    task = signed(town, case)
    town.outgoing.is_closed = True
    town.outgoing.save()

    with pytest.raises(tasks.REFUSALS, match="no open register of outgoing letters"):
        tasks.dispatch(task, **town.acts("rita", task))

    case.refresh_from_db()
    assert (case.state, open_steps(case)) == (CaseState.OPEN, ["dispatch"])


def test_a_draft_with_gaps_is_not_sent_on(town: Town):
    case = town.file()
    draft = drafted(town, case, body="The reasons are: {reasons}. It rests on {legal basis}.")
    task = town.task(case, "draft")

    with pytest.raises(drafting.DraftHasGaps, match=r"\{reasons\}, \{legal basis\}"):
        tasks.submit_draft(task, revision=draft.revision, agreeing=[], **town.acts("alice", task))


def test_a_draft_saved_by_somebody_else_meanwhile_is_not_sent_on_unseen(town: Town):
    case = town.file()
    draft = drafted(town, case)
    task = town.task(case, "draft")

    with pytest.raises(drafting.DraftChanged, match="Alice"):
        tasks.submit_draft(task, revision=draft.revision - 1, agreeing=[], **town.acts("alice", task))


def test_the_events_tell_the_whole_way(town: Town):
    case = town.file()
    task = signed(town, case)
    tasks.dispatch(task, **town.acts("rita", task))

    events = list(Event.objects.filter(case=case).order_by("seq").values_list("kind", "is_public"))

    assert events == [
        ("REGISTERED", True),
        ("FOUND_COMPLETE", True),
        ("RESOLVED", False),
        ("HOLDER_CHANGED", False),
        ("HANDLED", False),
        ("DRAFT_SENT_ON", True),
        ("APPROVED", True),
        ("LOCKED", False),
        ("SIGNED", True),
        ("SENT", True),
        ("REGISTERED_OUT", True),
        ("CLOSED", True),
    ]
