"""Letters on paper: what the print list prints, and for whom."""

import pypdfium2
import pytest

from cases import dispatching
from cases.capturing import capture, keep_files
from cases.models import Case, DeliveryChannel, Direction, Dispatch
from cases.outside_access import secrets_of
from cases.posting import papers_of, waiting_for_paper
from cases.registration import PartyAsFiled
from cases.typesetting import Letterhead, LetterPaper, Paragraph, typeset
from tests.cases.town import Town, a_file
from tests.factories import NOON

pytestmark = [pytest.mark.django_db]


def a_case(town: Town, **party) -> Case:
    filed = PartyAsFiled(name="Stanka Ilieva", address="7 Rose St.\n2770 Bela Reka", **party)
    return town.file(parties=[filed]).case


def a_letter() -> bytes:
    paper = LetterPaper(
        institution=Letterhead(name="Bela Reka", lines=[]),
        title="Permit",
        reference="1",
        page_label="{page}/{pages}",
        references=[],
        delivery=None,
        addressee=[],
        place_and_date="",
        salutation=None,
        body=[Paragraph(text="You may fell the lime tree.")],
        closing=None,
        signatory=[],
        stamp=None,
    )
    return typeset("letter", paper, language="en", at=NOON)


def pages_of(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]


def test_a_notice_to_somebody_without_mail_is_a_letter_with_address_and_digits(town: Town):
    case = a_case(town)
    (dispatch,) = dispatching.tell(case, "COMPLETION_REQUEST", at=NOON, words="A sketch of the garden.")

    (page,) = pages_of(papers_of([dispatch], at=NOON))

    assert dispatch.channel == DeliveryChannel.POST
    assert "Stanka Ilieva" in page
    assert "2770 Bela Reka" in page
    assert "A sketch of the garden." in page
    assert secrets_of(dispatch.party).grouped in page


def test_a_result_by_post_has_a_cover_sheet_before_the_document(town: Town):
    case = a_case(town, result_channel=DeliveryChannel.POST)
    document = capture(
        case,
        title="Permit to fell a lime tree",
        kind="DECISION",
        direction=Direction.OUT,
        files=keep_files([a_file(a_letter(), name="permit.pdf")]),
        actor=town.actor("alice"),
        at=NOON,
    )
    dispatches = dispatching.send_result(document, actor=town.actor("rita"), at=NOON)

    cover, letter = pages_of(papers_of(dispatches, at=NOON))

    assert "7 Rose St." in cover
    assert "Permit to fell a lime tree" in cover
    assert "You may fell the lime tree." in letter


def test_several_letters_are_one_print(town: Town):
    dispatches = [dispatching.tell(a_case(town), "MESSAGE", at=NOON, words="Good news.")[0] for _number in range(3)]

    assert len(pages_of(papers_of(dispatches, at=NOON))) == 3


def test_the_print_list_holds_what_the_person_may_see_until_it_is_in_the_post(town: Town):
    case = a_case(town)
    (dispatch,) = dispatching.tell(case, "MESSAGE", at=NOON, words="Good news.")
    rita = town.actor("rita")

    seen = list(waiting_for_paper(rita.user))
    seen_by_a_stranger = list(waiting_for_paper(town.actor("charlie").user))
    dispatching.mark_sent(dispatch, actor=rita, at=NOON)

    assert seen == [dispatch]
    assert seen_by_a_stranger == []
    assert list(waiting_for_paper(rita.user)) == []
    assert Dispatch.objects.get().evidence == {}
