"""From the door to the archive: what is filed is found, by those who may see it, whatever happens to the index."""

import shutil
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from cases.acting import Actor
from cases.assigning import assign
from cases.integrity import findings
from cases.models import Case, CaseState, Destruction, Document
from cases.originals import store
from cases.signals import case_closed
from search import jobs
from search.engines import IndexUnavailable, engine
from search.finding import find
from search.indexing import begin_anew, entries_of, index_waiting
from search.models import FileText, PageText, TextState, WaitingCase
from search.reading import read_next_files
from tests.search import written_documents as made
from tests.search.entries import put_in_place_of
from tests.search.town import NOON, again


def drain():
    """What the worker does in a few seconds."""
    while index_waiting() or read_next_files(at=timezone.now()):
        pass


def cases_found(user, typed, **chosen):
    return {result.case.pk for result in find(again(user), typed, chosen=chosen).results}


def index_findings():
    return [(one.name, one.subject) for one in findings() if one.name.startswith("index-")]


def test_a_word_inside_an_attached_pdf_leads_to_the_case_with_its_page(town):
    case = town.file(made.pdf("First page", "The old walnut stands in the schoolyard"))
    drain()

    found = find(again(town.alice), "walnuts", chosen={})

    assert [(result.case.pk, result.number) for result in found.results] == [(case.pk, case.number)]
    (passage,) = found.results[0].passages
    assert "".join(piece.text for piece in passage.pieces) == "The old walnut stands in the schoolyard"
    assert [piece.text for piece in passage.pieces if piece.is_marked] == ["walnut"]
    assert (passage.file_name, passage.page) == ("file-0", 2)


def test_what_was_typed_is_named_so_beside_its_passage(town):
    town.file(asked={"questions": [{"label": "Which tree?", "answer": "The walnut"}]})
    drain()

    [result] = find(again(town.alice), "walnut", chosen={}).results

    assert {passage.file_name for passage in result.passages} == {"What was typed"}


@pytest.mark.parametrize(
    "typed", ["94-00-1", "94-00-1/23.11.2026", "number:94-00", "Marin", "dangerous trees", "walnut"]
)
def test_a_case_is_found_by_number_name_subject_and_what_was_typed(town, typed):
    case = town.file(asked={"questions": [{"label": "Which tree?", "answer": "The walnut"}]})
    drain()

    assert cases_found(town.alice, typed) == {case.pk}


def test_a_new_document_waits_in_the_transaction_that_made_it(town):
    case = town.file()

    assert set(WaitingCase.objects.values_list("case", flat=True)) == {case.pk}
    assert index_waiting() > 0
    assert not WaitingCase.objects.exists()


def test_a_stranger_finds_and_counts_nothing(town):
    town.file(made.pdf("walnut"))
    drain()

    found = find(again(town.charlie), "walnut", chosen={})

    assert (found.results, found.count) == ([], 0)
    assert not any(found.facets.values())


def test_whom_a_case_is_handed_to_finds_it(town):
    case = town.file()
    drain()
    assert cases_found(town.charlie, "tree") == set()

    assign(case, unit=town.roads, actor=Actor.job("test"), at=NOON)
    drain()

    assert cases_found(town.charlie, "tree") == {case.pk}


def test_an_archivist_finds_what_is_closed(town):
    case = town.file()
    drain()
    assert cases_found(town.ivo, "tree") == set()

    Case.objects.filter(pk=case.pk).update(state=CaseState.CLOSED, closed_at=NOON)
    case_closed.send(sender=Case, case=case, actor=Actor.job("test"), at=NOON)
    drain()

    assert cases_found(town.ivo, "tree") == {case.pk}


def test_rights_are_asked_again_when_results_are_shown(town):
    case = town.file()
    drain()

    # The index hasn't heard yet that Parks lost the case.
    case.readers.all().delete()

    assert cases_found(town.alice, "tree") == set()


