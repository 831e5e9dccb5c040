"""The paper of what was typed: made after filing, beside the original, in an archive's PDF."""

import datetime as dt

from cases import outbox
from cases.answers_paper import paper_of, print_answers
from cases.models import FileRole, OutboxRow
from cases.originals import store
from cases.receipts import make_receipt
from tests.cases.papers import words_of
from tests.cases.town import Town
from tests.factories import NOON

OWNER = ["Anna", "Petrova", "EGN 7501020018", "ul. Lipa 4", "2770 Bela Reka", "Other: one third"]
LATER = NOON + dt.timedelta(minutes=5)
ASKED = {
    "form": "road-occupancy",
    "version": 1,
    "language": "en",
    "pages": [
        {
            "title": "Where?",
            "questions": [
                {"key": "street", "label": "Street", "answer": "Lipa", "in_words": "Lipa\n1. from the school"},
                {"key": "note", "label": "#sys.exit() <script>", "in_words": "$ 1 + 1 $ *bold* =1+1"},
                {"key": "open", "label": "Anything else?"},
                {
                    "key": "trees",
                    "label": "Trees",
                    "answer": [],
                    "in_words": "1. oak",
                    "rows_in_words": [[{"label": "Kind", "in_words": "oak"}], [{"label": "Girth", "in_words": "80"}]],
                },
                {
                    "key": "owners",
                    "label": "Owners",
                    "answer": [],
                    "in_words": "1. five values",
                    "rows_in_words": [
                        [
                            {"key": key, "label": label, "in_words": words}
                            for key, label, words in (
                                ("first", "Name", "Anna"),
                                ("last", "Name", "Petrova"),
                                ("id", "Personal number", "EGN 7501020018"),
                                ("home", "Address", "ul. Lipa 4\n2770 Bela Reka"),
                                ("share", "Share", "Other: one third"),
                            )
                        ]
                    ],
                },
                {"key": "fee", "label": "Fee", "in_words": "18.00 EUR", "came_about": "10 (Area) × 1.80 = 18.00 EUR"},
            ],
        }
    ],
}


def test_what_was_typed_becomes_a_paper_after_the_receipt(town: Town):
    entry = town.file(files=[], asked=ASKED)
    assert paper_of(entry) is None

    make_receipt(entry, at=LATER)
    outbox.run(OutboxRow.objects.get(kind="print_answers").pk, at=LATER)

    paper = paper_of(entry)
    assert paper is not None
    assert (paper.role, paper.office_name) == (FileRole.PAGE_IMAGES, "What was typed, as a paper")
    with store().open(paper.stored_file_id) as content:
        pdf = content.read()
    words = words_of(pdf)
    for said in ["Where?", "Street", "Lipa", "1. from the school", "Not answered", "oak", "80", "18.00 EUR", *OWNER]:
        assert said in words
    assert "#sys.exit() <script>" in words
    assert "$ 1 + 1 $ *bold* =1+1" in words
    assert "10 (Area) × 1.80 = 18.00 EUR" in words
    assert b"pdfaid" in pdf


def test_the_paper_is_made_once_and_the_original_stays_first(town: Town):
    entry = town.file(files=[], asked=ASKED)

    papers = {print_answers(entry, at=LATER), print_answers(entry, at=LATER)}

    assert papers == {paper_of(entry)}
    roles = [file.role for file in entry.case.documents.first().components.first().files.order_by("pk")]
    assert roles == [FileRole.ORIGINAL, FileRole.PAGE_IMAGES]


def test_where_nothing_was_typed_there_is_no_paper(town: Town):
    entry = town.file()

    make_receipt(entry, at=LATER)

    assert print_answers(entry, at=LATER) is None
    assert not OutboxRow.objects.filter(kind="print_answers").exists()
