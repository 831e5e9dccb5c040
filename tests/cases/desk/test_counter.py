"""The counter's one screen: what a registrar types becomes an entry, and the next one can begin."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.models import AccessLevel, Capacity, Case, Event, OutsideAccess, Party, RegisterEntry
from cases.registration import PartyAsFiled
from tests.cases.town import Town, bytes_of
from tests.factories import RegisterFactory, ServiceFactory

Desk = Callable[[str], Client]
ANAS_NUMBER = "8001010008"  # a valid EGN of nobody


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "submission_key": "one-key",
        "name": "Ana Marin",
        "subject": "A new waste bin",
        "channel": "POST",
        "language": "bg",
        **changes,
    }


def enter(client: Client, **changes: Any) -> Any:
    return client.post(reverse("desk_counter"), typed(**changes))


def errors_of(answer: Any) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = answer.context["form"].errors
    return errors


def test_an_item_of_the_post_is_registered_with_what_is_known(town: Town, desk: Desk) -> None:
    answer = enter(
        desk("rita"),
        sheets="3",
        annexes="1",
        paper_place="Binder 7",
        written="about 1998",
        sender_reference="K-12",
        address="Lipa 4",
        phone="0888 123456",
    )

    entry = RegisterEntry.objects.get()
    assert answer["Location"] == f"/office/counter/?done={entry.pk}"
    assert (entry.subject, entry.channel, entry.sheets, entry.annexes) == ("A new waste bin", "POST", 3, 1)
    assert (entry.paper_place, entry.written_as, entry.sender_reference) == ("Binder 7", "about 1998", "K-12")
    assert (str(entry.sender), entry.sender.result_channel) == ("Ana Marin", "POST")
    assert entry.case.unit == town.registry


def test_after_saving_the_number_stands_large_and_the_next_form_is_empty(town: Town, desk: Desk) -> None:
    rita = desk("rita")
    enter(rita, channel="TELEPHONE", paper_place="Binder 7")
    entry = RegisterEntry.objects.get()

    answer = rita.get(reverse("desk_counter"), {"done": entry.pk})

    page = answer.content.decode()
    assert f'id="done-number">{entry.number}<' in page
    assert answer.context["done"]["digits"].replace(" ", "").isdigit()
    assert answer.context["form"].initial["channel"] == "TELEPHONE"
    assert answer.context["form"].initial["paper_place"] == "Binder 7"
    assert "subject" not in answer.context["form"].initial


def test_only_who_entered_the_item_is_shown_its_digits(town: Town, desk: Desk) -> None:
    enter(desk("rita"))
    town.hire("rosa", unit=town.registry, role="REGISTRAR")
    other = Client()
    other.force_login(town.people["rita"].__class__.objects.get(username="rosa"))

    answer = other.get(reverse("desk_counter"), {"done": RegisterEntry.objects.get().pk})

    assert answer.context["done"]["digits"] == ""


def test_the_same_form_sent_twice_is_one_entry(town: Town, desk: Desk) -> None:
    rita = desk("rita")

    first, second = enter(rita), enter(rita)

    assert first["Location"] == second["Location"]
    assert RegisterEntry.objects.count() == 1


def test_who_tells_something_in_person_has_it_written_down_for_them(town: Town, desk: Desk) -> None:
    enter(desk("rita"), channel="COUNTER")

    assert Event.objects.first().capacity == Capacity.AT_COUNTER
    assert Party.objects.get().result_channel == "COUNTER"


def test_a_service_alone_is_enough_and_opens_its_case(town: Town, desk: Desk) -> None:
    enter(desk("rita"), subject="", service=town.trees.pk)

    case = Case.objects.get()
    assert (case.subject, case.service, case.unit) == ("Tree felling", town.trees, town.parks)


def test_a_confidential_envelope_is_registered_without_opening(town: Town, desk: Desk) -> None:
    enter(desk("rita"), subject="", name="", is_sealed="on")

    entry = RegisterEntry.objects.get()
    assert (entry.is_sealed, entry.sender, entry.subject) == (True, None, "Confidential envelope")
    assert entry.case.access_level == AccessLevel.RESTRICTED
    assert entry.documents.get().missing_reason == "SEALED"


def test_files_are_kept_with_the_item(town: Town, desk: Desk) -> None:
    files = [SimpleUploadedFile("scan.txt", b"A scan"), SimpleUploadedFile("envelope.txt", b"An envelope")]

    enter(desk("rita"), papers=files)

    components = RegisterEntry.objects.get().documents.get().components.order_by("position")
    assert [component.title for component in components] == ["scan.txt", "envelope.txt"]
    assert bytes_of(components[0].files.get().stored_file_id) == b"A scan"


def test_an_item_joins_the_case_of_an_earlier_number(town: Town, desk: Desk) -> None:
    earlier = town.file()

    enter(desk("rita"), name="", subject="Sketch", connect_to=f" {earlier.number.lower()} ")

    entry = RegisterEntry.objects.latest("pk")
    assert (entry.case, entry.sender) == (earlier.case, earlier.sender)
    assert entry.number != earlier.number


def test_somebody_else_may_write_on_a_case(town: Town, desk: Desk) -> None:
    earlier = town.file()

    enter(desk("rita"), name="Boris Kolev", connect_to=earlier.number)

    party = Party.objects.get(name="Boris Kolev")
    assert (party.case, party.role) == (earlier.case, "SENDER")
    assert not OutsideAccess.objects.filter(party=party).exists()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"subject": ""}, "subject", "choose a service"),
        ({"connect_to": "nonsense"}, "connect_to", "no case with the number"),
        ({"identifier": "123"}, "identifier", "no valid number"),
        ({"written": "yesterday"}, "written", "no date that we know"),
        ({"written": "1.1.2999"}, "written", "in the future"),
        ({"received_at": "2999-01-01T10:00"}, "received_at", "later than now"),
        ({"email": "nobody@"}, "email", "valid email"),
        ({"channel": "PIGEON"}, "channel", "valid choice"),
        ({"channel": "WEB"}, "channel", "valid choice"),
        ({"sheets": "-1"}, "sheets", "greater than or equal"),
        ({"known": "999"}, "known", "valid choice"),
        ({"subject": "a\x00b"}, "subject", "Null characters"),
    ],
)
def test_a_slip_is_named_where_it_was_made(
    town: Town, desk: Desk, changes: dict[str, str], field: str, words: str
) -> None:
    answer = enter(desk("rita"), **changes)

    assert list(errors_of(answer)) == [field]
    assert words in errors_of(answer)[field][0]
    assert RegisterEntry.objects.count() == 0


def test_an_empty_file_is_refused_and_nothing_is_registered(town: Town, desk: Desk) -> None:
    answer = enter(desk("rita"), papers=[SimpleUploadedFile("empty.pdf", b"")])

    assert "empty" in errors_of(answer)["papers"][0]
    assert RegisterEntry.objects.count() == 0


def test_a_file_that_is_too_large_is_refused(town: Town, desk: Desk, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 3

    answer = enter(desk("rita"), papers=[SimpleUploadedFile("scan.txt", b"A scan")])

    assert "larger than" in errors_of(answer)["papers"][0]


def test_what_joins_a_case_takes_no_other_service(town: Town, desk: Desk) -> None:
    earlier = town.file()

    answer = enter(desk("rita"), connect_to=earlier.number, service=town.trees.pk)

    assert "choose none" in errors_of(answer)["service"][0]


def test_the_case_of_another_institution_has_no_number_here(town: Town, desk: Desk) -> None:
    foreign = ServiceFactory()
    entry = town.file(institution=foreign.institution, service=foreign)

    answer = enter(desk("rita"), connect_to=entry.number)

    assert "no case with the number" in errors_of(answer)["connect_to"][0]


def test_a_closed_register_says_so_and_keeps_what_was_typed(town: Town, desk: Desk) -> None:
    closed = RegisterFactory(institution=town.institution, is_closed=True)
    service = ServiceFactory(institution=town.institution, unit=town.parks, register=closed)

    answer = enter(desk("rita"), service=service.pk)

    assert "is closed" in errors_of(answer)["__all__"][0]
    assert answer.context["form"]["subject"].value() == "A new waste bin"


def offered(client: Client, **asked: str) -> list[str]:
    answer = client.get(reverse("desk_counter_senders"), asked)
    return [sender["name"] for sender in json.loads(answer.content)["senders"]]


def test_two_letters_find_earlier_senders_by_any_of_their_names(town: Town, desk: Desk) -> None:
    town.file(parties=[PartyAsFiled(name="Мария Петрова")])
    town.file(parties=[PartyAsFiled(name="Boris Kolev")])
    rita = desk("rita")

    assert offered(rita, q="пе") == ["Мария Петрова"]
    assert offered(rita, q="МА") == ["Мария Петрова"]
    assert offered(rita, q="ko") == ["Boris Kolev"]
    assert offered(rita, q="k") == []


def test_a_person_who_wrote_often_is_offered_once_with_the_newest_address(town: Town, desk: Desk) -> None:
    for _item in range(2):
        town.file(parties=[PartyAsFiled(name="Ana Marin", address="Lipa 4")])

    answer = desk("rita").get(reverse("desk_counter_senders"), {"q": "ana"})

    (sender,) = json.loads(answer.content)["senders"]
    assert (sender["address"], sender["about"]) == ("Lipa 4", "Lipa 4 · 2 items")


def test_a_chosen_sender_is_recognised_again_without_the_number(town: Town, desk: Desk) -> None:
    ana = PartyAsFiled(name="Ana Marin", identifier_kind="EGN", identifier=ANAS_NUMBER)
    known = town.file(parties=[ana]).sender
    rita = desk("rita")

    answer = rita.get(enter(rita, known=known.pk)["Location"])

    party = Party.objects.latest("pk")
    assert (party.identifier_hash, party.identifier_kind) == (known.identifier_hash, "EGN")
    assert answer.context["done"]["known"] == [known]


def test_another_name_takes_nothing_from_the_chosen_sender(town: Town, desk: Desk) -> None:
    ana = PartyAsFiled(name="Ana Marin", identifier_kind="EGN", identifier=ANAS_NUMBER)
    known = town.file(parties=[ana]).sender

    enter(desk("rita"), known=known.pk, name="Boris Kolev")

    assert Party.objects.latest("pk").identifier_hash == ""


def test_a_number_warns_of_the_name_that_it_is_known_under(town: Town, desk: Desk) -> None:
    ana = PartyAsFiled(name="Ana Marin", identifier_kind="EGN", identifier=ANAS_NUMBER)
    town.file(parties=[ana])
    rita = desk("rita")

    assert offered(rita, number=ANAS_NUMBER) == ["Ana Marin"]
    assert offered(rita, number="123") == []
    assert offered(rita, number="--") == []


def test_senders_of_cases_that_one_may_not_see_are_not_offered(town: Town, desk: Desk) -> None:
    foreign = ServiceFactory()
    town.file(institution=foreign.institution, service=foreign)

    assert offered(desk("rita"), q="ana") == []


def test_a_company_is_known_by_its_number(town: Town, desk: Desk) -> None:
    enter(desk("rita"), name="Vodokanal", identifier="BG 121246419")

    party = Party.objects.get()
    assert (party.kind, party.identifier_kind, party.identifier_hint) == ("ORGANISATION", "EIK", "…6419")


def test_the_label_has_the_number_in_words_and_as_a_code(town: Town, desk: Desk) -> None:
    entry = town.file(sheets=2)

    page = desk("rita").get(reverse("desk_counter_label", args=[entry.pk])).content.decode()

    assert f"<h1>{entry.number}</h1>" in page
    assert "2 sheets" in page
    assert 'src="data:image/svg+xml;base64,' in page


def test_the_receipt_is_made_for_printing_and_kept_nowhere(town: Town, desk: Desk) -> None:
    entry = town.file()

    answer = desk("rita").get(reverse("desk_counter_receipt", args=[entry.pk]))

    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"].split(", ")
    assert not entry.case.documents.filter(kind="RECEIPT").exists()


def test_papers_of_a_line_that_one_may_not_see_do_not_exist(town: Town, desk: Desk) -> None:
    foreign = ServiceFactory()
    entry = town.file(institution=foreign.institution, service=foreign)
    rita = desk("rita")

    assert rita.get(reverse("desk_counter_label", args=[entry.pk])).status_code == 404
    assert rita.get(reverse("desk_counter_receipt", args=[entry.pk])).status_code == 404
    assert rita.get(reverse("desk_counter"), {"done": entry.pk}).context["done"] is None


@pytest.mark.parametrize("rows", [1, 3])
def test_more_services_with_forms_ask_the_database_no_more(
    town: Town, desk: Desk, rows: int, django_assert_num_queries: Any
) -> None:
    for _item in range(rows):
        ServiceFactory(institution=town.institution, unit=town.parks, register=town.incoming, form="complaint")
    rita = desk("rita")

    with django_assert_num_queries(10):
        answer = rita.get(reverse("desk_assisted"))

    assert len(answer.context["services"]) == rows
