"""A hit opens the right page with the words marked where they stand."""

import re
from urllib.parse import parse_qs, urlparse

import pytest
from django.utils import timezone

from cases.models import AccessKind, AccessLog, ComponentFile
from cases.previews import make_preview
from search.marks import Mark, marks_on, viewer_address
from search.parser import parse
from search.passages import Seeker
from tests.search import written_documents as made
from tests.search.test_desk import office_of
from tests.search.test_indexing import drain


@pytest.fixture
def filed(town):
    """Files one file; the use of it."""

    def file(content, **values):
        case = town.file(content, **values)
        drain()
        return ComponentFile.objects.select_related("stored_file", "component__document").get(
            component__document__case=case
        )

    return file


def seeker(typed):
    return Seeker(parse(typed))


def middle(mark: Mark) -> tuple[float, float]:
    return (mark.x + mark.width / 2) / 10_000, (mark.y + mark.height / 2) / 10_000


def placed(words, *, across, down):
    return f"#place(top + left, dx: {across}mm, dy: {down}mm)[{words}]"


A4 = "#set page(width: 210mm, height: 297mm, margin: 0mm)\n#set text(size: 12pt)"


def test_a_found_word_is_marked_where_it_stands_in_any_form(filed):
    file = filed(made.pdf("first", placed("Отсичане на дърво", across=105, down=148), setup=A4))

    [mark] = marks_on(file.stored_file, 2, seeker("дървета"))

    across, down = middle(mark)
    assert 0.6 < across < 0.75
    assert 0.5 < down < 0.52
    assert marks_on(file.stored_file, 1, seeker("дървета")) == []


def test_a_turned_page_is_marked_as_people_see_it(filed):
    body = placed("walnut", across=20, down=20)
    turned = made.turned(made.pdf(body, setup=A4), degrees=90)
    file = filed(turned)

    [mark] = marks_on(file.stored_file, 1, seeker("walnut"))

    across, down = middle(mark)
    assert across > 0.85
    assert down < 0.2


def test_a_word_split_at_the_end_of_a_line_is_marked_in_both_halves(filed):
    narrow = '#set text(lang: "bg", hyphenate: true)\n#set page(width: 6cm)\n#set par(justify: true)'
    file = filed(made.pdf("Удостоверението за отсичане съгласно разпореждането", setup=narrow))

    marks = marks_on(file.stored_file, 1, seeker("разпореждането"))

    assert len(marks) == 2
    assert marks[0].y < marks[1].y


def test_nothing_sought_marks_nothing(filed):
    file = filed(made.pdf("walnut"))

    assert marks_on(file.stored_file, 1, seeker("")) == []


def test_the_viewer_opens_at_the_page_with_marks_and_leads_to_the_next_hit(town, filed):
    file = filed(made.pdf("walnut", "oak", "walnut again"))
    make_preview(file.stored_file, at=timezone.now())
    address = viewer_address(file.component.document, file, 1, "walnut")

    page = office_of(town.alice).get(address).content.decode()

    assert f"/files/{file.pk}/pages/1/" in page
    assert page.count("<rect ") == 1
    assert "Hit 1 of 2" in page
    following = re.search(r'href="([^"]+)">Next hit', page)[1].replace("&amp;", "&")
    assert parse_qs(urlparse(following).query) == {"file": [str(file.pk)], "page": ["3"], "q": ["walnut"]}
    assert "Not on this page" in office_of(town.alice).get(address.replace("page=1", "page=2")).content.decode()


def test_a_file_without_page_images_shows_its_text_with_the_words_marked(town, filed):
    file = filed(made.docx("An old walnut &amp; &lt;b&gt;oak&lt;/b&gt;"))

    page = office_of(town.alice).get(viewer_address(file.component.document, typed="walnut")).content.decode()

    assert "An old <mark>walnut</mark> &amp; &lt;b&gt;oak&lt;/b&gt;" in page
    assert "sheet-marks" not in page


def test_who_may_not_see_the_document_finds_no_page(town, filed):
    file = filed(made.pdf("walnut"))

    assert office_of(town.charlie).get(viewer_address(file.component.document)).status_code == 404


def test_a_restricted_document_asks_for_a_reason_first(town, filed):
    file = filed(made.pdf("walnut"))
    document = file.component.document
    type(document).objects.filter(pk=document.pk).update(access_level="RESTRICTED")

    answer = office_of(town.dora).get(viewer_address(document, typed="walnut"))

    assert answer.status_code == 302
    assert "walnut" not in answer.content.decode()


def test_opening_is_written_into_the_access_log(town, filed):
    file = filed(made.pdf("walnut"))

    office_of(town.alice).get(viewer_address(file.component.document))

    opened = AccessLog.objects.filter(user=town.alice, kind=AccessKind.OPENED_DOCUMENT)
    assert [line.document for line in opened] == [file.component.document]
