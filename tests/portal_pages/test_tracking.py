"""Following a case without an account."""

import io
from datetime import date, timedelta
from functools import partial

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from cases import clock, history, notes
from cases.acting import Actor
from cases.capturing import FileToKeep, capture, keep_files
from cases.closing import close_case
from cases.dispatching import mark_delivered, mark_returned, mark_sent, send_result
from cases.models import (
    AccessLog,
    Case,
    ComponentFile,
    ComponentRole,
    DeliveryChannel,
    Direction,
    Dispatch,
    Document,
    FileRole,
    RegisterEntry,
    User,
    WrongTry,
)
from cases.outside_access import Secrets, end_access, secrets_of
from cases.rescanning import replace_scan
from tests.factories import SignatureFactory
from tests.portal_pages.filling import PDF, Filling, photo, upload
from tests.portal_pages.test_experience import ended


@pytest.fixture
def case(filling: Filling) -> Case:
    """A case that Ana filed; her browser knows nothing of it any more."""
    filling.send("trees", photos=[upload("tree.jpg", photo())])
    filling.fill_in(but=("trees",))
    filling.file()
    filling.client.cookies.clear()
    return Case.objects.select_related("institution", "unit").get()


@pytest.fixture
def given(case: Case) -> Secrets:
    return secrets_of(RegisterEntry.objects.get().sender)


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice")


def follow(client: Client, case: Case, given: Secrets) -> str:
    """Open the case by number and digits; returns the address of its page."""
    response = client.post("/en/track/", {"number": case.number, "digits": given.grouped})
    return response.headers["Location"]


def page_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


# -- getting in


def test_number_and_digits_open_the_case_at_an_address_without_a_secret(client, case, given):
    address = follow(client, case, given)

    assert address == f"/en/track/{case.public_id}/"
    assert "Your case is with: Environment" in page_of(client, address)


@pytest.mark.parametrize("spelling", ["{0}", " {0} ", "{1}", "{2}"])
def test_spaces_and_hyphens_between_the_digits_do_not_matter(client, case, given, spelling):
    typed = spelling.format(given.digits, given.grouped, given.grouped.replace(" ", "-"))

    response = client.post("/en/track/", {"number": f"  {case.number} ", "digits": typed})

    assert response.status_code == 302


def test_the_link_opens_the_case_in_the_language_of_the_party_and_leaves_no_secret(client, case, given):
    response = client.get(f"/c/{given.token}")

    assert response.headers["Location"] == f"/en/track/{case.public_id}/"


def test_opening_the_link_uses_nothing_up(client, case, given):
    for _visit in range(3):
        assert Client().get(f"/c/{given.token}").status_code == 302


def test_wrong_digits_say_the_same_as_a_number_that_does_not_exist(client, case):
    wrong_digits = client.post("/en/track/", {"number": case.number, "digits": "0000 0000 0000"})
    no_such_case = client.post("/en/track/", {"number": "94-00-999/1.1.2026", "digits": "0000 0000 0000"})

    assert wrong_digits.context["error"] == no_such_case.context["error"]
    assert case.number in wrong_digits.content.decode()


def test_after_ten_wrong_tries_right_digits_are_refused_for_an_hour(client, case, given):
    for _try in range(10):
        client.post("/en/track/", {"number": case.number, "digits": "0000 0000 0000"})

    refused = client.post("/en/track/", {"number": case.number, "digits": given.digits})
    WrongTry.objects.update(at=timezone.now() - timedelta(minutes=61))
    taken = client.post("/en/track/", {"number": case.number, "digits": given.digits})

    assert "too many wrong tries" in refused.context["error"]
    assert taken.status_code == 302


@pytest.mark.parametrize(
    "typed", [{}, {"number": "1"}, {"number": "\x00", "digits": "\x00"}, {"number": "x" * 5000, "digits": "9" * 5000}]
)
def test_nonsense_is_answered_kindly(client, town, typed):
    response = client.post("/en/track/", typed)

    assert response.status_code == 200
    assert response.context["error"]


