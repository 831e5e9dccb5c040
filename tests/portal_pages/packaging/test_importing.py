"""A service comes in whole, as drafts or published, or not at all; and a second time nothing changes."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import Locale

from cases.models import Institution, Question, Service, Unit, User
from flows.models import ProcedureVersion
from portal_pages.models import ServicePage
from portal_pages.models.forms import FormVersion
from portal_pages.packaging.differences import Change
from portal_pages.packaging.exporting import package_of_service
from portal_pages.packaging.importing import NothingFits, judge, take_in
from portal_pages.packaging.mapping import CodeKind, local_codes, proposed
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.shipped import shipped, shipped_codes
from portal_pages.packaging.testing import walks_run
from portal_pages.packaging.zipped import package_of_zip, zip_of

# What runs today goes out, so it comes in today.
NOON = timezone.now()
LATER = NOON + dt.timedelta(days=1)
PETITION = shipped("petition")


def bring(package: Package, town: Institution, *, at: dt.datetime = NOON, published: bool = True) -> list[str]:
    """What changed, by part."""
    mapped = proposed(package, local_codes(town))
    done = take_in(package, town, mapped, by=User.objects.get(username="admin"), at=at, is_published=published)
    return [f"{found.part}: {found.change}" for found in done]


def test_a_new_service_comes_in_as_drafts_and_nobody_is_offered_it(town: Institution):
    changed = bring(PETITION, town, published=False)

    service = Service.objects.get(institution=town, code="petition")
    assert changed == [
        "Names and unit: NEW",
        "Rules of record: NEW",
        "Form: NEW",
        "Letters: NEW",
        "Kept walks: NEW",
        "Procedure: NEW",
        "Public page: NEW",
    ]
    assert not service.is_offered
    assert not FormVersion.objects.filter(service=service).exists()
    assert not ProcedureVersion.objects.filter(procedure__key="petition").exists()
    assert not ServicePage.objects.filter(service_code="petition").live().exists()


def test_drafts_that_came_in_are_published_by_bringing_the_package_again(town: Institution):
    bring(PETITION, town, published=False)

    bring(PETITION, town)

    service = Service.objects.get(institution=town, code="petition")
    assert service.is_offered
    assert service.procedure == "petition"
    assert FormVersion.objects.newest_of(service).number == 1
    assert ProcedureVersion.objects.get(procedure__key="petition").number == 1
    pages = ServicePage.objects.filter(service_code="petition").live()
    assert sorted(page.title for page in pages) == [
        "Petition or proposal",
        "Petiție",
        "Petycja",
        "Предложение или петиция",
    ]


@pytest.mark.parametrize("published", [True, False])
def test_the_same_package_a_second_time_changes_nothing(town: Institution, published: bool):
    bring(PETITION, town, published=published)

    assert bring(PETITION, town, at=LATER, published=published) == []


@pytest.mark.parametrize("code", shipped_codes())
def test_every_shipped_service_passes_its_walks_and_goes_out_as_it_came_in(town: Institution, code: str):
    bring(shipped(code), town)
    service = Service.objects.get(institution=town, code=code)

    out = package_of_zip(zip_of(package_of_service(service)))

    assert bring(out, town, at=LATER) == []
    assert [(one.name, one.differences) for one in walks_run(service)] == sorted((w["name"], []) for w in out.walks)


def test_a_changed_package_makes_the_next_versions_and_says_what_changed(town: Institution):
    bring(PETITION, town)
    form = {**PETITION.form, "pages": PETITION.form["pages"][1:]}
    service = {**PETITION.service, "rules": {**PETITION.service["rules"], "deadline_amount": 3}}
    changed = replace(PETITION, form=form, service=service)
    mapped = proposed(changed, local_codes(town))

    judged = judge(changed, town, mapped, by=None, at=LATER, is_published=True)
    bring(changed, town, at=LATER)

    rules, form_differs = judged.changes
    assert [(line.place, line.before, line.after) for line in rules.lines] == [("deadline_amount", "2", "3")]
    assert [(line.place, line.change) for line in form_differs.lines] == [("pages › matter", Change.GONE)]
    kept = Service.objects.get(institution=town, code="petition")
    assert FormVersion.objects.newest_of(kept).number == 2
    assert list(kept.rules.order_by("valid_from").values_list("deadline_amount", flat=True)) == [2, 3]


def test_a_service_that_runs_stays_as_it_is_while_a_changed_package_comes_in_as_drafts(town: Institution):
    bring(PETITION, town)
    changed = replace(PETITION, service={**PETITION.service, "names": {"en": "Something else"}})

    bring(changed, town, at=LATER, published=False)

    assert Service.objects.get(institution=town, code="petition").names == PETITION.service["names"]


def _service(**changed: Any) -> Package:
    return replace(PETITION, service={**PETITION.service, **changed})


def _steps(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Package:
    steps = change(list(PETITION.procedure["steps"]))
    return replace(PETITION, procedure={**PETITION.procedure, "steps": steps})


def _question(**changed: Any) -> Package:
    page, *others = PETITION.form["pages"]
    question, *more = page["questions"]
    changed_page = {**page, "questions": [{**question, **changed}, *more]}
    return replace(PETITION, form={**PETITION.form, "pages": [changed_page, *others]})


@pytest.mark.parametrize(
    ("package", "words"),
    [
        (replace(PETITION, letters={}), "writes the letter “petition-referral”, but the package does not hold it"),
        (_steps(lambda steps: [{**steps[0], "kind": "TELEPORT"}, *steps[1:]]), "TELEPORT"),
        (_steps(lambda steps: steps[:-1]), "the case would never be closed"),
        (_question(kind="TELEPATHY"), "There is no kind of question “TELEPATHY”"),
        (_question(key="Not A Key"), "A question's key is written in small letters"),
        (_service(rules={**PETITION.service["rules"], "deadline_unit": "MOONS"}), "deadline_unit"),
        (_service(rules=[]), "not written as they should be"),
        (_service(names={"en": 7}), "one text for each language"),
        (_service(names={}), "The service has no name"),
        (_service(surprise=1), "“surprise” is not known here"),
        (replace(PETITION, page={**PETITION.page, "who_may": {}}), "The text “who_may” is missing"),
        (replace(PETITION, page={**PETITION.page, "titles": {"en": "x" * 300}}), "more than 255 letters"),
        (replace(PETITION, form={**PETITION.form, "key": "other"}), "The form is of another service"),
    ],
)
def test_a_package_with_a_part_that_nobody_can_read_is_refused_in_words_and_leaves_nothing(
    town: Institution, package: Package, words: str
):
    with pytest.raises(PackageRefused, match=words):
        bring(package, town)

    assert not Service.objects.filter(institution=town, code="petition").exists()


def test_what_fails_late_takes_back_what_came_in_before(town: Institution):
    bring(PETITION, town, published=False)
    service = Service.objects.get(institution=town, code="petition")
    Question.objects.create(service=service, key="subject", kind="DATE", first_asked_at=NOON)
    renamed = _service(names={"en": "Renamed"})

    with pytest.raises(PackageRefused, match="choose another key"):
        bring(renamed, town)

    assert Service.objects.get(pk=service.pk).names == PETITION.service["names"]


def test_codes_of_another_town_take_the_place_that_was_chosen_for_them(town: Institution):
    road = shipped("road-occupancy")
    Unit.objects.filter(institution=town, code="POL").update(code="STRAZ")
    Unit.objects.filter(institution=town, code="UTL").update(code="SIECI", names={"en": "Pipes"})
    local = local_codes(town)
    mapped = proposed(road, local)

    with pytest.raises(NothingFits, match="Unit UTL"):
        judge(road, town, mapped, by=None, at=NOON, is_published=True)
    take_in(road, town, {**mapped, (CodeKind.UNIT, "UTL"): "SIECI"}, by=None, at=NOON, is_published=True)

    steps = ProcedureVersion.objects.get(procedure__key="road-occupancy").definition["steps"]
    assert next(step["units"] for step in steps if step["id"] == "opinions") == ["STRAZ", "SIECI"]


def test_hostile_words_come_in_as_words(town: Institution):
    hostile = '<script>alert(1)</script>{{ 7 }}{% now %}=CMD("x")'
    texts = dict.fromkeys(PETITION.page["titles"], hostile)
    rich = {language: "<p onclick='x'>a<script>alert(1)</script></p><p>{{ 7 }}</p>" for language in texts}
    package = replace(PETITION, page={**PETITION.page, "titles": texts, "who_may": rich})

    bring(package, town)

    page = ServicePage.objects.filter(service_code="petition", locale__language_code="en").live().get()
    assert page.title == hostile
    assert "script>" not in page.who_may
    assert "onclick" not in page.who_may


def test_an_editors_page_stays_live_while_the_package_brings_a_draft_of_it(town: Institution):
    bring(PETITION, town)
    page = ServicePage.objects.get(service_code="petition", locale__language_code="en")
    page.title = "Our own title"
    page.save_revision().publish()

    changed = bring(PETITION, town, at=LATER, published=False)

    page = ServicePage.objects.get(service_code="petition", locale__language_code="en")
    assert changed == ["Public page: CHANGED"]
    assert page.title == "Our own title"
    assert page.get_latest_revision_as_object().title == "Petition or proposal"


def test_a_stand_in_stays_out_of_the_package_and_becomes_a_page_of_its_own_when_one_comes(town: Institution):
    bring(PETITION, town)
    _let_english_stand_in("pl")

    package = package_of_service(Service.objects.get(institution=town, code="petition"))
    bring(PETITION, town, at=LATER)

    page = ServicePage.objects.get(service_code="petition", locale__language_code="pl")
    assert package.page is not None
    assert package.page["titles"].keys() == {"en", "bg", "ro"}
    assert (page.title, page.slug, page.alias_of, page.live) == ("Petycja", "petycja", None, True)


def _let_english_stand_in(language: str) -> None:
    """As an editor's new page does in a language in which nobody has written it yet."""
    ServicePage.objects.get(service_code="petition", locale__language_code=language).delete()
    page = ServicePage.objects.get(service_code="petition", locale__language_code="en")
    page.copy_for_translation(Locale.objects.get(language_code=language), alias=True)
