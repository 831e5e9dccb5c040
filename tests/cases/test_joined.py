"""Cases that were joined are one matter: proposed, kept, destroyed and handed over together."""

import csv
import io
import json
import zipfile

import pytest

from cases import corrections, disposal_lists, disposal_protocols, disposing, history, integrity, joined, transferring
from cases.disposal_lists import NothingDue
from cases.disposing import NotDisposable
from cases.models import (
    Case,
    CaseState,
    CaseTombstone,
    ComponentFile,
    DisposalAction,
    DisposalProtocol,
    RecordClass,
    TransferList,
)
from cases.originals import store
from tests.cases.disposal import CLOSED, approved, due_case, executed, join, proposed, run_outbox
from tests.cases.town import Town, a_file, bytes_of
from tests.factories import DAY, NOON

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def matter(town):
    """Two neighbours wrote of the same tree; the one's case was joined into the other's, a third into the joined."""
    lead = due_case(town, subject="The walnut", files=[a_file(b"first letter")])
    inner = town.file(subject="The inner one", files=[a_file(b"third letter")]).case
    inner.tasks.all().delete()
    second = join(town, lead, subject="The same walnut", files=[a_file(b"second letter")])
    Case.objects.filter(pk=second.pk).update(state="OPEN")
    inner = join_into_joined(town, inner, second)
    return lead, Case.objects.get(pk=second.pk), inner


def join_into_joined(town: Town, inner: Case, second: Case) -> Case:
    corrections.join_cases(inner, into=Case.objects.get(pk=second.pk), actor=town.actor("rita"), at=NOON)
    Case.objects.filter(pk=second.pk).update(state="JOINED")
    return Case.objects.get(pk=inner.pk)


def findings() -> list[str]:
    return [finding.name for finding in integrity.findings() if finding.name.startswith(("joined", "destr", "tomb"))]


def test_a_case_leads_what_was_joined_into_it_at_any_remove(matter):
    lead, second, inner = matter

    assert joined.taken_in([lead.pk]) == {lead.pk: [second.pk, inner.pk]}
    assert joined.leading([inner.pk]) == {second.pk, lead.pk}
    assert sorted(joined.matter_of(inner)) == sorted([lead.pk, second.pk, inner.pk])


def test_joined_cases_stand_on_the_list_below_the_one_that_leads(town, matter):
    other = due_case(town)
    lead, second, inner = matter

    new = proposed(town)

    lines = [(item.case, item.goes_with and item.goes_with.case) for item in disposal_lists.in_order(new.items.all())]
    assert lines == [(lead, None), (second, lead), (inner, lead), (other, None)]


def test_joined_cases_are_destroyed_with_the_one_that_leads(town, matter):
    lead, second, _inner = matter

    done = executed(town)

    gone = Case.objects.filter(pk__in=[case.pk for case in matter])
    assert set(gone.values_list("state", "closed_at", "subject")) == {("DESTROYED", CLOSED, "")}
    assert [
        store().exists(sha)
        for sha in ComponentFile.objects.filter(component__document__case__in=gone).values_list(
            "stored_file_id", flat=True
        )
    ] == [False] * 3
    stone = CaseTombstone.objects.get(case=second)
    assert (stone.closed_date, stone.rule) == (
        CLOSED.date(),
        f"class {lead.record_class.code}, list {done.pk} of 2026, together with {lead}",
    )
    assert [list(history.broken_links(case)) for case in gone] == [[], [], []]
    assert findings() == []


def test_the_protocol_says_what_a_joined_case_went_with(town, matter):
    lead, second, inner = matter

    protocol = DisposalProtocol.objects.get(disposal_list=executed(town))

    files = ComponentFile.objects.filter(component__document=protocol.document)
    content = {file.name.rpartition(".")[2]: bytes_of(file.stored_file_id) for file in files}
    rows = list(csv.DictReader(io.StringIO(content["csv"].decode("utf-8-sig"))))
    said = [(row["number"], row["joined_into"]) for row in rows]
    assert said == [(lead.number, ""), (second.number, lead.number), (inner.number, lead.number)]
    assert [row["joined_into"] for row in json.loads(content["json"])["cases"]] == [row["joined_into"] for row in rows]
    assert disposal_protocols._number(rows[1]) == f"{second.number}, joined into {lead.number}"
    assert protocol.destroyed == 3


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_hold_on_one_keeps_the_whole_matter(town, matter, which):
    disposing.place_hold(matter[which], reason="A court asked", actor=town.actor("victor"), at=NOON)

    with pytest.raises(NothingDue):
        proposed(town)
    with pytest.raises(NotDisposable, match="on hold"):
        disposing.destroy_case(matter[0], rule="?", actor=town.actor("dora"), at=NOON)


