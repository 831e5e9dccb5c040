"""Short addresses that get printed and mailed: without language, number or name; they lead to today's page."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_from_request, override

from cases.models import ComponentFile, Direction, Document, FileRole, Service, Signature
from cases.signature_levels import reached_in_words
from cases.texts import in_language
from portal_pages.models import ServicePage
from portal_pages.portal import home_of, institution_of

GONE = 410  # of an address without language Django would make a 404 a redirect to one with it


def service(request: HttpRequest, code: str) -> HttpResponseBase:
    """A printed service: its page in the reader's language, else its form."""
    institution = institution_of(request)
    if not Service.objects.filter(institution=institution, code=code).exists():
        raise Http404
    language = get_language_from_request(request)
    home = home_of(institution, language)
    page = ServicePage.objects.live().descendant_of(home).filter(service_code=code).first() if home else None
    with override(language):
        return HttpResponseRedirect(page.get_url(request) if page else reverse("apply", args=[code]))


def document_check(request: HttpRequest, token: str) -> HttpResponse:
    """Whether a paper with this address was issued here: who, when, number, hash; nothing of what it says."""
    document = (
        Document.objects.filter(public_id=token, direction=Direction.OUT)
        .select_related("case__institution", "entry", "case")
        .first()
    )
    if document is None:
        return render(request, "portal/document_check.html", {"document": None}, status=GONE)
    files = ComponentFile.objects.filter(component__document=document, superseded_by__isnull=True)
    issued = files.filter(role__in=[FileRole.SIGNED, FileRole.ORIGINAL, FileRole.SCAN])
    institution = document.case.institution
    context = {
        "document": document,
        "number": document.entry.number if document.entry else document.case.number,
        "institution": in_language(institution.names, main=institution.main_language),
        "files": issued.select_related("stored_file"),
        "is_signed": files.filter(role=FileRole.SIGNED).exists(),
    }
    with override(get_language_from_request(request)):
        context["level"] = _level_of(document)
        return render(request, "portal/document_check.html", context)


def _level_of(document: Document) -> str:
    """The level of the signature that we put under it, as its check found it."""
    signature = Signature.objects.filter(request__document=document).order_by("-pk").first()
    found = signature.verdict.get("signatures") if signature else None
    return reached_in_words(found[-1]) if found else ""
