"""What a signed document may not get away with. Each forgery here is made for real."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pypdfium2
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from cases.signing import (
    ROOM_FOR_SERVER_KEY,
    DemoAuthority,
    PreparedSignature,
    ServerKey,
    SignerIdentity,
    Verdict,
    VerdictState,
    complete,
    ensure_demo_authority,
    prepare,
    server_key_of,
    sign,
    sign_with_server_key,
    verify,
)
from cases.typesetting import Paragraph, typeset
from tests.cases.papers import NOON, letter, words_of

DORA = SignerIdentity(name="Dora Ivanova", institution="Bela Reka", office="Mayor", country="BG")
MALLORY = SignerIdentity(name="Dora Ivanova", institution="Bela Reka", office="Mayor", country="BG")
FORGED = "FORGED"


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return typeset("letter", letter(body=[Paragraph(text="Refused")]), language="en", at=NOON)


@pytest.fixture(scope="module")
def signed(pdf) -> bytes:
    return signed_by_dora(pdf)


def signed_by_dora(pdf: bytes) -> bytes:
    return sign_with_server_key(prepare(pdf, at=NOON, room=ROOM_FOR_SERVER_KEY), DORA, at=NOON)


def verdict_on(document: bytes) -> tuple[VerdictState, str]:
    verdict = verify(document, at=NOON)
    return verdict.state, str(verdict.reason)


def updated(document: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """The document with a regular update appended, as any PDF tool would write it."""
    writer = IncrementalPdfFileWriter(BytesIO(document))
    change(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def write_over_the_page(writer: IncrementalPdfFileWriter) -> None:
    """Put other words on the first page."""
    page = writer.root["/Pages"]["/Kids"][0]
    font = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/Font"), pdf_name("/Subtype"): pdf_name("/Type1")}
        | {pdf_name("/BaseFont"): pdf_name("/Helvetica")}
    )
    page["/Resources"]["/Font"][pdf_name("/Forged")] = font
    content = b"BT /Forged 40 Tf 100 500 Td (" + FORGED.encode() + b") Tj ET"
    page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=content))
    writer.update_container(page)
    writer.update_container(page["/Resources"])


def with_a_form(document: bytes) -> bytes:
    """The document with a text field that reads "Refused"."""

    def add(writer: IncrementalPdfFileWriter) -> None:
        page_ref = writer.root["/Pages"].raw_get("/Kids")[0]
        field = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/FT"): pdf_name("/Tx"),
                pdf_name("/T"): pdf_string("Decision"),
                pdf_name("/V"): pdf_string("Refused"),
                pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 300, 300, 330))),
                pdf_name("/F"): generic.NumberObject(4),
                pdf_name("/P"): page_ref,
            }
        )
        field[pdf_name("/AP")] = appearance(writer, "Refused")
        field_ref = writer.add_object(field)
        page = page_ref.get_object()
        page[pdf_name("/Annots")] = generic.ArrayObject([field_ref])
        writer.update_container(page)
        writer.root[pdf_name("/AcroForm")] = generic.DictionaryObject(
            {pdf_name("/Fields"): generic.ArrayObject([field_ref])}
        )
        writer.update_root()

    return updated(document, add)


def appearance(writer: IncrementalPdfFileWriter, words: str) -> generic.DictionaryObject:
    font = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/Font"), pdf_name("/Subtype"): pdf_name("/Type1")}
        | {pdf_name("/BaseFont"): pdf_name("/Helvetica")}
    )
    drawing = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 30))),
            pdf_name("/Resources"): generic.DictionaryObject(
                {pdf_name("/Font"): generic.DictionaryObject({pdf_name("/F"): font})}
            ),
        },
        stream_data=b"/Tx BMC BT /F 20 Tf 2 8 Td (" + words.encode() + b") Tj ET EMC",
    )
    return generic.DictionaryObject({pdf_name("/N"): writer.add_object(drawing)})


def decision_field(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    fields = writer.root["/AcroForm"]["/Fields"]
    return next(one.get_object() for one in fields if one.get_object()["/T"] == "Decision")


def picture(document: bytes) -> bytes:
    page = pypdfium2.PdfDocument(document)
    page.init_forms()
    return bytes(page[0].render(scale=1, may_draw_forms=True).to_pil().tobytes())


def test_a_document_without_a_signature_says_so(pdf):
    assert verdict_on(pdf) == (VerdictState.NOT_SIGNED, "The document has no signature.")


def test_a_server_that_runs_an_event_loop_signs_and_checks_too(pdf):
    new_in_office = replace(DORA, office="Deputy mayor")  # a key that this process does not hold yet

    async def sign_and_check() -> tuple[VerdictState, str]:
        prepared = prepare(pdf, at=NOON, room=ROOM_FOR_SERVER_KEY)
        return verdict_on(sign_with_server_key(prepared, new_in_office, at=NOON))

    assert asyncio.run(sign_and_check())[0] == VerdictState.VALID


@pytest.mark.parametrize("rubbish", [b"", b"hello", b"%PDF-1.7\n%%EOF", b"<html>" * 999])
def test_what_is_no_pdf_cannot_be_verified(rubbish):
    assert verdict_on(rubbish) == (VerdictState.CANNOT_BE_VERIFIED, "The file is no sound PDF.")


def test_a_changed_byte_is_seen(signed):
    place = signed.index(b"/Title")
    changed = signed[:place] + b"/Titel" + signed[place + 6 :]

    assert verdict_on(changed)[0] in {VerdictState.INVALID, VerdictState.CANNOT_BE_VERIFIED}


def test_a_changed_byte_of_the_page_makes_the_signature_invalid(signed):
    stream = signed.index(b"stream", signed.index(b"/Length")) + 40
    changed = signed[:stream] + bytes([signed[stream] ^ 1]) + signed[stream + 1 :]

    assert verdict_on(changed) == (VerdictState.INVALID, "The document was changed after signing.")


def test_a_changed_byte_of_the_signature_makes_it_invalid(pdf):
    prepared = prepare(pdf, at=NOON, room=ROOM_FOR_SERVER_KEY)
    document = sign_with_server_key(prepared, DORA, at=NOON)
    value = server_key_of(DORA, at=NOON).sign_digest(bytes.fromhex(prepared.digest))[-4:].hex().upper().encode()
    assert document.count(value) == 1

    assert verdict_on(document.replace(value, b"00000000")) == (
        VerdictState.INVALID,
        "A signature does not match its certificate.",
    )


def test_bytes_after_the_end_are_not_overlooked(signed):
    assert verdict_on(signed + b"\n% nothing to see here") == (
        VerdictState.CANNOT_BE_VERIFIED,
        "Something was added to the file after its end.",
    )


def test_a_new_page_content_in_a_regular_update_is_seen(signed):
    forged = updated(signed, write_over_the_page)

    assert words_of(forged) == FORGED
    assert verdict_on(forged) == (
        VerdictState.CANNOT_BE_VERIFIED,
        "After signing, something else than a further signature was added to the document.",
    )


def test_an_update_without_an_end_mark_is_seen(signed):
    # Viewers mend such a file and show the forged words; pyHanko's own check calls it valid.
    forged = updated(signed, write_over_the_page)
    forged = forged[: forged.rindex(b"startxref")]

    assert words_of(forged) == FORGED
    assert verdict_on(forged)[0] == VerdictState.CANNOT_BE_VERIFIED


def test_an_update_that_only_viewers_read_is_seen(signed):
    # The update's own end is left out and the signed version's is put there instead.
    forged = updated(signed, write_over_the_page)
    end = signed[signed.rindex(b"startxref") :]
    forged = forged[: forged.rindex(b"startxref")] + end

    assert verdict_on(forged) == (
        VerdictState.CANNOT_BE_VERIFIED,
        "Something was added to the file that is no proper version of it.",
    )


def test_a_form_field_filled_in_after_signing_is_seen(pdf):
    def forge(writer: IncrementalPdfFileWriter) -> None:
        field = decision_field(writer)
        field[pdf_name("/V")] = pdf_string(FORGED)
        field[pdf_name("/AP")] = appearance(writer, FORGED)
        writer.update_container(field)

    signed = signed_by_dora(with_a_form(pdf))
    forged = updated(signed, forge)

    assert verdict_on(signed)[0] == VerdictState.VALID
    assert picture(forged) != picture(signed)
    assert verdict_on(forged) == (
        VerdictState.CANNOT_BE_VERIFIED,
        "After signing, something else than a further signature was added to the document.",
    )


def test_a_form_field_replaced_by_another_of_its_name_is_seen(pdf):
    def forge(writer: IncrementalPdfFileWriter) -> None:
        field = generic.DictionaryObject(decision_field(writer))
        field[pdf_name("/V")] = pdf_string(FORGED)
        field[pdf_name("/AP")] = appearance(writer, FORGED)
        field_ref = writer.add_object(field)
        page = writer.root["/Pages"]["/Kids"][0]
        page["/Annots"][0] = field_ref
        writer.update_container(page["/Annots"])
        writer.root["/AcroForm"]["/Fields"][0] = field_ref
        writer.update_container(writer.root["/AcroForm"]["/Fields"])

    signed = signed_by_dora(with_a_form(pdf))
    forged = updated(signed, forge)

    assert picture(forged) != picture(signed)
    assert verdict_on(forged)[0] == VerdictState.CANNOT_BE_VERIFIED


def test_a_form_told_to_draw_its_fields_anew_is_seen(pdf):
    def forge(writer: IncrementalPdfFileWriter) -> None:
        writer.root["/AcroForm"][pdf_name("/NeedAppearances")] = generic.BooleanObject(True)
        writer.update_container(writer.root["/AcroForm"])

    forged = updated(signed_by_dora(with_a_form(pdf)), forge)

    assert verdict_on(forged) == (VerdictState.CANNOT_BE_VERIFIED, "The document's form was changed after signing.")


def test_a_changed_title_is_seen(signed):
    def forge(writer: IncrementalPdfFileWriter) -> None:
        writer._info.get_object()[pdf_name("/Title")] = pdf_string(FORGED)
        writer.mark_update(writer._info)

    assert verdict_on(updated(signed, forge))[0] == VerdictState.CANNOT_BE_VERIFIED


def test_a_visible_empty_field_over_the_words_is_seen(signed):
    def forge(writer: IncrementalPdfFileWriter) -> None:
        append_signature_field(writer, SigFieldSpec("Cover", box=(50, 300, 400, 600)))

    assert verdict_on(updated(signed, forge))[0] == VerdictState.CANNOT_BE_VERIFIED


def test_a_second_signature_from_nobody_spoils_the_first(signed, stranger):
    forged = sign(prepare(signed, at=NOON), stranger)

    verdict = verify(forged, at=NOON)

    assert (verdict.state, str(verdict.reason)) == (
        VerdictState.CANNOT_BE_VERIFIED,
        "It can't be established that the certificate is genuine and in force.",
    )
    assert len(verdict.signatures) == 2


@pytest.fixture(scope="module")
def stranger(tmp_path_factory) -> ServerKey:
    """The mayor's name, certified by an authority that nobody knows."""
    directory = tmp_path_factory.mktemp("stranger")
    ensure_demo_authority(directory, at=NOON)
    return ServerKey(DemoAuthority(directory).certificate_for(MALLORY, at=NOON))


