"""The public pages: trees, languages, search, looks, and what editors can do."""

import io
import re
from contextlib import closing
from uuid import UUID

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from wagtail.models import Locale, Page, Site

from cases.acting import Actor
from cases.crests import choose_look, crest_from
from cases.models import Crest, Institution, User
from cases.staffing import ensure_groups
from portal_pages import jobs
from portal_pages.demo import build_demo_pages
from portal_pages.models import (
    AccessibilityStatementPage,
    ArticlePage,
    ContactPage,
    HomePage,
    ServiceIndexPage,
    ServicePage,
    TrackingPage,
)
from portal_pages.views.errors import broken


@pytest.fixture
def editor(pages: Institution) -> User:
    ensure_groups()
    user = User.objects.create_user("eva", password="reads-and-writes")
    user.groups.add(Group.objects.get(name="Editor"))
    return user


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


# -- what is there


def test_the_home_page_answers_what_people_come_for(client, pages):
    page = text_of(client, "/en/")

    assert "What do you want to do?" in page
    assert '<a href="/en/services/report-a-problem/">Report a problem</a>' in page


@pytest.mark.parametrize("language", ["en", "bg", "pl", "ro"])
def test_every_page_opens_in_every_language_in_words_of_its_own(client, pages, language):
    found = Page.objects.filter(locale__language_code=language, depth__gt=1)

    opened = {page.get_url(): client.get(page.get_url()) for page in found}

    assert len(opened) == 11
    assert {answer.status_code for answer in opened.values()} == {200}
    assert [address for address, answer in opened.items() if "is-language" in answer.content.decode()] == []


def test_no_page_of_the_demo_town_stands_in_for_another(pages):
    assert not Page.objects.filter(alias_of__isnull=False).exists()


@pytest.mark.parametrize(
    ("language", "links"),
    [
        (
            "pl",
            [
                ("Wszystkie usługi", "/pl/uslugi/", "pl"),
                ("Śledzenie sprawy", "/pl/sledzenie-sprawy/", "pl"),
                ("Bez komputera", "/pl/bez-komputera/", "pl"),
                ("Kontakt", "/pl/kontakt/", "pl"),
                ("Państwa dane osobowe", "/pl/dane-osobowe/", "pl"),
                ("Deklaracja dostępności", "/pl/deklaracja-dostepnosci/", "pl"),
            ],
        ),
        (
            "ro",
            [
                ("Toate serviciile", "/ro/servicii/", "ro"),
                ("Urmăriți dosarul", "/ro/urmariti-dosarul/", "ro"),
                ("Fără calculator", "/ro/fara-calculator/", "ro"),
                ("Contact", "/ro/contact/", "ro"),
                ("Datele dumneavoastră personale", "/ro/date-personale/", "ro"),
                ("Declarație de accesibilitate", "/ro/accesibilitate/", "ro"),
            ],
        ),
    ],
)
def test_the_menu_leads_to_the_pages_in_the_readers_language(client, pages, language, links):
    footer = text_of(client, f"/{language}/").partition("<footer>")[2]

    shown = re.findall(r'<li><a href="([^"]+)" lang="(\w+)">([^<]+)</a>', footer)

    assert [(title, address, words) for address, words, title in shown] == links


@pytest.mark.parametrize(
    ("language", "address"),
    [("pl", "/pl/co-dzieje-sie-z-pismem/"), ("ro", "/ro/ce-se-intampla-cu-scrisoarea/")],
)
def test_the_cards_lead_to_the_pages_in_the_readers_language(client, pages, language, address):
    cards = client.get(f"/{language}/").context["cards"]

    assert {card["address"].split("/")[1] for card in cards} == {language}
    assert address in [card["address"] for card in cards]


@pytest.mark.parametrize(("language", "words"), [("pl", "Zgłoszenie nieprawidłowości"), ("ro", "Sesizare")])
def test_the_cards_of_services_say_what_their_pages_say(client, pages, language, words):
    assert f">{words}</a>" in text_of(client, f"/{language}/")


def test_a_service_page_takes_deadline_fee_and_law_from_the_service(client, pages):
    page = text_of(client, "/en/services/tree-felling/")

    assert "14 days" in page
    assert "10 €" in page
    assert "ЗУТ, чл. 63" in page
    assert 'href="/en/apply/tree-felling/"' in page