def test_the_text_of_a_restricted_case_is_found_only_by_those_who_may_open_it(town):
    case = town.file(made.pdf("diagnosis"), access_level="RESTRICTED")
    drain()

    assert cases_found(town.alice, "diagnosis") == {case.pk}
    assert cases_found(town.alice, "Marin") == {case.pk}
    assert cases_found(town.dora, "diagnosis") == set()
    assert cases_found(town.dora, "Marin") == set()
    (listed,) = find(again(town.dora), "tree", chosen={}).results
    assert (listed.case.pk, listed.may_open, listed.passages) == (case.pk, False, [])


def test_filters_narrow_and_facets_count(town):
    old = town.file(subject="Oak", at=NOON.replace(year=2025))
    town.file(subject="Oak")
    drain()

    found = find(again(town.alice), "oak", chosen={"year": "2025"})

    assert [result.case.pk for result in found.results] == [old.pk]
    assert found.facets["service"] == {"tree-felling": 1}
    assert cases_found(town.alice, "oak unit:ROAD") == set()


def test_why_a_text_could_not_be_read_is_said(town):
    town.file(b"%PDF-1.7 and nothing else", subject="Oak")
    drain()

    (result,) = find(again(town.alice), "oak", chosen={}).results

    assert [trouble.words for trouble in result.troubles] == ["No text: the file is damaged."]


def test_a_file_that_left_the_store_is_no_error(town):
    case = town.file(made.pdf("walnut"))
    text = FileText(stored_file=case.documents.get().components.get().files.get().stored_file)
    text.save()
    store().remove_bytes(text.pk)
    drain()

    text.refresh_from_db()
    assert text.state == TextState.MISSING


def test_a_file_is_read_once_though_filed_twice_and_by_one_worker_at_a_time(town):
    content = made.pdf("walnut")
    cases = {town.file(content).pk, town.file(content).pk}
    index_waiting()
    FileText.objects.update(claimed_until=timezone.now() + timezone.timedelta(minutes=1))
    assert not read_next_files(at=timezone.now())

    FileText.objects.update(claimed_until=timezone.now() - timezone.timedelta(minutes=1))
    drain()

    assert PageText.objects.count() == 1
    assert cases_found(town.alice, "walnut") == cases


def test_text_goes_with_the_bytes(town):
    case = town.file(made.pdf("walnut"))
    drain()
    file = case.documents.get().components.get().files.get()

    Destruction.objects.create(
        component_file=file, stored_file=file.stored_file, rule="5 years", destroyed_by=town.ivo, destroyed_at=NOON
    )
    WaitingCase.objects.create(case=case)
    drain()

    assert not PageText.objects.exists()
    assert cases_found(town.alice, "walnut") == set()
    assert cases_found(town.alice, "tree") == {case.pk}


@pytest.mark.parametrize("harm", ["wiped", "emptied", "scrambled"])
def test_a_lost_index_stops_nothing_and_heals_by_itself(town, archive_folder, harm):
    before = town.file(made.pdf("walnut"))
    drain()

    if harm == "wiped":
        shutil.rmtree(archive_folder)
    else:
        for file in [file for file in archive_folder.rglob("*") if file.is_file()]:
            put_in_place_of(file, b"" if harm == "emptied" else b"x" * 500)

    after = town.file(made.pdf("walnut"))
    with pytest.raises(IndexUnavailable):
        find(again(town.alice), "walnut", chosen={})
    drain()

    assert cases_found(town.alice, "walnut") == {before.pk, after.pk}
    assert index_findings() == []


def test_an_index_lost_while_it_is_written_heals_at_the_next_run(town, archive_folder, monkeypatch):
    town.file()
    index_waiting()
    case = town.file(subject="Oak")
    real_writing = engine().writing

    def losing_writing():
        shutil.rmtree(archive_folder)
        return real_writing()

    with monkeypatch.context() as patch:
        patch.setattr(engine(), "writing", losing_writing)
        assert index_waiting() == 0
    drain()

    assert cases_found(town.alice, "oak") == {case.pk}


