"""The letter on paper: a draft's words laid out by the typesetter, as PDF/A and PDF/UA."""

import datetime as dt
import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.clock import local_date, zone_of
from cases.dispatching import addressees, channel_for
from cases.letterheads import letterhead_of
from cases.models import DeliveryChannel, Document, LetterDraft, Post, User
from cases.texts import in_language
from cases.typesetting import (
    Check,
    Fact,
    Heading,
    Items,
    LetterPaper,
    Paragraph,
    Stamp,
    Table,
    qr_code,
    typeset,
)
from flows.letters.drafting import values_for
from flows.letters.placeholders import fill, gaps_in
from flows.letters.standard import template_in

_BLANK_LINES = re.compile(r"\n\s*\n")


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
    case, template = draft.case, template_in(draft.language)
    values = values_for(draft, at=at)
    parties = addressees(case)
    return LetterPaper(
        institution=letterhead_of(case.institution, draft.language),
        title=fill(draft.title, values),
        reference=case.number,
        # Translators: the words in braces are filled by the typesetter.
        page_label=_("Page {page} of {pages}"),
        watermark=watermark,
        references=[
            Fact(_("Number of the case"), case.number),
            Fact(_("Filed on"), values["filed on"]),
            Fact(_("Handled by"), values["unit"]),
        ],
        delivery=str(DeliveryChannel(channel_for(parties[0])).label) if parties else None,
        addressee=[line for party in parties for line in [party.name, *party.address.splitlines()] if line],
        place_and_date=date_format(local_date(case, at), "DATE_FORMAT"),
        salutation=None if gaps_in(template.salutation, values) else fill(template.salutation, values),
        body=blocks_of(fill(draft.body, values)),
        closing=template.closing,
        signatory=[line for line in (signatory.name, signatory.office) if line],
        stamp=stamp,
        check=check,
    )


def blocks_of(words: str) -> list[Heading | Paragraph | Items | Table]:
    """Paragraphs are divided by blank lines; lines that begin with - are a list."""
    blocks: list[Heading | Paragraph | Items | Table] = []
    for part in _BLANK_LINES.split(words.strip()):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        plain = [line for line in lines if not line.startswith("-")]
        items = [line.removeprefix("-").strip() for line in lines if line.startswith("-")]
        if plain:
            blocks.append(Paragraph(text="\n".join(plain)))
        if items:
            blocks.append(Items(items=items))
    return blocks


def _check(document: Document) -> Check:
    address = f"{settings.SHORT_ADDRESS}/d/{document.public_id}"
    return Check(
        explanation=_("You can check that this letter is genuine at"),
        address=address,
        code_svg=qr_code(address),
        code_words=_("Code with the address of the check"),
    )
