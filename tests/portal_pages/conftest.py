"""The town whose public site is tested, and people's ways through its forms."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.test import Client

from cases.models import Institution, RecordClass, Register, Service, Unit
from cases.staffing import found_unit
from flows.procedures.choosing import ensure_general
from portal_pages.demo import build_demo_pages
from portal_pages.packaging.shipped import shipped
from portal_pages.publishing import publish_form
from tests.built_once import built_once
from tests.factories import NOON, ServiceFactory
from tests.portal_pages.filling import Filling

SINCE = dt.date(2020, 1, 1)
SERVICES = ("tree-felling", "complaint", "public-information")


@pytest.fixture(scope="module")
def _built_town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Institution]:
    yield from built_once(django_db_blocker, found_town)


@pytest.fixture
def town(_built_town: Institution, db: None) -> Institution:
    """Bela Reka: a registry, one unit, and three of the services that ship; no pages and no people."""
    return Institution.objects.get(pk=_built_town.pk)


def found_town(*, asks: Sequence[str] = SERVICES) -> Institution:
    """The general procedure leads all services; ``asks``: those whose forms are published."""
    town = Institution.objects.create(
        slug="bela-reka",
        names={"en": "Municipality of Bela Reka", "bg": "Община Бела река"},
        country="BG",
        main_language="bg",
        languages=["en", "bg", "pl", "ro"],
        phone="0700 10 000",
        opening_hours={"en": "Monday to Friday", "bg": "понеделник–петък"},
        theme={"accent": "#1d4f91"},
    )
    found_unit(institution=town, code="REG", names={"en": "Registry"}, is_intake=True, valid_from=SINCE)
    unit = found_unit(institution=town, code="ENV", names={"en": "Environment", "bg": "Околна среда"}, valid_from=SINCE)
    for code in SERVICES:
        service = _offer(town, unit, code)
        if code in asks:
            publish_form(service, shipped(code).form, by=None, at=NOON)
    ensure_general(town)
    return town


def _offer(town: Institution, unit: Unit, code: str) -> Service:
    said = shipped(code).service
    register, _made = Register.objects.get_or_create(
        institution=town, code="incoming", defaults={"names": {"en": "Incoming"}, "pattern": "{seq}/{date}"}
    )
    record_class, _made = RecordClass.objects.get_or_create(
        institution=town,
        code="01",
        defaults={"titles": {"en": "Requests"}, "disposal_action": "DESTROY", "valid_from": SINCE},
    )
    return ServiceFactory(
        institution=town,
        code=code,
        names=said["names"],
        fees=said["rules"]["fees"],
        legal_basis=said["rules"]["legal_basis"],
        unit=unit,
        register=register,
        record_class=record_class,
        deadline_amount=14,
        delivery_channels=said["rules"]["delivery_channels"],
    )


@pytest.fixture(scope="module")
def _built_pages(django_db_setup: None, django_db_blocker: Any) -> Iterator[Institution]:
    yield from built_once(django_db_blocker, found_town_with_pages)


def found_town_with_pages() -> Institution:
    town = found_town()
    build_demo_pages(town)
    return town


@pytest.fixture
def pages(_built_pages: Institution, db: None) -> Institution:
    """Bela Reka with its pages too."""
    return Institution.objects.get(pk=_built_pages.pk)


@pytest.fixture
def filling(client: Client, town: Institution) -> Filling:
    """Somebody with a browser who fills in the form for felling a tree, in English."""
    return Filling(client, "tree-felling")
