"""The letter on paper, as a reader of the PDF finds it."""

import pypdfium2
import pytest

from cases import staffing
from cases.models import DeliveryChannel, FileRole
from cases.originals import store
from cases.registration import PartyAsFiled
from flows import tasks
from flows.letters.pages import page_images
from flows.letters.setting import Signatory, preview
from tests.flows.town import NOON, SINCE, Town
from tests.flows.walking import approved, drafted, signed


def words_in(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join("\n".join(page.get_textpage().get_text_bounded() for page in document).split())
    finally:
        document.close()


def file_of(case, role: str) -> bytes:
    component = case.documents.get(kind="DECISION").components.get()
    with store().open(component.files.filter(role=role).latest("pk").stored_file_id) as file:
        return file.read()


@pytest.mark.django_db
def test_a_preview_is_marked_and_shows_its_gaps(town: Town):
    draft = drafted(town, town.file(), body="The reasons: {reasons}. Number {case number}.")

    words = words_in(preview(draft, signatory=Signatory("Dora", "Mayor"), at=NOON))

    assert "DRAFT" in words
    assert "The reasons: [reasons]. Number 94-1." in words
    assert "Signed electronically" not in words


@pytest.mark.django_db
def test_the_locked_letter_bears_the_stamp_and_the_address_of_its_check(town: Town):
    case = town.file()
    approved(town, case)

    words = words_in(file_of(case, FileRole.FOR_SIGNATURE))

    document = case.documents.get(kind="DECISION")
    assert "Signed electronically Dora Executive Mayor's office" in words
    assert "24 November 2025, 12:00" in words
    assert f"/d/{document.public_id}" in words.replace(" ", "")
    assert "DRAFT" not in words


@pytest.mark.django_db
def test_the_signed_letter_is_for_the_archive_and_for_screen_readers(town: Town):
    case = town.file()
    signed(town, case)

    pdf = file_of(case, FileRole.SIGNED)

    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert "You may fell it." in words_in(pdf)


@pytest.mark.django_db
def test_a_substitute_signs_under_their_own_name(town: Town):
    case = town.file()
    sign = approved(town, case)
    staffing.give_mandate(
        town.posts["dora"],
        town.people["rada"],
        given_by=town.dora,
        valid_from=SINCE,
        valid_to=None,
        reason="Travels",
    )

    signature = tasks.sign(sign, **town.acts("rada", sign))

    assert signature.certificate["name"] == "Rada"
    assert "Signed electronically Rada Executive Mayor's office" in words_in(file_of(case, FileRole.SIGNED))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "bg", "pl", "ro"])
def test_the_letter_is_set_in_the_applicants_language(town: Town, language: str):
    party = PartyAsFiled(name="Ana Marin", language=language, result_channel=DeliveryChannel.POST, address="Lipa 4")
    draft = drafted(town, town.file(parties=[party], language=language), body="…")

    words = words_in(preview(draft, signatory=Signatory("Dora", ""), at=NOON))

    assert {"en": "Dear Ana", "bg": "Уважаеми", "pl": "Szanowni", "ro": "Stimate"}[language] in words
    assert "Lipa 4" in words


@pytest.mark.django_db
def test_what_a_citizen_typed_is_never_markup(town: Town):
    draft = drafted(town, town.file(subject="#panic() $x$ *bold* <a>"), body="{subject}")

    assert "#panic() $x$ *bold* <a>" in words_in(preview(draft, signatory=Signatory("", ""), at=NOON))


@pytest.mark.django_db
def test_each_page_becomes_a_picture(town: Town):
    draft = drafted(town, town.file(), body="\n\n".join(f"Paragraph {number}" for number in range(80)))

    pictures = page_images(preview(draft, signatory=Signatory("Dora", "Mayor"), at=NOON))

    assert len(pictures) > 1
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)


@pytest.mark.django_db
def test_the_institutions_words_stand_above_the_signature_and_at_the_foot(town: Town):
    town.institution.signature_words = {"en": "On behalf of the town"}
    town.institution.letter_note = {"en": "Office hours: Monday to Friday"}
    town.institution.save()

    words = words_in(preview(drafted(town, town.file()), signatory=Signatory("Dora", "Mayor"), at=NOON))

    assert words.index("On behalf of the town") < words.index("Dora Mayor") < words.index("Office hours")
