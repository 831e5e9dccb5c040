"""Language, text size and colours: plain links that set a cookie and come back; no JavaScript."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import Resolver404, resolve, translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, get_language_from_path, override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Locale, Page, Site

from cases.models import Crest, Institution
from portal_pages.portal import TEXT_SIZE_COOKIE, TEXT_SIZES
from portal_pages.theme import theme_css

ONE_YEAR = 60 * 60 * 24 * 365


@require_safe
def set_language(request: HttpRequest, code: str) -> HttpResponseBase:
    """Remember the language, and show the same page in it."""
    if code not in dict(settings.LANGUAGES):
        return HttpResponseRedirect(_way_back(request))
    response = HttpResponseRedirect(in_other_language(request, _way_back(request), code))
    _remember(response, settings.LANGUAGE_COOKIE_NAME, code)
    return response


@require_safe
def set_text_size(request: HttpRequest, size: str) -> HttpResponseBase:
    """Remember one of the five text sizes (Bansko's five letters A)."""
    response = HttpResponseRedirect(_way_back(request))
    if size in TEXT_SIZES:
        _remember(response, TEXT_SIZE_COOKIE, size)
    return response


@require_safe
@cache_control(public=True, max_age=ONE_YEAR, immutable=True)
def theme(request: HttpRequest, slug: str, fingerprint: str) -> HttpResponse:
    """The institution's colours; the address carries a fingerprint of them."""
    institution = get_object_or_404(Institution, slug=slug)
    return HttpResponse(theme_css(institution.theme), content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=ONE_YEAR, immutable=True)
def crest(request: HttpRequest, sha256: str) -> HttpResponse:
    """A crest that an institution has chosen; the address carries the hash of the picture."""
    found = get_object_or_404(Crest.objects.filter(pk__in=Institution.objects.values("crest")), pk=sha256)
    return HttpResponse(bytes(found.png), content_type="image/png", headers={"X-Content-Type-Options": "nosniff"})


def in_other_language(request: HttpRequest, address: str, code: str) -> str:
    """The address of the same page in another language; the home page when there is none."""
    path = urlsplit(address).path
    # An address leads somewhere only in its own language, which need not be the one that the reader chose last.
    with override(get_language_from_path(path) or get_language()):
        try:
            match = resolve(path)
        except Resolver404:
            return f"/{code}/"
        if match.url_name == "wagtail_serve":
            return _page_in(request, match.kwargs["path"] if match.kwargs else match.args[0], code)
        # Views without a language in their address are left as they are.
        return translate_url(address, code)


def _page_in(request: HttpRequest, page_path: str, code: str) -> str:
    site = Site.find_for_request(request)
    if site is None:
        return f"/{code}/"
    try:
        page = site.root_page.localized.specific.route(request, [p for p in page_path.split("/") if p]).page
    except Http404:
        return f"/{code}/"
    return _address_of_translation(page, code) or f"/{code}/"


def _address_of_translation(page: Page, code: str) -> str | None:
    locale = Locale.objects.filter(language_code=code).first()
    translation = page.get_translation_or_none(locale) if locale else None
    return translation.get_url() if translation and translation.live else None


def _way_back(request: HttpRequest) -> str:
    address = request.GET.get("next", "/")
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe else "/"


def _remember(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=ONE_YEAR, samesite="Lax", secure=settings.HTTPS)
