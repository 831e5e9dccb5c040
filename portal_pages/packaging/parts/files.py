"""The files that belong to the service: documents to download, most of them linked from its page.

In a package a link leads to ``attachments/<name>``; at home it leads to a Wagtail document by its number, which means
nothing anywhere else.
"""

import hashlib
import io
import re
from collections.abc import Iterator, Mapping

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.documents.models import Document

from cases import media_types
from cases.models import Institution, Service
from portal_pages.models import ServiceFile, ServicePage
from portal_pages.packaging.package import ATTACHMENT_MEMBER, LARGEST_MEMBER, Package, PackageRefused
from portal_pages.packaging.parts.base import Coming, Part
from portal_pages.service_pages import pages_of

FOLDER = "attachments/"
# What stands inside must be what the name says: a stranger's file is handed out to residents.
CONTENT = {
    "csv": {media_types.TEXT},
    "docx": {media_types.DOCX},
    "odt": {media_types.ODT},
    "pdf": {media_types.PDF},
    "txt": {media_types.TEXT},
    "xlsx": {media_types.XLSX},
}
RICH_TEXTS = ("what_it_is", "who_may", "what_you_need", "fee_note", "deadline_note")
_LINK = re.compile(r"<a\b[^>]*>")
_ANY_LINK = re.compile(r"(<a\b[^>]*>)(.*?)</a>", re.DOTALL)
_HREF = re.compile(rf'href="{FOLDER}([^"]*)"')
_NUMBER = re.compile(r'\bid="(\d{1,18})"')
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]+")


def said(package: Package) -> dict[str, str] | None:
    """The hash of each file by its name; None for a package without any."""
    for name, raw in package.attachments.items():
        kind = name.rpartition(".")[2]
        if kind not in settings.WAGTAILDOCS_EXTENSIONS or kind not in CONTENT:
            kinds = ", ".join(settings.WAGTAILDOCS_EXTENSIONS)
            raise PackageRefused(_("Files of this kind are not taken; these are: {kinds}.").format(kinds=kinds), name)
        if len(raw) > LARGEST_MEMBER:
            number = LARGEST_MEMBER // 1_000_000
            raise PackageRefused(_("This file is larger than {number} MB.").format(number=number), name)
        if media_types.detect(io.BytesIO(raw)) not in CONTENT[kind]:
            raise PackageRefused(_("What is inside this file is not what its name says."), name)
    return {name: _hash(raw) for name, raw in sorted(package.attachments.items())} or None


def here(coming: Coming) -> dict[str, str] | None:
    found = documents_of(coming.institution, coming.package.code)
    return {name: _hash(_content(document, name)) for name, document in sorted(found.items())} or None


def bring(coming: Coming, wanted: dict[str, str]) -> None:
    """Each becomes a document; one that residents download already changes only when the package is published."""
    service = coming.found_service
    found = documents_of(coming.institution, service.code)
    for name, sha256 in wanted.items():
        document, raw = found.get(name), coming.package.attachments[name]
        if document is None:
            document = Document(title=name, uploaded_by_user=coming.by)
            _fill(document, name, raw)
        elif coming.is_published and _hash(_content(document, name)) != sha256:
            _fill(document, name, raw)
        ServiceFile.objects.get_or_create(service=service, name=name, defaults={"document": document})
    if coming.is_published:
        ServiceFile.objects.filter(service=service).exclude(name__in=wanted).delete()


def _fill(document: Document, name: str, raw: bytes) -> None:
    """The document keeps its number, so that every link to it leads to what it holds now."""
    storage, before = document.file.storage, document.file.name
    document.file = ContentFile(raw, name)
    document._set_document_file_metadata()
    document.save()
    if before:
        transaction.on_commit(lambda: storage.delete(before))


def documents_of(institution: Institution, code: str) -> dict[str, Document]:
    """By name: what came with the service, and whatever its pages offer to download."""
    rows = ServiceFile.objects.filter(service__institution=institution, service__code=code).select_related("document")
    found = {row.name: row.document for row in rows}
    linked = {number for page in _pages(institution, code) for number in _numbers_in(page)}
    known = {document.pk for document in found.values()}
    for document in Document.objects.filter(pk__in=linked - known).order_by("pk"):
        found[_free_name(document, found)] = document
    return found


def attachments_of(service: Service) -> dict[str, bytes]:
    """What goes out with the service. Raises PackageRefused for a file that no package can carry."""
    found = documents_of(service.institution, service.code)
    attachments = {name: _content(document, name) for name, document in sorted(found.items())}
    for name, raw in attachments.items():
        if len(raw) > LARGEST_MEMBER:
            words = _("This file is larger than {number} MB: a package can't carry it.")
            raise PackageRefused(words.format(number=LARGEST_MEMBER // 1_000_000), name)
    return attachments


def _pages(institution: Institution, code: str) -> Iterator[ServicePage]:
    for _index, page in pages_of(institution, code):
        if page is not None:
            yield page
            yield page.get_latest_revision_as_object()


def _numbers_in(page: ServicePage) -> Iterator[int]:
    for name in RICH_TEXTS:
        for link in _LINK.findall(getattr(page, name)):
            if 'linktype="document"' in link and (number := _NUMBER.search(link)):
                yield int(number[1])


def _free_name(document: Document, taken: Mapping[str, Document]) -> str:
    stem, _dot, kind = document.filename.rpartition(".")
    plain = _NOT_IN_A_NAME.sub("-", stem).strip("-_")[:60] or "file"
    name = f"{plain}.{kind.lower()}"
    if name in taken or not ATTACHMENT_MEMBER.fullmatch(FOLDER + name):
        return f"{plain}-{document.pk}.{kind.lower()}"
    return name


def _content(document: Document, name: str) -> bytes:
    try:
        with document.open_file() as file:
            content: bytes = file.read()
    except FileNotFoundError:
        raise PackageRefused(_("The document is in the list, but its file is gone. Upload it anew."), name) from None
    return content


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


# -- Links


def names_of(institution: Institution, code: str) -> dict[int, str]:
    """The name in a package of each document, by its number here."""
    return {document.pk: name for name, document in documents_of(institution, code).items()}


def with_names(html: str, names: Mapping[int, str]) -> str:
    """Links to documents lead to their names; what leads to something that only this town has becomes plain words."""

    def named(found: re.Match[str]) -> str:
        link, words = found[1], found[2]
        if "linktype=" not in link:
            return found[0]
        number = _NUMBER.search(link) if 'linktype="document"' in link else None
        name = names.get(int(number[1])) if number else None
        return f'<a href="{FOLDER}{name}">{words}</a>' if name else words

    return _ANY_LINK.sub(named, html)


def with_numbers(html: str, documents: Mapping[str, Document]) -> str:
    """The links as they are here."""

    def numbered(found: re.Match[str]) -> str:
        name = _HREF.search(found[0])
        document = documents.get(name[1]) if name else None
        return f'<a id="{document.pk}" linktype="document">' if document else found[0]

    return _LINK.sub(numbered, html)


def links_in(html: str) -> set[str]:
    """The names of files that the text leads to."""
    return set(_HREF.findall(html))


FILES = Part(gettext_lazy("Files"), said, here, bring)
