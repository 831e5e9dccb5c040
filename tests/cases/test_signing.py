"""Signing in two steps: a prepared document, and a signature that counts only over it."""

import hashlib
import json
import secrets
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from cases.signing import (
    ROOM_FOR_SERVER_KEY,
    CannotBePrepared,
    NotASignature,
    PreparedDocumentChanged,
    PreparedSignature,
    SignatureByAnotherPerson,
    SignatureForAnotherDocument,
    SignatureTooLarge,
    SignerIdentity,
    VerdictState,
    complete,
    prepare,
    server_key_of,
    sign_with_server_key,
    verify,
)
from cases.typesetting import typeset
from tests.cases.papers import NOON, letter, words_of

DORA = SignerIdentity(name="Дора Иванова", institution="Община Бела река", office="Кмет", country="BG")
BOB = SignerIdentity(name="Bob Brown", institution="Община Бела река", office="Head of Environment", country="BG")


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return typeset("letter", letter(), language="bg", at=NOON)


def prepared_for_dora(pdf: bytes) -> PreparedSignature:
    return prepare(pdf, at=NOON, name=DORA.name, room=ROOM_FOR_SERVER_KEY)


def signature_of(identity: SignerIdentity, prepared: PreparedSignature) -> bytes:
    return server_key_of(identity, at=NOON).sign_digest(bytes.fromhex(prepared.digest))


def test_a_signed_letter_holds(pdf):
    signed = sign_with_server_key(prepared_for_dora(pdf), DORA, at=NOON)

    verdict = verify(signed, at=NOON, original=pdf)

    assert verdict.state == VerdictState.VALID
    assert [(one.name, one.office, one.institution, one.level) for one in verdict.signatures] == [
        ("Дора Иванова", "Кмет", "Община Бела река", "PAdES B-B")
    ]
    assert verdict.signatures[0].claimed_at == NOON


def test_the_locked_letter_stays_byte_for_byte_inside_the_signed_one(pdf):
    signed = sign_with_server_key(prepared_for_dora(pdf), DORA, at=NOON)

    assert signed[: len(pdf)] == pdf


def test_a_signature_shows_nothing_and_takes_nothing_away(pdf):
    signed = sign_with_server_key(prepared_for_dora(pdf), DORA, at=NOON)

    before, after = (pypdfium2.PdfDocument(document) for document in (pdf, signed))
    assert words_of(signed) == words_of(pdf)
    assert after[0].render(scale=1).to_pil().tobytes() == before[0].render(scale=1).to_pil().tobytes()
    assert after.get_metadata_dict() == before.get_metadata_dict()


def test_a_signed_letter_stays_made_for_the_archive_and_for_everybody(pdf):
    signed = PdfFileReader(BytesIO(sign_with_server_key(prepared_for_dora(pdf), DORA, at=NOON)))

    metadata = signed.root["/Metadata"].data
    field = signed.root["/AcroForm"]["/Fields"][0]
    assert b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert bool(signed.root["/MarkInfo"]["/Marked"])
    # PDF/UA lets an untagged field stand only outside the page, PDF/A only if it would be printed.
    assert field["/Rect"][0] == field["/Rect"][2]
    assert field["/Rect"][0] < 0
    assert field["/F"] & 4


def test_a_signature_may_come_back_days_later(pdf):
    prepared = prepare(pdf, at=NOON, name=DORA.name)
    kept = json.loads(json.dumps(prepared.session))
    signature = signature_of(DORA, prepared)

    signed = complete(PreparedSignature.resumed(prepared.document, prepared.digest, kept), signature)

    assert verify(signed, at=NOON + timedelta(days=9), original=pdf).is_valid


def test_a_second_official_signs_after_the_first(pdf):
    first = sign_with_server_key(prepared_for_dora(pdf), DORA, at=NOON)

    second = sign_with_server_key(prepare(first, at=NOON, name=BOB.name), BOB, at=NOON)

    verdict = verify(second, at=NOON, original=first)
    assert verdict.state == VerdictState.VALID
    assert [one.name for one in verdict.signatures] == ["Дора Иванова", "Bob Brown"]


def test_each_official_signs_with_a_certificate_of_their_own(pdf):
    prepared = prepared_for_dora(pdf)

    fingerprints = {
        verify(sign_with_server_key(prepared, who, at=NOON), at=NOON).signatures[0].certificate_sha256
        for who in (DORA, BOB)
    }

    assert fingerprints == {server_key_of(who, at=NOON).certificate_sha256 for who in (DORA, BOB)}
    assert len(fingerprints) == 2


