"""Sending: a row per document, party and channel; whoever can't be reached electronically gets a letter."""

import datetime as dt

import pytest

from cases import corrections, dispatching, parties
from cases.capturing import capture, keep_files
from cases.dispatching import DispatchRefused, addressees, channel_for
from cases.models import (
    Case,
    DeliveryChannel,
    Direction,
    Dispatch,
    DispatchState,
    Document,
    OutboxRow,
    Party,
)
from cases.registration import PartyAsFiled
from tests.cases.town import Town, a_file
from tests.factories import DAY, NOON

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

EMAIL = {"email": "ana@example.org"}


@pytest.fixture
def deed(town: Town) -> dict:
    return {"actor": town.actor("rita"), "at": NOON}


def a_case(town: Town, channel: str = DeliveryChannel.PORTAL, **party) -> Case:
    return town.file(parties=[PartyAsFiled(name="Ana Marin", result_channel=channel, **party)]).case


def an_answer(case: Case, town: Town) -> Document:
    return capture(
        case,
        title="Permit",
        kind="DECISION",
        direction=Direction.OUT,
        files=keep_files([a_file(b"%PDF-1.7 permit", name="permit.pdf")]),
        actor=town.actor("alice"),
        at=NOON,
    )


def sent(case: Case) -> list[tuple[str, str, str]]:
    return sorted((row.kind, row.channel, row.state) for row in case.dispatches.all())


def mails(case: Case) -> list[int]:
    rows = OutboxRow.objects.filter(case=case, kind="send_mail").order_by("pk")
    return [row.payload["dispatch"] for row in rows]


# -- by which way


@pytest.mark.parametrize(
    ("wanted", "party", "way"),
    [
        (DeliveryChannel.PORTAL, {}, "PORTAL"),
        (DeliveryChannel.EMAIL, EMAIL, "EMAIL"),
        (DeliveryChannel.EMAIL, {}, "POST"),
        (DeliveryChannel.POST, EMAIL, "POST"),
        (DeliveryChannel.COUNTER, EMAIL, "COUNTER"),
        (DeliveryChannel.E_DELIVERY, EMAIL, "EMAIL"),
        (DeliveryChannel.E_DELIVERY, {}, "POST"),
    ],
)
def test_a_party_gets_the_result_as_they_asked_for_and_by_post_where_that_fails(wanted, party, way):
    assert channel_for(Party(result_channel=wanted, **party)) == way


@pytest.mark.parametrize(
    ("wanted", "party", "rows"),
    [
        (DeliveryChannel.PORTAL, EMAIL, [("NOTICE", "EMAIL", "PREPARED"), ("RESULT", "PORTAL", "SENT")]),
        (DeliveryChannel.PORTAL, {}, [("NOTICE", "POST", "PREPARED"), ("RESULT", "PORTAL", "SENT")]),
        (DeliveryChannel.EMAIL, EMAIL, [("RESULT", "EMAIL", "PREPARED")]),
        (DeliveryChannel.EMAIL, {}, [("RESULT", "POST", "PREPARED")]),
        (DeliveryChannel.POST, EMAIL, [("RESULT", "POST", "PREPARED")]),
        (DeliveryChannel.COUNTER, EMAIL, [("NOTICE", "EMAIL", "PREPARED"), ("RESULT", "COUNTER", "PREPARED")]),
        (DeliveryChannel.COUNTER, {}, [("NOTICE", "POST", "PREPARED"), ("RESULT", "COUNTER", "PREPARED")]),
    ],
)
def test_nobody_gets_nothing(town, deed, wanted, party, rows):
    case = a_case(town, wanted, **party)

    dispatching.send_result(an_answer(case, town), **deed)

    assert sent(case) == rows
    assert len(mails(case)) == sum(channel == "EMAIL" for _kind, channel, _state in rows)


def test_the_answer_becomes_readable_for_the_applicant(town, deed):
    answer = an_answer(a_case(town), town)

    dispatching.send_result(answer, **deed)

    answer.refresh_from_db()
    assert answer.is_for_applicant is True
    assert answer.case.events.get(kind="SENT").is_public is True


def test_sending_the_same_answer_twice_sends_it_once(town, deed):
    answer = an_answer(a_case(town, DeliveryChannel.EMAIL, **EMAIL), town)

    first, second = (dispatching.send_result(answer, **deed) for _number in range(2))

    assert first == second
    assert len(mails(answer.case)) == 1


# -- to whom


def test_a_represented_party_is_told_through_the_representative(town, deed):
    filed = [PartyAsFiled(name="Ana Marin"), PartyAsFiled(role="REPRESENTATIVE", name="Ivo Lazar", represents=0)]
    case = town.file(parties=filed).case

    assert [party.name for party in addressees(case)] == ["Ivo Lazar"]


def test_after_the_mandate_ended_the_party_is_told_again(town, deed):
    entry = town.file()
    parties.add_party(
        entry.case,
        PartyAsFiled(role="REPRESENTATIVE", name="Ivo Lazar"),
        represents=entry.sender,
        mandate_until=NOON.date(),
        **deed,
    )

    told = [[party.name for party in addressees(entry.case, on=day)] for day in (NOON.date(), NOON.date() + DAY)]

    assert told == [["Ivo Lazar"], ["Ana Marin"]]


