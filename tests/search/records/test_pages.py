"""The pages of records management: who sees what, and each step by its own person."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from wagtail.users.models import UserProfile

from cases import disposal_lists, disposing, plan_import, retaining, transferring, yearly_lists
from cases.models import (
    Case,
    DisposalAction,
    DisposalHold,
    DisposalList,
    DisposalProtocol,
    OutboxRow,
    RecordClass,
    Retention,
    TransferList,
    User,
)
from cases.originals import store
from tests.cases.disposal import approved, due_case, executed, join, proposed, run_outbox, sweep
from tests.factories import DAY, NOON, RecordClassFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def monday(monkeypatch):
    """The office's clock stands at noon of the day that the cases were counted on."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def words_of(answer) -> str:
    text = re.sub(r"<(script|style|template)[^>]*>.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def page(client, name: str, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return words_of(answer)


def bytes_of_answer(answer) -> bytes:
    return b"".join(answer.streaming_content)


def told(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


# -- closed cases, holds, appraisal, class


def test_the_archivist_sees_from_when_on_what_may_be_done(town, desk):
    case = due_case(town)

    shown = page(desk("victor"), "desk_records_due")

    assert "may be destroyed from 01/01/2026" in shown
    assert case.number in shown


def test_keys_of_one_letter_are_not_offered_to_who_turned_them_off(town, desk):
    due_case(town)
    victor = desk("victor")
    before = page(victor, "desk_records_due")
    UserProfile.objects.update_or_create(user=town.person("victor"), defaults={"keyboard_shortcuts": False})

    after = victor.get(reverse("desk_records_due"))

    assert ("Keys on or off" in before, "Keys on or off" in words_of(after)) == (True, False)
    assert b'"KEYBOARD_SHORTCUTS_ENABLED": false' in after.content
    assert b"Keyboard shortcuts are currently disabled" in after.content
    assert b"Lists of the office" in after.content


def test_filters_narrow_the_closed_cases(town, desk):
    case = due_case(town)
    other = due_case(town, subject="A lamp")
    RecordClass.objects.filter(pk=case.record_class_id).update(disposal_action=DisposalAction.DESTROY)
    disposing.place_hold(other, reason="A court asked for it", actor=town.actor("victor"), at=NOON)
    victor = desk("victor")

    def numbers(**query) -> list[bool]:
        shown = page(victor, "desk_records_due", **query)
        return [f"Select {one.number}" in shown or f" {one.number} " in shown for one in (case, other)]

    assert numbers(q="lamp") == [False, True]
    assert numbers(held="1") == [False, True]
    assert numbers(action="TRANSFER") == [False, False]
    assert numbers(until="2026-01-01", unit="PARK") == [True, True]
    assert numbers(until="2025-12-31") == [False, False]


def test_many_cases_are_held_at_once_and_the_hold_is_lifted_with_a_reason(town, desk):
    cases = [due_case(town) for _number in range(2)]
    victor = desk("victor")

    held = victor.post(
        reverse("desk_records_many"),
        {"verb": "HOLD", "reason": "Claim 12/2026", "case": [case.pk for case in cases]},
        follow=True,
    )
    listed = page(victor, "desk_records_holds")
    ids = DisposalHold.objects.values_list("pk", flat=True)
    without = victor.post(reverse("desk_records_lift"), {"hold": ids}, follow=True)
    lifted = victor.post(reverse("desk_records_lift"), {"hold": ids, "reason": "The claim is settled"}, follow=True)

    assert (told(held), told(without), told(lifted)) == (
        ["2 cases are on hold now."],
        ["Write why the hold is lifted."],
        ["2 holds were lifted."],
    )
    assert listed.count("Claim 12/2026") == 2
    assert DisposalHold.objects.in_force().count() == 0


def test_what_fails_among_many_is_named(town, desk):
    good, gone = due_case(town), due_case(town)
    Case.objects.filter(pk=gone.pk).update(state="DESTROYED")

    answer = desk("victor").post(
        reverse("desk_records_many"), {"verb": "HOLD", "reason": "x", "case": [good.pk, gone.pk]}, follow=True
    )

    assert sorted(told(answer)) == sorted(
        ["1 case is on hold now.", f"Case {gone.number} was destroyed: there is nothing to hold."]
    )


def test_cases_are_moved_to_another_class_and_appraised(town, desk):
    case = due_case(town)
    RecordClassFactory(institution=town.institution, code="99", retention_years=20)
    victor = desk("victor")

    moved = victor.post(
        reverse("desk_records_many"),
        {"verb": "CLASS", "class": "99 Trees", "reason": "A building", "case": [case.pk]},
        follow=True,
    )
    kept = victor.post(
        reverse("desk_records_many"), {"verb": "KEEP", "reason": "History", "case": [case.pk]}, follow=True
    )

    assert (told(moved), told(kept)) == (["1 case was moved to class 99."], ["1 case was appraised."])
    assert Retention.objects.get(case=case).action == "KEEP"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2035", "1 case is kept until 31/12/2035."),
        ("12.03.2035", "1 case is kept until 12/03/2035."),
        ("", "Say until which day or year the cases are kept."),
        ("soon", "“soon” is no date that we know. Write 21.11.2026, 11.2026, 2026 or about 2026."),
        ("about 9999", "“about 9999” is no date that we know. Write 21.11.2026, 11.2026, 2026 or about 2026."),
        ("2020", "Choose a day or a year that is still to come."),
    ],
)
def test_a_case_is_kept_until_a_day_or_a_year(town, desk, typed, said):
    case = due_case(town)
    posted = {"verb": "UNTIL", "keep_until": typed, "reason": "The bridge stands", "case": [case.pk]}

    answer = desk("victor").post(reverse("desk_records_many"), posted, follow=True)

    assert told(answer) == [said]
    assert (Retention.objects.get(case=case).action == "REVIEW") is said.startswith("1 case")


