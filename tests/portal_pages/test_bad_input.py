"""What people (and others) send by mistake or on purpose: never an error 500, never a lost answer."""

import errno
import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import OperationalError
from django.utils import timezone

from cases.models import Register, RegisterEntry
from portal_pages.models import StagedFile
from portal_pages.uploads import HashingUploadHandler
from tests.portal_pages.filling import PDF, Filling, photo, said, upload

HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def zip_bomb() -> bytes:
    """Ten megabytes of zeros in ten kilobytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10 * 1024 * 1024))
    return out.getvalue()


def bomb_dressed_as_docx() -> bytes:
    """What the names inside say is a DOCX is one: it is kept, and unpacked by nobody here."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(10 * 1024 * 1024))
    return out.getvalue()


# -- answers


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("7523169264", "This EGN has a slip in it"),
        ("75231692", "This EGN has a slip in it"),
        ("abcdefghij", "This EGN has a slip in it"),
        ("٧٥٢٣١٦٩٢٦٣", "This EGN has a slip in it"),
    ],
)
def test_a_wrong_checksum_is_named_and_kept(filling, number, words):
    response = filling.send("applicant", **{"applicant_id-number": number})

    assert words in said(response)
    assert filling.draft.typed["applicant_id-number"] == [number]


def test_spaces_and_hyphens_in_a_personal_number_are_forgiven(filling):
    assert filling.send("applicant", **{"applicant_id-number": "752316-92 63"}).status_code == 302


def test_a_birth_date_in_the_future_is_refused(filling):
    """The EGN of somebody born on 1 December 2099: its check digit is right."""
    digits = "995201000"
    weights = (2, 4, 8, 5, 10, 9, 7, 3, 6)
    check = sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11 % 10

    response = filling.send("applicant", **{"applicant_id-number": f"{digits}{check}"})

    assert "a day in the future" in said(response)


def test_a_foreigner_names_document_and_country(filling):
    values = {"applicant_id-scheme": "DOCUMENT", "applicant_id-number": "AB 123456"}

    refused = filling.send("applicant", **values)
    taken = filling.send("applicant", **values, **{"applicant_id-country": "Serbia"})

    assert "which country issued the document" in said(refused)
    assert taken.status_code == 302


@pytest.mark.parametrize("number", ["175074753", "1750747520018", "123"])
def test_a_wrong_company_number_is_refused(filling, number):
    response = filling.send(
        "applicant",
        applicant_kind="COMPANY",
        organisation_name="Reka Trade",
        organisation_id=number,
        shown=["organisation_name", "organisation_id", "contact_person"],
    )

    assert "has a slip in it" in said(response)


@pytest.mark.parametrize("number", ["175074752", "1750747520019", "BG175074752", "175 074 752"])
def test_a_right_company_number_is_taken(filling, number):
    response = filling.send(
        "applicant",
        applicant_kind="COMPANY",
        organisation_name="Reka Trade",
        organisation_id=number,
        shown=["organisation_name", "organisation_id", "contact_person"],
    )

    assert response.status_code == 302


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (("1", "1", "2999"), "can't be in the future"),
        (("31", "2", "2026"), "There is no such day"),
        (("1", "1", "26"), "four digits"),
        (("x", "1", "2026"), "in digits"),
        (("", "1", "2026"), "in digits"),
        (("²", "1", "2026"), "in digits"),
        (("1", "1", "99999999999"), "There is no such day"),
    ],
)
def test_a_day_that_cannot_be_is_refused(client, town, day, words):
    filling = Filling(client, "complaint")

    response = filling.send(
        "matter", **dict(zip(("occurred_date-day", "occurred_date-month", "occurred_date-year"), day, strict=True))
    )

    assert words in said(response)


def test_today_is_no_day_in_the_future(client, town):
    today = timezone.localdate()
    values = {"occurred_date-day": today.day, "occurred_date-month": today.month, "occurred_date-year": today.year}

    assert Filling(client, "complaint").send("matter", **values).status_code == 302


@pytest.mark.parametrize("girth", ["thick", "0", "1001", "-5", "1e3", "12.5", "9" * 40])
def test_a_girth_that_is_no_whole_number_in_its_limits_is_refused(filling, girth):
    response = filling.send("trees", **{"trees-0-girth": girth})

    assert said(response).startswith("Tree 1, Girth of the trunk: ")


def test_an_answer_that_was_not_offered_is_refused(filling):
    response = filling.send("place", ownership="ROBBED")

    assert "Choose one of the answers shown" in said(response)


