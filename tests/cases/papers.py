"""Filled-in papers for tests: a receipt, a letter, and what a reader of PDF files sees in them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pypdfium2

from cases.typesetting import (
    Access,
    Column,
    Fact,
    FileLine,
    FileList,
    Heading,
    Items,
    Letterhead,
    LetterPaper,
    MachineCopy,
    Paragraph,
    ReceiptPaper,
    RegisterLine,
    RegisterPaper,
    Run,
    Stamp,
    Table,
    qr_code,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FINGERPRINT = "0123456789abcdef" * 4
ADDRESS = "https://registra.example/c/Zk3v9QmT1xY7bW2r"
HEAD = Letterhead(name="Община Бела река", lines=["ул. „Кметска“ 1", "0700 10 000"])


def receipt(**changes: Any) -> ReceiptPaper:
    paper = ReceiptPaper(
        institution=HEAD,
        title="Receipt",
        reference="94-00-127/21.11.2026",
        page_label="Page {page} of {pages}",
        opening="We received your request.",
        number_label="Number",
        number="94-00-127/21.11.2026",
        moments=[Fact("Received", "21 November 2026, 14:32:07 (UTC+02:00)")],
        facts=[Fact("From", "Мария Петрова"), Fact("Sheets", None)],
        files=FileList(
            title="What we received",
            headings=["File", "Size", "SHA-256"],
            rows=[FileLine("sketch.pdf", "812 KB", FINGERPRINT)],
        ),
        access=Access(
            title="Keep these digits",
            digits="4071 9926 3385",
            explanation="Follow your case with the number and the digits, or at",
            address=ADDRESS,
            code_svg=qr_code(ADDRESS),
            code_words="Code with the address of your case",
        ),
        remarks=[],
        notice="Made automatically; not a decision.",
        event=Fact("Hash of the registration", FINGERPRINT),
        machine_copy=MachineCopy(name="receipt.json", content='{"number":"94-00-127"}', description="For machines"),
    )
    return replace(paper, **changes)


def letter(**changes: Any) -> LetterPaper:
    paper = LetterPaper(
        institution=HEAD,
        title="Permit to fell one tree",
        reference="94-00-127-2/04.12.2026",
        page_label="Page {page} of {pages}",
        references=[Fact("Our number", "94-00-127-2/04.12.2026")],
        delivery="By hand",
        addressee=["Мария Петрова", "ул. „Липа“ 5"],
        place_and_date="Bela Reka, 4 December 2026",
        salutation="Dear Ms Petrova,",
        body=[
            Paragraph(text="After a visit on 30 November 2026 we decided:"),
            Heading(text="Decision"),
            Paragraph(text=[Run(text="Allowed", strong=True), Run(text=" is the felling of one poplar.")]),
            Items(items=["Until 31 March 2027.", "One lime tree is planted."], ordered=True),
            Table(headings=["Species", "Girth"], rows=[["poplar", "186 cm"]]),
        ],
        closing="Yours sincerely",
        signatory=["Dora Ivanova", "Mayor"],
        stamp=Stamp(
            label="Signed electronically", name="Dora Ivanova", office="Mayor", moment="4 December 2026, 10:15"
        ),
    )
    return replace(paper, **changes)


def register_book(lines: int, void: int = -1) -> RegisterPaper:
    return RegisterPaper(
        institution=HEAD,
        title="Incoming register",
        reference="Incoming 2026",
        page_label="Page {page} of {pages}",
        period="21 November 2026",
        columns=[Column(title="Number"), Column(title="From", share=2), Column(title="Sheets", number=True)],
        rows=[RegisterLine(cells=[f"94-00-{place}", "Петрова", "2"], void=place == void) for place in range(lines)],
        empty="Nothing was registered.",
        summary=f"{lines} numbers",
    )


def words_of(pdf: bytes, page: int = 0) -> str:
    """What a reader copies from a page, line breaks and spaces made one kind."""
    document = pypdfium2.PdfDocument(pdf)
    words: str = document[page].get_textpage().get_text_range()
    document.close()
    return words.replace("\r\n", "\n").replace("\xa0", " ")