def test_a_service_that_is_not_offered_cannot_be_started(client, pages):
    pages.services.update(is_offered=False)

    assert "/en/apply/" not in text_of(client, "/en/services/tree-felling/")
    assert client.get("/en/apply/tree-felling/").status_code == 404


def test_building_the_demo_pages_again_changes_nothing(pages):
    article = ArticlePage.objects.get(slug="without-a-computer")
    article.title = "Changed by an editor"
    article.save_revision().publish()
    before = Page.objects.count()

    build_demo_pages(pages)

    assert Page.objects.count() == before
    assert ArticlePage.objects.get(slug="without-a-computer").title == "Changed by an editor"


# -- rules of the tree


@pytest.mark.parametrize(
    ("parent", "children"),
    [
        (HomePage, {ServiceIndexPage, TrackingPage, ArticlePage, ContactPage, AccessibilityStatementPage}),
        (ServiceIndexPage, {ServicePage}),
        (ServicePage, set()),
        (ArticlePage, {ArticlePage}),
        (TrackingPage, set()),
    ],
)
def test_each_kind_of_page_has_its_place_in_the_tree(db, parent, children):
    assert set(parent.allowed_subpage_models()) == children


def test_a_service_page_needs_a_service_that_exists(pages):
    page = ServicePage.objects.filter(slug="tree-felling").first()
    page.service_code = "no-such-service"

    with pytest.raises(Exception, match="no service with this code"):
        page.full_clean()


# -- search


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("trees", "Permit to fell or prune a tree"),
        ("street lamp", "Report a problem"),
        ("pothol", "Report a problem"),
        ("rubish", "Report a problem"),
        ("contract", "Request for public information"),
    ],
)
def test_a_service_is_found_by_a_residents_words(client, pages, query, first):
    response = client.get("/en/services/", {"q": query})

    assert response.context["services"][0].title == first


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("тъмна лампа", "Сигнал за нередност"),
        ("дупки", "Сигнал за нередност"),
        ("отсичане", "Разрешение за отсичане или кастрене на дърво"),
        ("договори", "Достъп до обществена информация"),
    ],
)
def test_inflected_bulgarian_words_are_found(client, pages, query, first):
    response = client.get("/bg/uslugi/", {"q": query})

    assert response.context["services"][0].title == first


@pytest.mark.parametrize("query", ["xyzzy", "(" * 10_000, "\x00", "' OR 1=1 --", "<script>"])
def test_a_query_that_finds_nothing_is_answered_kindly(client, pages, query):
    response = client.get("/en/services/", {"q": query})

    assert response.status_code == 200
    assert "<script>" not in response.content.decode().replace('<script type="module"', "")


# -- language and size


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("/en/services/tree-felling/", "/bg/uslugi/otsichane-na-darvo/"),
        ("/en/", "/bg/"),
        ("/en/apply/tree-felling/place/?back=review", "/bg/apply/tree-felling/place/?back=review"),
        ("/en/track/", "/bg/track/"),
        ("/en/nothing/", "/bg/"),
        ("/office/", "/office/"),
        ("//evil.example/", "/bg/"),
        ("https://evil.example/", "/bg/"),
    ],
)
def test_changing_the_language_keeps_the_page(client, pages, here, there):
    response = client.get("/language/bg/", {"next": here})

    assert response.headers["Location"] == there
    assert client.cookies["language"].value == "bg"


@pytest.mark.parametrize(
    ("here", "there"),
    [("/en/services/", "/ro/servicii/"), ("/en/track/?number=1", "/ro/track/?number=1"), ("/en/nothing/", "/ro/")],
)
def test_a_page_in_another_language_than_the_remembered_one_is_kept_too(client, pages, here, there):
    """A Polish reader follows an English link and then asks for Romanian."""
    client.get("/language/pl/")

    assert _switched(client, here, "ro") == there


@pytest.mark.parametrize("language", ["bg", "pl", "ro"])
def test_every_page_leads_to_its_translation_and_back(client, pages, language):
    here, there = _addresses("en"), _addresses(language)

    led = {key: _switched(client, address, language) for key, address in here.items()}
    back = {key: _switched(client, address, "en") for key, address in there.items()}

    assert led == there
    assert back == here


