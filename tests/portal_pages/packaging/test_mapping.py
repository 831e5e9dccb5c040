"""Codes of one town and of another."""

import pytest

from cases.models import DisposalAction, RecordClass, Unit
from portal_pages.packaging.mapping import (
    CodeKind,
    codes_of,
    local_codes,
    proposed,
    unmapped,
    with_local_codes,
)
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.shipped import shipped
from tests.factories import InstitutionFactory, RegisterFactory, UnitFactory

UNIT = CodeKind.UNIT
PROCEDURE = {
    "key": "any",
    "steps": [
        {"id": "check", "who": {"role": "OFFICER", "unit": "RDS"}, "deadline": {"amount": 1, "unit": "WORKING_DAYS"}},
        {"id": "asking", "units": ["POL", "RDS"]},
        {
            "id": "whose",
            "branches": [{"when": {"answer": "case:unit", "comparison": "IS", "value": "ENV"}, "steps": []}],
            "otherwise": [{"id": "late", "who": {"head_of": "HANDLING"}}, {"id": "post", "who": {"post": "notary"}}],
        },
    ],
}
PACKAGE = Package(
    service={"code": "any", "unit": "RDS", "rules": {"register": "incoming", "record_class": "06-03"},
             "codes": {"units": {"RDS": {"en": "Roads", "bg": "Отдел „Пътища“"}}}},
    procedure=PROCEDURE,
    letters={"answer": {"key": "answer", "body": [{"texts": {"en": "Police: {opinion:POL}; {opinion:RDS}."}}]}},
    walks=({"name": "one", "answers": {"unit": "POL"}, "choices": [{"step": "asking", "unit": "POL"}]},),
)  # fmt: skip


def test_every_unit_post_register_and_class_that_a_package_uses_is_found_once():
    assert [(one.kind, one.code) for one in codes_of(PACKAGE)] == [
        (UNIT, "RDS"),
        (CodeKind.REGISTER, "incoming"),
        (CodeKind.RECORD_CLASS, "06-03"),
        (UNIT, "POL"),
        (UNIT, "ENV"),
        (CodeKind.POST, "notary"),
    ]


def test_mapped_codes_stand_in_steps_conditions_letters_and_walks_and_nowhere_else():
    mapped = {
        (UNIT, "RDS"): "D1",
        (UNIT, "POL"): "STRAZ",
        (UNIT, "ENV"): "OS",
        (CodeKind.POST, "notary"): "clerk",
        (CodeKind.REGISTER, "incoming"): "in",
        (CodeKind.RECORD_CLASS, "06-03"): "7230",
    }

    here = with_local_codes(PACKAGE, mapped)

    assert here.service["unit"] == "D1"
    assert here.service["rules"] == {"register": "in", "record_class": "7230"}
    check, asking, whose = here.procedure["steps"]
    assert check == {
        "id": "check",
        "who": {"role": "OFFICER", "unit": "D1"},
        "deadline": {"amount": 1, "unit": "WORKING_DAYS"},
    }
    assert asking["units"] == ["STRAZ", "D1"]
    assert whose["branches"][0]["when"]["value"] == "OS"
    assert [step["who"] for step in whose["otherwise"]] == [{"head_of": "HANDLING"}, {"post": "clerk"}]
    assert here.letters["answer"]["body"][0]["texts"]["en"] == "Police: {opinion:STRAZ}; {opinion:D1}."
    assert here.walks[0]["answers"] == {"unit": "POL"}
    assert here.walks[0]["choices"] == [{"step": "asking", "unit": "STRAZ"}]


def test_a_package_without_its_unit_is_refused():
    with pytest.raises(PackageRefused, match="missing"):
        codes_of(Package(service={"code": "any", "unit": 7}))


@pytest.mark.django_db
def test_the_same_code_is_proposed_else_the_same_name_else_nothing():
    institution = InstitutionFactory()
    UnitFactory(institution=institution, code="D1", names={"pl": "Drogi", "en": "ROADS"})
    UnitFactory(institution=institution, code="ENV", names={"en": "Environment"})
    UnitFactory(institution=InstitutionFactory(), code="POL", names={"en": "A stranger's police"})
    RegisterFactory(institution=institution, code="incoming")
    local = local_codes(institution)

    found = proposed(PACKAGE, local)

    assert found[UNIT, "RDS"] == "D1"
    assert found[UNIT, "ENV"] == "ENV"
    assert found[CodeKind.REGISTER, "incoming"] == "incoming"
    assert [one.code for one in unmapped(PACKAGE, found, local)] == ["06-03", "POL", "notary"]


@pytest.mark.django_db
def test_two_units_of_one_name_are_not_guessed_between():
    institution = InstitutionFactory()
    for code in ("D1", "D2"):
        UnitFactory(institution=institution, code=code, names={"en": "Roads"})

    assert (UNIT, "RDS") not in proposed(PACKAGE, local_codes(institution))


@pytest.mark.django_db
def test_a_unit_that_is_closed_or_a_code_of_another_town_can_not_be_chosen():
    institution, stranger = InstitutionFactory(), UnitFactory(institution=InstitutionFactory(), code="SECRET")
    closed = UnitFactory(institution=institution, code="RDS")
    Unit.objects.filter(pk=closed.pk).update(valid_to="2025-01-01")
    RecordClass.objects.create(
        institution=institution,
        code="06-03",
        titles={},
        disposal_action=DisposalAction.DESTROY,
        valid_from="2024-01-01",
    )
    local = local_codes(institution)

    left = unmapped(PACKAGE, {**proposed(PACKAGE, local), (UNIT, "POL"): stranger.code}, local)

    assert [one.code for one in left] == ["RDS", "incoming", "POL", "ENV", "notary"]


def test_the_shipped_services_say_what_each_of_their_codes_means():
    nameless = [
        (package.code, one.code)
        for package in map(shipped, ("petition", "road-occupancy", "urban-certificate"))
        for one in codes_of(package)
        if not one.names
    ]

    assert nameless == []
