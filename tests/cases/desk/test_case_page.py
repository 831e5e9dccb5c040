"""The case page: who may open it, what it shows, and the verbs on it."""

import datetime as dt
import io
import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from cases import corrections
from cases.capturing import FileToKeep
from cases.desk.case_page import CasePageView
from cases.dispatching import send_result
from cases.models import (
    AccessKind,
    AccessLevel,
    AccessLog,
    Capacity,
    Case,
    Component,
    ComponentFile,
    ComponentRole,
    Dispatch,
    DispatchState,
    Document,
    Event,
    OutboxRow,
    SignatureCheck,
)
from cases.originals import store
from cases.previews import make_preview
from cases.registration import PartyAsFiled
from tests.cases.town import Town, a_file, bytes_of
from tests.factories import NOON

Desk = Callable[[str], Client]


def open_case(client: Client, case: Case, **asked: Any) -> Any:
    return client.get(reverse("desk_case", args=[case.public_id]), asked)


def act(client: Client, address: str, case: Case, /, **typed: Any) -> Any:
    return client.post(reverse(address, args=[case.public_id]), typed, follow=True)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


class MyTask(SafeString):
    place = "act"


# What a procedure would show of itself.
PANELS = {
    "registra_case_steps": SimpleNamespace(name="Registered", state="NOW", date=None),
    "registra_case_panels": MyTask("<p>My task here</p>"),
}


def restricted(case: Case) -> Case:
    Case.objects.filter(pk=case.pk).update(access_level=AccessLevel.RESTRICTED)
    return case


# -- Opening


def test_the_page_shows_what_the_case_is_about_and_what_happened(town: Town, desk: Desk) -> None:
    case = town.file().case

    answer = open_case(desk("alice"), case)

    page = answer.content.decode()
    assert "Dangerous tree by the school</h2>" in page
    assert "Ana Marin" in page
    assert [line.words for line in answer.context["newest"]] == [f"Registered as {case}"]
    assert [line.who for line in answer.context["newest"]] == ["The applicant"]


