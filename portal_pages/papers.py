"""What the applicant may read of a case: documents with the file that counts of each part, under names people know."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.file_names import cleaned
from cases.models import Case, ComponentFile, ComponentRole, Direction, Document, FileRole

ANSWER = "DECISION"
# What the applicant sent is called by what it was; what the office issued has a title of its own.
TITLES: dict[str, str | Promise] = {
    "APPLICATION": _("What you filed"),
    "SUPPLEMENT": _("What you added"),
    "MESSAGE": _("Your message"),
}


@dataclass(frozen=True)
class Paper:
    """A file as the applicant meets it. ``is_typed``: what was typed, which can be read as a page."""

    file_id: int
    name: str
    size: int
    is_typed: bool
    is_signed: bool


@dataclass(frozen=True)
class Papers:
    """A document; ``language`` is that of its title, empty for our own words."""

    title: str | Promise
    language: str
    captured_at: dt.datetime
    is_answer: bool
    files: Sequence[Paper] = field(default_factory=tuple)


def readable_files(case: Case) -> QuerySet[ComponentFile]:
    """What was typed is shown as it was asked, from the original; the paper of it is the office's."""
    files = ComponentFile.objects.filter(
        component__document__case=case, component__document__is_for_applicant=True
    ).exclude(role__in=[FileRole.PAGE_IMAGES, FileRole.SEARCHABLE])
    return files.select_related("stored_file", "component__document")


def papers_of(case: Case) -> list[Papers]:
    """Newest first; of a part with several files the last counts: the signed one follows the original."""
    files = (
        readable_files(case)
        .filter(superseded_by__isnull=True)
        .order_by("-component__document__captured_at", "component__position", "pk")
    )
    by_document: dict[Document, dict[int, ComponentFile]] = {}
    for file in files:
        by_document.setdefault(file.component.document, {})[file.component_id] = file
    return [_as_papers(document, list(parts.values()), case) for document, parts in by_document.items()]


def _as_papers(document: Document, files: Sequence[ComponentFile], case: Case) -> Papers:
    ours = TITLES.get(document.kind, "") if document.direction == Direction.IN else ""
    language = "" if ours else document.language or case.institution.main_language
    shown = tuple(_as_paper(file, case) for file in files)
    is_answer = document.kind == ANSWER and document.direction == Direction.OUT
    return Papers(ours or document.title, language, document.captured_at, is_answer, shown)


def _as_paper(file: ComponentFile, case: Case) -> Paper:
    is_typed = file.component.role == ComponentRole.ANSWERS
    return Paper(file.pk, name_for_applicant(file, case), file.stored_file.size, is_typed, file.role == FileRole.SIGNED)


def name_for_applicant(file: ComponentFile, case: Case) -> str:
    """What came in keeps the name it came with; what we made is called by its title and the number of the case."""
    document = file.component.document
    if file.component.role == ComponentRole.ANSWERS:
        title = gettext("What you typed")
    elif document.direction == Direction.OUT:
        title = document.title
    else:
        return cleaned(file.name)
    numbered = title if case.number in title else f"{title} {case.number}"
    return cleaned(numbered.replace("/", "-") + PurePath(file.name).suffix)
