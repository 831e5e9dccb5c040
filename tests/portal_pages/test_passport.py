"""The service passport: what a service consists of, by whom, and how many cases keep each version."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import staffing
from cases.acting import Actor
from cases.models import Case, Institution, Role, Service, ServiceRules, Unit, User
from flows.letters.publishing import install_letter
from flows.letters.standard import shipped
from portal_pages.passport import passport_of
from tests.factories import CaseFactory, PostFactory, ServiceRulesFactory, UserFactory

TODAY = dt.date(2026, 11, 23)
AT = dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def service(pages: Institution) -> Service:
    return Service.objects.select_related("institution", "unit").get(code="tree-felling")


def a_case(service: Service, *, closed: bool = False, **versions: Any) -> Case:
    ended = {"closed_at": AT, "state": "CLOSED"} if closed else {}
    return CaseFactory(institution=service.institution, unit=service.unit, service=service, versions=versions, **ended)


def owner(town: Institution) -> User:
    staffing.ensure_groups()
    user = UserFactory(username="olga", institution=town)
    unit = Unit.objects.filter(institution=town).first()
    staffing.appoint(user, PostFactory(unit=unit, role=Role.PROCESS_OWNER), valid_from=dt.date(2020, 1, 1))
    return user


def test_each_version_tells_how_many_cases_keep_it(service: Service):
    first = ServiceRules.objects.get(service=service)
    shared = {"register": first.register, "record_class": first.record_class}
    ServiceRulesFactory(service=service, valid_from=dt.date(2026, 6, 1), **shared)
    ServiceRulesFactory(service=service, valid_from=dt.date(2027, 1, 1), **shared)
    for definition in (shipped(), shipped() | {"closing": {"en": "Bye"}}):
        install_letter(service.institution, definition, actor=Actor.job("test"), at=AT)
    a_case(service, rules="2026-06-01", letters={"decision": 2})
    a_case(service, rules="2026-06-01", letters={"decision": 1}, closed=True)
    a_case(service, rules="2020-01-01")

    passport = passport_of(service, today=TODAY)

    assert (passport.running, passport.all_cases) == (2, 3)
    rules = [
        (line.name, line.running, line.all_cases, line.is_newest, line.is_coming) for line in passport.rules_versions
    ]
    assert rules == [
        ("2027-01-01", 0, 0, False, True),
        ("2026-06-01", 1, 2, True, False),
        ("2020-01-01", 1, 1, False, False),
    ]
    [letter] = passport.letters
    assert [(line.name, line.running, line.all_cases) for line in letter.versions] == [
        ("decision/2", 1, 1),
        ("decision/1", 0, 1),
    ]
    assert [page.is_live for page in passport.pages]


@pytest.mark.parametrize(
    ("since", "basis", "begins"),
    [
        ("2020-01-01", "Green spaces act, art. 62", []),
        ("2020-01-01", " ", ["The record rules name no legal basis"]),
        ("2999-01-01", "Green spaces act, art. 62", ["No record rules are in force"]),
    ],
)
def test_what_the_rules_lack_is_said_before_a_letter_needs_it(
    service: Service, client: Client, since: str, basis: str, begins: list[str]
):
    ServiceRules.objects.filter(service=service).update(legal_basis=basis, valid_from=since)
    client.force_login(owner(service.institution))

    told = passport_of(service, today=TODAY).to_put_right
    pages = [client.get(reverse(name, args=[service.code])) for name in ("service_passport", "service_settings")]

    assert [words[: len(beginning)] for words, beginning in zip(told, begins, strict=True)] == begins
    assert [page.content.decode().count('id="to-put-right"') for page in pages] == [len(begins)] * 2


@pytest.mark.parametrize("rows", [1, 3])
def test_more_versions_and_cases_ask_the_database_no_more(service: Service, rows: int, django_assert_num_queries: Any):
    for number in range(rows):
        a_case(service, rules="2020-01-01", letters={"decision": number})

    with django_assert_num_queries(11):
        passport_of(service, today=TODAY)


def test_whoever_builds_services_reads_the_passport_and_nobody_else(service: Service, client: Client):
    olga, address = owner(service.institution), reverse("service_passport", args=[service.code])
    client.force_login(olga)

    page = client.get(address)

    assert (page.status_code, page.context["passport"].service) == (200, service)
    assert timezone.localdate().strftime("%Y") in page.content.decode()
    assert client.get(reverse("service_passport", args=["no-such-service"])).status_code == 404
    client.force_login(UserFactory(institution=service.institution))
    assert client.get(address).status_code in (302, 404)
