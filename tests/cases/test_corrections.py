"""Corrections: by events, never by editing history; old values stay readable, old numbers lead on."""

import datetime as dt

import pytest

from cases import assigning, clock, corrections, history
from cases.capturing import capture
from cases.closing import close_case
from cases.corrections import CorrectionRefused
from cases.models import Case, CaseReader, CaseRelation, CaseState, Document, RegisterEntry, RelationKind
from cases.outside_access import open_with_link, secrets_of
from cases.registration import PartyAsFiled
from tests.cases.town import Town
from tests.factories import DAY, NOON, CaseFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def deed(town: Town) -> dict:
    return {"actor": town.actor("rita"), "at": NOON + DAY}


def without_tasks(case: Case) -> Case:
    case.tasks.update(ended_at=NOON, outcome="DONE")
    return case


def kinds(case: Case) -> list[str]:
    return list(case.events.order_by("seq").values_list("kind", flat=True))


def whole(*cases: Case) -> bool:
    return not any(list(history.broken_links(Case.objects.get(pk=case.pk))) for case in cases)


# -- moving


def test_a_document_moves_with_its_number_and_both_histories_say_so(town, deed):
    wrong, right = town.file().case, town.file().case
    entry = town.bring(wrong, title="Sketch")

    corrections.move_document(entry.documents.get(), to=right, reason="Mixed up", **deed)

    assert (Document.objects.get(entry=entry).case, RegisterEntry.objects.get(pk=entry.pk).case) == (right, right)
    out, into = wrong.events.get(kind="DOCUMENT_MOVED_OUT"), right.events.get(kind="DOCUMENT_MOVED_IN")
    assert (out.payload, into.payload) == ({"other": "94-2"}, {"other": "94-1"})
    assert out.values.get(name="reason").value == "Mixed up"
    assert whole(wrong, right)


def test_the_receipt_goes_along_with_what_it_is_about(town, deed):
    wrong, right = town.file().case, town.file().case
    entry = town.bring(wrong)
    receipt = capture(wrong, title="Receipt", kind="RECEIPT", direction="OUT", files=[], missing_reason="-", **deed)
    Document.objects.filter(pk=receipt.pk).update(entry=entry)

    corrections.move_document(entry.documents.get(kind="SUPPLEMENT"), to=right, reason="Mixed up", **deed)

    assert (Document.objects.get(pk=receipt.pk).case, RegisterEntry.objects.get(pk=entry.pk).case) == (right, right)


def test_a_document_is_not_moved_to_where_it_is(town, deed):
    entry = town.file()

    with pytest.raises(CorrectionRefused, match="in case 94-1 already"):
        corrections.move_document(entry.documents.get(), to=entry.case, reason="?", **deed)


def test_of_two_who_move_a_document_the_second_moves_it_from_where_it_is_now(town, deed):
    wrong, right, third = (town.file().case for _number in range(3))
    stale = town.bring(wrong).documents.get()
    corrections.move_document(Document.objects.get(pk=stale.pk), to=right, reason="Mixed up", **deed)

    corrections.move_document(stale, to=third, reason="Not there", **deed)

    assert kinds(wrong).count("DOCUMENT_MOVED_OUT") == 1
    assert kinds(right)[-1] == "DOCUMENT_MOVED_OUT"
    assert Document.objects.get(pk=stale.pk).case == third


def test_nothing_moves_to_another_institution(town, deed):
    document = town.file().documents.get()

    with pytest.raises(CorrectionRefused, match="another institution"):
        corrections.move_document(document, to=CaseFactory(), reason="?", **deed)


# -- descriptions


def test_a_corrected_title_keeps_the_old_one_readable(town, deed):
    document = town.file().documents.get()

    corrections.retitle_document(document, title=" Tree by the kindergarten ", reason="Misheard", **deed)

    document.refresh_from_db()
    event = document.case.events.get(kind="DESCRIPTION_CORRECTED")
    assert document.title == "Tree by the kindergarten"
    assert history.words_of(event) == (
        "The title was corrected from “Dangerous tree by the school” to “Tree by the kindergarten”: Misheard"
    )


def test_subject_and_name_are_corrected_the_same_way(town, deed):
    entry = town.file()

    corrections.correct_subject(entry.case, subject="Two trees", reason="Counted", **deed)
    corrections.correct_name(entry.sender, name="Anna Marin", reason="Two n", **deed)

    read = [history.words_of(event) for event in entry.case.events.filter(kind="DESCRIPTION_CORRECTED").order_by("seq")]
    assert read == [
        "The subject was corrected from “Dangerous tree by the school” to “Two trees”: Counted",
        "The name was corrected from “Ana Marin” to “Anna Marin”: Two n",
    ]
    assert Case.objects.get(pk=entry.case_id).subject == "Two trees"


@pytest.mark.parametrize(("title", "words"), [("  ", "Write what"), ("Dangerous tree by the school", "reads already")])
def test_a_correction_that_corrects_nothing_is_refused(town, deed, title, words):
    with pytest.raises(CorrectionRefused, match=words):
        corrections.retitle_document(town.file().documents.get(), title=title, reason="?", **deed)


# -- relating