def test_the_right_name_from_an_unknown_authority_cannot_be_verified(pdf, stranger):
    forged = sign(prepare(pdf, at=NOON), stranger)

    assert verdict_on(forged) == (
        VerdictState.CANNOT_BE_VERIFIED,
        "It can't be established that the certificate is genuine and in force.",
    )


@pytest.mark.parametrize("days", [-2, 3 * 365 + 1], ids=["before", "after"])
def test_a_certificate_out_of_its_time_cannot_be_verified(signed, days):
    verdict = verify(signed, at=NOON + timedelta(days=days))

    assert verdict.state == VerdictState.CANNOT_BE_VERIFIED


def test_nobody_trusted_means_nothing_verified(signed):
    assert verify(signed, at=NOON, trusted=[]).state == VerdictState.CANNOT_BE_VERIFIED


def test_a_signature_that_leaves_a_part_out_cannot_be_verified(pdf):
    prepared = prepare(pdf, at=NOON, room=ROOM_FOR_SERVER_KEY)
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", prepared.document)
    assert found is not None
    start, end, rest = (int(number) for number in found.groups())
    narrower = b"/ByteRange [0 %d %d %d]" % (start, end + 9, rest - 9)
    document = prepared.document.replace(found[0], narrower.ljust(len(found[0])))
    place = PreparedSignature.resumed(document, prepared.digest, {**prepared.session, "end": end + 9})
    place = replace(place, digest=place.actual_digest())

    value = server_key_of(DORA, at=NOON).sign_digest(bytes.fromhex(place.digest)).hex().upper().encode()
    forged = document[: start + 1] + value.ljust(end - start - 2, b"0") + document[end - 1 :]

    assert verdict_on(forged) == (VerdictState.CANNOT_BE_VERIFIED, "A signature leaves a part of the document out.")