def test_the_index_equals_the_database_after_any_change(town):
    case = town.file(made.pdf("walnut"))
    drain()
    assert index_findings() == []

    assign(case, unit=town.roads, actor=Actor.job("test"), at=NOON)
    assert index_findings() == []  # it waits, and that is known
    drain()
    assert index_findings() == []


def test_differences_between_index_and_database_are_named(town):
    lacking, old = town.file(), town.file()
    drain()
    stranger = next(iter(engine().fingerprints()))[0] + 1_000
    (lacked,), (outdated,) = Document.objects.filter(case=lacking), Document.objects.filter(case=old)

    with engine().writing() as writer:
        writer.put(replace(next(entries_of([old.pk])), document=stranger))
        writer.remove([lacked.pk])
    Case.objects.filter(pk=old.pk).update(subject="Changed behind our back")
    WaitingCase.objects.create(case=old)
    WaitingCase.objects.update(since=NOON.replace(year=2020))
    late = index_findings()
    WaitingCase.objects.all().delete()

    assert index_findings() == [
        ("index-lacks", f"document {lacked.pk}"),
        ("index-is-old", f"document {outdated.pk}"),
        ("index-knows-more", f"document {stranger}"),
    ]
    assert ("index-waits", old.public_id) in late


def test_what_differs_is_mended_in_the_night(town):
    lacking, old, untouched = town.file(), town.file(subject="Lime"), town.file(subject="Oak")
    drain()
    with engine().writing() as writer:
        writer.put(replace(next(entries_of([old.pk])), document=9_999))
        writer.remove(list(lacking.documents.values_list("pk", flat=True)))
    Case.objects.filter(pk=old.pk).update(subject="Walnut")

    jobs.compare_index()

    assert set(WaitingCase.objects.values_list("case", flat=True)) == {lacking.pk, old.pk}
    drain()
    assert index_findings() == []
    assert cases_found(town.alice, "walnut") == {old.pk}
    assert cases_found(town.alice, "oak") == {untouched.pk}


def test_a_comparison_without_an_index_does_no_harm(town, caplog):
    town.file()

    jobs.compare_index()

    assert "could not be compared" in caplog.text


def test_a_missing_index_is_a_finding(town):
    assert index_findings() == [("index-unavailable", "archive")]