def test_a_way_of_delivery_that_the_service_does_not_offer_is_refused(filling):
    response = filling.send("contact", delivery_preference="E_DELIVERY")

    assert "Choose one of the answers shown" in said(response)


def test_the_result_by_e_mail_needs_an_address_and_by_post_too(client, town):
    filling = Filling(client, "complaint")

    by_mail = filling.send("contact", delivery_preference="EMAIL")
    by_post = filling.send("contact", delivery_preference="POST")

    assert (said(by_mail), said(by_post)) == ("Fill in: E-mail address", "Fill in: Postal address")


@pytest.mark.parametrize("address", ["ana", "ana@", "ana@example", "a b@example.org", "ana@example.org\nBcc: x@y.org"])
def test_an_e_mail_address_that_is_none_is_refused(filling, address):
    assert "e-mail address" in said(filling.send("contact", email=address))


@pytest.mark.parametrize(("latitude", "longitude"), [("91", "23"), ("42", ""), ("north", "23"), ("42", "181")])
def test_a_point_that_is_nowhere_is_refused(filling, latitude, longitude):
    response = filling.send("place", **{"place-latitude": latitude, "place-longitude": longitude})

    assert "Write degrees like" in said(response)


def test_a_text_that_is_too_long_is_refused_and_kept(client, town):
    filling = Filling(client, "complaint")

    response = filling.send("matter", description="x" * 4001)

    assert "at most 4000 fit" in said(response)
    assert len(filling.draft.typed["description"][0]) == 4001


def test_a_null_character_breaks_nothing(filling):
    assert filling.send("place", **{"place-words": "ul. Lipa\x00 4"}).status_code == 302


def test_the_same_field_sent_many_times_counts_once(filling):
    assert filling.send("place", ownership=["OWN", "PUBLIC"]).status_code == 302


def test_a_page_that_does_not_exist_is_not_found(filling):
    assert filling.open("nothing/").status_code == 404
    assert filling.client.get("/en/apply/nothing/").status_code == 404


# -- files


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.jpg", b"", "is empty"),
        ("photo.jpg", HTML, "can't be taken"),
        ("photo.jpg", SVG, "can't be taken"),
        ("page.html", HTML, "can't be taken"),
        ("drawing.svg", SVG, "can't be taken"),
        ("photo.jpg", b"MZ\x90\x00" + bytes(200), "can't be taken"),
        ("photo.jpg", b"\x7fELF" + bytes(200), "can't be taken"),
        ("photo.jpg", PDF, "can't be taken"),
        ("photos.zip", zip_bomb(), "can't be taken"),
        ("photo.jpg", zip_bomb(), "can't be taken"),
    ],
)
def test_a_file_is_judged_by_what_is_inside(filling, name, content, words):
    response = filling.send("trees", photos=[upload(name, content, "image/jpeg")])

    assert words in said(response)
    assert name in said(response)
    assert StagedFile.objects.count() == 0


def test_a_paper_whose_name_says_nothing_is_taken_by_its_content(filling):
    filling.send("papers", sketch=[upload("scan", PDF, "text/html")])

    assert StagedFile.objects.get().media_type == "application/pdf"


def test_a_bomb_dressed_as_a_docx_is_staged_without_unpacking(filling):
    content = bomb_dressed_as_docx()
    filling.send("papers", sketch=[upload("sketch.docx", content)])

    assert StagedFile.objects.get().size == len(content)


def test_a_file_that_is_too_large_is_refused_and_the_rest_is_kept(filling, settings):
    settings.UPLOAD_MAX_BYTES = 1000

    response = filling.send("trees", photos=[upload("big.jpg", photo() + bytes(2000)), upload("small.jpg", photo())])

    assert "is larger than" in said(response)
    assert StagedFile.objects.get().name == "small.jpg"
    assert filling.draft.typed["trees-0-species"] == ["walnut"]


def test_more_files_than_fit_are_refused_by_name(filling):
    response = filling.send("trees", photos=[upload(f"{number}.jpg", photo()) for number in range(6)])

    assert "“5.jpg” was not taken: at most 5 files fit here" in said(response)
    assert StagedFile.objects.count() == 5


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a" * 300 + ".jpg", "a" * 176 + ".jpg"),
        ('my "best" photo.jpg', "my _best_ photo.jpg"),
        ("photo\u2028of\u2029a\x7ftree.jpg", "photoofatree.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\photo.jpg", "photo.jpg"),
        ("снимка на ореха.jpg", "снимка на ореха.jpg"),
        ("<script>.jpg", "_script_.jpg"),
    ],
)
def test_hostile_file_names_are_made_harmless(filling, sent, kept):
    filling.send("trees", photos=[upload(sent, photo())])

    assert StagedFile.objects.get().name == kept


