"""The pages of one document beside what was looked for: each page with the found words marked, and the next hit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cases import media_types, previews
from cases.desk.page import DeskPage, address_of
from cases.models import Component, ComponentFile, Document, PreviewState
from cases.opening import note_opening
from cases.page_images import PICTURES
from search import words
from search.finding import FAR_PAGES
from search.marks import marks_on, viewer_address
from search.models import PageText
from search.parser import QueryTooComplex, parse
from search.passages import Piece, Seeker, pieces_of
from search.texts import files_with_text, in_words, living_files, text_state

# Of these the page images have the same numbers as the texts.
SHOWN_AS_IMAGES = PICTURES | {media_types.PDF}
LONGEST_NUMBER = 6
LETTERS_SHOWN = 200_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A page on which something was found, with its address."""

    file: int
    page: int
    address: str


class DocumentPagesView(DeskPage):
    """One page of a document that the person may open. Each opening is logged; a restricted one asks for a reason."""

    permission = "cases.search_archive"
    template_name = "search/pages.html"
    header_icon = "doc-full-inverse"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not Document.objects.readable_by(self.user).filter(pk=self.document.pk).exists():
            return HttpResponseRedirect(address_of(self.document.case))
        note_opening(self.document.case, user=self.user, at=self.at, document=self.document)
        return super().get(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.document.title

    @cached_property
    def document(self) -> Document:
        """The document, if the person may know of it; its files are the living ones."""
        files = living_files().select_related("stored_file__text", "stored_file__preview")
        visible = Document.objects.visible_to(self.user).select_related("case", "entry")
        components = Component.objects.order_by("position")
        found = visible.prefetch_related(Prefetch("components", components), Prefetch("components__files", files))
        return get_object_or_404(found, public_id=self.kwargs["public_id"])

    @cached_property
    def files(self) -> list[ComponentFile]:
        return files_with_text(self.document)

    @cached_property
    def file(self) -> ComponentFile | None:
        """The file asked for; the one that now stands for its part; else the first."""
        asked = self.request.GET.get("file", "")
        if not asked:
            return self.files[0] if self.files else None
        by_part = {file.component_id: file for file in self.files}
        uses = ComponentFile.objects.filter(
            component__document=self.document, pk=asked[:12] if asked.isdecimal() else 0
        )
        component = uses.values_list("component", flat=True).first()
        if component not in by_part:
            raise Http404
        return by_part[component]

    @cached_property
    def typed(self) -> str:
        return self.request.GET.get("q", "").replace("\x00", "").strip()

    @cached_property
    def seeker(self) -> Seeker:
        words.load_dictionaries_meanwhile()
        try:
            return Seeker(parse(self.typed))
        except QueryTooComplex:
            return Seeker(parse(""))

    @cached_property
    def last_page(self) -> int:
        if self.file is None:
            return 0
        if self.has_images:
            return self.file.stored_file.preview.pages
        last = PageText.objects.filter(stored_file=self.file.stored_file_id).order_by("-page").first()
        return last.page if last else 1

    @cached_property
    def has_images(self) -> bool:
        """Whether there are images whose numbers are those of the texts."""
        if self.file is None or self.file.stored_file.media_type not in SHOWN_AS_IMAGES:
            return False
        preview = getattr(self.file.stored_file, "preview", None)
        if preview is None:
            previews.ask_for([self.file.stored_file_id], at=self.at)
        return preview is not None and preview.state == PreviewState.READY

    @cached_property
    def page(self) -> int:
        asked = self.request.GET.get("page", "1")
        number = int(asked) if asked.isdecimal() and len(asked) <= LONGEST_NUMBER else 1
        return max(1, min(number, max(self.last_page, 1)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            document=self.document,
            case=self.document.case,
            case_address=address_of(self.document.case),
            files=[(file, self._address(file, 1), file == self.file) for file in self.files],
            shown=self.file,
            page=self.page,
            last_page=self.last_page,
            typed=self.typed,
            seeks_something=self.seeker.seeks_something,
            **(self._sheet(self.file) if self.file else {}),
            **self._ways(),
            **kwargs,
        )

    def _sheet(self, file: ComponentFile) -> dict[str, Any]:
        marks = marks_on(file.stored_file, self.page, self.seeker) if self.has_images else []
        pieces = self._pieces(file)
        return {
            "has_image": self.has_images,
            "marks": marks,
            "pieces": pieces,
            "is_found_here": bool(marks) or any(piece.is_marked for piece in pieces),
            "no_text": "" if pieces else in_words({file.stored_file_id: text_state(file)})[file.stored_file_id],
        }

    def _pieces(self, file: ComponentFile) -> Sequence[Piece]:
        text = PageText.objects.filter(stored_file=file.stored_file_id, page=self.page).values_list("text", flat=True)
        shown = (text.first() or "")[:LETTERS_SHOWN]
        return pieces_of(shown, self.seeker)

    def _ways(self) -> dict[str, Any]:
        """Pages before and after, and hits before and after, where there are such."""
        if self.file is None:
            return {}
        steps = {"previous_page": self.page - 1, "next_page": self.page + 1}
        ways: dict[str, Any] = {
            name: self._address(self.file, page) for name, page in steps.items() if 1 <= page <= self.last_page
        }
        hits = self._hits()
        order = [file.pk for file in self.files]
        here = (order.index(self.file.pk), self.page)
        before = [hit for hit in hits if (order.index(hit.file), hit.page) < here]
        behind = [hit for hit in hits if (order.index(hit.file), hit.page) > here]
        return ways | {
            "hit_count": len(hits),
            "hit_number": len(before) + 1,
            "previous_hit": before[-1].address if before else "",
            "next_hit": behind[0].address if behind else "",
        }

    def _hits(self) -> list[Hit]:
        if not self.seeker.seeks_something:
            return []
        by_hash: dict[str, list[ComponentFile]] = {}
        for file in self.files:
            by_hash.setdefault(file.stored_file_id, []).append(file)
        pages = PageText.objects.filter(stored_file__in=by_hash, page__lte=FAR_PAGES).order_by("stored_file", "page")
        hits = [
            Hit(file.pk, page, self._address(file, page))
            for sha256, page, text in pages.values_list("stored_file_id", "page", "text").iterator(chunk_size=50)
            if self.seeker.places(text)
            for file in by_hash[sha256]
        ]
        order = {file.pk: place for place, file in enumerate(self.files)}
        return sorted(hits, key=lambda hit: (order[hit.file], hit.page))

    def _address(self, file: ComponentFile, page: int) -> str:
        return viewer_address(self.document, file, page, self.typed)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        return [
            *items[:-1],
            {"url": address_of(self.document.case), "label": _("Case {number}").format(number=self.document.case)},
            items[-1],
        ]
