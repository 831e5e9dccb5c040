"""Filing a form on the web, from the first page to the number."""

import json
import re
from datetime import timedelta

import pypdfium2
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from cases import outbox
from cases.models import Case, ComponentFile, Event, OutboxRow, Party, PartyRole, RegisterEntry
from cases.originals import store
from cases.outside_access import secrets_of
from portal_pages.drafts import forget_expired, link_of
from portal_pages.filing import answers_for_conditions, place_as_filed
from portal_pages.models import Draft, StagedFile
from tests.portal_pages.filling import FORMS, PDF, Filling, photo, said, upload
from tests.portal_pages.forms.asking import form, question


def stored_answers(entry: RegisterEntry) -> dict:
    file = ComponentFile.objects.get(component__document__entry=entry, component__role="ANSWERS")
    with store().open(file.stored_file_id) as stored:
        return json.loads(stored.read())


@pytest.mark.parametrize("code", FORMS)
def test_each_demo_service_can_be_filed_without_an_e_mail_address(client, town, code):
    filling = Filling(client, code)
    filling.fill_in()

    response = filling.file()

    entry = RegisterEntry.objects.get()
    assert response.headers["Content-Location"] == f"/en/apply/{code}/done/"
    assert entry.number in response.content.decode()
    assert entry.case.service.code == code
    assert Party.objects.get(role=PartyRole.APPLICANT).name == "Ana Marin"


@pytest.mark.parametrize("language", ["en", "bg", "pl", "ro"])
def test_the_form_is_asked_and_kept_in_the_language_of_filing(client, town, language):
    filling = Filling(client, "tree-felling", language)
    filling.fill_in()
    filling.file()

    asked = stored_answers(RegisterEntry.objects.get())
    titles = {"en": "Which trees?", "bg": "Кои дървета?", "pl": "Które drzewa?", "ro": "Care arbori?"}

    assert asked["language"] == language
    assert asked["pages"][1]["title"] == titles[language]
    assert asked["pages"][1]["questions"][0]["answer"] == [
        {"species": "walnut", "girth": 120, "count": 1, "action": "FELL"}
    ]


def test_after_filing_the_number_digits_files_and_due_date_are_shown(filling):
    filling.send("trees", photos=[upload("tree.jpg", photo())])
    filling.fill_in(but=("trees",))
    filling.file()

    page = filling.open("done/").content.decode()

    entry = RegisterEntry.objects.select_related("case").get()
    files = ComponentFile.objects.filter(component__document__entry=entry)
    assert entry.number in page
    assert [file.stored_file_id in page for file in files] == [True, True]
    assert "tree.jpg" in page
    assert "Answer by" in page


@pytest.mark.parametrize("language", ["en", "bg"])
def test_the_page_that_is_kept_for_all_says_only_what_belongs_to_the_one_who_filed(town, language):
    filed = []
    for name in ("tree &one.jpg", "tree two.jpg"):
        filling = Filling(Client(), "tree-felling", language)
        filling.send("trees", photos=[upload(name, photo())])
        filling.fill_in(but=("trees",))
        filed.append((filling.file().content.decode(), filling))

    entries = RegisterEntry.objects.select_related("sender").order_by("pk")
    digits = [secrets_of(entry.sender).grouped for entry in entries]
    (first, _filling), (second, filling) = filed
    assert [digits[0] in first, digits[1] in second] == [True, True]
    assert [entries[1].number in first, entries[0].number in second, digits[0] in second] == [False, False, False]
    assert ["tree &amp;one" in first, "tree &one" in first, "tree two.jpg" in second] == [True, False, True]
    # Drawn anew at its own address it says the same, but for the key against forgery.
    again = filling.open("done/").content.decode()
    assert without_key(again) == without_key(second)
    assert "\ue0a0" not in second


