"""Files of a service go out and come in with it: once, whole, and only where they are what they say."""

import hashlib
import io
import zipfile
from dataclasses import replace

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents.models import Document

from cases.models import Institution, Service
from portal_pages.models import ServiceFile, ServicePage
from portal_pages.packaging.exporting import package_of_service
from portal_pages.packaging.importing import read
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.shipped import shipped
from portal_pages.packaging.zipped import package_of_zip, zip_of
from tests.portal_pages.packaging.test_importing import LATER, bring

PLAN = b"%PDF-1.7 plan of the street"
LINK = '<a href="attachments/plan.pdf">Example of a plan</a>'
# Two languages and no procedure of its own: what the files need, and no more.
PETITION = replace(
    shipped("petition"),
    procedure=None,
    letters={},
    walks=(),
    page={
        name: {language: words for language, words in texts.items() if language in {"en", "bg"}}
        for name, texts in shipped("petition").page.items()
    },
)


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def with_plan(raw: bytes = PLAN, link: str = LINK) -> Package:
    need = {language: f"<p>{words} {link}</p>" for language, words in {"en": "Bring a plan.", "bg": "План."}.items()}
    page = {**PETITION.page, "what_you_need": {**PETITION.page["what_you_need"], **need}}
    return replace(PETITION, page=page, attachments={"plan.pdf": raw})


def held_by(document: Document) -> bytes:
    with document.open_file() as file:
        content: bytes = file.read()
    return content


def the_page(language: str = "en") -> ServicePage:
    return ServicePage.objects.get(service_code="petition", locale__language_code=language)


def test_a_file_comes_in_as_a_document_that_the_page_offers(town: Institution, client: Client):
    changed = bring(with_plan(), town)

    row = ServiceFile.objects.get()
    assert "Files: NEW" in changed
    assert (row.service.code, row.name, held_by(row.document)) == ("petition", "plan.pdf", PLAN)
    assert f'<a id="{row.document_id}" linktype="document">Example of a plan</a>' in the_page().what_you_need
    assert row.document.url in client.get(the_page().get_url()).content.decode()


@pytest.mark.parametrize("published", [True, False])
def test_the_same_files_a_second_time_make_no_twins(town: Institution, published: bool):
    bring(with_plan(), town, published=published)

    assert bring(with_plan(), town, at=LATER, published=published) == []
    assert Document.objects.count() == 1


def test_files_go_out_as_they_came_in(town: Institution):
    bring(with_plan(), town)

    out = package_of_zip(zip_of(package_of_service(Service.objects.get(code="petition"))))

    assert out.attachments == {"plan.pdf": PLAN}
    assert LINK in out.page["what_you_need"]["en"]


def test_a_document_that_an_editor_linked_goes_out_by_a_name_and_other_links_stay_at_home(town: Institution):
    bring(PETITION, town)
    document = Document.objects.create(title="Sheet", file=ContentFile(PLAN, "лист 1.pdf"))
    page = the_page()
    page.what_you_need = (
        f'<p><a id="{document.pk}" linktype="document">Sheet</a>, <a id="{page.pk}" linktype="page">here</a></p>'
    )
    page.save_revision().publish()

    out = package_of_service(Service.objects.get(code="petition"))

    [(name, raw)] = out.attachments.items()
    assert (raw, name.isascii()) == (PLAN, True)
    assert out.page["what_you_need"]["en"] == f'<p><a href="attachments/{name}">Sheet</a>, here</p>'
    assert bring(out, town, at=LATER) == []
    assert Document.objects.count() == 1


def test_a_changed_file_changes_the_document_that_residents_download_only_when_it_is_published(town: Institution):
    bring(with_plan(), town)
    newer = with_plan(PLAN + b", newer")

    bring(newer, town, at=LATER, published=False)
    as_draft = held_by(ServiceFile.objects.get().document)
    changed = bring(newer, town, at=LATER)

    document = Document.objects.get()
    assert (as_draft, held_by(document)) == (PLAN, PLAN + b", newer")
    assert document.file_size == len(PLAN + b", newer")
    assert changed == ["Files: CHANGED"]


def test_a_file_that_falls_away_stays_in_the_library_and_no_longer_belongs_to_the_service(town: Institution):
    bring(with_plan(), town)

    bring(replace(PETITION, attachments={"other.txt": b"Something else."}), town, at=LATER)

    assert [row.name for row in ServiceFile.objects.all()] == ["other.txt"]
    assert Document.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("plan.svg", b"<svg/>", "Files of this kind are not taken"),
        ("plan.pdf", b"<html><script>alert(1)</script>", "not what its name says"),
        ("plan.txt", b"MZ\x90\x00", "not what its name says"),
        ("plan.pdf", b"%PDF-1.7" + b" " * 4_000_000, "larger than 4 MB"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_by_its_name(name: str, raw: bytes, why: str):
    with pytest.raises(PackageRefused, match=why) as refused:
        read(replace(PETITION, attachments={name: raw}))

    assert refused.value.member == name


def test_a_page_that_leads_to_a_file_which_is_not_there_is_refused():
    with pytest.raises(PackageRefused, match=r"not there: plan\.pdf"):
        read(replace(with_plan(), attachments={}))


def test_a_file_that_was_exchanged_after_packing_is_refused_by_its_hash():
    packed = zip_of(with_plan())
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["attachments/plan.pdf"] = PLAN + b", exchanged"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)

    with pytest.raises(PackageRefused, match="hash is wrong"):
        package_of_zip(out.getvalue())
    assert hashlib.sha256(PLAN).hexdigest().encode() in members["manifest.json"]
