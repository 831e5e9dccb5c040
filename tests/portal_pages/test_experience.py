"""How long cases really take: said from experience, and only where there is some."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.models import Case, Institution, Service
from portal_pages.experience import days_of_most, experience_in_words

NOW = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)


@pytest.fixture
def service(pages: Institution) -> Service:
    return Service.objects.get(code="tree-felling")


def ended(service: Service, *days: int, at: dt.datetime = NOW) -> None:
    """Cases of the service that took so many days each and ended a day before the moment."""
    closed_at = at - dt.timedelta(days=1)
    Case.objects.bulk_create(
        Case(
            institution=service.institution,
            service=service,
            unit=service.unit,
            subject="A tree",
            language="en",
            state="CLOSED",
            opened_at=closed_at - dt.timedelta(days=taken),
            closed_at=closed_at,
        )
        for taken in days
    )


def test_eight_of_ten_cases_are_counted_and_the_two_slowest_are_not(service):
    ended(service, 1, 2, 3, 4, 5, 6, 7, 8, 90, 100)

    assert experience_in_words(service, at=NOW) == "8 of 10 such cases end within 8 days"


def test_of_eleven_cases_nine_are_within_the_days(service):
    ended(service, *range(1, 12))

    assert days_of_most(service, at=NOW) == 9


def test_nine_cases_are_no_experience(service):
    ended(service, *range(1, 10))

    assert experience_in_words(service, at=NOW) == ""


def test_what_ended_the_same_day_took_a_day(service):
    ended(service, *[0] * 10)

    assert experience_in_words(service, at=NOW) == "8 of 10 such cases end within 1 day"


def test_cases_of_other_services_open_ones_and_old_ones_do_not_count(service):
    ended(service, *range(1, 10))
    ended(Service.objects.get(code="complaint"), 1)
    ended(service, 1, at=NOW - dt.timedelta(days=365))
    Case.objects.bulk_create(
        [Case(institution=service.institution, service=service, unit=service.unit, opened_at=NOW - dt.timedelta(9))]
    )

    assert days_of_most(service, at=NOW) is None


def test_the_figure_is_not_worked_out_for_each_reader(service, django_assert_num_queries):
    ended(service, *range(1, 11))
    with django_assert_num_queries(1):
        days_of_most(service, at=NOW)

    with django_assert_num_queries(0):
        days_of_most(service, at=NOW)


def test_the_service_page_says_it_beside_the_legal_term(client, pages):
    ended(Service.objects.get(code="tree-felling"), *range(1, 11), at=timezone.now())

    page = client.get("/en/services/tree-felling/").content.decode()

    assert "14 days" in page
    assert "8 of 10 such cases end within 8 days" in page


def test_the_service_page_of_a_town_with_few_cases_says_the_legal_term_alone(client, pages):
    page = client.get("/en/services/tree-felling/").content.decode()

    assert "14 days" in page
    assert "such cases end" not in page
