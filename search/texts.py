"""The texts of originals as the database keeps them: which files count, and what is known of each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, Protocol

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from cases import outbox
from cases.models import ComponentFile, Document, FileRole, OutboxRow
from search.models import FileText, PageText, TextState

COPIES = "add_searchable_copies"
# Of the files of one part of a document, the one whose text says most.
ROLES = (FileRole.SEARCHABLE, FileRole.ORIGINAL, FileRole.SIGNED, FileRole.FOR_SIGNATURE, FileRole.SCAN)
_RANKS: dict[str, int] = {role: rank for rank, role in enumerate(ROLES)}


class HasRole(Protocol):
    @property
    def role(self) -> str: ...


class KnownFile(NamedTuple):
    """A file that may have text, with what is known of it; ``is_noted``: somebody has met it before."""

    document: int
    part: int
    role: str
    name: str
    sha256: str
    state: str
    is_noted: bool
    searchable: str | None


def living_files() -> QuerySet[ComponentFile]:
    """Files that may be read for their text: not superseded, not destroyed, of a use that has text."""
    living = ComponentFile.objects.filter(superseded_by__isnull=True, destruction__isnull=True, role__in=ROLES)
    return living.order_by("pk")


def files_with_text(document: Document) -> list[ComponentFile]:
    """One file for each part of the document, in their order. Prefetch ``components__files`` with living files."""
    return [best_of(files) for component in document.components.all() if (files := component.files.all())]


def best_of[File: HasRole](files: Iterable[File]) -> File:
    """Of the files of one part, the one whose text says most."""
    return min(files, key=lambda file: _RANKS[file.role])


def known_files(cases: Collection[int]) -> dict[int, list[KnownFile]]:
    """By document of these cases: one file for each part, in their order; as ``files_with_text`` chooses."""
    rows = (
        living_files()
        .filter(component__document__case__in=cases)
        .order_by("component__document", "component__position", "component", "pk")
        .values_list(
            "component__document_id",
            "component_id",
            "role",
            "name",
            "stored_file_id",
            "stored_file__text__state",
            "stored_file__text__searchable_id",
        )
    )
    living = (
        KnownFile(document, part, role, name, sha256, state or TextState.WAITING, state is not None, searchable)
        for document, part, role, name, sha256, state, searchable in rows
    )
    found: dict[int, list[KnownFile]] = {}
    for _part, files in groupby(living, attrgetter("part")):
        chosen = best_of(files)
        found.setdefault(chosen.document, []).append(chosen)
    return found


MOST_PAGES_NAMED = 12


def in_words(states: Mapping[str, str]) -> dict[str, str]:
    """How far the text of each file (hash: state) was read, in words; of a scan also which pages took too long."""
    said = {sha256: str(TextState(state).label) for sha256, state in states.items()}
    slow = [sha256 for sha256, state in states.items() if state in {TextState.TOO_SLOW, TextState.CUT_SHORT}]
    if not slow:
        return said
    rows = PageText.objects.filter(stored_file__in=slow, text="").order_by("page").values_list("stored_file_id", "page")
    without: dict[str, list[int]] = {}
    for sha256, page in rows:
        without.setdefault(sha256, []).append(page)
    for sha256, pages in without.items():
        words = _without_text(pages)
        said[sha256] = words if states[sha256] == TextState.TOO_SLOW else f"{said[sha256]} {words}"
    return said


def _without_text(pages: Sequence[int]) -> str:
    named = ", ".join(str(page) for page in pages[:MOST_PAGES_NAMED])
    words = ngettext(
        "No text on page {pages}: recognising it took longer than we allow.",
        "No text on {n} pages ({pages}): recognising each took longer than we allow.",
        len(pages),
    )
    return words.format(n=len(pages), pages=f"{named} …" if len(pages) > MOST_PAGES_NAMED else named)


def text_state(file: ComponentFile) -> str:
    text = getattr(file.stored_file, "text", None)
    return TextState.WAITING if text is None else text.state


def note_files(files: Collection[KnownFile]) -> None:
    """Files that nobody has met yet wait to be read.

    A scan that was recognised for another document already gets its searchable copy here too.
    """
    unknown = {file.sha256 for file in files if not file.is_noted}
    FileText.objects.bulk_create([FileText(stored_file_id=sha256) for sha256 in unknown], ignore_conflicts=True)
    _ask_for_copies(files)


def pages_of(files: Collection[KnownFile]) -> dict[str, list[str]]:
    """The texts of the files by their hash, one for each page, in the order of the pages."""
    wanted = {file.sha256 for file in files}
    found: dict[str, list[str]] = {}
    for sha256, text in (
        PageText.objects.filter(stored_file__in=wanted)
        .order_by("stored_file", "page")
        .values_list("stored_file_id", "text")
    ):
        found.setdefault(sha256, []).append(text)
    return found


def _ask_for_copies(files: Collection[KnownFile]) -> None:
    """The file that counts is the scan itself only where its part has no searchable copy yet."""
    known = {file.sha256 for file in files if file.searchable and file.role in {FileRole.ORIGINAL, FileRole.SCAN}}
    waiting = OutboxRow.objects.filter(kind=COPIES, done_at__isnull=True, failed_at__isnull=True)
    for sha256 in known:
        if not waiting.filter(payload={"files": [sha256]}).exists():
            outbox.put(COPIES, at=timezone.now(), files=[sha256])


def forget_texts_of_destroyed_files(cases: Collection[int]) -> int:
    """Text goes with the bytes: nothing is kept of a file whose last use was destroyed. Returns how many texts went."""
    gone = ComponentFile.objects.filter(component__document__case__in=cases, destruction__isnull=False)
    destroyed = set(gone.values_list("stored_file_id", flat=True))
    destroyed -= set(living_files().filter(stored_file__in=destroyed).values_list("stored_file_id", flat=True))
    PageText.objects.filter(stored_file__in=destroyed).delete()
    return FileText.objects.filter(stored_file__in=destroyed).delete()[0]
