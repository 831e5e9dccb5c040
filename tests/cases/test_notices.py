"""Notices: in the party's own language, with the way to the case; the same mail however often the job runs."""

import email
import email.policy
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail

from cases import dispatching, outbox
from cases.capturing import add_file, capture, keep_files
from cases.models import DeliveryChannel, Direction, Dispatch, DispatchState, FileRole, Institution, OutboxRow
from cases.notes import NothingSaid, add_phone_note, send_message
from cases.notices import NOTICES, mail_of, send_mail, words_of
from cases.outside_access import secrets_of
from cases.registration import PartyAsFiled
from tests.cases.town import Town, a_file
from tests.factories import NOON

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def a_party(language: str = "en", **changes) -> PartyAsFiled:
    return PartyAsFiled(**{"name": "Ana Marin", "email": "ana@example.org", "language": language, **changes})


def told(town: Town, notice: str = "MESSAGE", *, language: str = "en", **data) -> Dispatch:
    case = town.file(parties=[a_party(language)]).case
    return dispatching.tell(case, notice, at=NOON, **{"words": "Come by.", "due": "2026-12-07", **data})[0]


def as_received(number: int = 0) -> email.message.EmailMessage:
    """A mail as the applicant's program parses it."""
    return email.message_from_bytes(mail.outbox[number].message().as_bytes(), policy=email.policy.default)


# -- words


@pytest.mark.parametrize("notice", NOTICES)
def test_every_notice_says_its_number_and_leaves_no_gap(town, notice):
    words = words_of(told(town, notice))

    assert "94-1" in words.subject
    assert "{" not in words.subject + words.body


@pytest.mark.parametrize("language", ["bg", "pl", "ro"])
@pytest.mark.parametrize("notice", NOTICES)
def test_every_notice_speaks_the_partys_language(town, notice, language):
    here, english = words_of(told(town, notice, language=language)), words_of(told(town, notice))

    assert here.language == language
    assert here.subject.replace("94-1", "94-2") != english.subject
    assert here.body.replace("94-1", "94-2") != english.body


def test_braces_in_a_message_are_words(town):
    assert "{number} {0.__class__}" in words_of(told(town, words="{number} {0.__class__}")).body


# -- the mail


def test_the_mail_comes_from_the_institution_with_a_link_to_the_case(town, settings):
    settings.DEFAULT_FROM_EMAIL = "Registra <office@bela-reka.example>"
    notice = told(town)

    send_mail({"dispatch": notice.pk}, at=NOON)

    message = as_received()
    assert message["From"] == "Bela Reka <office@bela-reka.example>"
    assert message["To"] == "ana@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert f"{settings.SHORT_ADDRESS}/c/{secrets_of(notice.party).token}" in message.get_content()
    assert "Come by." in message.get_content()


def test_the_institution_is_named_in_the_partys_language(town):
    send_mail({"dispatch": told(town, language="bg").pk}, at=NOON)

    assert as_received()["From"].startswith("Бела река")
    assert as_received()["Content-Language"] == "bg"


def test_without_a_living_access_the_mail_says_where_to_type_the_digits(town, settings):
    notice = told(town)
    notice.party.accesses.update(ended_at=NOON)

    send_mail({"dispatch": notice.pk}, at=NOON)

    assert f"{settings.SHORT_ADDRESS}/t/" in as_received().get_content()


def test_the_message_id_follows_from_the_row(town):
    notice = told(town)

    first, second = mail_of(notice), mail_of(Dispatch.objects.get(pk=notice.pk))

    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert notice.case.public_id in first.extra_headers["Message-ID"]


def test_a_subject_cannot_smuggle_headers_into_the_mail(town):
    case = town.file(subject="Tree\r\nBcc: everybody@example.org", parties=[a_party()]).case
    [notice] = dispatching.tell(case, "MESSAGE", at=NOON, words="x\r\nBcc: everybody@example.org")

    send_mail({"dispatch": notice.pk}, at=NOON)

    assert as_received()["Bcc"] is None
    assert mail.outbox[0].recipients() == ["ana@example.org"]


def test_the_job_sends_the_mail_and_notes_its_evidence(town):
    notice = told(town)

    outbox.run(OutboxRow.objects.get(kind="send_mail").pk, at=NOON)

    notice.refresh_from_db()
    assert (notice.state, notice.sent_at) == (DispatchState.SENT, NOON)
    assert notice.evidence == {"message_id": as_received()["Message-ID"]}


