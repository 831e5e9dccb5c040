"""Packages in the office: looked at before they come in, by whoever answers for the services."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Institution, Service, User
from portal_pages.packaging.package import Package
from portal_pages.packaging.shipped import shipped
from portal_pages.packaging.zipped import package_of_zip, zip_of

BRING = "/office/packages/bring/"
SHIPPED = "/office/packages/shipped/petition/"


@pytest.fixture
def owner(client: Client, town: Institution) -> Client:
    client.force_login(User.objects.get(username="owner"))
    return client


def sent(package: Package) -> SimpleUploadedFile:
    return SimpleUploadedFile("petition.zip", zip_of(package), "application/zip")


def test_the_list_shows_what_ships_and_what_is_here(owner: Client):
    page = owner.get("/office/packages/").content.decode()

    assert "Petition or proposal" in page
    assert "/office/packages/export/tree-felling/" in page


def test_looking_at_a_package_changes_nothing(owner: Client, town: Institution):
    page = owner.get(SHIPPED).content.decode()

    assert "What would change" in page
    assert not Service.objects.filter(institution=town, code="petition").exists()


def test_a_shipped_service_comes_in_as_drafts_and_is_published_when_asked(owner: Client, town: Institution):
    owner.post(SHIPPED, {"bring": "yes"})
    as_draft = Service.objects.get(institution=town, code="petition").is_offered
    owner.post(SHIPPED, {"bring": "yes", "publish": "yes"})

    assert not as_draft
    assert Service.objects.get(institution=town, code="petition").is_offered


def test_a_file_is_carried_from_the_look_to_the_bringing_in(owner: Client, town: Institution):
    looked = owner.post(BRING, {"file": sent(shipped("petition"))})

    answer = owner.post(BRING, {"package": looked.context["carried"], "bring": "yes"}, follow=True)

    assert "Petition or proposal: 7 parts came in." in answer.content.decode()
    assert Service.objects.filter(institution=town, code="petition").exists()


def test_a_code_that_fits_nothing_here_is_asked_for_beside_its_choice(owner: Client, town: Institution):
    answer = owner.post(SHIPPED, {"units:INF": "", "bring": "yes"})

    assert "Nothing here has this code or name" in answer.content.decode()
    assert not Service.objects.filter(institution=town, code="petition").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose a file first."),
        ({"file": SimpleUploadedFile("a.zip", b"no zip at all")}, "it can&#x27;t be opened as a zip"),
        ({"file": SimpleUploadedFile("a.zip", b"x" * 1_500_001)}, "manage.py services import"),
        ({"package": "%%%"}, "The page did not come whole"),
    ],
)
def test_a_file_that_is_no_package_is_refused_in_words(owner: Client, data: dict[str, object], words: str):
    for file in data.values():
        if isinstance(file, SimpleUploadedFile):
            file.seek(0)

    assert words in owner.post(BRING, data, follow=True).content.decode()


def test_hostile_words_of_a_package_are_shown_as_words(owner: Client):
    hostile = "<script>alert(1)</script>{{ 7|add:7 }}"
    package = shipped("petition")
    service = {**package.service, "names": {"bg": hostile}, "summaries": {"bg": hostile}}
    codes = {"units": {"INF": {"bg": hostile}}}

    page = owner.post(BRING, {"file": sent(Package(service={**service, "codes": codes}))}).content.decode()

    assert "<script>alert(1)" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}") >= 3


def test_a_service_goes_out_as_a_file(owner: Client):
    owner.post(SHIPPED, {"bring": "yes", "publish": "yes"})

    answer = owner.get("/office/packages/export/petition/")

    assert answer["Content-Disposition"] == 'attachment; filename="petition.zip"'
    assert package_of_zip(answer.content).code == "petition"


@pytest.mark.parametrize("username", ["editor", "officer", "head", "mayor", "registrar", "archivist"])
def test_to_others_the_pages_do_not_exist(client: Client, town: Institution, username: str):
    client.force_login(User.objects.get(username=username))

    for address in ("/office/packages/", SHIPPED, "/office/packages/export/tree-felling/"):
        assert client.get(address).status_code == 404
    assert client.post(BRING).status_code == 404


def test_a_service_of_another_institution_does_not_go_out(owner: Client):
    stranger = Institution.objects.create(slug="elsewhere", names={"en": "Elsewhere"}, country="RO", main_language="ro")
    mine = Service.objects.get(code="tree-felling")
    Service.objects.create(institution=stranger, code="secret", names={"en": "Secret"}, unit=mine.unit)

    assert owner.get("/office/packages/export/secret/").status_code == 404
