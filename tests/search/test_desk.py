"""The archive's page in the office, as Alice, Charlie and an editor meet it."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from cases.models import Case, OutboxRow, Role
from cases.signals import case_changed
from search.engines import engine
from search.finding import RESULTS_A_PAGE
from search.indexing import begin_anew
from tests.factories import RecordClassFactory
from tests.search import written_documents as made
from tests.search.test_indexing import drain
from tests.search.town import NOON

ADDRESS = "/office/archive/"


def office_of(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(user, **asked):
    return office_of(user).get(ADDRESS, asked).content.decode()


def test_a_result_shows_number_title_unit_date_and_passage_and_leads_to_the_case(town):
    case = town.file(made.pdf("One", "The old walnut stands here"), subject="Dangerous <b>tree</b>")
    drain()

    page = page_of(town.alice, q="walnut")

    assert reverse("desk_case", args=[case.public_id]) in page
    assert case.number in page
    assert "Parks" in page
    assert date_format(NOON, "DATE_FORMAT") in page
    assert "<p>The old <mark>walnut</mark> stands here</p>" in page
    assert ">file-0, page 2</a></footer>" in page
    assert "Dangerous &lt;b&gt;tree&lt;/b&gt;" in page
    assert "1 document\n" in page or "1 document<" in page


def test_text_of_an_original_is_never_markup(town):
    town.file(b"walnut <script>alert(1)</script> & more, only plain text in this file")
    drain()

    page = page_of(town.alice, q="walnut")

    assert "<mark>walnut</mark> &lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page


def test_a_stranger_sees_an_empty_archive(town):
    case = town.file(made.pdf("walnut"))
    drain()

    page = page_of(town.charlie, q="walnut")

    assert "Nothing was found" in page
    assert case.number not in page


def test_without_words_the_newest_documents_are_shown(town):
    case = town.file()
    drain()

    page = page_of(town.alice)

    assert "The newest documents" in page
    assert case.number in page


def test_receipts_are_left_out_of_what_is_new_and_a_link_brings_them_back(town):
    case = town.file(subject="A walnut")
    document = case.documents.get()
    document.pk, document.public_id, document.kind, document.title = None, "0123456789abcdef", "RECEIPT", "Receipt 1"
    document.save()
    drain()

    without, beside = page_of(town.alice), page_of(town.alice, receipts="with")
    chosen, sought = page_of(town.alice, kind="RECEIPT"), page_of(town.alice, q="receipt")

    assert "Receipts are left out." in without
    assert f'href="{ADDRESS}?receipts=with"' in without
    assert [">Receipt 1<" in page for page in (without, beside, chosen)] == [False, True, True]
    assert "<mark>Receipt</mark> 1" in sought
    assert "Receipts are" not in sought


def test_an_empty_archive_says_so(town):
    drain()

    assert "Nothing has been filed yet that you may see." in page_of(town.alice)


def test_filters_live_in_the_address_and_can_be_taken_off(town):
    town.file(subject="Oak", at=NOON.replace(year=2025))
    town.file(subject="Oak")
    drain()

    everything = page_of(town.alice, q="oak")
    narrowed = page_of(town.alice, q="oak", year="2025")

    assert 'href="/office/archive/?q=oak&amp;year=2025"' in everything
    assert 'href="/office/archive/?q=oak&amp;unit=park"' in everything
    assert 'href="/office/archive/?q=oak"' in narrowed
    assert '<input type="hidden" name="year" value="2025">' in narrowed
    assert narrowed.count('class="archive-result"') == 1


def test_a_filter_that_finds_nothing_offers_to_search_without_it(town):
    town.file(subject="Oak")
    drain()

    page = page_of(town.alice, q="oak", year="1999")

    assert "Search without filters" in page


@pytest.mark.parametrize("typed", ["(" * 10_240, "a " * 200, "((((((((oak"])
def test_too_much_gets_a_kind_message_and_keeps_what_was_typed(town, typed):
    drain()

    response = office_of(town.alice).get(ADDRESS, {"q": typed})

    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert "Try" in response.content.decode()


@pytest.mark.parametrize(
    "asked", [{"p": "0"}, {"p": "99999"}, {"p": "x"}, {"p": "٣"}, {"q": "a\x00b"}, {"unit": "'\"><"}]
)
def test_odd_addresses_are_no_error(town, asked):
    town.file()
    drain()

    assert office_of(town.alice).get(ADDRESS, asked).status_code == 200


def test_a_missing_index_is_said_kindly(town):
    town.file()

    page = page_of(town.alice, q="tree")

    assert "The archive is being rebuilt, these results may be incomplete." in page
    assert not engine().is_healthy()


def test_a_missing_index_that_nobody_makes_again_says_that_no_worker_runs(town):
    town.file()
    OutboxRow.objects.update(due_at=timezone.now() - dt.timedelta(minutes=4), claimed_until=None)

    assert "No worker seems to be running" in page_of(town.alice, q="tree")


def test_while_the_index_is_built_again_the_page_says_that_not_everything_is_found(town):
    town.file()
    drain()
    engine().wipe()
    begin_anew()

    assert "Until it is done, not everything is found." in page_of(town.alice, q="tree")


def test_pages_lead_on_and_back(town):
    for _ in range(RESULTS_A_PAGE + 1):
        town.file()
    drain()

    first, second = page_of(town.alice), page_of(town.alice, p="2")

    assert ("Page 1 of 2" in first, 'rel="next"' in first, 'rel="prev"' in first) == (True, True, False)
    assert ("Page 2 of 2" in second, 'rel="next"' in second, 'rel="prev"' in second) == (True, False, True)
    assert second.count('class="archive-result"') == 1


def test_the_page_asks_as_many_questions_for_three_results_as_for_one(town):
    client = office_of(town.alice)

    def queries_with_one_more_result():
        town.file(made.pdf("walnut"), made.pdf("other walnut"))
        drain()
        with CaptureQueriesContext(connection) as queries:
            client.get(ADDRESS, {"q": "walnut"})
        return len(queries)

    client.get(ADDRESS)
    with_one, _with_two, with_three = (queries_with_one_more_result() for _ in range(3))

    assert with_one == with_three


def test_who_may_not_search_is_turned_away(town):
    editor = town.hire("edith", town.registry, Role.EDITOR)

    response = office_of(editor).get(ADDRESS)

    assert response.status_code in {302, 403, 404}
    assert 'href="/office/archive/"' not in office_of(editor).get("/office/").content.decode()


def test_the_menu_leads_to_the_archive(town):
    assert "/office/archive/" in office_of(town.alice).get("/office/", follow=True).content.decode()


def test_who_is_not_logged_in_is_asked_to_log_in(db):
    response = Client().get(ADDRESS)

    assert response.status_code == 302
    assert response.url == f"/office/login/?next={ADDRESS}"


# -- all values of a filter


@pytest.fixture
def many_classes(town, monkeypatch):
    """Five papers in five classes, where the page has room for the two met most."""
    monkeypatch.setattr("search.facets.VALUES_AT_FIRST", 1)
    monkeypatch.setattr("search.facets.VALUES_AT_MOST", 2)
    titles = ["Trees", "Roads", "Łąki", "Lamps", "Wells"]
    for number, title in enumerate(titles):
        record_class = RecordClassFactory(institution=town.institution, code=f"7{number}", titles={"en": title})
        case = town.file(made.pdf("walnut"))
        Case.objects.filter(pk=case.pk).update(record_class=record_class)
        case_changed.send(sender=Case, case=case, at=NOON)
    drain()


def test_a_filter_with_more_values_than_there_is_room_for_says_so_and_leads_to_all(town, many_classes):
    page = page_of(town.alice, q="walnut")

    address = reverse("desk_archive_filter", args=["class"])
    assert "There are more than these." in page
    assert f'href="{address}?q=walnut"' in page
    assert reverse("desk_archive_filter", args=["unit"]) not in page


def filter_page(user, facet="class", **asked):
    return office_of(user).get(reverse("desk_archive_filter", args=[facet]), asked)


def test_all_values_of_a_filter_lead_to_the_search_narrowed_by_them(town, many_classes):
    answer = filter_page(town.alice, q="walnut")

    values = [(value.label, value.count, value.address) for value in answer.context["values"]]
    assert len(values) == 5
    assert ("70 Trees", 1, f"{ADDRESS}?q=walnut&class=70") in values


@pytest.mark.parametrize(("like", "found"), [("LAKI", ["72 Łąki"]), ("74", ["74 Wells"]), ("xyz", []), ("\x00", 5)])
def test_values_are_narrowed_by_letters_of_their_name_or_code(town, many_classes, like, found):
    answer = filter_page(town.alice, q="walnut", like=like)

    values = [value.label for value in answer.context["values"]]
    assert (values if isinstance(found, list) else len(values)) == found


def test_values_that_do_not_fit_on_the_page_are_counted(town, many_classes, monkeypatch):
    monkeypatch.setattr("search.desk.filters.SHOWN", 2)

    page = filter_page(town.alice, q="walnut").content.decode()

    assert "5 values" in page
    assert "3 more are not shown. Type more letters." in page


def test_a_stranger_is_told_no_value(town, many_classes):
    page = filter_page(town.charlie, q="walnut").content.decode()

    assert "There is nothing to choose from." in page
    assert "Wells" not in page


def test_a_filter_that_is_none_has_no_page_and_odd_questions_get_one(town, many_classes):
    assert filter_page(town.alice, "sender").status_code == 404
    assert filter_page(town.alice, q="(" * 600).status_code == 200
    assert filter_page(town.alice, **{"from": "soon"}).status_code == 200