def test_the_archivist_is_told_of_the_years_lists_until_they_are_carried_out(town, desk):
    due_case(town)
    yearly_lists.propose_yearly_lists(at=NOON)
    victor = desk("victor")
    words = "1 disposal list that was proposed on 23/11/2026, once for the year, is not carried out yet."

    shown = (page(victor, "desk_records_due"), page(victor, "desk_records_lists"))
    disposal_lists.withdraw(DisposalList.objects.get(), reason="Not now", actor=town.actor("victor"), at=NOON)

    assert [words in shown[0], "proposed 23/11/2026, once for the year" in shown[1]] == [True, True]
    assert words not in page(victor, "desk_records_due")


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"verb": "HOLD", "reason": "x"}, "Choose at least one case."),
        ({"verb": "HOLD", "case": "1"}, "Choose at least one case."),
    ],
)
def test_a_choice_of_nothing_is_told_so(town, desk, posted, words):
    answer = desk("victor").post(reverse("desk_records_many"), posted, follow=True)

    assert told(answer) == [words]


def test_the_case_page_says_how_long_it_is_kept_and_by_what_it_is_held(town, desk):
    case = due_case(town)
    victor = desk("victor")
    held = victor.post(
        reverse("desk_records_hold", args=[case.public_id]), {"reason": "A court asked for it"}, follow=True
    )

    shown = page(victor, "desk_case", case.public_id)

    assert told(held) == ["The case is on hold: nothing of it is destroyed."]
    assert "may be destroyed from 01/01/2026" in shown
    assert "On hold : A court asked for it" in shown


# -- destruction, step by step