def test_the_task_stands_before_everything_but_the_title(town: Town, desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(CasePageView, "_from_hooks", lambda view, name: [PANELS[name]])

    page = open_case(desk("alice"), town.file().case).content.decode()

    order = ["Dangerous tree by the school</h2>", "My task here", "desk-steps", "documents-title"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)


@pytest.mark.parametrize(("days", "tags"), [(3, 0), (-1, 1)])
def test_the_legal_term_is_said_once_unless_it_is_late(town: Town, desk: Desk, days: int, tags: int) -> None:
    case = town.file().case
    Case.objects.filter(pk=case.pk).update(due_date=timezone.localdate() + dt.timedelta(days=days))

    head = open_case(desk("alice"), case).content.decode().split("desk-case__head")[1].split("desk-panel")[0]

    assert head.count("legal term ends") == 1
    assert head.count("desk-tag--") == tags


def test_the_list_of_documents_names_files_for_people(town: Town, desk: Desk) -> None:
    files = [
        FileToKeep("answers.json", stream=io.BytesIO(b"{}"), role=ComponentRole.ANSWERS),
        FileToKeep("letter.txt", stream=io.BytesIO(b"A letter"), role=ComponentRole.LETTER),
        FileToKeep("photo.txt", stream=io.BytesIO(b"A photo"), role=ComponentRole.ANNEX),
    ]

    [shelf] = open_case(desk("alice"), town.file(files=files).case).context["shelves"]

    assert [line.name for line in shelf.lines] == ["What was typed", "letter.txt", "Annex: photo.txt"]


def test_each_row_of_a_group_is_a_line_of_its_own(town: Town, desk: Desk) -> None:
    rows = [[{"label": "Species", "in_words": tree}] for tree in ("Lime", "Oak")]
    question = {"key": "trees", "kind": "GROUP", "label": "Trees", "in_words": "…", "rows_in_words": rows}
    content = json.dumps({"pages": [{"title": "The trees", "questions": [question]}]}).encode()
    case = town.file(files=[FileToKeep("answers.json", stream=io.BytesIO(content), role=ComponentRole.ANSWERS)]).case

    page = open_case(desk("alice"), case).content.decode()

    assert re.findall(r"<li><span>Species: <b>(\w+)</b></span> </li>", page) == ["Lime", "Oak"]


@pytest.mark.parametrize(
    ("state", "words", "level"),
    [
        ("VALID", "The signatures hold", "Qualified electronic signature"),
        ("INVALID", "The signatures do not hold", ""),
        ("CANNOT_BE_VERIFIED", "Cannot be verified", ""),
    ],
)
def test_a_signed_file_says_who_signed_when_and_whether_it_holds(
    town: Town, desk: Desk, state: str, words: str, level: str
) -> None:
    case = town.file().case
    signature = {"name": "Eva Petrova", "office": "", "institution": "Bela Reka Ltd", "claimed_at": NOON.isoformat()}
    signature["strength"] = "QUALIFIED"
    verdict = {"state": state, "reason": "", "checked_at": NOON.isoformat(), "signatures": [signature]}
    file = ComponentFile.objects.filter(component__document__case=case).first()
    SignatureCheck.objects.create(stored_file=file.stored_file, verdict=verdict, checked_at=NOON)

    [line] = open_case(desk("alice"), case).context["shelves"][0].lines

    assert str(line.signed.words) == words
    assert [(signer.name, signer.at, signer.level) for signer in line.signed.signers] == [
        ("Eva Petrova, Bela Reka Ltd", NOON, level)
    ]


def test_a_file_without_signatures_says_nothing_of_them(town: Town, desk: Desk) -> None:
    answer = open_case(desk("alice"), town.file().case)

    assert [line.signed for shelf in answer.context["shelves"] for line in shelf.lines] == [None]
    assert "desk-signed" not in answer.content.decode()


def test_each_opening_is_logged_with_the_document_that_was_shown(town: Town, desk: Desk) -> None:
    entry = town.file()

    open_case(desk("alice"), entry.case)

    log = AccessLog.objects.order_by("pk")
    assert [(line.user.username, line.kind, line.document) for line in log] == [
        ("alice", AccessKind.OPENED_CASE, None),
        ("alice", AccessKind.OPENED_DOCUMENT, entry.documents.get()),
    ]


def test_a_case_that_one_may_not_see_answers_like_one_that_does_not_exist(town: Town, desk: Desk) -> None:
    case = town.file().case
    charlie = desk("charlie")

    hidden, missing = open_case(charlie, case), charlie.get(reverse("desk_case", args=["0123456789abcdef"]))

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.content == missing.content
    assert AccessLog.objects.count() == 0


@pytest.mark.parametrize(
    "verb",
    [
        "desk_case_reason",
        "desk_phone_note",
        "desk_message",
        "desk_add_document",
        "desk_relate",
        "desk_correct_subject",
        "desk_join_cases",
        "desk_move_document",
        "desk_retitle_document",
        "desk_sending",
        "desk_access_again",
    ],
)
def test_no_verb_works_on_a_case_that_one_may_not_see(town: Town, desk: Desk, verb: str) -> None:
    case = town.file().case
    people = ["charlie", "rada"]

    answers = [act(desk(name), verb, case, words="Hello", reason="A good reason") for name in people]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Event.objects.filter(case=case).count() == 1


def test_a_restricted_case_asks_the_registry_for_a_reason_first(town: Town, desk: Desk) -> None:
    case = restricted(town.file().case)
    rita = desk("rita")

    asked = open_case(rita, case)
    short = act(rita, "desk_case_reason", case, reason="no")
    opened = act(rita, "desk_case_reason", case, reason="The applicant asks by telephone")

    assert b"Why do you need to open it?" in asked.content
    assert b"Ana Marin" not in asked.content
    assert "Say in a few words why" in said(short)[0]
    assert b"Ana Marin" in opened.content
    assert AccessLog.objects.filter(kind=AccessKind.GAVE_REASON).get().reason == "The applicant asks by telephone"


def test_a_restricted_case_is_open_to_who_works_on_it(town: Town, desk: Desk) -> None:
    case = restricted(town.file().case)

    assert b"Ana Marin" in open_case(desk("alice"), case).content


def test_a_restricted_case_takes_no_verb_before_the_reason(town: Town, desk: Desk) -> None:
    case = restricted(town.file().case)

    assert act(desk("rita"), "desk_phone_note", case, words="Hello").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_more_documents_ask_the_database_no_more(
    town: Town, desk: Desk, rows: int, django_assert_num_queries: Any
) -> None:
    entry = town.file()
    for _item in range(rows):
        town.bring(entry.case)
    alice = desk("alice")

    with django_assert_num_queries(45):
        answer = open_case(alice, entry.case)

    assert len(answer.context["shelves"]) == rows + 1


# -- Documents


def test_the_pages_of_the_chosen_file_stand_beside_the_list(town: Town, desk: Desk) -> None:
    case = town.file(files=[a_file(), a_file(b"Another", name="other.txt")]).case
    chosen = ComponentFile.objects.get(name="other.txt")
    make_preview(chosen.stored_file, at=NOON)

    answer = open_case(desk("alice"), case, file=chosen.pk)

    assert answer.context["shown"] == chosen
    assert f'src="/office/files/{chosen.pk}/pages/1/"' in answer.content.decode()


def test_pages_that_are_not_made_yet_are_asked_for(town: Town, desk: Desk) -> None:
    case = town.file().case
    OutboxRow.objects.all().delete()

    answer = open_case(desk("alice"), case)

    assert b"The pages are being prepared." in answer.content
    assert OutboxRow.objects.get().kind == "make_previews"


def test_answers_are_shown_as_they_were_asked_and_sent(town: Town, desk: Desk) -> None:
    questions = [
        {"key": "why", "kind": "text", "label": "Why?", "answer": "<b>It leans</b>", "in_words": "<b>It leans</b>"},
        {"key": "girth", "kind": "text", "label": "Girth"},
    ]
    asked = {"form": "trees", "language": "en", "pages": [{"title": "The tree", "questions": questions}]}
    case = town.file(asked=asked).case

    page = open_case(desk("alice"), case).content.decode()

    assert "The tree" in page
    assert "&lt;b&gt;It leans&lt;/b&gt;" in page
    assert "not answered" in page


def test_rows_of_answers_are_shown_one_to_a_line(town: Town, desk: Desk) -> None:
    rows = [[{"label": "Kind", "in_words": kind}, {"label": "Girth", "in_words": "95 cm"}] for kind in ("oak", "lime")]
    question = {"key": "trees", "label": "Trees", "in_words": "1. …", "rows_in_words": rows}
    case = town.file(asked={"form": "trees", "pages": [{"title": "Which trees?", "questions": [question]}]}).case

    page = open_case(desk("alice"), case).content.decode()

    assert page.count("<li><span>Kind: <b>") == 2
    assert "<span>Kind: <b>lime</b></span> <span>Girth: <b>95 cm</b></span>" in page
    assert "answers.json" not in page


def test_the_office_adds_a_document_of_its_own(town: Town, desk: Desk) -> None:
    case = town.file().case
    photo = SimpleUploadedFile("photo.txt", b"The stump")

    answer = act(desk("alice"), "desk_add_document", case, title="Visit on the spot", files=[photo])

    document = Document.objects.get(title="Visit on the spot")
    assert said(answer) == ["“Visit on the spot” was added."]
    assert (document.direction, document.entry, document.is_for_applicant) == ("INTERNAL", None, False)
    assert bytes_of(ComponentFile.objects.get(component__document=document).stored_file_id) == b"The stump"
    assert Event.objects.filter(case=case).latest("seq").kind == "DOCUMENT_ADDED"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": "Visit"}, "choose at least one file"),
        ({"title": " ", "files": [SimpleUploadedFile("photo.txt", b"The stump")]}, "Name the document"),
        ({"title": "Visit", "files": [SimpleUploadedFile("photo.txt", b"")]}, "is empty"),
    ],
)
def test_a_document_without_name_or_bytes_is_refused(town: Town, desk: Desk, typed: dict[str, Any], words: str) -> None:
    case = town.file().case

    answer = act(desk("alice"), "desk_add_document", case, **typed)

    assert words in said(answer)[0]
    assert case.documents.count() == 1