def _addresses(language: str) -> dict[UUID, str]:
    found = Page.objects.filter(locale__language_code=language, depth__gt=1)
    return {page.translation_key: page.get_url() for page in found}


def _switched(client: Client, address: str, language: str) -> str:
    return client.get(f"/language/{language}/", {"next": address}).headers["Location"]


def test_an_unknown_language_changes_nothing(client, pages):
    response = client.get("/language/xx/", {"next": "/en/track/"})

    assert response.headers["Location"] == "/en/track/"
    assert "language" not in client.cookies


@pytest.mark.parametrize("size", ["1", "2", "3", "4", "5"])
def test_the_text_size_is_remembered_on_every_page(client, pages, size):
    client.get(f"/text-size/{size}/", {"next": "/en/"})

    assert f'data-text-size="{size}"' in text_of(client, "/en/")
    assert f'data-text-size="{size}"' in text_of(client, "/en/track/")


def test_the_front_door_opens_in_the_readers_language(client, pages):
    assert client.get("/", headers={"accept-language": "bg"}).headers["Location"] == "/bg/"


# -- the institution's look


def test_the_head_of_the_site_bears_the_crest_that_the_institution_chose(client, pages):
    out = io.BytesIO()
    Image.new("RGB", (40, 50), "#aa1133").save(out, "PNG")
    crest, other = (
        crest_from(content, actor=Actor.job("test"), at=timezone.now())
        for content in (out.getvalue(), out.getvalue() + b" ")
    )
    choose_look(pages, accent="", crest=crest)
    Crest.objects.create(sha256="0" * 64, png=other.png, width=1, height=1, made_at=timezone.now())
    cache.clear()

    page = text_of(client, "/en/")
    picture = client.get(f"/look/crest/{crest.sha256}.png")

    assert f'<img src="/look/crest/{crest.sha256}.png" alt="">' in page
    assert (picture.content, picture["Content-Type"]) == (crest.png, "image/png")
    assert client.get(f"/look/crest/{'0' * 64}.png").status_code == 404  # of nobody


def test_the_colours_of_the_institution_are_a_style_sheet_of_their_own(client, pages):
    page = text_of(client, "/en/")
    address = page.split('href="/look/')[1].split('"')[0]

    response = client.get(f"/look/{address}")

    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "--accent:#1d4f91" in response.content.decode()


def test_no_page_has_inline_script_or_style_or_loads_from_another_host(client, pages):
    pages_seen = [text_of(client, address) for address in ("/en/", "/en/services/tree-felling/", "/bg/track/")]

    for page in pages_seen:
        assert "<style" not in page
        assert " style=" not in page
        assert "onclick" not in page
        assert 'src="http' not in page
        assert 'rel="stylesheet" href="http' not in page


# -- printed addresses


@pytest.mark.parametrize(
    ("language", "address"),
    [("en", "/en/services/tree-felling/"), ("bg", "/bg/uslugi/otsichane-na-darvo/")],
)
def test_the_printed_address_of_a_service_leads_to_its_page(client, pages, language, address):
    response = client.get("/s/tree-felling", headers={"accept-language": language})

    assert response.headers["Location"] == address


# -- errors


def test_a_missing_page_leads_on(client, pages):
    response = client.get("/en/no-such-page/")

    assert response.status_code == 404
    assert "This page does not exist" in response.content.decode()


