"""Rows written with kept statements are the rows that Django would have written."""

import pytest

from cases.models import Answer, Case, CaseReader, Event, EventValue, StoredFile
from cases.rows import insert, insert_one, update
from tests.factories import NOON, CaseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

VALUES = ["text", "", 7, True, ["a", {"b": None}], {"in": "words"}]


@pytest.mark.parametrize("value", VALUES)
def test_a_row_reads_as_the_one_that_django_writes(value):
    case = CaseFactory()
    fields = {"case": case, "value": value, "given_at": NOON}

    ours = insert_one(Answer(key="ours", **fields))

    djangos = Answer.objects.create(key="django's", **fields)
    kept = Answer.objects.values("case_id", "value", "given_at", "given_by_id", "transcribed_by_id", "replaced_at")
    assert kept.get(pk=ours.pk) == kept.get(pk=djangos.pk)


def test_rows_get_their_keys_in_their_order():
    case = CaseFactory()

    rows = insert([Answer(case=case, key=f"question {number}", value=number, given_at=NOON) for number in range(5)])

    assert [Answer.objects.get(pk=row.pk).value for row in rows] == [0, 1, 2, 3, 4]


def test_a_row_finds_the_key_that_another_got_meanwhile():
    case = CaseFactory()
    event = Event(institution=case.institution, case=case, seq=77, kind="NOTE", at=NOON, capacity="JOB", hash="0" * 64)
    value = EventValue(event=event, name="note", salt="1" * 32, value="words")

    insert_one(event)
    insert_one(value)

    assert EventValue.objects.get(pk=value.pk).event_id == event.pk


def test_a_row_that_points_to_an_unsaved_one_is_refused():
    case = CaseFactory()
    event = Event(institution=case.institution, case=case, seq=78, kind="NOTE", at=NOON, capacity="JOB", hash="0" * 64)

    with pytest.raises(ValueError, match="not saved"):
        insert_one(EventValue(event=event, name="note", salt="1" * 32, value="words"))


def test_a_row_that_is_there_already_stays_as_it_is():
    first = StoredFile(sha256="a" * 64, size=1, media_type="text/plain", stored_at=NOON)
    insert_one(first)

    insert([StoredFile(sha256="a" * 64, size=2, media_type="text/html", stored_at=NOON)], ignore_conflicts=True)

    assert StoredFile.objects.values_list("size", flat=True).get(pk="a" * 64) == 1


def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert([])


def test_a_saved_row_can_be_saved_again():
    reader = insert_one(CaseReader(case=CaseFactory(), unit=CaseFactory().unit))

    reader.save()

    assert CaseReader.objects.filter(pk=reader.pk).count() == 1


def test_only_the_named_fields_of_one_row_are_written():
    case, other = CaseFactory(subject="Three limes"), CaseFactory(subject="A pothole")
    case.subject, case.number, case.versions = "Four limes", "7", {"form": "tree-felling/2"}

    update(case, "number", "versions")

    kept = Case.objects.values_list("subject", "number", "versions")
    assert kept.get(pk=case.pk) == ("Three limes", "7", {"form": "tree-felling/2"})
    assert kept.get(pk=other.pk)[0] == "A pothole"