def test_two_cases_of_the_same_matter_are_related_once(town, deed):
    case, other = town.file().case, town.file().case

    for _number in range(2):
        corrections.relate(case, other, kind=RelationKind.APPEAL, **deed)

    assert CaseRelation.objects.get().kind == RelationKind.APPEAL
    assert (kinds(case).count("CASE_RELATED"), kinds(other).count("CASE_RELATED")) == (1, 1)
    assert history.words_of(case.events.get(kind="CASE_RELATED")) == "Related to case 94-2: Appeal against"


def test_a_case_is_not_related_to_itself(town, deed):
    case = town.file().case

    with pytest.raises(CorrectionRefused):
        corrections.relate(case, case, kind=RelationKind.SAME_MATTER, **deed)


@pytest.mark.parametrize("kind", [RelationKind.JOINED_INTO, RelationKind.SPLIT_FROM])
def test_relating_cannot_make_a_case_lead_elsewhere(town, deed, kind):
    with pytest.raises(CorrectionRefused, match="their own acts"):
        corrections.relate(town.file().case, town.file().case, kind=kind, **deed)


# -- joining


def test_a_joined_case_leads_to_the_other_and_its_people_keep_seeing_it(town, deed):
    case, into = without_tasks(town.file().case), town.file().case
    assigning.open_to(case, unit=town.roads)

    corrections.join_cases(case, into=into, **deed)

    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.handled_in(), case.clock.stopped_at) == (CaseState.JOINED, into, NOON + DAY)
    assert CaseReader.objects.filter(case=into, unit=town.roads).exists()
    assert (kinds(case)[-1], kinds(into)[-1]) == ("CASE_JOINED_INTO", "CASE_TOOK_IN")
    assert whole(case, into)


def test_a_case_with_open_tasks_is_not_joined(town, deed):
    with pytest.raises(CorrectionRefused, match="open tasks"):
        corrections.join_cases(town.file().case, into=town.file().case, **deed)


def test_a_joined_case_is_neither_joined_again_nor_joined_to(town, deed):
    case, into, third = (without_tasks(town.file().case) for _number in range(3))
    corrections.join_cases(case, into=into, **deed)

    with pytest.raises(CorrectionRefused, match="closed or joined already"):
        corrections.join_cases(case, into=third, **deed)
    with pytest.raises(CorrectionRefused, match="was joined itself"):
        corrections.join_cases(third, into=case, **deed)
    with pytest.raises(CorrectionRefused):
        corrections.join_cases(third, into=third, **deed)


def test_a_case_is_not_joined_to_one_that_was_answered(town, deed):
    case, into = without_tasks(town.file().case), without_tasks(town.file().case)
    close_case(into, outcome="GRANTED", **deed)

    with pytest.raises(CorrectionRefused, match="no answer would follow"):
        corrections.join_cases(case, into=Case.objects.get(pk=into.pk), **deed)


# -- splitting


def test_a_second_matter_becomes_a_case_of_its_own(town, deed):
    case = town.file().case
    document = town.bring(case, title="About the pavement").documents.get()

    split = corrections.split_case(case, documents=[document], subject="Pavement", reason="Two matters", **deed)

    document.refresh_from_db()
    assert (document.case, split.subject, split.number) == (split, "Pavement", "94-1/2")
    assert (split.unit, split.record_class, split.service) == (case.unit, case.record_class, case.service)
    assert case.related_from.get().kind == RelationKind.SPLIT_FROM
    assert whole(case, split)


def test_a_split_case_keeps_the_term_and_it_can_stand_still(town, deed):
    case = town.file().case
    document = town.bring(case).documents.get()
    split = corrections.split_case(case, documents=[document], subject="Pavement", reason="Two", **deed)

    clock.suspend(split, reason="Which street?", actor=deed["actor"], at=NOON + DAY)
    clock.resume(split, actor=deed["actor"], at=NOON + 4 * DAY)

    assert Case.objects.get(pk=split.pk).due_date == dt.date(2026, 12, 10)
    assert Case.objects.get(pk=case.pk).due_date == dt.date(2026, 12, 7)


def test_people_of_a_split_case_have_a_way_in_of_their_own(town, deed):
    parties = [PartyAsFiled(name="Ana Marin"), PartyAsFiled(role="REPRESENTATIVE", name="Ivo Lazar", represents=0)]
    entry = town.file(parties=parties)
    document = town.bring(entry.case).documents.get()

    split = corrections.split_case(entry.case, documents=[document], subject="Pavement", reason="Two", **deed)

    ana, ivo = split.parties.get(name="Ana Marin"), split.parties.get(name="Ivo Lazar")
    assert ivo.represents == ana
    assert open_with_link(secrets_of(ana).token).case == split
    assert open_with_link(secrets_of(entry.sender).token).case == entry.case
    assert secrets_of(ivo) is None


def test_each_split_has_a_number_of_its_own(town, deed):
    case = town.file().case
    documents = [town.bring(case).documents.get() for _number in range(2)]

    splits = [corrections.split_case(case, documents=[one], subject="More", reason="Two", **deed) for one in documents]

    assert [split.number for split in splits] == ["94-1/2", "94-1/3"]


def test_a_split_takes_documents_of_this_case_only(town, deed):
    case, other = town.file().case, town.file()

    with pytest.raises(CorrectionRefused):
        corrections.split_case(case, documents=[other.documents.get()], subject="?", reason="?", **deed)
    with pytest.raises(CorrectionRefused):
        corrections.split_case(case, documents=[], subject="?", reason="?", **deed)