def test_the_page_for_our_own_faults_asks_the_database_nothing(db, rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = broken(rf.get("/"))

    assert response.status_code == 500
    assert "never be filed twice" in response.content.decode()


def test_the_page_for_our_own_faults_offers_what_was_typed_to_be_sent_again(db, rf, django_assert_num_queries):
    sent = {"message": 'The "old" tree', "key": "abc", "files": SimpleUploadedFile("tree.pdf", b"%PDF-1.7")}
    with django_assert_num_queries(0), closing(rf.post("/en/track/x/?a=b", sent)) as request:
        response = broken(request)

    page = response.content.decode()
    assert 'name="message" value="The &quot;old&quot; tree"' in page
    assert 'action="/en/track/x/?a=b"' in page
    assert "tree.pdf" in page


def test_what_an_official_typed_is_not_written_into_the_page_for_our_own_faults(db, rf):
    response = broken(rf.post("/office/login/", {"password": "bela-reka-2026"}))

    assert "bela-reka-2026" not in response.content.decode()


# -- editors


def test_a_new_page_at_once_has_marked_stand_ins_in_the_other_languages(client, editor):
    client.force_login(editor)
    home = HomePage.objects.get(locale__language_code="en")

    client.post(
        f"/office/pages/add/portal_pages/articlepage/{home.pk}/",
        {
            "title": "Winter hours",
            "slug": "winter-hours",
            "introduction": "From December.",
            "body-count": "0",
            "action-publish": "action-publish",
        },
    )

    made = {page.locale.language_code: page for page in ArticlePage.objects.filter(title="Winter hours")}
    assert set(made) == {"en", "bg", "pl", "ro"}
    page = text_of(client, made["pl"].url)
    assert '<html lang="pl"' in page
    assert '<div lang="en">' in page
    assert 'class="notice is-language"' in page


def test_a_draft_is_not_seen_before_it_is_published(client, pages):
    page = ArticlePage.objects.get(slug="without-a-computer")
    page.introduction = "Not yet decided"
    page.save_revision()

    assert "Not yet decided" not in text_of(client, "/en/without-a-computer/")


def test_a_page_is_published_at_the_time_it_was_scheduled_for(client, pages):
    home = HomePage.objects.get(locale__language_code="en")
    page = ArticlePage(title="Road closed", slug="road-closed", live=False, go_live_at=timezone.now())
    home.add_child(instance=page)
    page.save_revision(approved_go_live_at=timezone.now())
    before = client.get("/en/road-closed/").status_code

    jobs.publish_scheduled_pages()

    assert (before, client.get("/en/road-closed/").status_code) == (404, 200)


def test_publishing_scheduled_pages_twice_does_no_harm(pages):
    jobs.publish_scheduled_pages()
    call_command("publish_scheduled")

    assert Page.objects.filter(live=False).count() == 0


def test_a_page_sent_for_moderation_waits_for_another_editor(client, pages, editor):
    second = User.objects.create_user("ivo", password="reads-and-approves")
    second.groups.add(Group.objects.get(name="Editor"))
    page = ArticlePage(title="Road closed", slug="road-closed", live=False)
    HomePage.objects.get(locale__language_code="en").add_child(instance=page)
    page.save_revision(user=editor)
    state = page.get_workflow().start(page, editor)
    waiting = client.get("/en/road-closed/").status_code
    client.force_login(second)
    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.current_task_state_id])

    client.post(approve)

    assert (waiting, client.get("/en/road-closed/").status_code) == (404, 200)


def test_an_editor_sees_a_preview_of_every_kind_of_page(rf, pages):
    for page in Page.objects.filter(locale__language_code="en", depth__gt=1).specific():
        response = page.make_preview_request()

        assert response.status_code == 200, page


def test_a_changed_menu_is_shown_at_once(client, pages):
    text_of(client, "/en/")
    contact = ContactPage.objects.get(locale__language_code="en")
    contact.title = "Where we are"
    contact.save_revision().publish()

    assert "Where we are" in text_of(client, "/en/")


# -- how lean it is


@pytest.mark.parametrize("services", [1, 3])
def test_the_list_of_services_takes_the_same_queries_with_one_row_and_with_three(
    client, pages, django_assert_num_queries, services
):
    for page in ServicePage.objects.filter(locale__language_code="en")[services:]:
        page.unpublish()
    text_of(client, "/en/services/")

    with django_assert_num_queries(10):
        response = client.get("/en/services/")

    assert len(response.context["services"]) == services


def test_two_institutions_have_sites_of_their_own(client, pages):
    other = Institution.objects.create(
        slug="other", names={"en": "Other Town"}, country="BG", main_language="en", languages=["en"]
    )
    home = HomePage(title="Other", slug="other", institution=other, locale=Locale.objects.get(language_code="en"))
    Page.get_first_root_node().add_child(instance=home)
    Site.objects.create(hostname="127.0.0.1", root_page=home, site_name="Other")

    page = client.get("/en/track/", headers={"host": "127.0.0.1"}).content.decode()

    assert "Other Town" in page
    assert "Bela Reka" not in page
