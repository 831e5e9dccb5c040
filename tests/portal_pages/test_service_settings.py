"""The settings of a service, and its way from nothing to the public site: procedure, pages, links to its parts."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from cases import staffing
from cases.models import Institution, Role, Service, User
from flows.models import Procedure
from portal_pages.models import ServicePage
from portal_pages.service_pages import begin_pages
from tests.factories import InstitutionFactory, PostFactory, ServiceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(pages: Institution) -> Service:
    return Service.objects.select_related("institution", "unit").get(code="tree-felling")


@pytest.fixture
def owner(service: Service, client: Client) -> Client:
    staffing.ensure_groups()
    petya = UserFactory(username="petya", institution=service.institution)
    staffing.appoint(petya, PostFactory(unit=service.unit, role=Role.PROCESS_OWNER), valid_from=dt.date(2020, 1, 1))
    client.force_login(petya)
    return client


def settings_of(service: Service) -> str:
    return reverse("service_settings", args=[service.code])


def test_a_process_owner_chooses_the_procedure_and_not_the_name(service: Service, owner: Client):
    Procedure.objects.create(institution=service.institution, key="roads", titles={"en": "Roads"}, live=False)

    page = owner.get(settings_of(service)).content.decode()
    answer = owner.post(settings_of(service), {"procedure": "roads", "names_0": "Other"})

    assert "Roads (not published yet" in page
    assert answer.url == reverse("service_passport", args=[service.code])
    before = dict(service.names)
    service.refresh_from_db()
    assert (service.procedure, service.names) == ("roads", before)


def test_the_procedure_of_another_institution_cannot_be_chosen(service: Service, owner: Client):
    Procedure.objects.create(institution=InstitutionFactory(), key="foreign", titles={"en": "Foreign"}, live=False)

    answer = owner.post(settings_of(service), {"procedure": "foreign"})

    assert answer.status_code == 200
    service.refresh_from_db()
    assert service.procedure == "general"


def test_an_editor_says_in_which_language_the_scans_are(service: Service, client: Client):
    staffing.ensure_groups()
    elena = UserFactory(username="elena", institution=service.institution)
    staffing.appoint(elena, PostFactory(unit=service.unit, role=Role.EDITOR), valid_from=dt.date(2020, 1, 1))
    client.force_login(elena)
    said = {
        **{f"names_{language}": words for language, words in service.names.items()},
        "unit": service.unit_id,
        "scan_language": "ro",
    }

    page = client.get(settings_of(service)).content.decode()
    answer = client.post(settings_of(service), said)
    refused = client.post(settings_of(service), said | {"scan_language": "fr"})

    assert '<option value="" selected>As each document says</option>' in page
    assert answer.status_code == 302
    service.refresh_from_db()
    assert service.scan_language == "ro"
    assert "fr is not one of the available choices" in refused.content.decode()


def test_whoever_builds_nothing_and_strangers_find_no_settings(service: Service, owner: Client):
    foreign = ServiceFactory(institution=InstitutionFactory(), code="foreign")

    assert owner.get(settings_of(foreign)).status_code == 404
    owner.force_login(UserFactory(institution=service.institution))
    assert owner.get(settings_of(service)).status_code in (302, 404)


def test_missing_pages_begin_as_drafts_with_what_is_known(service: Service):
    new = ServiceFactory(institution=service.institution, code="stalls", names={"en": "Stalls", "bg": "Сергии"})
    elena: User = UserFactory(institution=service.institution)

    begun = begin_pages(new, by=elena)

    assert {page.title for page in begun} == {"Stalls", "Сергии"}
    assert {(page.live, page.service_code, page.slug) for page in begun} == {(False, "stalls", "stalls")}
    assert len({page.translation_key for page in begun}) == 1
    assert begin_pages(new, by=elena) == []
    assert ServicePage.objects.filter(service_code="stalls").live().count() == 0
