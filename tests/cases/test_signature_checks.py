"""Signatures on what comes in: checked apart from us, told in one line, never in the way of a filing."""

import datetime as dt
from io import BytesIO

import pytest

from cases import signature_checks
from cases.media_types import PDF
from cases.models import SignatureCheck, StoredFile
from cases.originals import store
from cases.receipts import make_receipt
from cases.signature_checks import check_signatures, kept_check
from cases.signing import SignerIdentity, ensure_demo_authority, prepare, server_key_of, sign, sign_with_server_key
from cases.signing.authority import DemoAuthority
from cases.signing.server_key import ServerKey
from cases.typesetting import typeset
from tests.cases.papers import letter, words_of
from tests.cases.test_receipts import kept_pdf
from tests.cases.town import Town, a_file
from tests.factories import NOON

EVA = SignerIdentity(name="Ева Петрова", institution="Бела река ООД")


def a_paper() -> bytes:
    return typeset("letter", letter(), language="en", at=NOON)


def signed_paper() -> bytes:
    return sign_with_server_key(prepare(a_paper(), at=NOON), EVA, at=NOON)


def stored(content: bytes, media_type: str = PDF) -> StoredFile:
    kept = store().keep(BytesIO(content))
    return StoredFile.objects.create(sha256=kept.sha256, size=kept.size, media_type=media_type, stored_at=NOON)


@pytest.mark.django_db
def test_a_signed_pdf_is_checked_in_a_process_of_its_own():
    found = check_signatures(stored(signed_paper()), at=NOON)

    assert found is not None
    assert found["state"] == "VALID"
    assert [one["name"] for one in found["signatures"]] == ["Ева Петрова"]


@pytest.mark.django_db
def test_an_unsigned_file_is_not_checked():
    assert check_signatures(stored(a_paper()), at=NOON) is None
    assert check_signatures(stored(b"only words about a /ByteRange", "text/plain"), at=NOON) is None


@pytest.mark.django_db
def test_a_check_is_made_once_and_kept(monkeypatch):
    file = stored(signed_paper())
    first = kept_check(file, at=NOON)
    monkeypatch.setattr(signature_checks, "check_signatures", None)

    again = kept_check(file, at=NOON + dt.timedelta(days=400))

    assert again == first
    assert file.signature_check.checked_at == NOON


@pytest.mark.django_db
def test_nothing_is_kept_about_an_unsigned_file():
    assert kept_check(stored(a_paper()), at=NOON) is None
    assert not SignatureCheck.objects.exists()


@pytest.mark.django_db
def test_a_mark_between_two_pieces_is_not_overlooked(monkeypatch):
    content = signed_paper()
    monkeypatch.setattr(signature_checks, "CHUNK", content.index(signature_checks.MARK) + 4)

    assert check_signatures(stored(content), at=NOON) is not None


@pytest.mark.django_db
def test_a_file_that_says_it_is_signed_and_is_rubbish_cannot_be_verified():
    found = check_signatures(stored(b"%PDF-1.7\n/ByteRange [0 1 2 3]\n%%EOF"), at=NOON)

    assert found is not None
    assert found["state"] == "CANNOT_BE_VERIFIED"


@pytest.mark.django_db
def test_a_check_that_takes_too_much_memory_is_called_unclear(monkeypatch):
    monkeypatch.setattr(signature_checks, "LIMITS", {"seconds": 30, "memory": 16 * 1024 * 1024})

    found = check_signatures(stored(signed_paper()), at=NOON)

    assert found is not None
    assert found["state"] == "CANNOT_BE_VERIFIED"


@pytest.mark.django_db
def test_a_check_that_takes_too_long_is_given_up_as_unclear(monkeypatch):
    monkeypatch.setattr(signature_checks, "PATIENCE", 0.001)

    found = check_signatures(stored(signed_paper()), at=NOON)

    assert found == {"state": "CANNOT_BE_VERIFIED", "reason": "", "signatures": []}


@pytest.mark.django_db
def test_a_file_too_large_to_check_is_called_unclear(monkeypatch):
    monkeypatch.setattr(signature_checks, "LARGEST", 1000)

    found = check_signatures(stored(signed_paper()), at=NOON)

    assert found is not None
    assert found["state"] == "CANNOT_BE_VERIFIED"


def receipt_with(town: Town, content: bytes) -> str:
    entry = town.file(files=[a_file(content, name="request.pdf")])
    return " ".join(words_of(kept_pdf(make_receipt(entry, at=NOON))).split())


def test_the_receipt_says_whose_signature_holds(town: Town):
    words = receipt_with(town, signed_paper())

    assert "request.pdf: signed by Ева Петрова; checked, the signature holds." in words


def test_the_receipt_says_that_a_changed_paper_does_not_hold(town: Town):
    content = signed_paper()
    place = content.index(b"stream", content.index(b"/Length")) + 40
    changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]

    words = receipt_with(town, changed)

    assert "request.pdf: the signature does not hold. The document was changed after signing." in words


def test_the_receipt_says_so_when_the_authority_is_unknown(town: Town, tmp_path):
    ensure_demo_authority(tmp_path, at=NOON)
    stranger = ServerKey(DemoAuthority(tmp_path).certificate_for(EVA, at=NOON))
    assert server_key_of(EVA, at=NOON).certificate != stranger.certificate

    words = receipt_with(town, sign(prepare(a_paper(), at=NOON), stranger))

    assert "request.pdf: signed; the signature cannot be verified here. It can't be established that the" in words
