"""Parties and answers that come later, and keys of questions that are never reused."""

import datetime as dt

import pytest

from cases import history, parties
from cases.identifiers import compact, identifier_hash, identifier_hint, keyed_hash
from cases.models import Answer, Case, Party, Question
from cases.parties import QuestionKeyTaken
from cases.registration import PartyAsFiled
from tests.cases.town import Town, build_town
from tests.factories import DAY, NOON

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

ANA = PartyAsFiled(name="Ana Marin", identifier_kind="EGN", identifier="7523169263")


@pytest.fixture
def deed(town: Town) -> dict:
    return {"actor": town.actor("rita"), "at": NOON + DAY}


# -- parties


def test_a_representative_comes_with_a_document_and_until_a_day(town, deed):
    entry = town.file()
    mandate = town.bring(entry.case, title="Power of attorney").documents.get()

    ivo = parties.add_party(
        entry.case,
        PartyAsFiled(role="REPRESENTATIVE", name="Ivo Lazar", email="ivo@example.org"),
        represents=entry.sender,
        mandate_document=mandate,
        mandate_until=dt.date(2026, 12, 31),
        **deed,
    )

    ivo.refresh_from_db()
    assert (ivo.represents, ivo.mandate_document, ivo.mandate_until) == (
        entry.sender,
        mandate,
        dt.date(2026, 12, 31),
    )
    assert history.words_of(entry.case.events.get(kind="PARTY_ADDED")) == "Ivo Lazar became a party: Representative"


def test_a_person_is_recognised_in_other_cases_and_stays_two_rows(town):
    first, second, stranger = town.file(parties=[ANA]), town.file(parties=[ANA]), town.file()

    known = parties.known_parties(second.sender)

    assert known == [first.sender]
    assert Party.objects.filter(name="Ana Marin").count() == 3
    assert parties.known_parties(stranger.sender) == []


def test_the_name_alone_makes_nobody_known(town):
    town.file(parties=[PartyAsFiled(name="Ana Marin")])
    second = town.file(parties=[PartyAsFiled(name="Ana Marin")])

    assert parties.known_parties(second.sender) == []


def test_a_person_is_not_recognised_across_institutions(town):
    elsewhere = build_town().file(parties=[ANA])

    assert parties.known_parties(elsewhere.sender) == []
    assert parties.known_parties(town.file(parties=[ANA]).sender) == []


def test_a_correction_in_one_case_leaves_the_person_in_another_as_filed(town):
    first, second = town.file(parties=[ANA]), town.file(parties=[ANA])
    Party.objects.filter(pk=first.sender_id).update(name="Anna Marin")

    assert Party.objects.get(pk=second.sender_id).name == "Ana Marin"


def test_a_number_is_the_same_however_it_is_typed():
    hashes = {identifier_hash("EGN", typed) for typed in ("7523169263", "752316 9263", "75-23.16 92 63")}

    assert len(hashes) == 1
    assert (compact(" ab-12 "), identifier_hint("7523169263"), identifier_hint("123")) == ("AB12", "…9263", "")


def test_the_same_digits_of_another_kind_are_somebody_else():
    assert identifier_hash("EGN", "7523169263") != identifier_hash("CNP", "7523169263")


def test_no_number_has_no_hash():
    assert (identifier_hash("EGN", ""), identifier_hash("EGN", " - ")) == ("", "")


def test_each_purpose_hashes_with_a_key_of_its_own(settings):
    here = keyed_hash("link", "x")

    assert keyed_hash("digits", "x") != here
    settings.RECORDS_KEY = "another installation's"
    assert keyed_hash("link", "x") != here


# -- answers


def test_an_answer_told_later_is_transcribed_with_who_gave_it(town, deed):
    entry = town.file(channel="TELEPHONE", files=[])

    answer = parties.transcribe_answer(entry.case, key="trees", value=2, given_by=entry.sender, **deed)

    assert (answer.value, answer.given_at, answer.given_by, answer.transcribed_by) == (
        2,
        NOON + DAY,
        entry.sender,
        town.people["rita"],
    )
    assert entry.case.events.get(kind="ANSWER_TRANSCRIBED").payload == {"key": "trees"}


def test_a_later_answer_takes_the_place_of_the_one_before_which_stays_readable(town, deed):
    case = town.file(answers={"trees": 2, "street": "Mill Street"}).case

    parties.transcribe_answer(case, key="trees", value=3, **deed)

    rows = Answer.objects.filter(case=case, key="trees").order_by("pk")
    assert list(rows.values_list("value", "replaced_at")) == [(2, NOON + DAY), (3, None)]
    assert case.answers.get(key="street").replaced_at is None


# -- questions


def test_a_question_key_is_given_once_and_kept(town):
    parties.claim_question_keys(town.trees, {"trees": "NUMBER", "street": "TEXT"}, at=NOON)

    parties.claim_question_keys(town.trees, {"trees": "NUMBER", "photo": "FILES"}, at=NOON + DAY)

    kept = dict(Question.objects.filter(service=town.trees).values_list("key", "first_asked_at"))
    assert kept == {"trees": NOON, "street": NOON, "photo": NOON + DAY}


def test_a_question_key_is_never_reused_for_another_kind(town):
    parties.claim_question_keys(town.trees, {"trees": "NUMBER"}, at=NOON)

    with pytest.raises(QuestionKeyTaken, match="The key trees belongs to a question of kind NUMBER"):
        parties.claim_question_keys(town.trees, {"new": "TEXT", "trees": "TEXT"}, at=NOON + DAY)

    assert list(Question.objects.filter(service=town.trees).values_list("key", flat=True)) == ["trees"]


def test_two_services_may_use_the_same_key(town):
    other = build_town().trees
    parties.claim_question_keys(town.trees, {"trees": "NUMBER"}, at=NOON)

    parties.claim_question_keys(other, {"trees": "TEXT"}, at=NOON)

    assert Question.objects.filter(key="trees").count() == 2


def test_a_case_can_be_asked_for_what_was_answered(town):
    case = town.file(answers={"trees": 2}).case

    assert {answer.key: answer.value for answer in Case.objects.get(pk=case.pk).answers.all()} == {"trees": 2}