def test_a_case_that_was_not_opened_looks_like_one_that_does_not_exist(client, case):
    foreign = client.get(f"/en/track/{case.public_id}/")
    nothing = client.get("/en/track/0123456789abcdef/")

    assert (foreign.status_code, foreign.headers["Location"]) == (nothing.status_code, nothing.headers["Location"])


def test_a_forged_cookie_opens_nothing(client, case):
    client.cookies["cases"] = "WzFd:1tABCD:forged"

    assert client.get(f"/en/track/{case.public_id}/").headers["Location"] == "/en/track/"


def test_an_access_that_was_ended_opens_nothing_any_more(client, case, given, alice):
    address = follow(client, case, given)
    end_access(RegisterEntry.objects.get().sender, actor=Actor.administrator(alice), at=timezone.now())

    assert client.get(address).headers["Location"] == "/en/track/"
    assert client.get(f"/c/{given.token}").status_code == 410


def test_closing_the_case_on_this_computer_forgets_it(client, case, given):
    address = follow(client, case, given)
    client.post("/en/track/leave/")

    assert client.get(address).headers["Location"] == "/en/track/"


def test_the_printed_address_leads_to_the_readers_language(client, town):
    response = client.get("/t/", headers={"accept-language": "ro"})

    assert response.headers["Location"] == "/ro/track/"


# -- what is seen


def test_the_way_shows_what_was_where_it_is_and_what_comes(client, case, given):
    page = page_of(client, follow(client, case, given))

    assert f"Registered as {case.number}" in page
    assert "You get the answer" in page
    assert page.count('aria-current="step"') == 1


def test_the_way_names_units_and_no_persons(client, case, given, alice):
    alice.first_name, alice.last_name = "Alice", "Officer"
    alice.save()
    history.record(
        case,
        "ASSIGNED",
        actor=Actor.administrator(alice),
        at=timezone.now(),
        is_public=True,
        payload={"unit": {"en": "Environment"}, "milestone": "WITH_UNIT"},
    )

    page = page_of(client, follow(client, case, given))

    assert "Handed to Environment" in page
    assert "Alice" not in page


def test_while_we_wait_the_page_says_what_for_and_that_the_clock_stands_still(client, case, given, alice):
    actor, at = Actor.administrator(alice), timezone.now()
    history.record(
        case,
        "ASKED_APPLICANT",
        actor=actor,
        at=at,
        is_public=True,
        payload={"until": "2030-01-15", "milestone": "WAITING_FOR_YOU"},
        personal={"message": "The consent of your neighbour is missing."},
    )
    clock.suspend(case, reason="consent", actor=actor, at=at)

    page = page_of(client, follow(client, case, given))

    assert "We are waiting for you" in page
    assert "The consent of your neighbour is missing." in page
    assert "Please send it by <b>15 January 2030</b>" in page
    assert "The deadline does not run" in page


def test_a_closed_case_says_so_and_still_takes_messages(client, case, given, alice):
    case.tasks.update(ended_at=timezone.now(), outcome="DONE")
    close_case(case, outcome="GRANTED", actor=Actor.administrator(alice), at=timezone.now())
    address = follow(client, case, given)

    client.post(address, {"message": "Thank you!"})

    page = page_of(client, address)
    assert "Your case is decided" in page
    assert "Thank you!" in page


def test_an_internal_event_is_not_seen(client, case, given, alice):
    notes.add_phone_note(case, words="Called twice, rude", actor=Actor.administrator(alice), at=timezone.now())

    assert "rude" not in page_of(client, follow(client, case, given))


def test_only_what_is_for_the_applicant_can_be_downloaded(client, case, given):
    address = follow(client, case, given)
    file = ComponentFile.objects.get(name="tree.jpg")

    taken = client.get(f"{address}file/{file.pk}/")
    Document.objects.update(is_for_applicant=False)
    refused = client.get(f"{address}file/{file.pk}/")

    assert taken.getvalue() == photo()
    assert refused.status_code == 404


