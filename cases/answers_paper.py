"""What was typed as a paper: the questions as shown and the answers as sent, in a PDF/A beside the original.

Made by a worker after the receipt, so that filing waits for nothing. What counts is the original, canonical JSON under
its hash; the paper says so and names the hash. It can be made again at any time.
"""

import datetime as dt
import io
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases import outbox
from cases.acting import Actor
from cases.answers_as_filed import AnswerAsFiled, PageAsFiled, answers_as_filed
from cases.capturing import FileToKeep, add_file, keep_files
from cases.letterheads import letterhead_of
from cases.media_types import PDF
from cases.models import Case, ComponentFile, ComponentRole, EntryKind, FileRole, RegisterEntry
from cases.typesetting import Answer, AnswersPaper, Fact, Section, Table, typeset

KIND = "print_answers"


@outbox.handler(KIND)
def print_answers_of(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Make the paper of an entry's answers, unless it was voided meanwhile."""
    entry = RegisterEntry.objects.select_related("case__institution").get(pk=payload["entry"])
    if entry.kind == EntryKind.GIVEN and entry.case_id:
        print_answers(entry, at=at)


def paper_of(entry: RegisterEntry) -> ComponentFile | None:
    """The paper; None while it is not made, or where nothing was typed."""
    return _files(entry).filter(role=FileRole.PAGE_IMAGES).first()


def print_answers(entry: RegisterEntry, *, at: dt.datetime) -> ComponentFile | None:
    """Typeset and keep the paper beside the answers. An entry has one: asked again, the first is returned."""
    original = _files(entry).filter(role=FileRole.ORIGINAL).select_related("stored_file").first()
    pages = answers_as_filed(original) if original else []
    if original is None or not pages:
        return None
    if made := paper_of(entry):
        return made
    kept = keep_files([_as_file(_typeset(entry, original, pages))])
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=original.component.document.case_id)
        if made := paper_of(entry):
            return made
        added = add_file(original.component, kept[0], role=FileRole.PAGE_IMAGES, actor=Actor.job(KIND), at=at)
        outbox.put("make_previews", at=at, case=case, files=[added.stored_file_id])
    return added


def _files(entry: RegisterEntry) -> Any:
    files = ComponentFile.objects.filter(component__document__entry=entry, component__role=ComponentRole.ANSWERS)
    return files.select_related("component__document__case").order_by("pk")


def _as_file(pdf: bytes) -> FileToKeep:
    return FileToKeep("answers.pdf", role=ComponentRole.ANSWERS, stream=io.BytesIO(pdf), media_type=PDF)


def _typeset(entry: RegisterEntry, original: ComponentFile, pages: list[PageAsFiled]) -> bytes:
    """In the language of filing: as it was asked."""
    assert entry.case is not None  # noqa: S101 (asked by print_answers_of)
    language = entry.case.language
    with override(language):
        paper = AnswersPaper(
            institution=letterhead_of(entry.case.institution, language),
            title=_("What was typed"),
            reference=entry.number,
            # Translators: the words in braces are filled by the typesetter.
            page_label=_("Page {page} of {pages}"),
            opening=None,
            facts=[
                Fact(_("Registration number"), entry.number),
                Fact(_("Subject"), entry.subject),
                Fact(_("Hash of the original (SHA-256)"), original.stored_file_id),
            ],
            sections=[Section(title=page.title, rows=[_as_row(one) for one in page.answers]) for page in pages],
            missing=_("Not answered"),
            closing=_("This paper was made from the original by a machine, for reading. What counts is the original."),
        )
    return typeset("answers", paper, language=language, at=entry.registered_at)


def _as_row(answer: AnswerAsFiled) -> Answer:
    lines = answer.words.split("\n") if answer.words else None
    return Answer(question=answer.question, answer=lines, table=_as_table(answer.rows), note=answer.note or None)


def _as_table(rows: list[list[AnswerAsFiled]]) -> Table | None:
    """The rows of a group under the questions that any of them answered, in the order in which they were met."""
    headings = {(cell.key, cell.question): cell.question for row in rows for cell in row}
    if not headings:
        return None
    values = [{(cell.key, cell.question): cell.words for cell in row} for row in rows]
    return Table(headings=[*headings.values()], rows=[[row.get(one, "") for one in headings] for row in values])