def test_a_file_can_be_taken_away_again(filling):
    filling.send("trees", photos=[upload("tree.jpg", photo())])
    file = StagedFile.objects.get()

    filling.send("trees", drop=str(file.pk))

    assert StagedFile.objects.count() == 0
    assert not file.path.exists()


def test_nobody_takes_away_a_file_of_another_form(filling, town):
    filling.send("trees", photos=[upload("tree.jpg", photo())])
    file = StagedFile.objects.get()
    stranger = Filling(type(filling.client)(), "tree-felling")

    stranger.send("trees", drop=str(file.pk))

    assert StagedFile.objects.get() == file


def test_only_a_refused_file_is_blamed_when_files_are_sent_by_themselves(filling):
    response = filling.client.post(filling.address("trees/"), {"upload": "photos", "photos": upload("page.html", HTML)})

    assert said(response).count("\n") == 0
    assert "page.html" in said(response)


def test_the_language_of_a_stranger_address_does_not_break_the_page(filling):
    filling.send("place", **{"place-words": '"><script>alert(1)</script>{{ settings.SECRET_KEY }}'})

    page = filling.open("place/").content.decode()

    assert "<script>alert" not in page
    assert "{{ settings.SECRET_KEY }}" in page


# -- when the fault is ours


def test_a_full_disk_while_uploading_is_said_and_costs_no_answer(filling, monkeypatch):
    monkeypatch.setattr(HashingUploadHandler, "new_file", disk_is_full)

    response = filling.send("trees", photos=[upload("tree.jpg", photo())])

    assert "“tree.jpg” could not be stored: the fault is ours" in said(response)
    assert filling.draft.typed["trees-0-species"] == ["walnut"]


def disk_is_full(handler, *args, **kwargs):
    """As if the staging area took one more file, but none of its bytes."""
    TemporaryFileUploadHandler.new_file(handler, *args, **kwargs)
    handler._digest, handler._received, handler._refusal = hashlib.sha256(), 0, ""
    handler.file.file.close()
    handler.file.file = io.BufferedWriter(FullDisk())


class FullDisk(io.RawIOBase):
    def writable(self):
        return True

    def write(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_page_that_cannot_be_saved_keeps_what_was_typed(filling, monkeypatch):
    filling.send("place")
    monkeypatch.setattr("portal_pages.drafts.keep_typed", database_is_full)

    response = filling.send("trees")

    page = response.content.decode()
    assert response.status_code == 503
    assert "We could not save this page just now" in page
    assert 'value="walnut"' in page


def test_a_filing_that_fails_says_that_nothing_is_lost(filling, monkeypatch):
    filling.fill_in()
    monkeypatch.setattr("portal_pages.views.filing.file_form", database_is_full)
    refused = filling.file()
    monkeypatch.undo()

    taken = filling.file()

    assert refused.status_code == 503
    assert "It could not be filed just now" in refused.content.decode()
    assert taken.headers["Content-Location"] == filling.address("done/")


def test_a_filing_whose_form_could_not_be_put_away_is_made_by_the_next_press(filling, monkeypatch):
    filling.fill_in()
    monkeypatch.setattr("portal_pages.drafts.mark_filed", database_is_full)
    refused = filling.file()
    monkeypatch.undo()

    again = filling.file()

    assert refused.status_code == 503
    assert again.headers["Content-Location"] == filling.address("done/")
    assert RegisterEntry.objects.count() == 1


def test_a_file_that_got_damaged_on_our_side_is_named_before_anything_is_filed(filling):
    filling.fill_in()
    filling.send("trees", photos=[upload("tree.jpg", photo())])
    damaged = StagedFile.objects.get()
    damaged.path.chmod(0o644)
    damaged.path.write_bytes(b"half")

    refused = filling.file()

    assert refused.status_code == 409
    assert "Please remove it and add it again" in refused.content.decode()
    assert RegisterEntry.objects.count() == 0


def test_a_register_that_was_closed_meanwhile_is_said_in_words(filling):
    filling.fill_in()
    Register.objects.update(is_closed=True)

    refused = filling.file()

    assert (refused.status_code, "is closed and gives no more numbers" in refused.content.decode()) == (409, True)


def database_is_full(*args, **kwargs):
    raise OperationalError("database or disk is full")