def test_a_file_leaves_as_an_attachment_in_a_sandbox_and_is_logged(client, case, given):
    address = follow(client, case, given)
    file = ComponentFile.objects.get(name="tree.jpg")

    response = client.get(f"{address}file/{file.pk}/")

    assert response.getvalue() == photo()
    assert response.headers["Content-Disposition"] == 'attachment; filename="tree.jpg"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    opening = AccessLog.objects.get()
    assert (opening.kind, opening.party.name, opening.user) == ("DOWNLOADED", "Ana Marin", None)


def test_what_was_typed_can_be_read_again(client, case, given):
    address = follow(client, case, given)
    file = ComponentFile.objects.get(component__role="ANSWERS")

    page = page_of(client, f"{address}answers/{file.pk}/")

    assert "ul. Lipa 4, behind the school" in page
    assert file.stored_file_id in page


# -- the answer


def decide(case: Case, alice: User, *, channel: str = DeliveryChannel.PORTAL) -> Document:
    """The case with everything that the office does until the answer is sent: asked, sent back, signed, closed."""
    actor, at = Actor.administrator(alice), timezone.now()
    unit = {"en": "Roads"}
    for kind, payload in [
        ("FOUND_COMPLETE", {"milestone": "WITH_UNIT"}),
        ("OPINIONS_ASKED", {"units": unit}),
        ("OPINION_GIVEN", {"unit": unit}),
        ("DRAFT_SENT_ON", {}),
        ("APPROVED", {"milestone": "BEING_SIGNED"}),
        ("DRAFT_SENT_ON", {}),
        ("APPROVED", {"milestone": "BEING_SIGNED"}),
        ("SIGNED", {"milestone": "BEING_SIGNED"}),
    ]:
        history.record(case, kind, actor=actor, at=at, is_public=True, payload=payload)
    case.parties.update(result_channel=channel)
    document = a_decision(case, alice)
    send_result(document, actor=actor, at=at)
    out = {"number": "07-00-1", "register": "outgoing"}
    history.record(case, "REGISTERED_OUT", actor=actor, at=at, is_public=True, payload=out)
    case.tasks.update(ended_at=at, outcome="DONE")
    close_case(case, outcome="GRANTED", actor=actor, at=at)
    return document


def a_decision(case: Case, alice: User) -> Document:
    """A letter of the office, signed: its last file is the signed one."""
    kept = keep_files([FileToKeep("letter.pdf", role=ComponentRole.LETTER, stream=io.BytesIO(PDF))])
    document = capture(
        case,
        title="Permit to fell one tree",
        kind="DECISION",
        direction=Direction.OUT,
        files=kept,
        language="en",
        actor=Actor.administrator(alice),
        at=timezone.now(),
    )
    original = ComponentFile.objects.get(component__document=document)
    ComponentFile.objects.create(
        component=original.component,
        stored_file=original.stored_file,
        role=FileRole.SIGNED,
        name="letter.pdf",
        added_at=timezone.now(),
    )
    return document


def test_of_a_paper_that_was_scanned_again_the_better_scan_stands_on_the_page(client, case, given, alice):
    deed = {"actor": Actor.administrator(alice), "at": timezone.now()}
    document = capture(
        case, title="Permit", kind="DECISION", direction=Direction.OUT, is_for_applicant=True, file_role=FileRole.SCAN,
        files=keep_files([FileToKeep("scan.pdf", stream=io.BytesIO(PDF))]), **deed,
    )  # fmt: skip
    worse = ComponentFile.objects.get(component__document=document)
    better = replace_scan(worse, FileToKeep("scan.pdf", stream=io.BytesIO(PDF + b"sharp")), **deed)

    page = page_of(client, follow(client, case, given))
    checked = page_of(client, f"/d/{document.public_id}")

    assert (f"/file/{better.pk}/" in page, f"/file/{worse.pk}/" in page) == (True, False)
    assert (better.stored_file_id in checked, worse.stored_file_id in checked) == (True, False)


