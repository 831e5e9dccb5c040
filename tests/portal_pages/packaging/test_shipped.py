"""The eight services that ship: whole, and every text in four languages."""

from collections.abc import Iterator
from typing import Any

import pytest

from flows.letters.checker import problems_of as check_letter
from flows.procedures import tree
from flows.procedures.checker import Surroundings
from flows.procedures.checker import problems_of as check_procedure
from portal_pages.forms.checker import problems_of as check_form
from portal_pages.forms.stored import form_from_json
from portal_pages.packaging.mapping import CodeKind, codes_of
from portal_pages.packaging.package import PackageRefused
from portal_pages.packaging.shipped import FOLDER, package_in_folder, shipped, shipped_codes

LANGUAGES = {"en", "bg", "pl", "ro"}
CODES = shipped_codes()


def texts_in(data: Any, place: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every object whose members are languages, with its place."""
    if isinstance(data, dict):
        if data.keys() & LANGUAGES:
            yield place, data
        else:
            for name, inner in data.items():
                yield from texts_in(inner, f"{place}.{name}")
    elif isinstance(data, list):
        for number, inner in enumerate(data):
            yield from texts_in(inner, f"{place}[{number}]")


def test_eight_services_ship():
    assert CODES == [
        "commercial-permit",
        "complaint",
        "opening-hours",
        "petition",
        "public-information",
        "road-occupancy",
        "tree-felling",
        "urban-certificate",
    ]


@pytest.mark.parametrize("code", CODES)
def test_a_shipped_service_is_whole(code: str):
    package = shipped(code)

    assert package.code == package.form["key"] == package.procedure["key"] == code
    assert package.letters
    assert package.page is not None
    assert len(package.walks) >= 2


@pytest.mark.parametrize("code", CODES)
def test_every_text_of_a_shipped_service_stands_in_four_languages(code: str):
    gaps = [
        f"{name}{place}"
        for name, data in shipped(code).members()
        for place, texts in texts_in(data)
        if texts.keys() != LANGUAGES or not all(words.strip() for words in texts.values())
    ]

    assert gaps == []


@pytest.mark.parametrize("code", CODES)
def test_the_checkers_find_neither_errors_nor_warnings_in_a_shipped_service(code: str):
    package = shipped(code)
    procedure = tree.from_json(package.procedure)
    asked = {question.key for question in form_from_json(package.form).questions()}
    units = {one.code for one in codes_of(package) if one.kind == CodeKind.UNIT}
    staffed = dict.fromkeys(units, {"OFFICER", "HEAD"}) | {"REG": {"REGISTRAR"}, "EXE": {"EXECUTIVE"}}
    around = Surroundings(
        units=staffed,
        headed=units,
        handling=package.service["unit"],
        letters=package.letters,
        forms={code: asked},
        languages=sorted(LANGUAGES),
        obligatory=["bg"],
    )
    languages = sorted(LANGUAGES)

    assert check_form(package.form, languages=languages, obligatory=["bg"]) == []
    assert check_procedure(procedure, around) == []
    for letter in package.letters.values():
        assert check_letter(letter, languages=languages, obligatory=["bg"], questions=asked, units=units) == []


def test_a_folder_without_its_service_is_refused(tmp_path):
    (tmp_path / "form.json").write_bytes((FOLDER / "petition" / "form.json").read_bytes())

    with pytest.raises(PackageRefused, match="service.json is missing"):
        package_in_folder(tmp_path)
