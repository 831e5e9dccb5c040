"""Changes that are written together are the same changes, whoever asks meanwhile."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from cases.batches import apart, gathering, together, when_written
from cases.models import Answer, Case, CaseReader, Event, EventValue, StoredFile
from cases.rows import insert, insert_keyed, insert_one, update
from registra.sqlite.turns import Turns
from tests.factories import NOON, CaseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def answers_of(case: Case) -> dict[str, object]:
    return dict(Answer.objects.filter(case=case).values_list("key", "value"))


def test_rows_of_several_tables_are_there_at_the_end():
    case = CaseFactory()
    event = Event(institution=case.institution, case=case, seq=77, kind="NOTE", at=NOON, capacity="JOB", hash="0" * 64)
    value = EventValue(event=event, name="note", salt="1" * 32, value="words with %s and $1")

    with together("a test"):
        insert([event])
        insert([value])
        insert_keyed(Answer(case=case, given_at=NOON), {"trees": 3, "kind": "LIME"}, key="key", value="value")
        insert_one(CaseReader(case=case, unit=case.unit))

    assert EventValue.objects.values_list("event_id", "value").get(pk=value.pk) == (event.pk, "words with %s and $1")
    assert answers_of(case) == {"trees": 3, "kind": "LIME"}
    assert CaseReader.objects.filter(case=case, unit=case.unit).exists()


def test_whoever_asks_meanwhile_sees_what_was_written_before():
    case = CaseFactory()

    with together("a test"):
        insert_one(Answer(case=case, key="trees", value=3, given_at=NOON))
        seen = answers_of(case)

    assert seen == {"trees": 3}


def test_a_new_row_that_is_changed_meanwhile_is_written_as_it_is_then():
    first, case = CaseFactory(), CaseFactory.build(institution=CaseFactory().institution, subject="Three limes")
    case.unit = first.unit

    with together("a test"):
        insert_one(case)
        case.number = "12"
        update(case, "number")

    assert Case.objects.values_list("number", "subject").get(pk=case.pk) == ("12", "Three limes")


@pytest.mark.postgresql
def test_a_row_that_gets_its_last_values_at_the_end_is_written_once():
    first = CaseFactory()
    case = CaseFactory.build(institution=first.institution, unit=first.unit)
    others = Answer.objects.exclude(case=first).count

    with CaptureQueriesContext(connection) as asked, together("a test"):
        insert_one(case, is_late=True)
        insert_one(Answer(case=case, key="trees", value=3, given_at=NOON))
        with apart():
            answers, cases = others(), Case.objects.exclude(pk=first.pk).count()
        case.number = "12"
        update(case, "number")

    assert (answers, cases) == (1, 0)  # only what is late waited
    assert answers_of(case) == {"trees": 3}
    assert Case.objects.get(pk=case.pk).number == "12"
    assert not [query for query in asked if query["sql"].startswith("UPDATE")]


def test_whoever_asks_sees_late_rows_as_well():
    first = CaseFactory()
    case = CaseFactory.build(institution=first.institution, unit=first.unit)

    with together("a test"):
        insert_one(case, is_late=True)
        seen = Case.objects.filter(pk=case.pk).exists()
        case.number = "12"
        update(case, "number")

    assert seen
    assert Case.objects.get(pk=case.pk).number == "12"


def test_a_row_that_is_changed_twice_has_the_last_values():
    case = CaseFactory()

    with together("a test"):
        for number in ("1", "2"):
            case.number = number
            update(case, "number")

    assert Case.objects.get(pk=case.pk).number == "2"


def test_rows_keep_the_keys_they_got_and_no_two_get_the_same():
    case = CaseFactory()

    for turn in range(3):
        with together("a growing test"):
            insert([Answer(case=case, key=f"{turn}-{n}", value=n, given_at=NOON) for n in range(turn + 1)])

    assert Answer.objects.filter(case=case).count() == 6


def test_gathered_rows_and_others_never_get_the_same_key():
    case = CaseFactory()
    Answer.objects.create(case=case, key="before", value=0, given_at=NOON)

    with together("a test of keys"):
        first = insert_one(Answer(case=case, key="first", value=1, given_at=NOON))
        between = Answer.objects.create(case=case, key="between", value=2, given_at=NOON)
        second = insert_one(Answer(case=case, key="second", value=3, given_at=NOON))
    after = Answer.objects.create(case=case, key="after", value=4, given_at=NOON)

    assert len({first.pk, between.pk, second.pk, after.pk}) == 4
    assert answers_of(case) == {"before": 0, "first": 1, "between": 2, "second": 3, "after": 4}


@pytest.mark.sqlite
def test_keys_of_a_table_that_sqlite_does_not_count_yet_begin_after_its_last_row():
    case = CaseFactory()
    there = Answer.objects.create(case=case, key="there", value=0, given_at=NOON)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [Answer._meta.db_table])

    with together("a test of new tables"):
        added = insert([Answer(case=case, key=f"added {n}", value=n, given_at=NOON) for n in range(2)])

    assert [row.pk for row in added] == [there.pk + 1, there.pk + 2]


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_on_sqlite_others_write_while_rows_are_put_together():
    def may_write() -> bool:
        turns = Turns.of(connection.settings_dict["NAME"])
        is_free = turns.take(0.01)
        if is_free:
            turns.give()
        return is_free

    case = CaseFactory()
    for _time in range(2):  # the second one knows how many keys it needs
        with together("a test of turns"):
            insert_one(Answer(case=case, key=str(_time), value=3, given_at=NOON))
            before = may_write()
            Case.objects.get(pk=case.pk)
            after = may_write()
        assert (before, after, may_write()) == (True, False, True)

    assert answers_of(case) == {"0": 3, "1": 3}


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("times", [1, 2])  # the second time the keys are known beforehand
def test_rows_that_were_written_because_something_was_asked_go_with_the_rest(times):
    case = CaseFactory()

    def write(number: int) -> None:
        with together("a test of all or nothing"):
            insert_one(Answer(case=case, key=str(number), value=3, given_at=NOON))
            assert str(number) in answers_of(case)
            if number == times:
                raise LookupError

    for number in range(1, times):
        write(number)
    with pytest.raises(LookupError):
        write(times)

    assert [*answers_of(case)] == [str(number) for number in range(1, times)]


def test_a_check_is_made_when_the_rows_are_written():
    case, seen = CaseFactory(), []

    with together("a test"):
        when_written(lambda: seen.append(answers_of(case)))
        insert_one(Answer(case=case, key="trees", value=3, given_at=NOON))
    when_written(lambda: seen.append("at once"))

    assert seen == [{"trees": 3}, "at once"]


def test_a_check_that_fails_leaves_nothing_behind():
    case = CaseFactory()

    def refuse() -> None:
        raise LookupError

    def write() -> None:
        with together("a test"):
            insert_one(Answer(case=case, key="trees", value=3, given_at=NOON))
            when_written(refuse)

    with pytest.raises(LookupError):
        write()

    assert answers_of(case) == {}


def test_what_is_there_already_stays_as_it_is():
    insert_one(StoredFile(sha256="a" * 64, size=1, media_type="text/plain", stored_at=NOON))

    with together("a test"):
        again = StoredFile(sha256="a" * 64, size=2, media_type="text/html", stored_at=NOON)
        insert([again], ignore_conflicts=True)

    assert StoredFile.objects.get(pk="a" * 64).size == 1


def test_an_error_leaves_nothing_behind():
    case = CaseFactory()

    def write_one_twice() -> None:
        with together("a test"):
            insert_one(Answer(case=case, key="trees", value=3, given_at=NOON))
            for _twice in range(2):
                insert_one(StoredFile(sha256="b" * 64, size=1, media_type="text/plain", stored_at=NOON))

    with pytest.raises(IntegrityError):
        write_one_twice()

    assert answers_of(case) == {}
    assert gathering() is None


@pytest.mark.postgresql
def test_many_rows_are_one_statement_once_the_keys_are_known():
    case = CaseFactory()
    asked = []

    def count(execute, sql, parameters, many, context):
        asked.append(sql)
        return execute(sql, parameters, many, context)

    def write_all(turn: int) -> None:
        with together("many rows"):
            insert([Answer(case=case, key=f"{turn}-{n}", value=n, given_at=NOON) for n in range(20)])
            insert_one(Answer(case=case, key=f"{turn}-last", value="LIME", given_at=NOON))
            case.number = str(turn)
            update(case, "number")

    write_all(1)
    with connection.execute_wrapper(count):
        write_all(2)

    assert len([statement for statement in asked if "SAVEPOINT" not in statement]) == 2