def test_the_check_of_a_paper_says_which_level_its_signature_reached(client, case, alice):
    document = a_decision(case, alice)
    verdict = {"state": "VALID", "signatures": [{"strength": "ADVANCED", "is_seal": False, "is_demo": False}]}
    file = ComponentFile.objects.filter(component__document=document).first()
    SignatureFactory(request__prepared_file=file, request__requested_by=alice, verdict=verdict)

    checked = page_of(client, f"/d/{document.public_id}")

    assert "<dt>Level of the signature</dt><dd>Advanced electronic signature</dd>" in checked


def stations_of(client: Client, address: str) -> list[tuple[str, str]]:
    way = client.get(address).context["way"]
    return [(str(station.words), str(station.place)) for station in way.stations]


def test_a_decided_case_is_told_in_a_persons_order_and_in_few_stations(client, case, given, alice):
    decide(case, alice)

    assert stations_of(client, follow(client, case, given)) == [
        (f"Registered as {case.number}", "PAST"),
        ("Your filing is complete", "PAST"),
        ("We received the opinion of Roads", "PAST"),
        ("The answer was signed", "PAST"),
        ("The answer is on this page", "PAST"),
    ]


def test_while_opinions_are_awaited_the_way_says_who_was_asked(client, case, given, alice):
    for kind, payload in [("OPINIONS_ASKED", {"units": {"en": "Roads, Water"}}), ("OPINION_GIVEN", {"unit": "Water"})]:
        actor = Actor.administrator(alice)
        history.record(case, kind, actor=actor, at=timezone.now(), is_public=True, payload=payload)

    stations = stations_of(client, follow(client, case, given))

    assert stations[1:3] == [
        ("We asked for an opinion: Roads, Water", "PAST"),
        ("We received the opinion of Water", "NOW"),
    ]


@pytest.mark.parametrize(
    ("channel", "steps", "last"),
    [
        (DeliveryChannel.COUNTER, [], ("The answer waits for you at the counter", "NOW")),
        (DeliveryChannel.COUNTER, [mark_delivered], ("You collected the answer", "PAST")),
        (DeliveryChannel.POST, [], ("The answer goes to you by post", "NOW")),
        (DeliveryChannel.POST, [mark_sent], ("The answer was posted to you", "NOW")),
        (DeliveryChannel.POST, [mark_sent, mark_delivered], ("The answer was delivered to you", "PAST")),
        (
            DeliveryChannel.POST,
            [mark_sent, partial(mark_returned, reason="moved")],
            ("The answer came back to us; please call us", "WAITING"),
        ),
    ],
)
def test_the_last_station_says_where_the_answer_is(client, case, given, alice, channel, steps, last):
    decide(case, alice, channel=channel)
    sending = Dispatch.objects.get(kind="RESULT")
    for step in steps:
        step(sending, actor=Actor.administrator(alice), at=timezone.now())

    assert stations_of(client, follow(client, case, given))[-1] == last


def test_who_is_served_through_somebody_else_reads_that_the_case_is_decided(client, case, given, alice):
    decide(case, alice)
    Dispatch.objects.filter(kind="RESULT").delete()

    assert stations_of(client, follow(client, case, given))[-1] == ("Your case is decided", "PAST")


def test_what_was_sent_after_the_answer_stands_after_it(client, case, given, alice):
    decide(case, alice)
    address = follow(client, case, given)
    client.post(address, {"message": "Thank you!"})

    assert [words for words, _place in stations_of(client, address)][-2:] == [
        "The answer is on this page",
        "We received your message",
    ]


def test_the_answer_stands_first_and_is_called_by_its_title_and_the_cases_number(client, case, given, alice):
    document = decide(case, alice)
    address = follow(client, case, given)
    file = ComponentFile.objects.get(component__document=document, role="SIGNED")
    called = f"Permit to fell one tree {case.number.replace('/', '-')}.pdf"

    page = page_of(client, address)
    download = client.get(f"{address}file/{file.pk}/")

    assert page.index("Download the signed answer") < page.index('<ol class="way">')
    assert f">{called}</a><small>signed electronically" in page
    assert "letter.pdf" not in page
    assert download.headers["Content-Disposition"] == f'attachment; filename="{called}"'
    assert download.getvalue() == PDF