def test_each_step_is_done_by_its_own_person(town, desk):
    due_case(town)
    kept = due_case(town)
    victor, helen, dora = desk("victor"), desk("helen"), desk("dora")

    made = victor.post(reverse("desk_records_propose"), {"unit": town.parks.pk, "year": 2026}, follow=True)
    one = DisposalList.objects.get()

    def act(client, verb: str, **said):
        return told(client.post(reverse("desk_records_list_act", args=[one.pk, verb]), said, follow=True))

    item = one.items.get(case=kept)
    assert told(made) == ["1 list was proposed; its unit reviews it."]
    assert act(helen, "exclude", item=item.pk) == ["Write why the case is kept back."]
    assert act(helen, "exclude", item=item.pk, reason="The neighbour appeals") == ["1 case was excluded."]
    assert act(victor, "reviewed") == ["This can't be done with the list now, or not by you."]
    assert act(helen, "reviewed") == ["The review is finished; the archivist goes on."]
    assert act(victor, "approve", consent="ДА-7") == ["Approved. Somebody else carries it out."]
    assert act(victor, "execute") == ["This can't be done with the list now, or not by you."]
    assert act(dora, "execute") == ["The list is being carried out. The protocol follows at its end."]
    assert "1 of 2 cases are done." in page(dora, "desk_records_list", one.pk)

    run_outbox("execute_disposal", "make_disposal_protocol")

    shown = page(victor, "desk_records_list", one.pk)
    assert ("1 destroyed, 1 kept." in shown, "ДА-7" in shown, "The neighbour appeals" in shown) == (True, True, True)
    protocol = DisposalProtocol.objects.get()
    files = list(protocol.document.components.values_list("files__pk", flat=True))
    assert [len(bytes_of_answer(victor.get(reverse("desk_file", args=[pk])))) > 200 for pk in files] == [True] * 3


def test_another_units_head_sees_only_the_own_lists(town, desk):
    due_case(town)
    one = proposed(town)
    rada = desk("rada")

    assert "No disposal list yet." in page(rada, "desk_records_lists")
    assert rada.get(reverse("desk_records_list", args=[one.pk])).status_code == 404
    answer = rada.post(reverse("desk_records_list_act", args=[one.pk, "reviewed"]))
    assert (answer.status_code, DisposalList.objects.get().state) == (404, "REVIEW")
    assert "Parks, 2026" in page(desk("helen"), "desk_records_lists")


NO_HEAD = "Nobody leads Parks or a unit above it."


def test_where_a_unit_has_no_head_the_archivist_is_told_before_proposing_and_an_executive_reviews(town, desk):
    due_case(town)
    victor, dora = desk("victor"), desk("dora")

    before = page(victor, "desk_records_lists")
    one = proposed(town)
    seen = page(victor, "desk_records_list", one.pk)
    offered = page(dora, "desk_records_list", one.pk)
    review = reverse("desk_records_list_act", args=[one.pk, "reviewed"])
    refused, done = (told(client.post(review, follow=True)) for client in (victor, dora))

    assert "Parks 1 case, no head" in before
    assert f"In the head’s stead its list is reviewed by: {town.person('dora')}." in before
    assert f"{NO_HEAD} In the head’s stead it may be reviewed by: {town.person('dora')}." in seen
    assert ("You review it in the head’s stead." in seen, "You review it in the head’s stead." in offered) == (
        False,
        True,
    )
    assert (refused, done) == (
        ["This can't be done with the list now, or not by you."],
        ["The review is finished; the archivist goes on."],
    )
    assert DisposalList.objects.get().reviewed_by == town.person("dora")


def test_where_there_is_a_head_nobody_reviews_in_their_stead(town, desk):
    due_case(town)
    town.person("helen")
    dora = desk("dora")
    one = proposed(town)

    said = told(dora.post(reverse("desk_records_list_act", args=[one.pk, "reviewed"]), follow=True))

    assert said == ["This can't be done with the list now, or not by you."]
    assert (
        "no head" in page(desk("victor"), "desk_records_lists"),
        NO_HEAD in page(dora, "desk_records_list", one.pk),
    ) == (
        False,
        False,
    )


def test_where_nobody_could_review_the_way_out_is_named(town, desk):
    due_case(town)
    one = proposed(town)

    shown = page(desk("victor"), "desk_records_list", one.pk)

    assert f"{NO_HEAD} There is no executive either who could review it in the head’s stead." in shown