# -- Words


def test_a_telephone_note_is_one_line_of_the_history(town: Town, desk: Desk) -> None:
    case = town.file().case

    answer = act(desk("alice"), "desk_phone_note", case, words="She asks when we come")

    assert answer.context["newest"][0].words == "Telephone note: She asks when we come"
    assert answer.context["newest"][0].who == "Alice"


def test_an_empty_note_is_refused_in_words(town: Town, desk: Desk) -> None:
    answer = act(desk("alice"), "desk_phone_note", town.file().case, words=" ")

    assert said(answer) == ["Write a few words first."]


def test_a_message_goes_to_the_applicant(town: Town, desk: Desk) -> None:
    case = town.file(parties=[PartyAsFiled(name="Ana Marin", email="ana@example.org")]).case

    act(desk("alice"), "desk_message", case, words="We come on Monday.")

    assert Dispatch.objects.get().notice == "MESSAGE"
    assert Event.objects.filter(case=case).latest("seq").is_public


def test_a_substitute_is_named_with_the_post(town: Town, desk: Desk) -> None:
    case = town.file().case
    post = town.person("helen").memberships.get().post
    actor = town.actor("bob").__class__(town.person("bob"), Capacity.SUBSTITUTE, post)
    corrections.correct_subject(case, subject="A tree", reason="Shorter", actor=actor, at=NOON)

    answer = open_case(desk("alice"), case)

    assert answer.context["newest"][0].who == "Bob for Officer"