def test_what_was_typed_has_a_name_that_people_know(client, case, given):
    address = follow(client, case, given)
    file = ComponentFile.objects.get(component__role="ANSWERS")

    download = client.get(f"{address}file/{file.pk}/")

    called = f"What you typed {case.number.replace('/', '-')}.json"
    assert download.headers["Content-Disposition"] == f'attachment; filename="{called}"'
    assert b"ul. Lipa 4" in download.getvalue()
    assert "answers.json" not in page_of(client, address)


# -- adding


def test_a_message_is_registered_through_the_one_door(client, case, given):
    address = follow(client, case, given)

    response = client.post(address, {"message": "When do you come to look?", "key": "a" * 32})

    entry = RegisterEntry.objects.latest("pk")
    assert response.headers["Location"] == f"{address}?sent=yes#messages"
    assert (entry.case, entry.sender.name, entry.channel) == (case, "Ana Marin", "WEB")
    assert "When do you come to look?" in page_of(client, address)


def test_a_missing_paper_is_registered_with_its_file(client, case, given):
    address = follow(client, case, given)

    client.post(address, {"files": upload("consent.pdf", PDF), "key": "b" * 32})

    document = Document.objects.latest("pk")
    assert (document.kind, document.case) == ("SUPPLEMENT", case)
    assert ComponentFile.objects.get(name="consent.pdf").stored_file.media_type == "application/pdf"


def test_a_message_sent_twice_is_one(client, case, given):
    address = follow(client, case, given)
    for _press in range(2):
        client.post(address, {"message": "Hello", "key": "c" * 32})

    assert RegisterEntry.objects.count() == 2  # the filing and one message


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Write a message or choose a file."),
        ({"message": "x" * 5001}, "too long"),
        ({"message": "Look", "files": ContentFile(b"", name="empty.pdf")}, "is empty"),
        ({"message": "Look", "files": ContentFile(b"<html>", name="scan.pdf")}, "can’t be taken"),
    ],
)
def test_what_cannot_be_taken_is_named_and_the_message_is_kept(client, case, given, sent, words):
    address = follow(client, case, given)

    response = client.post(address, sent)

    errors = "\n".join(why for _target, why in response.context["errors"]).replace("'", "’")
    assert words in errors
    assert response.context["message"] == sent.get("message", "")
    assert RegisterEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [({}, "message"), ({"message": "Look", "files": ContentFile(b"", name="empty.pdf")}, "files")],
)
def test_what_is_wrong_stands_at_its_field_too(client, case, given, sent, field):
    address = follow(client, case, given)

    page = client.post(address, sent).content.decode()

    assert f'class="why" id="{field}-why"' in page
    assert page.count('class="why"') == page.count('aria-invalid="true"') == 1


def test_somebody_who_did_not_open_the_case_adds_nothing(client, case):
    client.post(f"/en/track/{case.public_id}/", {"message": "I was here"})

    assert RegisterEntry.objects.count() == 1


# -- how lean it is


@pytest.mark.parametrize("messages", [1, 3])
def test_the_page_of_a_case_takes_the_same_queries_with_one_message_and_with_three(
    client, case, given, django_assert_num_queries, messages
):
    address = follow(client, case, given)
    for number in range(messages):
        client.post(address, {"message": f"Message {number}", "key": f"{number:032x}"})
    client.get(address)

    with django_assert_num_queries(8):
        client.get(address)


def test_the_due_date_is_the_clocks(client, case, given):
    Case.objects.update(due_date=date(2030, 5, 6))

    assert "6 May 2030" in page_of(client, follow(client, case, given))


def test_the_expected_day_is_told_from_experience_too(client, case, given):
    ended(case.service, *range(1, 11), at=timezone.now())

    page = page_of(client, follow(client, case, given))

    assert "8 of 10 such cases end within 8 days" in page