def without_key(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|\?next=[^"]+', "", page)


def test_the_receipt_can_be_taken_at_once_and_opens_the_case(filling):
    filling.fill_in()
    filling.file()

    response = filling.open("receipt/")

    entry = RegisterEntry.objects.select_related("sender").get()
    text = pypdfium2.PdfDocument(response.content)[0].get_textpage().get_text_bounded()
    assert response["Content-Type"] == "application/pdf"
    assert entry.number in text
    assert secrets_of(entry.sender).grouped in text


def test_pressing_send_twice_makes_one_entry(filling):
    filling.fill_in()
    first, second = filling.file(), filling.file()

    assert (first.status_code, second.status_code) == (200, 302)
    assert first.headers["Content-Location"] == second.headers["Location"]
    assert RegisterEntry.objects.count() == 1


def test_a_second_press_that_overtakes_the_first_answer_makes_one_entry(filling):
    """The first press registered, but its answer and the mark on the draft were lost."""
    filling.fill_in()
    before = filling.draft.typed
    filling.file()
    Draft.objects.update(entry=None, typed=before)

    response = filling.file()

    assert RegisterEntry.objects.get().number in response.content.decode()
    assert filling.draft.typed == {}


def test_the_pages_of_a_filed_form_lead_to_its_confirmation(filling):
    filling.fill_in()
    filling.file()

    shown = [filling.open(step) for step in ("place/", "review/", "continue/")]

    assert {response.headers["Location"] for response in shown[:2]} == {filling.address("done/")}


def test_what_was_typed_is_erased_from_the_draft_once_it_is_filed(filling):
    filling.fill_in()
    filling.file()

    assert filling.draft.typed == {}


def test_fields_that_are_no_questions_are_ignored(filling):
    filling.fill_in(but=("place",))
    filling.send("place", entry="1", submission_key="mine", status="APPROVED", is_staff="on")

    filling.file()

    assert not {"entry", "submission_key", "status", "is_staff"} & set(Draft.objects.values_list("typed", flat=True)[0])
    assert "status" not in json.dumps(stored_answers(RegisterEntry.objects.get()))


def test_an_answer_that_is_hidden_now_is_not_kept(filling):
    filling.send("place", ownership="CO_OWNED", shown=["consent_of_owners"])
    filling.send("reason", reason="OTHER", reason_in_words="The neighbour asks for it", shown=["reason_in_words"])
    filling.fill_in(but=("place",))
    filling.send("place")
    filling.file()

    keys = [q["key"] for page in stored_answers(RegisterEntry.objects.get())["pages"] for q in page["questions"]]

    assert "reason_in_words" not in keys
    assert "consent_of_owners" not in keys


def test_an_answer_left_empty_is_absent_and_not_empty(filling):
    filling.fill_in()
    filling.file()

    questions = [q for page in stored_answers(RegisterEntry.objects.get())["pages"] for q in page["questions"]]
    parcel = next(question for question in questions if question["key"] == "parcel")

    assert "answer" not in parcel


def test_the_whole_personal_number_stands_in_the_original_only(filling):
    filling.fill_in()
    filling.file()

    entry = RegisterEntry.objects.select_related("case").get()

    assert "7523169263" in json.dumps(stored_answers(entry))
    assert entry.case.answers.get(key="applicant_id").value == {"scheme": "EGN", "number": "…9263"}
    assert Party.objects.get(role=PartyRole.APPLICANT).identifier_hint == "…9263"


def test_the_personal_numbers_and_places_of_rows_are_treated_like_those_of_one_question():
    owners = question("owners", "GROUP", questions=[question("id", "PERSON_ID"), question("where", "PLACE")])
    answers = {"owners": [{"id": {"scheme": "EGN", "number": "7523169263"}}, {"where": {"words": "the pond"}}]}

    kept = answers_for_conditions(form(owners), answers)
    place = place_as_filed(form(owners), answers)
    place_of_its_own = place_as_filed(form(owners, question("spot", "PLACE")), {**answers, "spot": {"words": "x"}})

    assert kept["owners"][0]["id"] == {"scheme": "EGN", "number": "…9263"}
    assert place is not None
    assert place.words == "the pond"
    assert place_of_its_own is not None
    assert place_of_its_own.words == "x"


def test_a_question_called_up_by_an_answer_is_shown_before_it_is_demanded(filling):
    """Without JavaScript the page comes back once with the new questions, and without blame."""
    response = filling.send("reason", reason="ILL", emergency=None, shown=None)

    assert response.status_code == 200
    assert said(response) == ""
    assert response.context["has_new_questions"] is True


def test_the_review_sends_back_to_the_first_page_that_is_not_finished(filling):
    filling.send("place")

    response = filling.open("review/")

    assert response.headers["Location"] == filling.address("trees/") + "?check=1&back=review"


def test_a_representative_files_for_somebody_else_with_a_power_of_attorney(filling):
    filling.fill_in(but=("applicant",))
    filling.send(
        "applicant",
        applicant_kind="REPRESENTATIVE",
        representative_name="Boris Lawyer",
        power_of_attorney=[upload("power.pdf", PDF)],
        shown=["applicant_name", "applicant_id", "representative_name", "power_of_attorney"],
    )
    filling.file()

    sender = RegisterEntry.objects.get().sender

    assert (sender.role, sender.name, sender.represents.name) == ("REPRESENTATIVE", "Boris Lawyer", "Ana Marin")


def test_a_company_files_with_its_number(filling):
    filling.fill_in(but=("applicant",))
    filling.send(
        "applicant",
        applicant_kind="COMPANY",
        organisation_name="Reka Trade",
        organisation_id="175074752",
        contact_person="Ana Marin",
        shown=["organisation_name", "organisation_id", "contact_person"],
    )
    filling.file()

    company = Party.objects.get(role=PartyRole.APPLICANT)
    assert (company.kind, company.name, company.identifier_kind) == ("ORGANISATION", "Reka Trade", "EIK")


def test_a_point_typed_from_a_telephone_becomes_the_place_of_the_case(filling):
    filling.fill_in(but=("place",))
    filling.send("place", **{"place-latitude": "42,6977", "place-longitude": "23.3219"})
    filling.file()

    place = Case.objects.get().place
    assert place.geometry == {"type": "Point", "coordinates": [23.3219, 42.6977]}
    assert (place.words, place.geometry_source) == ("ul. Lipa 4, behind the school", "TYPED")


# -- the last page: check, add papers, send


def test_a_paper_chosen_under_the_answers_is_filed_by_the_same_press(filling):
    filling.fill_in()

    filling.file(sketch=[upload("sketch.pdf", PDF)])

    files = ComponentFile.objects.filter(component__document__entry=RegisterEntry.objects.get())
    assert [file.name for file in files.filter(component__role="ANNEX")] == ["sketch.pdf"]


def test_a_paper_that_cannot_be_taken_keeps_the_form_unsent(filling):
    filling.fill_in()

    response = filling.file(sketch=[upload("page.html", b"<script>alert(1)</script>")])

    assert "page.html" in said(response)
    assert "walnut" in response.content.decode()
    assert RegisterEntry.objects.count() == 0


def test_a_declaration_left_out_keeps_the_form_unsent(client, town):
    filling = Filling(client, "complaint")
    filling.fill_in()

    response = filling.file(privacy_notice_read=None)

    assert said(response)
    assert RegisterEntry.objects.count() == 0


def test_enter_in_a_field_under_the_answers_saves_and_does_not_file(client, town):
    """Browsers press a form's first button; it is not the one that sends."""
    filling = Filling(client, "complaint")
    filling.fill_in()
    first_button = filling.open("review/").content.decode().partition("<main")[2].partition("<button")[2]

    filling.file(keep="yes")

    assert first_button.partition(">")[0].count('name="keep"') == 1
    assert RegisterEntry.objects.count() == 0
    assert filling.draft.typed["privacy_notice_read"] == ["yes"]


def test_what_an_older_tab_sends_to_the_last_page_is_kept_and_led_to_the_answers(filling):
    filling.fill_in()

    response = filling.send(filling.last, sketch=[upload("sketch.pdf", PDF)])

    assert response.headers["Location"] == filling.address("review/")
    assert filling.open(f"{filling.last}/").headers["Location"] == filling.address("review/")
    assert "sketch.pdf" in filling.open("review/").content.decode()


# -- rows of the same questions

LIME = {"trees-1-species": "lime", "trees-1-girth": "95", "trees-1-count": "2", "trees-1-action": "PRUNE"}


def test_each_row_stands_apart_on_the_review_with_every_value_under_its_label(filling):
    filling.fill_in(but=("trees",))
    filling.send("trees", **{"trees-rows": "2"}, **LIME)

    page = filling.open("review/").content.decode()

    assert page.count("<li><dl><div><dt>Kind of tree</dt>") == 2
    assert "<dt>Kind of tree</dt><dd>lime</dd></div><div><dt>Girth of the trunk</dt><dd>95 cm</dd></div>" in page


def test_rows_are_kept_and_read_again_by_value(client, filling):
    filling.fill_in(but=("trees",))
    filling.send("trees", **{"trees-rows": "2"}, **LIME)
    filling.file()
    entry = RegisterEntry.objects.get()
    file = ComponentFile.objects.get(component__role="ANSWERS")

    tracked = client.get(f"/c/{secrets_of(entry.sender).token}", follow=True).request["PATH_INFO"]
    page = client.get(f"{tracked}answers/{file.pk}/").content.decode()

    [trees] = [q for page in stored_answers(entry)["pages"] for q in page["questions"] if q["key"] == "trees"]
    assert [[cell["in_words"] for cell in row] for row in trees["rows_in_words"]] == [
        ["walnut", "120 cm", "1", "Fell"],
        ["lime", "95 cm", "2", "Prune"],
    ]
    assert "<dt>Kind of tree</dt><dd>lime</dd>" in page


def test_the_confirmation_says_what_you_typed_and_its_hash(filling):
    filling.fill_in()
    filling.file()

    page = filling.open("done/").content.decode()

    [typed] = ComponentFile.objects.filter(component__role="ANSWERS")
    assert "<b>What you typed</b>" in page
    assert typed.stored_file_id in page
    assert "answers.json" not in page


# -- what survives


def test_what_was_typed_survives_an_error_and_a_closed_browser(filling):
    filling.send("trees", **{"trees-0-girth": "thick"})

    page = filling.open("trees/").content.decode()

    assert 'value="thick"' in page
    assert 'value="walnut"' in page


def test_a_file_survives_an_error_on_the_same_page(filling):
    response = filling.send("trees", **{"trees-0-girth": "thick"}, photos=[upload("tree.jpg", photo())])

    assert "tree.jpg" in response.content.decode()
    assert StagedFile.objects.get().name == "tree.jpg"


def test_a_form_opens_again_by_its_link_on_another_device(filling):
    filling.send("place")
    other = Client()

    opened = other.get(link_of(filling.draft).removeprefix(settings.SHORT_ADDRESS), follow=True)

    assert opened.redirect_chain[0][0] == "/en/apply/tree-felling/continue/"
    assert opened.request["PATH_INFO"] == "/en/apply/tree-felling/trees/"
    assert "ul. Lipa 4" in other.get("/en/apply/tree-felling/place/").content.decode()


def test_the_link_leaves_no_secret_in_the_address(filling):
    filling.send("place")
    token = link_of(filling.draft).rpartition("/")[2]

    opened = Client().get(f"/r/{token}", follow=True)

    assert token not in opened.request["PATH_INFO"] + opened.request["QUERY_STRING"]


def test_a_link_that_was_cut_says_so(town, client):
    response = client.get("/r/abcdef")

    assert response.status_code == 410
    assert "no longer here" in response.content.decode()


def test_a_forged_cookie_opens_nobodys_form(filling):
    filling.send("place")
    stranger = Client()
    stranger.cookies["draft-tree-felling"] = link_of(filling.draft).rpartition("/")[2]

    page = stranger.get("/en/apply/tree-felling/place/").content.decode()

    assert "ul. Lipa 4" not in page


def test_a_session_that_ends_in_the_middle_loses_nothing(filling):
    """The cookie that guards forms is gone; the page offers to send the same values again."""
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(filling.address("place/"), {"place-words": "ul. Lipa 4", "ownership": "OWN"})

    page = response.content.decode()
    assert response.status_code == 403
    assert '<input type="hidden" name="place-words" value="ul. Lipa 4">' in page
    assert Draft.objects.count() == 0


def test_the_page_for_an_expired_form_names_the_files_that_must_be_chosen_again(town):
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/en/apply/tree-felling/trees/", {"photos": upload("tree.jpg", photo())})

    assert "tree.jpg" in response.content.decode()


def test_leaving_for_another_language_keeps_what_was_typed(filling):
    response = filling.send("place", ownership=None, leave="language:bg")
    filling.client.get(response.headers["Location"])

    page = filling.client.get("/bg/apply/tree-felling/place/").content.decode()

    assert response.headers["Location"] == "/language/bg/?next=%2Fen%2Fapply%2Ftree-felling%2Fplace%2F"
    assert "ul. Lipa 4, behind the school" in page


def test_a_wish_to_leave_never_leads_elsewhere(filling):
    response = filling.send("place", leave="https://evil.example/")

    assert response.headers["Location"] == filling.address("saved/")


def test_unfinished_forms_are_forgotten_after_thirty_days_with_their_files(filling):
    filling.send("trees", photos=[upload("tree.jpg", photo())])
    path = StagedFile.objects.get().path
    Draft.objects.update(touched_at=timezone.now() - timedelta(days=31))

    forgotten = forget_expired(at=timezone.now())

    assert (forgotten, Draft.objects.count(), path.exists()) == (1, 0, False)


def test_a_younger_form_is_not_forgotten(filling):
    filling.send("place")
    Draft.objects.update(touched_at=timezone.now() - timedelta(days=29))

    assert forget_expired(at=timezone.now()) == 0


def test_the_link_is_mailed_to_one_address_only(filling, django_capture_on_commit_callbacks):
    filling.send("place")
    filling.client.post(filling.address("saved/"), {"email": "ana@example.org"})
    refused = filling.client.post(filling.address("saved/"), {"email": "stranger@example.org"})

    outbox.run(OutboxRow.objects.get(kind="mail_form_link").pk, at=timezone.now())

    assert "already mailed" in refused.content.decode()
    assert [(m.to, link_of(filling.draft) in m.body) for m in mail.outbox] == [(["ana@example.org"], True)]


# -- rows


def test_another_tree_is_added_without_javascript(filling):
    response = filling.send("trees", add="trees")

    page = filling.open("trees/").content.decode()
    assert response.headers["Location"] == filling.address("trees/") + "#q-trees-row-2"
    assert 'name="trees-1-species"' in page


def test_removing_a_tree_moves_the_others_up(filling):
    second = {"trees-1-species": "lime", "trees-1-girth": "80", "trees-1-count": "2", "trees-1-action": "PRUNE"}
    filling.send("trees", **{"trees-rows": "2"}, **second, remove="trees-0")

    typed = filling.draft.typed

    assert (typed["trees-rows"], typed["trees-0-species"]) == (["1"], ["lime"])


def test_more_rows_than_allowed_are_not_read(filling):
    filling.send("trees", **{"trees-rows": "999"})

    assert filling.open("trees/").content.decode().count('class="row"') == 20


# -- how lean it is


def test_a_page_is_saved_in_few_queries(filling, django_assert_num_queries):
    filling.send("place")
    filling.open("trees/")  # from here on the service's words are kept in memory

    # find the form, begin, its files, save, end; PostgreSQL is told first not to wait for the disk
    with django_assert_num_queries(6 if connection.vendor == "postgresql" else 5):
        filling.send("place")


def test_a_page_is_shown_in_two_queries(filling, django_assert_num_queries):
    filling.send("place")
    filling.open("trees/")

    with django_assert_num_queries(2):  # find the form, its files
        filling.open("trees/")


def test_nothing_that_a_citizen_sends_goes_into_wagtails_own_tables(filling):
    names = [name for name in connection.introspection.table_names() if name.startswith(("wagtail", "modelsearch"))]
    before = {name: rows_of(name) for name in names}
    filling.fill_in(but=("trees",))
    filling.send("trees", photos=[upload("Ana.jpg", photo())])

    filling.file()

    assert {"wagtaildocs_document", "wagtailimages_image", "wagtailcore_revision", "wagtailcore_modellogentry"} < set(
        names
    )
    assert not apps.is_installed("wagtail.contrib.forms")
    assert RegisterEntry.objects.count() == 1
    assert {name: rows_of(name) for name in names} == before


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
        return int(cursor.fetchone()[0])


def test_no_session_is_made_for_a_resident(filling):
    filling.fill_in()
    filling.file()

    assert set(filling.client.cookies) == {"csrftoken", "draft-tree-felling"}
    assert Session.objects.count() == 0


def test_what_was_filed_is_an_event_of_the_applicant(filling):
    filling.fill_in()
    filling.file()

    event = Event.objects.order_by("seq").first()
    assert (event.kind, event.capacity, event.actor) == ("REGISTERED", "APPLICANT", None)
