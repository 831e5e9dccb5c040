"""Faults in the running product, as people meet them over HTTP: they read what happened and lose nothing."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from registra.town import PASSWORD
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.visitor import Answer, Visitor
from tests.journeys.running import RunningTown, prepared_town, running_town
from tests.migrated_database import MigratedDatabase
from tests.portal_pages.filling import FORMS, photo, upload

pytestmark = pytest.mark.both_databases

MEGABYTE = 1024 * 1024
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    with small_disk(tmp_path_factory.mktemp("town") / "disk", megabytes=64) as disk:
        yield disk


@pytest.fixture(scope="module")
def town(
    disk: SmallDisk, django_db_setup: None, migrated_database: MigratedDatabase, tmp_path_factory
) -> Iterator[RunningTown]:
    """The public site on a small disk, without worker and scheduler."""
    original = prepared_town(settings.RUN_DIR / "town", migrated_database)
    log_file = tmp_path_factory.mktemp("log") / "log"  # a log on the full disk would be another fault
    with running_town(disk.folder / "town", f"disk_{WORKER}", original, log_file=log_file, only="web") as town:
        yield town


@pytest.fixture
def visitor(town: RunningTown) -> Visitor:
    return Visitor(town.address)


@pytest.fixture
def full_disk(disk: SmallDisk) -> Iterator[SmallDisk]:
    """Whatever happens to one test, the next finds room."""
    yield disk
    if disk.ballast.exists():
        disk.make_room()


def fill_in(visitor: Visitor, *, but: tuple[str, ...] = ()) -> None:
    for page, values in FORMS["tree-felling"].items():
        if page not in but:
            answer = visitor.send(address(page), dict(values))
            assert answer.status == 200, answer.words


def address(page: str) -> str:
    return f"/en/apply/tree-felling/{page}/"


def large_photo() -> bytes:
    return photo() + bytes(2 * MEGABYTE)


def number_on(page: Answer) -> str:
    assert page.address.endswith("/done/"), page.words
    return re.search(r'<strong class="number">([^<]+)<', page.words)[1]


def staged(town: RunningTown) -> list[Path]:
    return [file for file in (town.folder / "originals" / "staging").iterdir() if file.is_file()]


def test_an_upload_onto_a_full_disk_is_said_and_goes_through_when_there_is_room(town, visitor, full_disk):
    fill_in(visitor, but=("trees",))
    trees = FORMS["tree-felling"]["trees"]
    full_disk.fill(leave=MEGABYTE)

    refused = visitor.send(address("trees"), {**trees, "photos": upload("tree.jpg", large_photo())})
    left = staged(town)
    full_disk.make_room()
    typed = visitor.open(address("trees"))
    visitor.send(address("trees"), {**trees, "photos": upload("tree.jpg", large_photo())})
    filed = visitor.send(address("review"), {})

    assert "“tree.jpg” could not be stored: the fault is ours" in refused.words
    assert 'value="walnut"' in refused.words
    assert left == []
    assert 'value="walnut"' in typed.words
    assert "tree.jpg" in filed.words
    assert filed.address.endswith("/done/")


def test_a_page_sent_while_not_one_byte_fits_keeps_what_was_typed(visitor, full_disk):
    trees = FORMS["tree-felling"]["trees"]
    full_disk.fill(leave=0)

    unsaved = visitor.send(address("trees"), {**trees, "photos": upload("tree.jpg", photo())})
    full_disk.make_room()
    again = visitor.send_again(
        address("trees"), {**trees, "csrfmiddlewaretoken": unsaved.hidden("csrfmiddlewaretoken")}
    )

    # What fits into space that the database has already is saved all the same.
    assert unsaved.status in (200, 503)
    assert 'value="walnut"' in unsaved.words
    assert "the fault is ours" in unsaved.words.lower()
    assert again.address.endswith(address("reason"))


def test_the_last_press_on_a_full_disk_files_nothing_and_the_next_one_files_once(visitor, full_disk):
    fill_in(visitor)
    full_disk.fill(leave=0)

    refused = visitor.send(address("review"), {})
    still_there = visitor.open(address("review"))
    full_disk.make_room()
    filed = visitor.send(address("review"), {})
    again = visitor.send_again(address("review"), {"csrfmiddlewaretoken": refused.hidden("csrfmiddlewaretoken")})

    assert refused.status == 503
    assert "It could not be filed just now" in refused.words
    assert "ul. Lipa 4, behind the school" in still_there.words
    assert number_on(filed) == number_on(again)


def test_a_message_to_the_office_on_a_full_disk_is_kept_on_the_page_and_sent_once(visitor, full_disk):
    fill_in(visitor)
    filed = visitor.send(address("review"), {})
    case = visitor.open(re.search(r'href="[^"]*(/c/[^"]+)"', filed.words)[1]).address.removeprefix(visitor.site)
    words = "The tree leans more since the storm."
    full_disk.fill(leave=0)

    refused = visitor.send(case, {"message": words})
    full_disk.make_room()
    key = {name: refused.hidden(name) for name in ("csrfmiddlewaretoken", "key")}
    sent = visitor.send_again(case, {**key, "message": words})
    twice = visitor.send_again(case, {**key, "message": words})

    assert refused.status == 503
    assert "The fault is ours" in refused.words
    assert words in refused.words
    assert (sent.words.count(f"<p>{words}</p>"), twice.words.count(f"<p>{words}</p>")) == (1, 1)


# -- the office on the same disk


@pytest.fixture
def official(town: RunningTown) -> Callable[[str], Visitor]:
    def sign_in(username: str) -> Visitor:
        visitor = Visitor(town.address)
        entered = visitor.send("/office/login/", {"username": username, "password": PASSWORD})
        assert "/login/" not in entered.address, entered.words
        return visitor

    return sign_in


def test_an_item_at_the_counter_on_a_full_disk_is_not_lost_and_entered_once(official, full_disk):
    registrar = official("registrar")
    form = registrar.open("/office/counter/")
    typed = {"name": "Vasil Penev", "subject": "The dark lamp", "channel": "POST", "language": "bg"}
    hidden = {name: form.hidden(name) for name in ("csrfmiddlewaretoken", "submission_key")}
    full_disk.fill(leave=0)

    refused = registrar.send_again("/office/counter/", {**hidden, **typed, "papers": upload("lamp.jpg", photo())})
    full_disk.make_room()
    entered = registrar.send_again("/office/counter/", {**hidden, **typed})
    twice = registrar.send_again("/office/counter/", {**hidden, **typed})

    assert "“lamp.jpg” could not be stored: the fault is ours" in refused.words
    assert 'value="The dark lamp"' in refused.words
    assert "done=" in entered.address
    assert entered.address == twice.address


def test_a_document_added_on_a_full_disk_is_said_not_to_be_saved_and_keeps_its_title(visitor, official, full_disk):
    fill_in(visitor)
    number = number_on(visitor.send(address("review"), {}))
    officer = official("officer")
    [path] = set(re.findall(r'href="(/office/case/[^"]+)"', officer.open(f"/office/tasks/?q={number}").words))
    token = officer.open(path).hidden("csrfmiddlewaretoken")
    full_disk.fill(leave=0)

    refused = officer.send_again(
        f"{path}document/", {"csrfmiddlewaretoken": token, "title": "On the spot", "files": upload("s.jpg", photo())}
    )
    full_disk.make_room()
    added = officer.send_again(f"{path}document/", {**refused.all_hidden(), "files": upload("s.jpg", photo())})

    assert (refused.status, refused.all_hidden()["title"]) == (503, "On the spot")
    assert "It was not saved" in refused.words
    assert "“On the spot” was added." in added.words
