"""A better scan supersedes the worse: both are kept, only the better is shown and sent."""

import pytest
from django.test import Client
from django.urls import reverse

from cases import history
from cases.capturing import capture, keep_files
from cases.dispatching import send_result
from cases.models import Case, ComponentFile, DeliveryChannel, Direction, Document, FileRole, OutboxRow, StoredFile
from cases.notices import mail_of
from cases.registration import PartyAsFiled
from cases.rescanning import NotRescanned, replace_scan
from tests.cases.town import Town, a_file, bytes_of
from tests.factories import DAY, NOON

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

ANA = PartyAsFiled(name="Ana Marin", email="ana@example.org", result_channel=DeliveryChannel.EMAIL)


@pytest.fixture
def deed(town: Town) -> dict:
    return {"actor": town.actor("alice"), "at": NOON + DAY}


@pytest.fixture
def paper(town: Town) -> Document:
    """A decision that was signed by hand, scanned in a hurry."""
    return capture(
        town.file(parties=[ANA]).case, title="Permit", kind="DECISION", direction=Direction.OUT,
        files=keep_files([a_file(b"blurred", name="blurred.txt")]), file_role=FileRole.SCAN,
        actor=town.actor("alice"), at=NOON,
    )  # fmt: skip


def scan_of(paper: Document) -> ComponentFile:
    return ComponentFile.objects.get(component__document=paper, superseded_by=None)


def test_the_worse_scan_keeps_its_row_and_its_bytes(paper, deed):
    worse = scan_of(paper)

    better = replace_scan(worse, a_file(b"sharp", name="sharp.txt"), **deed)

    worse.refresh_from_db()
    assert (worse.superseded_by, worse.component) == (better, better.component)
    assert StoredFile.objects.filter(pk__in=[worse.stored_file_id, better.stored_file_id]).count() == 2
    assert (bytes_of(worse.stored_file_id), bytes_of(better.stored_file_id)) == (b"blurred", b"sharp")


def test_the_history_says_so_and_the_chain_holds(paper, deed):
    worse = scan_of(paper)

    better = replace_scan(worse, a_file(b"sharp"), **deed)

    event = paper.case.events.latest("seq")
    assert history.words_of(event) == "A better scan of “Permit” took the place of the earlier one"
    assert event.payload == {"worse": worse.stored_file_id, "better": better.stored_file_id}
    assert not event.is_public
    assert list(history.broken_links(Case.objects.get(pk=paper.case_id))) == []


def test_the_case_page_shows_only_the_better_and_its_pages_are_made(town, paper, deed, client: Client):
    worse = scan_of(paper)
    better = replace_scan(worse, a_file(b"sharp", name="sharp.txt"), **deed)
    client.force_login(town.person("alice"))

    page = client.get(reverse("desk_case", args=[paper.case.public_id]))

    [shelf] = [shelf for shelf in page.context["shelves"] if shelf.document == paper]
    assert [line.file for line in shelf.lines] == [better]
    assert "blurred.txt" not in page.content.decode()
    assert OutboxRow.objects.filter(kind="make_previews", payload={"files": [better.stored_file_id]}).exists()


def test_the_applicant_is_sent_only_the_better(paper, deed):
    replace_scan(scan_of(paper), a_file(b"sharp", name="sharp.txt"), **deed)

    [result] = send_result(paper, **deed)

    assert [(one[0], bytes(one[1], "ascii")) for one in mail_of(result).attachments] == [("sharp.txt", b"sharp")]


def test_a_better_scan_can_be_bettered_but_not_the_one_behind_it(paper, deed):
    first = scan_of(paper)
    second = replace_scan(first, a_file(b"sharp"), **deed)

    with pytest.raises(NotRescanned, match="a better scan of this paper already"):
        replace_scan(first, a_file(b"sharper"), **deed)
    third = replace_scan(second, a_file(b"sharper"), **deed)

    assert scan_of(paper) == third


def test_what_came_in_as_a_file_is_no_scan(town, deed):
    original = scan_of(town.file().documents.get())

    with pytest.raises(NotRescanned, match="kept as it came"):
        replace_scan(original, a_file(b"nicer"), **deed)

    assert scan_of(original.component.document) == original
