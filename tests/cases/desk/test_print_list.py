"""Letters on paper: printed together, marked together, each in a transaction of its own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.dispatching import mark_sent, send_result
from cases.models import DeliveryChannel, Dispatch, DispatchKind, DispatchState
from cases.registration import PartyAsFiled
from tests.cases.town import Town, a_file
from tests.factories import NOON

Desk = Callable[[str], Client]


def letter(town: Town, channel: str = DeliveryChannel.POST) -> Dispatch:
    ana = PartyAsFiled(name="Ana Marin", address="Lipa 4", result_channel=channel)
    entry = town.file(parties=[ana], files=[a_file()])
    send_result(entry.documents.get(), actor=town.actor("alice"), at=NOON)
    return Dispatch.objects.get(case=entry.case, channel=channel)


def mark(client: Client, verb: str, *letters: Dispatch) -> Any:
    chosen = [one.pk for one in letters]
    return client.post(reverse("desk_print_list"), {"verb": verb, "dispatch": chosen}, follow=True)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


@pytest.mark.parametrize("rows", [1, 3])
def test_more_letters_ask_the_database_no_more(
    town: Town, desk: Desk, rows: int, django_assert_num_queries: Any
) -> None:
    for _item in range(rows):
        letter(town)
    rita = desk("rita")

    with django_assert_num_queries(10):
        answer = rita.get(reverse("desk_print_list"))

    assert len(answer.context["by_post"]) == rows


def test_what_goes_by_post_and_what_waits_at_the_counter_stand_apart(town: Town, desk: Desk) -> None:
    by_post, at_counter = letter(town), letter(town, DeliveryChannel.COUNTER)

    answer = desk("rita").get(reverse("desk_print_list"))

    results = [one for one in answer.context["by_post"] if one.kind == DispatchKind.RESULT]
    assert (results, answer.context["at_counter"]) == ([by_post], [at_counter])


def test_several_letters_are_marked_as_posted_at_once(town: Town, desk: Desk) -> None:
    letters = [letter(town), letter(town)]

    answer = mark(desk("rita"), "posted", *letters)

    assert said(answer) == ["2 letters were marked."]
    assert {one.state for one in Dispatch.objects.all()} == {DispatchState.SENT}


def test_a_letter_that_somebody_else_posted_meanwhile_is_not_posted_again(town: Town, desk: Desk) -> None:
    posted, waiting = letter(town), letter(town)
    mark_sent(posted, actor=town.actor("rita"), at=NOON)

    answer = mark(desk("rita"), "posted", posted, waiting)

    assert said(answer) == ["1 letter was marked."]


def test_nothing_chosen_is_said(town: Town, desk: Desk) -> None:
    letter(town)

    assert said(mark(desk("rita"), "posted")) == ["Choose at least one letter first."]


def test_who_does_not_send_letters_finds_no_such_page(town: Town, desk: Desk) -> None:
    assert desk("alice").get(reverse("desk_print_list")).status_code == 404


def test_the_chosen_letters_come_as_one_print(town: Town, desk: Desk) -> None:
    answer = mark(desk("rita"), "print", letter(town))

    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment;")