def test_a_document_cut_back_to_before_the_second_signature_still_holds(signed):
    """Each signature stands for itself: who has the earlier version has a document that was signed."""
    second = sign_with_server_key(prepare(signed, at=NOON), DORA, at=NOON)

    assert verdict_on(second)[0] == VerdictState.VALID
    assert verdict_on(second[: len(signed)])[0] == VerdictState.VALID
    assert verdict_on(second[:-7])[0] == VerdictState.CANNOT_BE_VERIFIED


def test_a_signature_over_another_letter_is_not_the_one_that_was_asked_for(pdf, signed):
    other = typeset("letter", letter(title="Granted"), language="en", at=NOON)

    verdict = verify(signed, at=NOON, original=other)

    assert (verdict.state, str(verdict.reason)) == (
        VerdictState.INVALID,
        "What was signed is another document than the one that was waiting.",
    )
    assert verify(signed, at=NOON, original=pdf).is_valid


def test_a_file_that_is_not_the_stored_one_is_named(signed):
    verdict = verify(signed, at=NOON, expected_sha256="0" * 64)

    assert (verdict.state, str(verdict.reason)) == (VerdictState.INVALID, "The file is not the one that was stored.")


def test_a_prepared_document_without_its_signature_is_not_valid(pdf):
    assert verdict_on(prepare(pdf, at=NOON).document)[0] == VerdictState.CANNOT_BE_VERIFIED


