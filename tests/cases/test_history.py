"""The spine: chains that hold, tampering that shows, values that can be erased, words for each reader."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format
from django.utils.translation import override

from cases import event_order, history
from cases.acting import Actor
from cases.history import News, append, broken_links, record, words_of
from cases.models import Case, Event, EventPlace, EventValue, Institution
from cases.rows import insert_one
from tests.cases.town import Town
from tests.factories import DAY, NOON, CaseFactory, UnitFactory
from tests.triggers import append_only_triggers_lifted

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

JOB = Actor.job("test")


def broken(case: Case) -> list[str]:
    return list(broken_links(Case.objects.get(pk=case.pk)))


def say(case: Case, words: str = "She called.", **changes) -> Event:
    return record(case, "NOTE", **{"actor": JOB, "at": NOON, "personal": {"note": words}, **changes})


# -- the chain


def test_each_event_carries_the_hash_of_the_one_before():
    case = CaseFactory()

    events = [say(case) for _number in range(3)]

    assert [event.seq for event in events] == [1, 2, 3]
    assert [event.previous_hash for event in events] == ["", events[0].hash, events[1].hash]
    assert broken(case) == []


def test_several_events_at_once_are_one_chain():
    case = CaseFactory()

    append(case, [News("NOTE"), News("NOTE", payload={"a": 1})], actor=JOB, at=NOON)

    assert (Event.objects.filter(case=case).count(), broken(case)) == (2, [])


def test_an_event_names_who_acted_and_in_what_capacity(town: Town):
    alice = town.actor("alice")

    event = record(town.file().case, "NOTE", actor=alice, at=NOON)

    assert (event.actor, event.capacity, event.actor_post) == (town.people["alice"], "OWN_POST", alice.post)
    assert (event.schema_version, event.hash_algorithm) == (1, "sha256")


def test_a_stale_case_in_hand_does_not_fork_the_chain():
    case = CaseFactory()
    stale = Case.objects.get(pk=case.pk)
    say(case)

    say(stale)

    assert broken(case) == []


def test_no_event_is_earlier_than_the_one_before_it():
    case = CaseFactory()
    say(case, at=NOON)

    event = say(case, at=NOON - DAY)

    assert event.at == NOON


def test_a_chain_holds_after_a_round_through_the_database():
    case = CaseFactory()

    say(case, "Иван каза: „\u2028утре“ 😀", payload={"at": "2026-11-23", "count": 3, "rate": 0.1})

    assert broken(case) == []


# -- tampering


@pytest.mark.parametrize(
    "change",
    [
        {"payload": {"number": "94-2"}},
        {"kind": "CLOSED"},
        {"at": NOON + DAY},
        {"is_public": True},
        {"capacity": "ADMINISTRATOR"},
        {"capacity_note": "another job"},
        {"personal": {}},
        {"hash": "0" * 64},
        {"previous_hash": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_event_is_noticed(change):
    case = CaseFactory()
    event = say(case, payload={"number": "94-1"})
    say(case)

    with append_only_triggers_lifted():
        Event.objects.filter(pk=event.pk).update(**change)

    assert broken(case) != []


def test_an_event_taken_out_of_the_middle_is_noticed():
    case = CaseFactory()
    _first, second, _third = [record(case, "NOTE", actor=JOB, at=NOON) for _number in range(3)]

    with append_only_triggers_lifted():
        second.delete()

    assert broken(case) == ["event 3 does not follow event 1"]


def test_an_event_cut_off_the_end_is_noticed():
    case = CaseFactory()
    _first, second = [record(case, "NOTE", actor=JOB, at=NOON) for _number in range(2)]

    with append_only_triggers_lifted():
        second.delete()

    assert broken(case) == ["the end of the chain is missing"]


def test_a_rehashed_event_breaks_the_next_link():
    case = CaseFactory()
    event = say(case, payload={"number": "94-1"})
    say(case)
    event.payload = {"number": "94-2"}

    with append_only_triggers_lifted():
        Event.objects.filter(pk=event.pk).update(
            payload=event.payload, hash=history.sha256_of(history.chained(event, case.public_id))
        )

    assert broken(case) == ["event 2 does not follow event 1"]


def test_a_personal_value_that_was_exchanged_is_noticed():
    case = CaseFactory()
    event = say(case, "She called.")

    EventValue.objects.filter(event=event).update(value="He called.")

    assert broken(case) == ["the value note of event 1 is not the one that was hashed"]


def test_the_end_of_a_chain_cannot_be_moved_to_another_case():
    case, other = CaseFactory(), CaseFactory()
    event = say(case)

    with append_only_triggers_lifted():
        Event.objects.filter(pk=event.pk).update(case=other)

    assert broken(case) == ["the end of the chain is missing"]
    assert broken(other) != []


# -- erasing


def test_erasing_what_was_said_of_people_leaves_the_chain_whole():
    case = CaseFactory()
    say(case, "Ana Marin called.")
    record(case, "NOTE", actor=JOB, at=NOON)

    erased = history.erase_personal_values(case)

    assert (erased, broken(case)) == (1, [])
    assert "Ana" not in json.dumps(list(Event.objects.filter(case=case).values_list("payload", "personal")))


def test_an_erased_value_reads_as_a_dash():
    case = CaseFactory()
    event = say(case, "Ana Marin called.")

    history.erase_personal_values(case)

    assert words_of(Event.objects.get(pk=event.pk)) == "Telephone note: —"


def test_the_same_words_twice_have_two_hashes():
    case = CaseFactory()

    first, second = say(case, "yes"), say(case, "yes")

    assert first.personal["note"] != second.personal["note"]


# -- words


def test_an_event_reads_in_the_language_of_the_reader():
    case = CaseFactory()
    unit = UnitFactory(institution=case.institution, names={"en": "Parks", "bg": "Паркове"})
    event = record(case, "ASSIGNED", actor=JOB, at=NOON, payload={"unit": dict(unit.names)})

    assert words_of(event) == "Handed to Parks"
    with override("bg"):
        assert words_of(event).endswith("Паркове")


def test_the_applicant_reads_other_words_than_the_office():
    case = CaseFactory()
    event = record(case, "CLOCK_SUSPENDED", actor=JOB, at=NOON, personal={"reason": "A sketch is missing"})

    assert words_of(event) == "The clock stands still: A sketch is missing"
    assert words_of(event, for_applicant=True) == "The clock stands still until we have heard from you"


def test_days_and_channels_read_as_words():
    case = CaseFactory()
    resumed = record(case, "CLOCK_RESUMED", actor=JOB, at=NOON, payload={"due": "2026-12-07"})
    sent = record(case, "SENT", actor=JOB, at=NOON, payload={"channel": "EMAIL"}, personal={"title": "Permit"})

    day = date_format(dt.date(2026, 12, 7), "DATE_FORMAT")
    assert words_of(resumed) == f"The clock runs on; due on {day}"
    assert words_of(sent) == "“Permit” was sent: E-mail"


def test_braces_in_what_people_write_stay_braces():
    case = CaseFactory()

    event = say(case, "{number} {0.__class__}")

    assert words_of(event) == "Telephone note: {number} {0.__class__}"


def test_a_kind_that_nobody_described_reads_as_its_name():
    assert words_of(record(CaseFactory(), "SOMETHING_NEW", actor=JOB, at=NOON)) == "SOMETHING_NEW"


# -- the order over the institution


def places(institution: Institution) -> list[tuple[int, int]]:
    rows = EventPlace.objects.filter(institution=institution).order_by("position")
    return list(rows.values_list("position", "event_id"))


def test_every_event_gets_one_place_in_the_institutions_order():
    here = CaseFactory()
    also_here, elsewhere = CaseFactory(institution=here.institution), CaseFactory()
    events = [say(case) for case in (here, also_here, elsewhere, here)]

    placed = event_order.place_new_events(at=NOON)

    first, second, other, third = (event.pk for event in events)
    assert placed == 4
    assert places(here.institution) == [(1, first), (2, second), (3, third)]
    assert places(elsewhere.institution) == [(1, other)]


def test_placing_goes_on_where_it_ended():
    case = CaseFactory()
    say(case)
    event_order.place_new_events(at=NOON)
    say(case)

    assert event_order.place_new_events(at=NOON) == 1
    assert [position for position, _event in places(case.institution)] == [1, 2]
    assert list(event_order.broken_places(case.institution)) == []


def test_a_backlog_longer_than_a_batch_is_placed_at_once(monkeypatch):
    monkeypatch.setattr(event_order, "BATCH", 2)
    case = CaseFactory()
    for _number in range(5):
        say(case)

    assert event_order.place_new_events(at=NOON) == 5
    assert list(event_order.broken_places(case.institution)) == []


def with_key(key: int, case: Case) -> Event:
    """An event whose key was given out before it is there."""
    return insert_one(
        Event(
            pk=key,
            institution=case.institution,
            case=case,
            seq=key,
            kind="NOTE",
            capacity="JOB",
            at=NOON,
            hash="0" * 64,
        )
    )


def test_an_event_that_was_there_late_is_placed_after_those_with_higher_keys():
    case = CaseFactory()
    with_key(1_002, case)
    event_order.place_new_events(at=NOON)
    with_key(1_001, case)

    event_order.place_new_events(at=NOON + dt.timedelta(seconds=10))

    assert places(case.institution) == [(1, 1_002), (2, 1_001)]


def test_events_that_come_hours_late_are_placed_by_the_look_at_all():
    case, quiet = CaseFactory(), CaseFactory()
    with_key(1_002, case)
    event_order.place_new_events(at=NOON)
    with_key(1_001, quiet)
    later = NOON + dt.timedelta(hours=2)

    assert event_order.place_new_events(at=later) == 0
    assert event_order.place_new_events(at=later, everywhere=True) == 1
    assert places(quiet.institution) == [(1, 1_001)]


@pytest.mark.sqlite
def test_the_usual_look_begins_where_everything_has_its_place():
    case = CaseFactory()
    say(case)
    event_order.place_new_events(at=NOON)

    with CaptureQueriesContext(connection) as asked:
        event_order.place_new_events(at=NOON + dt.timedelta(hours=2))
    look = next(query["sql"] for query in asked if "cases_event" in query["sql"] and "IS NULL" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {look}")
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())

    assert "cases_event USING INTEGER PRIMARY KEY (rowid>?)" in plan
    assert not [query for query in asked if query["sql"].startswith("INSERT")]


def test_a_place_taken_out_of_the_order_is_noticed():
    case = CaseFactory()
    events = [say(case) for _number in range(3)]
    event_order.place_new_events(at=NOON)

    with append_only_triggers_lifted():
        EventPlace.objects.filter(event=events[1]).delete()

    assert list(event_order.broken_places(case.institution)) == ["place 3 in the order of events does not hold"]
