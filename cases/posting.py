"""Letters on paper for whoever can't be reached electronically: what the print list prints."""

import datetime as dt
import io
from collections.abc import Sequence

import pypdfium2
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.clock import local_date
from cases.letterheads import letterhead_of
from cases.media_types import PDF
from cases.models import Case, DeliveryChannel, Dispatch, DispatchState, User
from cases.notices import file_to_send, words_of
from cases.originals import store
from cases.outside_access import secrets_of
from cases.typesetting import CoverPaper, Fact, LetterPaper, Paragraph, Table, typeset

ON_PAPER = (DeliveryChannel.POST, DeliveryChannel.COUNTER)


def waiting_for_paper(user: User) -> QuerySet[Dispatch]:
    """The sendings that somebody must print, and that the person may see; the oldest first."""
    visible = Case.objects.visible_to(user)
    waiting = Dispatch.objects.filter(state=DispatchState.PREPARED, channel__in=ON_PAPER, case__in=visible)
    return waiting.select_related("case__institution", "case__service", "party", "document").order_by(
        "prepared_at", "pk"
    )


def paper_of(dispatch: Dispatch, *, at: dt.datetime) -> bytes:
    """One sending as PDF: a cover sheet with the address and the document, or the notice as a letter."""
    file = file_to_send(dispatch)
    if file is None or file.stored_file.media_type != PDF:
        return _notice_letter(dispatch, at=at)
    with store().open(file.stored_file_id) as source:
        return _merged([_cover(dispatch, at=at), source.read()])


def papers_of(dispatches: Sequence[Dispatch], *, at: dt.datetime) -> bytes:
    """Many sendings as one PDF, one after another, for one go of the printer."""
    return _merged([paper_of(dispatch, at=at) for dispatch in dispatches])


def _addressee(dispatch: Dispatch) -> list[str]:
    lines = [dispatch.party.name, *dispatch.party.address.splitlines()]
    return [line.strip() for line in lines if line.strip()]


def _cover(dispatch: Dispatch, *, at: dt.datetime) -> bytes:
    case, language = dispatch.case, dispatch.party.language or dispatch.case.language
    with override(language):
        paper = CoverPaper(
            institution=letterhead_of(case.institution, language),
            title=_("For you: {title}").format(title=dispatch.document.title if dispatch.document else case.subject),
            reference=case.number,
            page_label=_("Page {page} of {pages}"),
            delivery=str(dispatch.get_channel_display()),
            addressee=_addressee(dispatch),
            facts=[
                Fact(_("Case"), case.number),
                Fact(_("Date"), date_format(local_date(case, at), "DATE_FORMAT")),
                *_way_in(dispatch),
            ],
            opening=None,
            enclosed=Table(
                headings=[_("Enclosed")],
                rows=[[dispatch.document.title if dispatch.document else case.subject]],
            ),
        )
        return typeset("cover", paper, language=language, at=at)


def _notice_letter(dispatch: Dispatch, *, at: dt.datetime) -> bytes:
    words, case = words_of(dispatch), dispatch.case
    with override(words.language):
        paper = LetterPaper(
            institution=letterhead_of(case.institution, words.language),
            title=words.subject,
            reference=case.number,
            page_label=_("Page {page} of {pages}"),
            references=[Fact(_("Case"), case.number), *_way_in(dispatch)],
            delivery=None,
            addressee=_addressee(dispatch),
            place_and_date=date_format(local_date(case, at), "DATE_FORMAT"),
            salutation=_("Good day,"),
            body=[Paragraph(text=block.strip()) for block in words.body.split("\n\n") if block.strip()],
            closing=None,
            signatory=[str(case.institution.name)],
            stamp=None,
        )
        return typeset("letter", paper, language=words.language, at=at)


def _way_in(dispatch: Dispatch) -> list[Fact]:
    """The digits, so that whoever has no e-mail can follow the case or ask about it by telephone."""
    access = secrets_of(dispatch.party)
    return [Fact(_("Your 12 digits"), access.grouped)] if access else []


def _merged(papers: Sequence[bytes]) -> bytes:
    if len(papers) == 1:
        return papers[0]
    together = pypdfium2.PdfDocument.new()
    try:
        for paper in papers:
            single = pypdfium2.PdfDocument(paper)
            try:
                together.import_pages(single)
            finally:
                single.close()
        out = io.BytesIO()
        together.save(out)
        return out.getvalue()
    finally:
        together.close()