def test_a_signature_made_for_another_document_is_refused(pdf):
    other = prepared_for_dora(typeset("letter", letter(title="Refusal"), language="bg", at=NOON))

    with pytest.raises(SignatureForAnotherDocument, match="made for another document"):
        complete(prepared_for_dora(pdf), signature_of(DORA, other))


def test_another_persons_signature_is_refused_where_one_persons_was_asked_for(pdf):
    prepared = prepared_for_dora(pdf)

    with pytest.raises(SignatureByAnotherPerson, match="another person's certificate"):
        complete(
            prepared, signature_of(BOB, prepared), certificate_sha256=server_key_of(DORA, at=NOON).certificate_sha256
        )


def test_a_damaged_signature_is_refused(pdf):
    prepared = prepared_for_dora(pdf)
    signature = signature_of(DORA, prepared)
    damaged = signature[:-1] + bytes([signature[-1] ^ 1])

    with pytest.raises(NotASignature, match="damaged"):
        complete(prepared, damaged)


@pytest.mark.parametrize("rubbish", [b"", b"0", b"%PDF-1.7", secrets.token_bytes(2000), b"\x30\x80" * 300])
def test_what_is_no_signature_is_refused(pdf, rubbish):
    with pytest.raises(NotASignature, match="not a signature"):
        complete(prepared_for_dora(pdf), rubbish)


def test_a_signature_with_something_behind_it_is_refused(pdf):
    prepared = prepared_for_dora(pdf)

    with pytest.raises(NotASignature, match="not a signature"):
        complete(prepared, signature_of(DORA, prepared) + b"tail")


def test_a_signature_too_large_for_its_place_is_refused_with_both_sizes(pdf):
    prepared = prepare(pdf, at=NOON, room=1024)
    signature = signature_of(DORA, prepared)

    with pytest.raises(SignatureTooLarge, match=f"{len(signature)} bytes; 1024 are kept free"):
        complete(prepared, signature)


def test_a_prepared_document_that_was_changed_meanwhile_is_refused(pdf):
    prepared = prepared_for_dora(pdf)
    signature = signature_of(DORA, prepared)
    changed = replace(prepared, document=prepared.document.replace(b"/Title", b"/Tidle", 1))

    with pytest.raises(PreparedDocumentChanged, match="no longer the one that was prepared"):
        complete(changed, signature)


def test_the_digest_is_over_all_but_the_place_of_the_signature(pdf):
    prepared = prepared_for_dora(pdf)

    around = prepared.document[: prepared.start] + prepared.document[prepared.end :]
    assert prepared.digest == hashlib.sha256(around).hexdigest()
    assert prepared.document[prepared.start : prepared.end] == b"<" + b"0" * 2 * ROOM_FOR_SERVER_KEY + b">"
    assert (prepared.original_size, prepared.original_sha256) == (len(pdf), hashlib.sha256(pdf).hexdigest())


def test_a_name_too_long_for_a_certificate_is_read_whole_from_the_signature(pdf):
    long_name = SignerIdentity(name="Мария-Александра Константинова-Димитрова", institution="Община")

    signed = sign_with_server_key(prepare(pdf, at=NOON), long_name, at=NOON)

    assert verify(signed, at=NOON).signatures[0].name == "Мария-Александра Константинова-Димитрова"


@pytest.mark.parametrize("rubbish", [b"", b"hello", b"%PDF-1.7\n%%EOF\n", b"<html></html>" * 100])
def test_what_is_no_pdf_cannot_be_prepared(rubbish):
    with pytest.raises(CannotBePrepared, match="no sound PDF"):
        prepare(rubbish, at=NOON)


def test_a_document_cut_short_cannot_be_prepared(pdf):
    with pytest.raises(CannotBePrepared, match="no sound PDF"):
        prepare(pdf[: len(pdf) // 2], at=NOON)


def test_a_document_with_a_password_cannot_be_prepared(pdf):
    writer = copy_into_new_writer(PdfFileReader(BytesIO(pdf)))
    writer.encrypt("secret")
    protected = BytesIO()
    writer.write(protected)

    with pytest.raises(CannotBePrepared, match="password"):
        prepare(protected.getvalue(), at=NOON)