def test_the_job_run_twice_sends_one_mail(town):
    notice = told(town)

    for _number in range(2):
        send_mail({"dispatch": notice.pk}, at=NOON)

    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_down_leaves_the_row_to_another_try(town, monkeypatch):
    notice = told(town)
    row = OutboxRow.objects.get(kind="send_mail")
    with monkeypatch.context() as down:
        down.setattr("django.core.mail.EmailMessage.send", refuse_to_send)
        outbox.run(row.pk, at=NOON)
    row.refresh_from_db()
    failure = row.last_error

    outbox.sweep(at=row.due_at)

    notice.refresh_from_db()
    assert (failure, notice.state, len(mail.outbox)) == ("ConnectionRefusedError: No mail today", "SENT", 1)


def refusing(code: int):
    def send(message, *args, **kwargs):
        raise SMTPRecipientsRefused({"ana@example.org": (code, b"No such person here")})

    return send


def test_an_address_that_takes_no_mail_gets_a_letter(town, monkeypatch):
    notice = told(town)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refusing(550))

    done = outbox.run(OutboxRow.objects.get(kind="send_mail").pk, at=NOON)

    notice.refresh_from_db()
    letter = notice.case.dispatches.get(channel="POST")
    assert (done, notice.state) == (True, DispatchState.REFUSED)
    assert "No such person here" in notice.evidence["reason"]
    assert (letter.state, letter.notice, letter.notice_data) == ("PREPARED", notice.notice, notice.notice_data)


def test_an_address_that_takes_no_mail_just_now_is_tried_again(town, monkeypatch):
    notice = told(town)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refusing(451))

    done = outbox.run(OutboxRow.objects.get(kind="send_mail").pk, at=NOON)

    notice.refresh_from_db()
    assert (done, notice.state, notice.case.dispatches.count()) == (False, DispatchState.PREPARED, 1)


def refuse_to_send(*args, **kwargs):
    raise ConnectionRefusedError("No mail today")


def test_the_signed_answer_is_attached_rather_than_the_unsigned(town):
    case = town.file(parties=[a_party(result_channel=DeliveryChannel.EMAIL)]).case
    actor = town.actor("alice")
    answer = capture(
        case, title="Permit", kind="DECISION", direction=Direction.OUT,
        files=keep_files([a_file(b"%PDF-1.7 plain", name="permit.pdf")]), actor=actor, at=NOON,
    )  # fmt: skip
    [signed] = keep_files([a_file(b"%PDF-1.7 signed", name="permit-signed.pdf")])
    add_file(answer.components.get(), signed, role=FileRole.SIGNED, actor=actor, at=NOON)
    [result] = dispatching.send_result(answer, actor=actor, at=NOON)

    send_mail({"dispatch": result.pk}, at=NOON)

    [attached] = as_received().iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("permit-signed.pdf", "application/pdf")
    assert attached.get_content() == b"%PDF-1.7 signed"


def test_mails_of_two_institutions_carry_their_own_names(town):
    Institution.objects.filter(pk=town.institution.pk).update(names={"en": "Town of Bela Reka"})

    send_mail({"dispatch": told(town).pk}, at=NOON)

    assert as_received()["From"].startswith("Town of Bela Reka")


# -- notes and messages


def test_a_telephone_note_is_for_the_office_only(town):
    event = add_phone_note(town.file().case, words="  She\n called ", actor=town.actor("alice"), at=NOON)

    assert (event.is_public, event.values.get().value) == (False, "She called")


def test_a_message_stands_on_the_page_and_the_applicant_is_told(town):
    case = town.file(parties=[a_party()]).case

    event = send_message(case, words=" Please call us. ", actor=town.actor("alice"), at=NOON)

    assert (event.is_public, event.values.get().value) == (True, "Please call us.")
    assert case.dispatches.get().notice_data == {"words": "Please call us."}


@pytest.mark.parametrize("say", [add_phone_note, send_message])
def test_nothing_said_is_refused(town, say):
    with pytest.raises(NothingSaid, match="Write a few words"):
        say(town.file().case, words=" \n ", actor=town.actor("alice"), at=NOON)
