"""The letter on paper: a draft's words laid out by the typesetter, as PDF/A and PDF/UA."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.clock import local_date, zone_of
from cases.dispatching import addressees, channel_for
from cases.letterheads import letterhead_of
from cases.models import Case, DeliveryChannel, Document, LetterDraft, Party, Post, User
from cases.texts import in_language
from cases.typesetting import (
    Check,
    Fact,
    LetterPaper,
    Stamp,
    qr_code,
    typeset,
)
from flows.letters.definition import Letter
from flows.letters.drafting import filling_for, letter_of
from flows.letters.filling import Filling
from flows.letters.markup import pieces_of
from flows.letters.placeholders import fill, gaps_in


@dataclass(frozen=True)
class Signatory:
    """Who signs, in which office; ``name`` empty while nobody holds the post."""

    name: str
    office: str

    @classmethod
    def of(cls, user: User | None, post: Post | None, language: str) -> "Signatory":
        return cls(str(user or ""), in_language(post.titles, language).words if post else "")


def preview(draft: LetterDraft, *, signatory: Signatory, at: dt.datetime) -> bytes:
    """The letter as it would be, marked as a draft; gaps are visible."""
    with override(draft.language):
        paper = _paper(draft, signatory, None, None, watermark=_("DRAFT"), at=at)
    return typeset("letter", paper, language=draft.language, at=at)


def set_letter(draft: LetterDraft, document: Document, *, signatory: Signatory, at: dt.datetime) -> bytes:
    """The letter that is going to be signed, with the stamp drawn and the address of its check."""
    with override(draft.language):
        zone = zone_of(draft.case.institution.time_zone)
        stamp = Stamp(
            label=_("Signed electronically"),
            name=signatory.name,
            office=signatory.office,
            moment=date_format(at.astimezone(zone), "DATETIME_FORMAT"),
        )
        paper = _paper(draft, signatory, stamp if signatory.name else None, _check(document), watermark=None, at=at)
    return typeset("letter", paper, language=draft.language, at=at)


def _paper(
    draft: LetterDraft,
    signatory: Signatory,
    stamp: Stamp | None,
    check: Check | None,
    *,
    watermark: str | None,
    at: dt.datetime,
) -> LetterPaper:
    case = draft.case
    filling = filling_for(draft, at=at)
    return paper_of(
        letter_of(draft), LetterWords(draft.language, draft.title, draft.body), case, filling, signatory,
        stamp=stamp, check=check, watermark=watermark, today=local_date(case, at),
    )  # fmt: skip


@dataclass(frozen=True)
class LetterWords:
    """The words that are set: a draft's, or those of a sample."""

    language: str
    title: str
    body: str


def paper_of(
    letter: Letter,
    words: LetterWords,
    case: Case,
    filling: Filling,
    signatory: Signatory,
    *,
    stamp: Stamp | None,
    check: Check | None,
    watermark: str | None,
    today: dt.date,
) -> LetterPaper:
    """The letter with everything that stands around its words."""
    parties, values = addressees(case) if case.pk else [], filling.values
    main = case.institution.main_language
    salutation = in_language(letter.salutation, words.language, main=main).words
    return LetterPaper(
        institution=letterhead_of(case.institution, words.language),
        title=fill(words.title, values),
        reference=values["case number"],
        # Translators: the words in braces are filled by the typesetter.
        page_label=_("Page {page} of {pages}"),
        watermark=watermark,
        references=[
            Fact(_("Number of the case"), values["case number"]),
            Fact(_("Filed on"), values["filed on"]),
            Fact(_("Handled by"), values["unit"]),
        ],
        delivery=str(DeliveryChannel(channel_for(parties[0])).label) if parties else None,
        addressee=_address_lines(parties) if case.pk else [values["applicant"], values["applicant address"]],
        place_and_date=date_format(today, "DATE_FORMAT"),
        salutation=fill(salutation, values) if salutation and not gaps_in(salutation, values) else None,
        body=pieces_of(words.body, values, filling.tables),
        closing=fill(in_language(letter.closing, words.language, main=main).words, values) or None,
        signature_words=in_language(case.institution.signature_words, words.language, main=main).words or None,
        signatory=[line for line in (signatory.name, signatory.office) if line and letter.signature_block],
        closing_note=in_language(case.institution.letter_note, words.language, main=main).words or None,
        stamp=stamp,
        check=check,
    )


def _address_lines(parties: Sequence[Party]) -> list[str]:
    return [line for party in parties for line in [party.name, *party.address.splitlines()] if line]


def _check(document: Document) -> Check:
    address = f"{settings.SHORT_ADDRESS}/d/{document.public_id}"
    return Check(
        explanation=_("You can check that this letter is genuine at"),
        address=address,
        code_svg=qr_code(address),
        code_words=_("Code with the address of the check"),
    )
