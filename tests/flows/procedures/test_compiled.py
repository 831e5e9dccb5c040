"""Classes on demand: one for each name and process, few at hand, errors told apart from missing versions."""

import gc
import threading
import weakref

import pytest
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from viewflow.workflow.fields import import_flow_by_ref
from viewflow.workflow.signals import task_finished

from flows import compiled
from flows.models import Procedure, ProcedureVersion, VersionNeverChanges
from flows.procedures.compiler import ProcedureFlow
from flows.procedures.publishing import NotPublishable, class_name_of, publish
from tests.factories import InstitutionFactory
from tests.flows.procedures.drawing import BEGIN, CLOSE, definition, step
from tests.flows.town import NOON

pytestmark = pytest.mark.django_db


def procedure() -> Procedure:
    return Procedure.objects.create(institution=InstitutionFactory(), key="drawn", titles={"en": "Drawn"})


def version(number: int = 1) -> ProcedureVersion:
    said = definition(BEGIN, step("look1", "VISIT", titles={"en": f"Look {number}"}), CLOSE)
    return publish(procedure(), said, by=None, at=NOON)


def test_a_published_version_is_a_flow_class_found_by_reference():
    published = version()

    found = import_flow_by_ref(f"flows/compiled.{published.class_name}")

    assert issubclass(found, ProcedureFlow)
    assert found is getattr(compiled, published.class_name)
    assert str(found) == f"flows/compiled.{published.class_name}"


def test_versions_count_up_and_never_change():
    drawn = procedure()
    first = publish(drawn, definition(BEGIN, CLOSE), by=None, at=NOON)
    second = publish(drawn, definition(BEGIN, CLOSE), by=None, at=NOON)

    assert (first.number, second.number) == (1, 2)
    assert first.class_name != second.class_name
    with pytest.raises(VersionNeverChanges):
        first.save()
    with pytest.raises(VersionNeverChanges):
        ProcedureVersion.objects.update(number=7)
    with pytest.raises(VersionNeverChanges):
        first.delete()


@pytest.mark.both_databases
def test_the_database_refuses_to_change_or_delete_a_version():
    rows = QuerySet(ProcedureVersion).filter(pk=version().pk)

    for act in (lambda: rows.update(number=7), rows.delete):
        with pytest.raises(DatabaseError, match="registra: rows of flows_procedureversion"), transaction.atomic():
            act()


def test_what_has_errors_is_not_published():
    with pytest.raises(NotPublishable, match="never be closed"):
        publish(procedure(), definition(BEGIN), by=None, at=NOON)

    assert not ProcedureVersion.objects.exists()


def test_institutions_with_the_same_procedure_share_its_class():
    assert version(1).class_name == version(1).class_name
    assert version(1).class_name != version(2).class_name


def test_no_such_version_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no published procedure"):
        compiled.load("Nothing_v1_000000000000")
    assert not hasattr(compiled, "something_else")


def test_a_version_that_cannot_be_built_is_not_mistaken_for_a_missing_one():
    broken = ProcedureVersion.objects.create(
        procedure=procedure(),
        number=1,
        definition={"steps": "nonsense"},
        sha256="0" * 64,
        class_name="Broken_v1_000000000000",
        published_at=NOON,
    )

    with pytest.raises(compiled.ProcedureBroken):
        compiled.load(broken.class_name)


def test_threads_that_ask_at_once_get_one_class():
    said = definition(BEGIN, step("threads", "VISIT"), CLOSE)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(compiled.built_from(said, class_name_of(said)))) for _name in "abc"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 3
    assert len(set(found)) == 1


def test_a_process_that_met_many_versions_keeps_few_and_loses_none_in_use():
    """Three times as many as are held; the benchmark meets a thousand."""
    definitions = [definition(BEGIN, CLOSE, version=number) for number in range(1, 3 * compiled.HELD)]
    in_use = compiled.built_from(definitions[0], class_name_of(definitions[0]))
    receivers = len(task_finished.receivers)

    others = [weakref.ref(compiled.built_from(said, class_name_of(said))) for said in definitions[1:]]
    gc.collect()

    assert compiled.built_from(definitions[0], class_name_of(definitions[0])) is in_use
    assert compiled.held() <= compiled.HELD
    assert sum(1 for other in others if other() is not None) <= compiled.HELD
    assert len(task_finished.receivers) == receivers