def reindex(*options):
    said = StringIO()
    call_command("reindex", *options, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("options", [(), ("--wipe",), ("--texts",), ("--wipe", "--texts")])
def test_reindex_builds_the_index_and_shows_how_far_it_is(town, options):
    cases = {town.file(made.pdf("walnut")).pk, town.file().pk}
    drain()
    with engine().writing() as writer:
        writer.remove(list(Document.objects.values_list("pk", flat=True)))
    assert cases_found(town.alice, "tree") == set()

    said = reindex(*options)

    assert cases_found(town.alice, "tree") == cases
    assert len(cases_found(town.alice, "walnut")) == 1
    assert "Cases: ██████████████████████████████ 2/2\n" in said
    assert said.endswith("The index holds 2 documents.\n")


@pytest.mark.parametrize("by", ["the command again", "the worker"])
def test_a_rebuild_that_was_broken_off_goes_on_where_it_was(town, on_both_engines, monkeypatch, by):
    cases = {town.file(subject=f"Tree {number}").pk for number in range(5)}
    drain()
    monkeypatch.setattr("search.indexing.CASES_AT_ONCE", 1)
    with monkeypatch.context() as patch:
        patch.setattr("search.indexing.entries_of", broken_off_after(3))
        with pytest.raises(KeyboardInterrupt):
            reindex()
    engine.cache_clear()  # another process comes

    begun = dict(engine().fingerprints(of_rebuilt=True))
    assert len(begun) == 3
    assert engine().is_rebuilding()
    assert cases_found(town.alice, "tree") == cases
    meanwhile = town.file(subject="Tree filed meanwhile")
    read_now = kept_track_of(monkeypatch)
    if by == "the worker":
        drain()
    else:
        reindex()

    assert not engine().is_rebuilding()
    assert cases_found(town.alice, "tree") == {*cases, meanwhile.pk}
    assert sorted(document for document, _ in engine().fingerprints()) == sorted(documents())
    assert set(begun).isdisjoint(read_now)
    assert index_findings() == []


def documents():
    return Document.objects.values_list("pk", flat=True)


def broken_off_after(number):
    """Stands for `entries_of`: after so many cases somebody presses Ctrl-C."""
    left = iter(range(number))

    def entries(cases, **options):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return entries_of(cases, **options)

    return entries


def kept_track_of(monkeypatch):
    """The documents that are read for the index from now on."""
    read = set()

    def entries(cases, **options):
        for entry in entries_of(cases, **options):
            read.add(entry.document)
            yield entry

    monkeypatch.setattr("search.indexing.entries_of", entries)
    return read


def test_reindex_forgets_what_the_database_does_not_know(town):
    town.file()
    drain()

    with engine().writing() as writer:
        writer.put(replace(next(entries_of(Case.objects.values_list("pk", flat=True))), document=9_999))

    reindex()

    assert engine().count() == 1


def test_reindex_begins_where_there_is_no_index_and_no_document(town):
    assert reindex().endswith("The index holds 0 documents.\n")


def test_the_jobs_index_and_read_everything(town):
    case = town.file(made.pdf("walnut"))

    jobs.drain_index()
    jobs.read_texts()
    jobs.drain_index()

    assert cases_found(town.alice, "walnut") == {case.pk}


@pytest.mark.parametrize(("files", "readers"), [(0, 0), (1, 1), (2, 1), (3, 2)])
def test_much_to_read_is_read_by_two_workers(town, monkeypatch, files, readers):
    monkeypatch.setattr(jobs, "MUCH_TO_READ", 2)
    handed_over = []
    monkeypatch.setattr(jobs, "_hand_over", handed_over.append)
    if files:
        town.file(*(made.pdf(f"walnut {number}") for number in range(files)))

    jobs.drain_index()

    assert handed_over == ["read_texts"] * readers


def test_beginning_anew_twice_loses_nothing(town):
    case = town.file()
    begin_anew()
    begin_anew()
    drain()

    assert cases_found(town.alice, "tree") == {case.pk}


def test_changes_that_come_together_ask_for_one_run(town, monkeypatch, django_capture_on_commit_callbacks):
    asked = []
    monkeypatch.setattr(jobs, "_asked_for", {})
    monkeypatch.setattr(jobs.drain_index, "apply_async", lambda **options: asked.append(options))

    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            jobs.drain_soon()

    assert asked == [{"countdown": jobs.GATHERING_SECONDS, "retry": False}]


def test_a_broker_that_is_down_does_not_stop_a_filing(town, monkeypatch, django_capture_on_commit_callbacks, caplog):
    def refuse(**options):
        raise ConnectionError("no broker")

    monkeypatch.setattr(jobs, "_asked_for", {})
    monkeypatch.setattr(jobs.drain_index, "apply_async", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        jobs.drain_soon()

    assert "the scheduler will run it" in caplog.text


@pytest.mark.parametrize("results", [1, 3])
def test_the_number_of_questions_to_the_database_is_the_same_for_any_number_of_results(
    town, results, django_assert_num_queries
):
    for _ in range(results):
        town.file(made.pdf("walnut"), made.pdf("another walnut"))
    drain()
    alice = again(town.alice)

    with django_assert_num_queries(4):
        found = find(alice, "walnut", chosen={})

    assert len(found.results) == results
    assert {len(result.passages) for result in found.results} == {2}