# -- Corrections


def test_a_case_is_related_to_another_by_its_number(town: Town, desk: Desk) -> None:
    case, other = town.file().case, town.file().case

    act(desk("alice"), "desk_relate", case, number=other.number, kind="APPEAL")

    assert [(one.case, one.words) for one in open_case(desk("alice"), other).context["relations"]] == [
        (case, "Appealed by")
    ]


def test_an_unknown_number_relates_nothing(town: Town, desk: Desk) -> None:
    answer = act(desk("alice"), "desk_relate", town.file().case, number="nonsense", kind="APPEAL")

    assert said(answer) == ["There is no case with the number “nonsense”."]


def test_a_head_corrects_the_subject_and_the_old_one_stays_readable(town: Town, desk: Desk) -> None:
    case = town.file().case

    answer = act(desk("helen"), "desk_correct_subject", case, subject="A walnut tree", reason="Slip")

    assert "from “Dangerous tree by the school” to “A walnut tree”" in answer.context["newest"][0].words


def test_an_officer_corrects_nothing(town: Town, desk: Desk) -> None:
    case = town.file().case

    answer = act(desk("alice"), "desk_correct_subject", case, subject="A walnut tree", reason="Slip")

    assert answer.status_code == 404
    assert b"Correct a mistake" not in open_case(desk("alice"), case).content


def test_a_document_is_moved_to_the_case_that_it_belongs_to(town: Town, desk: Desk) -> None:
    case, other = town.file().case, town.file().case
    document = town.bring(case, title="Sketch of another yard").documents.get()

    act(desk("rita"), "desk_move_document", case, document=document.pk, number=other.number, reason="Wrong pile")

    assert Document.objects.get(pk=document.pk).case == other


def test_a_document_of_another_case_cannot_be_corrected_from_here(town: Town, desk: Desk) -> None:
    case, other = town.file(), town.file()
    document = other.documents.get()

    answer = act(desk("rita"), "desk_retitle_document", case.case, document=document.pk, title="Mine now")

    assert answer.status_code == 404


def test_a_document_is_called_what_it_is(town: Town, desk: Desk) -> None:
    entry = town.file()
    document = entry.documents.get()

    act(desk("rita"), "desk_retitle_document", entry.case, document=document.pk, title="Sketch", reason="Slip")

    assert Document.objects.get(pk=document.pk).title == "Sketch"


def test_a_joined_case_leads_to_the_other(town: Town, desk: Desk) -> None:
    case, other = town.file(service=None).case, town.file().case
    case.tasks.all().delete()

    answer = act(desk("rita"), "desk_join_cases", case, number=other.number)

    assert f"This case is handled as {other}." in answer.content.decode()


# -- Sending, access


def sent_result(town: Town, channel: str) -> Dispatch:
    entry = town.file(parties=[PartyAsFiled(name="Ana Marin", result_channel=channel)])
    (dispatch,) = send_result(entry.documents.get(), actor=town.actor("alice"), at=NOON)
    return dispatch


def test_what_became_of_a_letter_is_noted(town: Town, desk: Desk) -> None:
    dispatch = sent_result(town, "POST")
    rita = desk("rita")

    act(rita, "desk_sending", dispatch.case, sending=dispatch.pk, verb="sent")
    act(rita, "desk_sending", dispatch.case, sending=dispatch.pk, verb="returned", reason="Moved away")

    assert Dispatch.objects.get(pk=dispatch.pk).state == DispatchState.RETURNED


