"""The papers the office makes and what stands on each: words already translated and moments already written out."""

import re
from dataclasses import dataclass, field
from typing import Literal

DEFAULT_ACCENT = "#1d4f91"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Head of every paper: the institution's name, its lines of address, its colour and, if it has one, its crest."""

    name: str
    lines: list[str]
    accent: str = DEFAULT_ACCENT
    crest_svg: str | None = None

    def __post_init__(self) -> None:
        if not _COLOUR.fullmatch(self.accent):
            object.__setattr__(self, "accent", DEFAULT_ACCENT)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What all papers have: `reference` stands in the foot; `page_label` is like "Page {page} of {pages}"."""

    institution: Letterhead
    title: str
    reference: str
    page_label: str
    watermark: str | None = None


@dataclass(frozen=True)
class Fact:
    label: str
    value: str | list[str] | None


@dataclass(frozen=True)
class FileLine:
    name: str
    size: str
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class FileList:
    title: str
    headings: list[str]
    rows: list[FileLine]


@dataclass(frozen=True, kw_only=True)
class Access:
    """How to follow the case: the twelve digits in groups, the short address and its code."""

    title: str
    digits: str | None
    explanation: str
    address: str
    code_svg: str | None = None
    code_words: str | None = None


@dataclass(frozen=True, kw_only=True)
class MachineCopy:
    """The same facts for machines, attached inside the PDF."""

    name: str
    content: str
    description: str


@dataclass(frozen=True, kw_only=True)
class ReceiptPaper(Paper):
    """Proof that something arrived (union of the Romanian, Polish and Bulgarian receipts)."""

    opening: str
    number_label: str
    number: str
    moments: list[Fact]
    facts: list[Fact]
    files: FileList
    access: Access | None
    remarks: list[str]
    notice: str
    event: Fact
    machine_copy: MachineCopy | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    headings: list[str]
    rows: list[list[str]]
    kind: Literal["TABLE"] = "TABLE"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A question as shown and its answer as sent; no answer and no table means "not answered"."""

    question: str
    answer: str | list[str] | None = None
    table: Table | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    title: str | None
    rows: list[Answer]


@dataclass(frozen=True, kw_only=True)
class AnswersPaper(Paper):
    """The questions as shown and the answers as sent; `missing` are the words for an answer not given."""

    opening: str | None
    facts: list[Fact]
    sections: list[Section]
    missing: str
    closing: str | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """Words in a paragraph that are set alike."""

    text: str
    strong: bool = False
    emphasis: bool = False


@dataclass(frozen=True, kw_only=True)
class Heading:
    text: str
    kind: Literal["HEADING"] = "HEADING"


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    text: str | list[Run]
    kind: Literal["PARAGRAPH"] = "PARAGRAPH"


@dataclass(frozen=True, kw_only=True)
class Items:
    items: list[str | list[Run]]
    ordered: bool = False
    kind: Literal["LIST"] = "LIST"


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """The visible part of a signature, drawn before signing: the signature field itself is invisible."""

    label: str
    name: str
    office: str
    moment: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """Where a reader can check that the letter is genuine."""

    explanation: str
    address: str
    code_svg: str
    code_words: str


@dataclass(frozen=True, kw_only=True)
class Enclosures:
    title: str
    items: list[str]


@dataclass(frozen=True, kw_only=True)
class LetterPaper(Paper):
    """A letter of the office. Without a stamp it has a line to sign on; a preview carries a watermark."""

    references: list[Fact]
    delivery: str | None
    addressee: list[str]
    place_and_date: str
    salutation: str | None
    body: list[Heading | Paragraph | Items | Table]
    closing: str | None
    signature_words: str | None = None
    signatory: list[str]
    stamp: Stamp | None
    check: Check | None = None
    enclosures: Enclosures = field(default_factory=lambda: Enclosures(title="", items=[]))
    closing_note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the register book: `share` of the free width, or none for as wide as needed; numbers go right."""

    title: str
    share: int | None = None
    number: bool = False


@dataclass(frozen=True, kw_only=True)
class RegisterLine:
    cells: list[str]
    void: bool = False


@dataclass(frozen=True, kw_only=True)
class RegisterPaper(Paper):
    """The register book of a day or a period, printed."""

    period: str
    columns: list[Column]
    rows: list[RegisterLine]
    empty: str
    summary: str
    signatory: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProtocolTable:
    """Lines of a protocol under a title; `empty` are the words for none."""

    title: str
    columns: list[Column]
    rows: list[RegisterLine]
    empty: str


@dataclass(frozen=True, kw_only=True)
class ProtocolPaper(Paper):
    """What was done to many cases, by whom, with the list of them; `fingerprint` is the hash of the enclosed list."""

    opening: str
    facts: list[Fact]
    tables: list[ProtocolTable]
    notice: str
    fingerprint: Fact
    machine_copy: MachineCopy | None = None


@dataclass(frozen=True, kw_only=True)
class CoverPaper(Paper):
    """The sheet in front of what goes by post."""

    delivery: str | None
    addressee: list[str]
    facts: list[Fact]
    opening: str | None
    enclosed: Table
    closing: str | None = None