def test_an_archivist_who_reviewed_leaves_the_approval_to_another(town, desk):
    due_case(town)
    town.hire("vera", unit=town.registry, role="ARCHIVIST")
    town.people["vera"] = User.objects.get(username="vera")
    victor, vera = desk("victor"), desk("vera")
    one = proposed(town)

    def act(client, verb: str) -> list[str]:
        return told(client.post(reverse("desk_records_list_act", args=[one.pk, verb]), follow=True))

    assert act(victor, "reviewed") == ["The review is finished; the archivist goes on."]
    assert "Another archivist approves it; or send it back" in page(victor, "desk_records_list", one.pk)
    assert act(victor, "approve") == ["This can't be done with the list now, or not by you."]
    assert act(vera, "approve") == ["Approved. Somebody else carries it out."]


@pytest.mark.parametrize("name", ["alice", "charlie", "rita", "adam"])
def test_others_have_no_lists(town, desk, name):
    due_case(town)
    one = proposed(town)

    assert desk(name).get(reverse("desk_records_list", args=[one.pk])).status_code == 404
    assert desk(name).get(reverse("desk_records_due")).status_code == 404


def test_a_head_neither_holds_nor_proposes(town, desk):
    case = due_case(town)
    helen = desk("helen")

    answers = [
        helen.post(reverse("desk_records_many"), {"verb": "HOLD", "reason": "x", "case": case.pk}),
        helen.post(reverse("desk_records_propose"), {"unit": town.parks.pk, "year": 2026}),
        helen.get(reverse("desk_records_holds")),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_list_can_be_sent_back_and_taken_back(town, desk):
    due_case(town)
    one = approved(town)
    victor = desk("victor")

    back = victor.post(reverse("desk_records_list_act", args=[one.pk, "send-back"]), follow=True)
    bare = victor.post(reverse("desk_records_list_act", args=[one.pk, "withdraw"]), follow=True)
    gone = victor.post(
        reverse("desk_records_list_act", args=[one.pk, "withdraw"]), {"reason": "Wrong year"}, follow=True
    )

    assert [told(answer)[0] for answer in (back, bare, gone)] == [
        "The list went back to the unit.",
        "Write why the list is taken back.",
        "The list was taken back; its cases are free for another.",
    ]


def test_the_case_page_of_a_destroyed_case_says_who_and_by_which_rule(town, desk):
    case = due_case(town)
    executed(town)

    shown = page(desk("victor"), "desk_case", case.public_id)

    assert "Destroyed on 23 November 2026 by Dora." in shown
    assert case.number in shown


def test_a_destroyed_file_is_named_as_one_and_not_offered_for_download(town, desk):
    case = due_case(town)
    victor = desk("victor")

    def downloads() -> int:
        answer = victor.get(reverse("desk_case", args=[case.public_id]))
        assert not re.search(r"<a href=[^>]*>\s*</a>", answer.content.decode())
        return answer.content.decode().count(" download>")

    before = downloads()
    executed(town)

    shown = page(victor, "desk_case", case.public_id)
    assert (before, downloads()) == (shown.count("no longer kept"), 0)
    assert "Destroyed file Original" in shown
    assert before > 0


def test_a_failed_destruction_says_why_and_is_tried_again_or_left(town, desk, monkeypatch):
    for _number in range(2):
        due_case(town)
    one = disposal_lists.execute(approved(town), actor=town.actor("dora"), at=NOON)

    def fails(*args, **kwargs):
        raise OSError("the disk is ill")

    victor = desk("victor")
    with monkeypatch.context() as trouble:
        trouble.setattr(disposing, "erase_people", fails)
        sweep(NOON)
    shown = page(victor, "desk_records_list", one.pk)
    refused = told(desk("helen").post(reverse("desk_records_list_act", args=[one.pk, "again"]), follow=True))
    again = told(victor.post(reverse("desk_records_list_act", args=[one.pk, "again"]), follow=True))
    with monkeypatch.context() as trouble:
        trouble.setattr(disposing, "erase_people", fails)
        sweep(NOON)
    without = told(desk("dora").post(reverse("desk_records_list_act", args=[one.pk, "without-failed"]), follow=True))
    sweep(NOON)

    assert "Not everything could be destroyed 2 cases could not be destroyed. OSError: the disk is ill" in shown
    assert "The next try comes by itself, at 23/11/2026" in shown
    assert refused == ["This can't be done with the list now, or not by you."]
    assert again == ["Another try was started. Look again in a moment."]
    assert without == ["The protocol is made without them. The next list proposes them again."]
    assert DisposalProtocol.objects.values_list("destroyed", "left").get() == (0, 2)


def test_bytes_that_stayed_are_told_and_tried_again(town, desk, monkeypatch):
    due_case(town)
    one = disposal_lists.execute(approved(town), actor=town.actor("dora"), at=NOON)

    def refuses(self, sha256):
        raise OSError("the store is ill")

    with monkeypatch.context() as trouble:
        trouble.setattr(type(store()), "remove_bytes", refuses)
        sweep(NOON)
    victor = desk("victor")
    shown = page(victor, "desk_records_list", one.pk)
    asked = told(victor.post(reverse("desk_records_list_act", args=[one.pk, "bytes"]), follow=True))
    run_outbox("remove_unused_bytes")

    assert "the bytes of 1 file are still in the store: OSError: the store is ill" in shown
    assert asked == ["Another try was started. Look again in a moment."]
    assert "could not be removed" not in page(victor, "desk_records_list", one.pk)


def test_a_joined_case_is_shown_below_the_one_that_it_goes_with(town, desk):
    lead = due_case(town)
    second = join(town, lead, subject="The same walnut")
    one = proposed(town)

    shown = page(desk("helen"), "desk_records_list", one.pk)

    assert f"joined into {lead.number}; it goes with that case" in shown
    assert shown.index(lead.number) < shown.index(second.number)
    answer = desk("helen").get(reverse("desk_records_list", args=[one.pk]))
    assert answer.content.decode().count('name="item"') == 1


def test_whoever_sees_a_listed_case_is_told_what_was_joined_into_it_and_opens_only_what_is_theirs(town, desk):
    lead = due_case(town)
    second = join(town, lead, subject="The same walnut")
    one = proposed(town)

    shown = {name: desk(name).get(reverse("desk_records_list", args=[one.pk])) for name in ("helen", "victor")}

    assert ["The same walnut" in words_of(answer) for answer in shown.values()] == [True, True]
    opened = [f"/case/{second.public_id}/" in answer.content.decode() for answer in shown.values()]
    assert opened == [True, False]
    assert desk("victor").get(reverse("desk_case", args=[second.public_id])).status_code == 404


def test_a_joined_case_is_shown_on_the_transfer_list_too(town, desk):
    RecordClass.objects.filter(institution=town.institution).update(disposal_action=DisposalAction.TRANSFER)
    lead = due_case(town)
    join(town, lead, subject="The same walnut")
    one = transferring.propose_transfer(
        town.parks, year=2026, archive="State Archive", actor=town.actor("victor"), at=NOON
    )

    shown = page(desk("victor"), "desk_records_transfer", one.pk)

    assert re.search(rf"The same walnut line 2 · \S[^·]+ joined into {lead.number}; it goes with that case", shown)


def test_an_unknown_verb_is_nothing(town, desk):
    due_case(town)

    answer = desk("victor").post(reverse("desk_records_list_act", args=[proposed(town).pk, "burn"]))

    assert answer.status_code == 404


def test_a_way_back_to_another_site_is_not_taken(town, desk):
    answer = desk("victor").post(
        reverse("desk_records_many"), {"verb": "HOLD", "back": "//elsewhere.example/"}, follow=False
    )

    assert answer["Location"] == reverse("desk_records_due")


# -- transfer


def test_a_transfer_from_list_to_acceptance(town, desk):
    RecordClass.objects.filter(institution=town.institution).update(disposal_action=DisposalAction.TRANSFER)
    case = due_case(town)
    victor, dora = desk("victor"), desk("dora")

    made = victor.post(
        reverse("desk_records_transfer_new"),
        {"unit": town.parks.pk, "year": 2026, "archive": "State Archive"},
        follow=True,
    )
    one = TransferList.objects.get()

    def act(client, verb: str, **said):
        return told(client.post(reverse("desk_records_transfer_act", args=[one.pk, verb]), said, follow=True))

    assert told(made) == ["The list is ready. Look at it, then make the package."]
    assert act(victor, "pack") == ["The package is being made. You may go on with other work."]
    assert "The package is being made: 0 of 1 cases." in page(victor, "desk_records_transfer", one.pk)
    run_outbox("pack_transfer")
    package = victor.get(reverse("desk_records_transfer_package", args=[one.pk]))
    assert bytes_of_answer(package)[:2] == b"PK"
    assert dora.get(reverse("desk_records_transfer_package", args=[one.pk])).status_code == 404
    assert act(victor, "accept", acceptance="ПП-1", acceptance_date="") == ["Choose the day of the acceptance."]
    assert act(victor, "accept", acceptance="ПП-1", acceptance_date="2026-11-20") == ["The cases are transferred."]
    assert act(victor, "remove") == ["This can't be done with the list now, or not by you."]
    assert act(dora, "remove") == ["Our copies of the files are being removed. What is on hold stays."]
    run_outbox("remove_transferred")
    assert "Our copies are removed." in page(dora, "desk_records_transfer", one.pk)
    assert "Transferred to State Archive" in page(victor, "desk_case", case.public_id)


def test_what_is_due_for_transfer_is_offered_by_unit(town, desk):
    RecordClass.objects.filter(institution=town.institution).update(disposal_action=DisposalAction.TRANSFER)
    due_case(town)

    assert "Parks: 1" in page(desk("victor"), "desk_records_transfers")


def test_a_package_that_is_not_made_says_why_and_is_tried_again(town, desk):
    RecordClass.objects.filter(institution=town.institution).update(disposal_action=DisposalAction.TRANSFER)
    due_case(town)
    one = transferring.propose_transfer(
        town.parks, year=2026, archive="State Archive", actor=town.actor("victor"), at=NOON - 2 * DAY
    )
    transferring.make_package(one, actor=town.actor("victor"), at=NOON - DAY)
    victor = desk("victor")
    waits = page(victor, "desk_records_transfer", one.pk)
    job = OutboxRow.objects.filter(kind="pack_transfer", done_at__isnull=True)
    job.update(killed=3, failed_at=NOON, last_error="Killed")
    stands = page(victor, "desk_records_transfer", one.pk)
    again = told(victor.post(reverse("desk_records_transfer_act", args=[one.pk, "again"]), follow=True))
    run_outbox("pack_transfer")

    assert ("probably none is running" in waits, "Try again now" in waits) == (True, False)
    assert "Three workers were stopped in the middle of it" in stands
    assert "Nothing tries again by itself. Try again now" in stands
    assert again == ["Another try was started. Look again in a moment."]
    assert "Download the package" in page(victor, "desk_records_transfer", one.pk)


def test_a_counting_that_was_given_up_says_why_and_is_not_begun_by_itself(town, desk):
    due_case(town)
    retaining.keep_up(at=NOON)
    retaining.rule_changed(town.institution, [town.trees.rules.get().record_class.code], at=NOON)
    OutboxRow.objects.filter(kind="count_retention").update(killed=3, failed_at=NOON, last_error="Killed")
    retaining.keep_up(at=NOON)
    victor = desk("victor")
    stands = page(victor, "desk_records_due")
    again = told(victor.post(reverse("desk_records_count"), follow=True))
    run_outbox("count_retention")

    assert "1 case waits to be counted" in stands
    assert "Three workers were stopped in the middle of it" in stands
    assert again == ["Another try was started. Look again in a moment."]
    assert "waits to be counted" not in page(victor, "desk_records_due")


# -- the plan


def test_the_tree_shows_the_plan_and_a_word_leaves_what_has_it(town, desk):
    plan_import.bring_in(
        plan_import.shipped_plan("pl").content,
        institution=town.institution,
        valid_from=NOON.date(),
        actor=town.actor("victor"),
        at=NOON,
    )
    victor = desk("victor")

    whole, narrowed, none = (page(victor, "desk_records_plan", **q) for q in ({}, {"q": "Petitions"}, {"q": "zzz"}))

    assert ("Alcohol licences" in whole, "Petitions" in whole) == (True, True)
    assert ("Alcohol licences" in narrowed, "Petitions" in narrowed, "15 Complaints" in narrowed) == (
        False,
        True,
        True,
    )
    assert "No class fits." in none


def test_an_administrator_brings_a_plan_in_after_looking(town, desk):
    adam = desk("adam")
    file = SimpleUploadedFile("plan.csv", b"code,title,category\n1,Trees,B5\n2,Bad,Q9\n", content_type="text/csv")

    wrong = adam.post(reverse("desk_records_plan_import"), {"file": file, "valid_from": "2026-11-23"})
    example = adam.post(reverse("desk_records_plan_import"), {"example": "ro", "valid_from": "2026-11-23"})
    content = example.context["content"]
    brought = adam.post(
        reverse("desk_records_plan_import"), {"content": content, "valid_from": "2026-11-23", "bring": "1"}, follow=True
    )

    assert "Nobody knows what the category “Q9” means" in words_of(wrong)
    assert not RecordClass.objects.filter(code="1").exists()
    assert "new classes" in words_of(example)
    assert told(brought) == ["The plan was brought in: 46 new classes, 0 changed."]


def test_a_class_is_added_changed_ended(town, desk):
    adam = desk("adam")
    said = {
        "code": "77",
        "titles_en": "Parks",
        "titles_bg": "Паркове",
        "category": "B5",
        "retention_start": "END_OF_YEAR",
        "is_selectable": "on",
        "valid_from": "2026-11-23",
    }

    added = adam.post(reverse("desk_records_class_new"), said, follow=True)
    made = RecordClass.objects.get(code="77")
    changed = adam.post(reverse("desk_records_class_edit", args=[made.pk]), {**said, "category": "B10"}, follow=True)
    ended = adam.post(
        reverse("desk_records_class_end", args=[made.pk]), {"verb": "end", "last_day": "2026-12-31"}, follow=True
    )

    made.refresh_from_db()
    assert [told(answer)[0] for answer in (added, changed, ended)] == [
        "Class 77 was added.",
        "Kept. Cases of this class are counted again in a moment.",
        "The class takes no cases after that day.",
    ]
    assert (made.disposal_action, made.retention_years, str(made.valid_to)) == ("DESTROY", 10, "2026-12-31")


def test_a_used_class_gets_a_version(town, desk):
    used = town.trees.rules.get().record_class
    victor = desk("victor")
    form = victor.get(reverse("desk_records_class_edit", args=[used.pk]))
    said = {
        "titles_en": "Trees",
        "retention_years": "7",
        "disposal_action": "DESTROY",
        "retention_start": "END_OF_YEAR",
        "is_selectable": "on",
        "valid_from": "2026-12-01",
        "holds_for_closed": "on",
    }

    victor.post(reverse("desk_records_class_edit", args=[used.pk]), said)

    assert "counts from a day on" in words_of(form)
    assert list(RecordClass.objects.filter(code=used.code).order_by("valid_from").values_list("retention_years")) == [
        (5,),
        (7,),
    ]


def test_a_head_does_not_change_the_plan(town, desk):
    assert desk("helen").get(reverse("desk_records_plan")).status_code == 404


@pytest.mark.parametrize(
    ("name", "first"),
    [("victor", "desk_records_due"), ("helen", "desk_records_lists"), ("adam", "desk_records_plan")],
)
def test_the_way_in_leads_to_the_persons_first_page(town, desk, name, first):
    assert desk(name).get(reverse("desk_records"))["Location"] == reverse(first)


@pytest.mark.parametrize("amount", [1, 3])
def test_lists_ask_the_same_number_of_questions_however_long(
    town, desk, django_assert_num_queries: DjangoAssertNumQueries, amount
):
    for _number in range(amount):
        due_case(town)
    town.person("helen")
    one = disposal_lists.propose(town.parks, year=2026, actor=town.actor("victor"), at=NOON)
    victor = desk("victor")
    addresses = [reverse("desk_records_due"), reverse("desk_records_list", args=[one.pk])]
    for address in addresses:
        victor.get(address)

    with django_assert_num_queries(12):
        victor.get(addresses[0])
    with django_assert_num_queries(13):
        victor.get(addresses[1])