def test_a_letter_is_handed_over_at_the_counter_once(town: Town, desk: Desk) -> None:
    dispatch = sent_result(town, "COUNTER")
    rita = desk("rita")

    act(rita, "desk_sending", dispatch.case, sending=dispatch.pk, verb="delivered")
    again = act(rita, "desk_sending", dispatch.case, sending=dispatch.pk, verb="delivered")

    assert Dispatch.objects.get(pk=dispatch.pk).state == DispatchState.DELIVERED
    assert "has its end already" in said(again)[0]


def test_who_lost_the_receipt_gets_new_digits(town: Town, desk: Desk) -> None:
    entry = town.file()

    answer = act(desk("rita"), "desk_access_again", entry.case, party=entry.sender.pk)

    assert "New digits for Ana Marin: " in said(answer)[0]
    assert entry.sender.accesses.filter(ended_at__isnull=True).count() == 2


# -- Files


def file_of(case: Case) -> ComponentFile:
    return ComponentFile.objects.get(component__document__case=case)


def bytes_in(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_file_leaves_as_an_attachment_in_a_sandbox_and_is_logged(town: Town, desk: Desk) -> None:
    case = town.file(files=[a_file(b"<script>alert(1)</script>", name="évil\u202e.html")]).case

    answer = desk("alice").get(reverse("desk_file", args=[file_of(case).pk]))

    assert bytes_in(answer) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert AccessLog.objects.get().kind == AccessKind.DOWNLOADED


def test_a_file_of_a_case_that_one_may_not_see_does_not_exist(town: Town, desk: Desk) -> None:
    case = town.file().case
    charlie = desk("charlie")

    hidden = charlie.get(reverse("desk_file", args=[file_of(case).pk]))
    missing = charlie.get(reverse("desk_file", args=[999]))

    assert (hidden.status_code, hidden.content) == (404, missing.content)
    assert charlie.get(reverse("desk_page_image", args=[file_of(case).pk, 1])).status_code == 404
    assert AccessLog.objects.count() == 0


def test_a_restricted_document_stays_shut_until_a_reason_was_given(town: Town, desk: Desk) -> None:
    case = restricted(town.file().case)
    rita = desk("rita")
    address = reverse("desk_file", args=[file_of(case).pk])

    before = rita.get(address).status_code
    act(rita, "desk_case_reason", case, reason="The applicant asks by telephone")

    assert before == 404
    assert bytes_in(rita.get(address)) == b"The oak leans over the fence."


def test_a_file_whose_bytes_are_gone_says_so(town: Town, desk: Desk) -> None:
    case = town.file().case
    store().remove_bytes(file_of(case).stored_file_id)

    answer = desk("alice").get(reverse("desk_file", args=[file_of(case).pk]))

    assert (answer.status_code, answer.content) == (410, b"This file is no longer kept; its name and hash are.")


def test_a_page_is_a_picture_that_we_made(town: Town, desk: Desk) -> None:
    file = file_of(town.file().case)
    alice = desk("alice")
    address = reverse("desk_page_image", args=[file.pk, 1])

    waiting = alice.get(address)
    make_preview(file.stored_file, at=NOON)
    large, small = (bytes_in(alice.get(address, asked)) for asked in ({}, {"small": ""}))

    assert (waiting.status_code, waiting["Retry-After"]) == (503, "3")
    assert large[8:12] == small[8:12] == b"WEBP"
    assert len(small) < len(large)
    assert alice.get(reverse("desk_page_image", args=[file.pk, 2])).status_code == 404


def test_a_copy_for_signature_gives_way_to_the_signed_one(town: Town, desk: Desk) -> None:
    entry = town.file(files=[a_file(b"Draft", name="decision.txt")])
    component = Component.objects.get(document__case=entry.case)
    draft = component.files.get()
    ComponentFile.objects.filter(pk=draft.pk).update(role="FOR_SIGNATURE")
    signed = ComponentFile.objects.create(
        component=component, stored_file=draft.stored_file, role="SIGNED", name="signed.txt", added_at=NOON
    )

    answer = open_case(desk("alice"), entry.case)

    assert [line.file for line in answer.context["shelves"][0].lines] == [signed]