@pytest.mark.parametrize("role", ["CONTACT", "CO_OWNER"])
def test_a_contact_or_co_owner_is_not_served(town, role):
    case = town.file(parties=[PartyAsFiled(name="Ana Marin"), PartyAsFiled(role=role, name="Ivo Lazar")]).case

    assert [party.name for party in addressees(case)] == ["Ana Marin"]


def test_the_people_of_a_joined_case_get_the_one_answer_too(town, deed):
    ana, ivo, eva = (town.file(parties=[PartyAsFiled(name=name)]).case for name in ("Ana", "Ivo", "Eva"))
    for case, into in ((ana, ivo), (ivo, eva)):
        case.tasks.update(ended_at=NOON, outcome="DONE")
        corrections.join_cases(case, into=into, **deed)

    dispatching.send_result(an_answer(eva, town), **deed)

    served = eva.dispatches.filter(kind="RESULT").values_list("party__name", flat=True)
    assert sorted(served) == ["Ana", "Eva", "Ivo"]


def test_telling_reaches_each_party_by_mail_or_by_letter(town):
    filed = [PartyAsFiled(name="Ana", **EMAIL), PartyAsFiled(role="ADDRESSEE", name="Ivo")]
    case = town.file(parties=filed).case

    told = dispatching.tell(case, "COMPLETION_REQUEST", at=NOON, words="A sketch")

    assert [(row.party.name, row.channel, row.notice_data) for row in told] == [
        ("Ana", "EMAIL", {"words": "A sketch"}),
        ("Ivo", "POST", {"words": "A sketch"}),
    ]
    assert mails(case) == [told[0].pk]


def test_the_receipt_goes_by_mail_to_whoever_gave_an_address_once(town):
    with_mail, without = a_case(town, **EMAIL), a_case(town)

    for case in (with_mail, without):
        for _number in range(2):
            dispatching.send_receipt(case.documents.get(), case.parties.get(), at=NOON)

    assert (sent(with_mail), sent(without)) == ([("RECEIPT", "EMAIL", "PREPARED")], [])
    assert len(mails(with_mail)) == 1


# -- what became of it


@pytest.fixture
def letter(town, deed) -> Dispatch:
    """A letter in the print list."""
    return dispatching.send_result(an_answer(a_case(town, DeliveryChannel.POST), town), **deed)[0]


def test_a_letter_is_prepared_sent_and_delivered_with_its_evidence(letter, deed):
    dispatching.mark_sent(letter, evidence={"tracking": "RR123"}, **deed)
    dispatching.mark_delivered(letter, evidence={"slip": "signed"}, **{**deed, "at": NOON + DAY})

    letter.refresh_from_db()
    assert (letter.state, letter.sent_at, letter.delivered_at) == (DispatchState.DELIVERED, NOON, NOON + DAY)
    assert letter.evidence == {"tracking": "RR123", "slip": "signed"}
    kinds = [event.kind for event in letter.case.events.order_by("seq")]
    assert kinds[-2:] == ["SENT", "DELIVERED"]


def test_a_letter_collected_at_the_counter_was_sent_by_that(letter, deed):
    dispatching.mark_delivered(letter, **deed)

    letter.refresh_from_db()
    assert (letter.sent_at, letter.delivered_at) == (NOON, NOON)


@pytest.mark.parametrize(("is_refused", "state"), [(False, "RETURNED"), (True, "REFUSED")])
def test_a_letter_that_came_back_says_why_and_only_to_the_office(letter, deed, is_refused, state):
    dispatching.mark_sent(letter, **deed)

    dispatching.mark_returned(letter, reason="Moved away", is_refused=is_refused, **deed)

    letter.refresh_from_db()
    event = letter.case.events.get(kind="CAME_BACK")
    assert (letter.state, letter.evidence["reason"], event.is_public) == (state, "Moved away", False)


def test_a_letter_has_one_end(letter, deed):
    with pytest.raises(DispatchRefused, match="Only a letter that was sent"):
        dispatching.mark_returned(letter, reason="?", **deed)
    dispatching.mark_sent(letter, **deed)
    with pytest.raises(DispatchRefused, match="sent already"):
        dispatching.mark_sent(letter, **deed)
    dispatching.mark_delivered(letter, **deed)
    with pytest.raises(DispatchRefused, match="has its end already: Delivered"):
        dispatching.mark_delivered(letter, **deed)
    with pytest.raises(DispatchRefused):
        dispatching.mark_returned(letter, reason="?", **deed)


def test_a_notice_that_left_is_no_news_of_the_case(town, deed):
    [notice] = dispatching.tell(a_case(town), "MESSAGE", at=NOON, words="Hello")
    before = notice.case.events.count()

    dispatching.mark_sent(notice, **deed)

    assert notice.case.events.count() == before
    assert notice.sent_at == dt.datetime.fromisoformat("2026-11-23T12:00:00+02:00")
