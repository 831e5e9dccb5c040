"""A look at one document beside the list of results: its files, the page where something was found, and its words."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from cases import previews
from cases.answers_as_filed import PageAsFiled, answers_as_filed
from cases.models import ComponentFile, ComponentRole, Document, FileRole, PreviewState, User
from cases.opening import note_document_opening
from search.asking import Asked
from search.finding import FAR_PAGES, MOST_LETTERS
from search.marks import Mark, marks_on
from search.models import PageText
from search.passages import Piece, Seeker

MOST_PLACES = 40
LETTERS_SHOWN = 100_000


@dataclass(frozen=True, slots=True)
class FileToShow:
    """A file of the document as the list of files names it."""

    file: ComponentFile
    name: str
    is_shown: bool


@dataclass(slots=True)
class Look:
    """What stands beside the list. Without ``may_open`` there is nothing but what a list says of it."""

    document: Document
    may_open: bool
    files: Sequence[FileToShow] = ()
    shown: ComponentFile | None = None
    page: int = 1
    pages: int = 0
    places: Sequence[int] = ()
    words: Sequence[Piece] = ()
    answers: Sequence[PageAsFiled] = field(default_factory=list)
    marks: Sequence[Mark] = ()
    is_being_made: bool = False
    trouble: str = ""

    @property
    def number(self) -> str:
        return self.document.entry.number if self.document.entry else str(self.document.case)


def document_listed(user: User, public_id: str) -> Document | None:
    """The document if the person may see it in a list."""
    documents = Document.objects.visible_to(user).select_related("case__unit", "case__service", "entry")
    return documents.filter(public_id=public_id).first()


def look_at(
    document: Document, *, user: User, asked: Asked, file: int | None = None, page: int | None = None, at: dt.datetime
) -> Look:
    """The document, opened at the file and page asked for, else where something was first found.

    Written into the access log, unless a reason has to be given first.
    """
    seeker = Seeker(asked.query)
    if not Document.objects.readable_by(user).filter(pk=document.pk).exists():
        return Look(document, may_open=False)
    note_document_opening(document, user=user, at=at)
    files = _files_of(document)
    shown = next((one for one in files if one.pk == file), None) or _first_with_a_place(files, seeker)
    look = Look(document, may_open=True, shown=shown)
    look.files = [FileToShow(one, one.office_name, one == shown) for one in files]
    if shown:
        _open(look, shown, seeker, page, at=at)
    return look


def _files_of(document: Document) -> list[ComponentFile]:
    """The files that count now, a better scan before the worse."""
    files = ComponentFile.objects.filter(
        component__document=document, superseded_by__isnull=True, destruction__isnull=True
    )
    files = files.exclude(role=FileRole.FOR_SIGNATURE, component__files__role=FileRole.SIGNED)
    return list(files.select_related("stored_file__preview", "component").order_by("component__position", "pk"))


def _first_with_a_place(files: Sequence[ComponentFile], seeker: Seeker) -> ComponentFile | None:
    """The first file in which something was found; else the first of all."""
    if seeker.seeks_something and len(files) > 1:
        found = next((file for file in files if next(_places(file, seeker), None)), None)
        if found:
            return found
    return files[0] if files else None


def _places(file: ComponentFile, seeker: Seeker) -> Iterator[int]:
    """The pages of the file on which something was found, in their order, as far as we read."""
    letters = 0
    pages = PageText.objects.filter(stored_file=file.stored_file_id, page__lte=FAR_PAGES).order_by("page")
    for page, text in pages.values_list("page", "text").iterator(chunk_size=50):
        letters += len(text)
        if letters > MOST_LETTERS:
            return
        if seeker.passage(text):
            yield page


def _open(look: Look, file: ComponentFile, seeker: Seeker, page: int | None, *, at: dt.datetime) -> None:
    is_typed = file.component.role == ComponentRole.ANSWERS and file.role == FileRole.ORIGINAL
    if is_typed and (pages := answers_as_filed(file)):
        look.answers = pages
        return
    if seeker.seeks_something:
        look.places = list(islice(_places(file, seeker), MOST_PLACES))
    _see_pages(look, file, at=at)
    look.page = page or next(iter(look.places), 1)
    if look.pages:
        look.page = min(look.page, look.pages)
    text = PageText.objects.filter(stored_file=file.stored_file_id, page=look.page).values_list("text", flat=True)
    look.words = seeker.marked(text[0][:LETTERS_SHOWN]) if text else ()
    if look.page in look.places and look.pages:
        look.marks = marks_on(file.stored_file, look.page, seeker)


def _see_pages(look: Look, file: ComponentFile, *, at: dt.datetime) -> None:
    preview = getattr(file.stored_file, "preview", None)
    if preview is None:
        previews.ask_for([file.stored_file_id], at=at)
        look.is_being_made = True
        return
    look.pages = preview.pages
    if preview.state == PreviewState.NONE or preview.reason:
        look.trouble = preview.get_reason_display()
