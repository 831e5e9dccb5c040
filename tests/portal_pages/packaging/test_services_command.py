"""``manage.py services``: what it prints, what it writes and what it refuses."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.models import Institution, Service
from flows.models import KeptWalk
from portal_pages.packaging.shipped import FOLDER, shipped
from portal_pages.packaging.zipped import package_of_zip, zip_of

pytestmark = pytest.mark.django_db


def services(*words: str) -> list[str]:
    """What the command printed, line by line."""
    out = io.StringIO()
    call_command("services", *words, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    file = tmp_path / "petition.zip"
    file.write_bytes(zip_of(shipped("petition")))
    return file


def test_the_list_has_what_is_offered_here_and_what_ships(town: Institution):
    lines = services("list")

    assert [line.split()[:2] for line in lines if line.split()[0] in {"tree-felling", "petition"}] == [
        ["tree-felling", "offered"],
        ["petition", "ships"],
    ]


def test_an_import_shows_what_would_change_and_changes_nothing_before_yes(town: Institution, package: Path):
    lines = services("import", str(package))

    assert lines[0] == "Names and unit: new"
    assert lines[-1] == "Nothing was changed. With --yes the package comes in."
    assert not Service.objects.filter(code="petition").exists()


def test_a_service_comes_in_from_a_file_and_goes_out_as_a_file(town: Institution, package: Path, tmp_path: Path):
    brought = services("import", str(package), "--yes", "--publish")
    out = tmp_path / "out.zip"

    exported = services("export", "petition", "--to", str(out))
    again = services("import", str(out), "--yes", "--publish")

    assert "Offered to residents: changes" in brought
    assert Service.objects.get(institution=town, code="petition").is_offered
    assert exported == [f"{out}: {out.stat().st_size} bytes"]
    assert package_of_zip(out.read_bytes()).service["names"] == shipped("petition").service["names"]
    assert again == ["The same already stands here."]


def test_a_folder_and_the_code_of_a_shipped_service_come_in_as_well(town: Institution):
    assert services("import", str(FOLDER / "petition")) == services("import", "petition")


def test_a_code_that_fits_nothing_here_is_named_with_the_way_to_map_it(town: Institution, package: Path):
    town.units.filter(code=shipped("petition").service["unit"]).update(code="ELSEWHERE", names={"en": "Elsewhere"})

    with pytest.raises(CommandError, match=r"--map unit:\w+=…"):
        services("import", str(package))

    unit = shipped("petition").service["unit"]
    assert services("import", str(package), "--map", f"unit:{unit}=ELSEWHERE")[0] == "Names and unit: new"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["import", "no-such-thing"], "neither a file, nor a folder"),
        (["export", "no-such-thing"], "no service with the code"),
        (["list", "--institution", "atlantis"], "Name the institution with --institution. There are: bela-reka."),
        (["import", "petition", "--map", "ROADS"], "write it as unit:ROADS=D1"),
        (["import", "petition", "--from", "tomorrow"], "write the day as 2026-03-27"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(town: Institution, words: list[str], why: str):
    with pytest.raises(CommandError, match=why):
        services(*words)


def test_kept_walks_are_told_one_by_one_and_one_that_ends_otherwise_fails_the_command(town: Institution):
    services("import", "petition", "--yes", "--publish")
    walks = list(KeptWalk.objects.filter(service__code="petition").order_by("name"))
    passed = services("test", "petition")
    KeptWalk.objects.filter(pk=walks[0].pk).update(walk={**walks[0].walk, "expected": {"letters": ["no-such-letter"]}})

    out = io.StringIO()
    with pytest.raises(CommandError, match="^1 kept walks end otherwise than they should"):
        call_command("services", "test", stdout=out)

    assert passed == [f"ok     petition: {walk.name}" for walk in walks]
    assert f"FAILED petition: {walks[0].name}" in out.getvalue()


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (lambda raw: b"not a zip", "it can't be opened as a zip"),
        (lambda raw: raw.replace(b"page.json", b"../e.json"), "leads out of the package"),
        (lambda raw: raw[: len(raw) // 2], "damaged"),
    ],
)
def test_a_bad_package_is_refused_in_words_with_a_failing_exit_and_leaves_nothing_behind(
    town: Institution, package: Path, spoilt: Callable[[bytes], bytes], why: str
):
    package.write_bytes(spoilt(package.read_bytes()))

    with pytest.raises(CommandError, match=why) as refused:
        services("import", str(package), "--yes", "--publish")

    assert refused.value.returncode == 1  # what the shell is told
    assert not Service.objects.filter(code="petition").exists()