def test_what_happens_to_a_joined_case_meanwhile_leaves_the_whole_matter_out(town, matter):
    _lead, second, _inner = matter
    ready = approved(town)
    disposing.place_hold(second, reason="A court asked", actor=town.actor("victor"), at=NOON)

    disposal_lists.execute(ready, actor=town.actor("dora"), at=NOON)
    run_outbox("execute_disposal", "make_disposal_protocol")

    words = f"{second}, which was joined into it: It is on hold."
    assert set(ready.items.values_list("state", "reason")) == {("LEFT_OUT", words)}
    assert Case.objects.filter(state=CaseState.DESTROYED).count() == 0


def test_the_unit_keeps_a_matter_back_as_a_whole(town, matter):
    new = proposed(town)
    helen = {"actor": town.actor("helen"), "at": NOON}

    disposal_lists.exclude(new.items.get(case=matter[1]), reason="Appeal", **helen)
    excluded = set(new.items.values_list("state", flat=True))
    disposal_lists.put_back(new.items.get(case=matter[0]), **helen)

    assert (excluded, set(new.items.values_list("state", flat=True))) == ({"EXCLUDED"}, {"PROPOSED"})


def test_a_failure_in_the_middle_leaves_the_whole_matter(town, matter, monkeypatch):
    ready = disposal_lists.execute(approved(town), actor=town.actor("dora"), at=NOON)
    real = disposing.erase_people

    def fails(case, **kwargs):
        if case.pk == matter[0].pk:
            raise OSError("the disk is ill")
        return real(case, **kwargs)

    monkeypatch.setattr(disposing, "erase_people", fails)
    outcome = disposal_lists.execute_item(ready.items.get(case=matter[0]).pk, at=NOON)

    assert outcome == "FAILED"
    assert set(ready.items.values_list("state", "reason")) == {("FAILED", "OSError: the disk is ill")}
    assert Case.objects.filter(state__in=["DESTROYED"]).count() == CaseTombstone.objects.count() == 0


def test_a_joined_case_that_was_left_behind_is_found(town, matter):
    Case.objects.filter(pk=matter[0].pk).update(state="TRANSFERRED")

    assert "joined-left-behind" in findings()


# -- handing over


@pytest.fixture
def handed_over(town):
    RecordClass.objects.filter(institution=town.institution).update(disposal_action=DisposalAction.TRANSFER)
    return {"actor": town.actor("victor"), "at": NOON}


def new_list(town, deed) -> TransferList:
    return transferring.propose_transfer(town.parks, year=2026, archive="State Archive", **deed)


def test_joined_cases_are_handed_over_with_the_one_that_leads(town, handed_over, matter):
    lead, second, inner = matter
    new = transferring.make_package(new_list(town, handed_over), **handed_over)
    run_outbox("pack_transfer")
    new.refresh_from_db()

    with transferring.derived().open(new.package) as source, zipfile.ZipFile(source) as package:
        [listed] = [name for name in package.namelist() if name.endswith("data/list.csv")]
        rows = list(csv.DictReader(io.StringIO(package.read(listed).decode("utf-8-sig"))))
        [described] = [name for name in package.namelist() if name.endswith("0002/case.json")]
        joined_into = json.loads(package.read(described))["registra:joinedInto"]
    transferring.accept(new, acceptance="12", acceptance_date=NOON.date(), **handed_over)

    said = [(row["number"], row["joined_into"], row["closed"]) for row in rows]
    day = CLOSED.date().isoformat()
    assert said == [(lead.number, "", day), (second.number, lead.number, day), (inner.number, lead.number, day)]
    assert joined_into == lead.number
    gone = Case.objects.filter(pk__in=[case.pk for case in matter])
    assert set(gone.values_list("state", "closed_at")) == {("TRANSFERRED", CLOSED)}
    assert findings() == []


def test_our_copies_of_joined_cases_go_too(town, handed_over, matter):
    new = transferring.make_package(new_list(town, handed_over), **handed_over)
    run_outbox("pack_transfer")
    transferring.accept(new, acceptance="12", acceptance_date=NOON.date(), **handed_over)

    transferring.remove_copies(new, actor=town.actor("dora"), at=NOON + DAY)
    run_outbox("remove_transferred", at=NOON + DAY)

    assert transferring.copies_of(new).count() == 0


def test_a_matter_is_taken_off_a_transfer_list_as_a_whole(town, handed_over, matter):
    new = new_list(town, handed_over)

    transferring.take_off(new.items.select_related("transfer_list").get(case=matter[2]), **handed_over)

    assert new.items.count() == 0