def test_a_verdict_is_kept_as_plain_values(signed):
    record = verify(signed, at=NOON).as_record(at=NOON)

    assert record["state"] == "VALID"
    assert record["checked_at"] == "2026-11-21T12:00:00+00:00"
    assert record["signatures"][0]["name"] == "Dora Ivanova"
    assert record["signatures"][0]["claimed_at"] == "2026-11-21T12:00:00+00:00"


def test_the_signature_of_one_document_pasted_into_another_does_not_hold(pdf):
    other = prepare(typeset("letter", letter(title="Granted"), language="en", at=NOON), at=NOON)
    prepared = prepare(pdf, at=NOON)
    value = server_key_of(DORA, at=NOON).sign_digest(bytes.fromhex(prepared.digest)).hex().upper().encode()
    assert verify(complete(prepared, bytes.fromhex(value.decode())), at=NOON).is_valid

    forged = other.document[: other.start + 1] + value.ljust(other.end - other.start - 2, b"0")
    verdict: Verdict = verify(forged + other.document[other.end - 1 :], at=NOON)

    assert (verdict.state, str(verdict.reason)) == (VerdictState.INVALID, "The document was changed after signing.")


def test_the_page_is_what_a_reader_sees(signed):
    assert "Refused" in words_of(signed)
    assert PdfFileReader(BytesIO(signed)).xrefs.total_revisions == 2
