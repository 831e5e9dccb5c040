"""What stands around every public page: whose site it is, its languages, the reader's text size, the menu."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from wagtail.models import Locale, Site

from cases.models import Institution, Service
from cases.texts import Text, in_language
from portal_pages.models import HomePage
from portal_pages.theme import theme_fingerprint

TEXT_SIZE_COOKIE = "text-size"
TEXT_SIZES = ("1", "2", "3", "4", "5")
USUAL_TEXT_SIZE = "2"
FRAME_KEY = "portal-frame"
KEPT_SECONDS = 60  # how long a process may show an institution's old name or menu after a change


class MenuLink(NamedTuple):
    title: str
    address: str
    language: str


class LanguageChoice(NamedTuple):
    code: str
    name: str
    is_now: bool
    address: str


class TextSizeChoice(NamedTuple):
    size: str
    is_now: bool
    address: str


def institution_of(request: HttpRequest) -> Institution:
    """The institution whose home page stands at this host; a lone institution needs no home page yet."""
    key = f"portal-institution-{request.get_host()}"
    institution = cache.get(key)
    if institution is None:
        institution = _find_institution(request)
        cache.set(key, institution, KEPT_SECONDS)
    return institution


def _find_institution(request: HttpRequest) -> Institution:
    site = Site.find_for_request(request)
    home = HomePage.objects.filter(pk=site.root_page_id).select_related("institution").first() if site else None
    if home:
        return home.institution
    institutions = list(Institution.objects.all()[:2])
    if len(institutions) != 1:
        raise Http404("No institution has its home page at this host.")
    return institutions[0]


@dataclass
class Portal:
    """Read by the base template; each part is worked out only when it is shown."""

    request: HttpRequest

    @cached_property
    def frame(self) -> str:
        """What a kept header or footer belongs to; another word once pages or the institution changed."""
        return f"{self.request.get_host()} {get_language()} {self.text_size} {cache.get(FRAME_KEY, '')}"

    @cached_property
    def institution(self) -> Institution:
        return institution_of(self.request)

    @cached_property
    def name(self) -> Text:
        return self._in_language(self.institution.names)

    @cached_property
    def address(self) -> Text:
        return self._in_language(self.institution.address)

    @cached_property
    def opening_hours(self) -> Text:
        return self._in_language(self.institution.opening_hours)

    @cached_property
    def theme_address(self) -> str:
        institution = self.institution
        return reverse("theme", args=[institution.slug, theme_fingerprint(institution.theme)])

    @cached_property
    def crest_address(self) -> str:
        """Empty where the institution has none of its own."""
        sha256 = self.institution.crest_id
        return reverse("crest", args=[sha256]) if sha256 else ""

    @cached_property
    def text_size(self) -> str:
        size = self.request.COOKIES.get(TEXT_SIZE_COOKIE, USUAL_TEXT_SIZE)
        return size if size in TEXT_SIZES else USUAL_TEXT_SIZE

    @cached_property
    def text_sizes(self) -> list[TextSizeChoice]:
        return [
            TextSizeChoice(size, size == self.text_size, f"/text-size/{size}/?{self._come_back}") for size in TEXT_SIZES
        ]

    @cached_property
    def languages(self) -> list[LanguageChoice]:
        now = get_language()
        offered = self.institution.languages or [code for code, _name in settings.LANGUAGES]
        return [
            LanguageChoice(code, name, code == now, f"/language/{code}/?{self._come_back}")
            for code, name in settings.LANGUAGES
            if code in offered
        ]

    @cached_property
    def home_address(self) -> str:
        return f"/{get_language()}/"

    @cached_property
    def menu(self) -> Sequence[MenuLink]:
        return menu_of(self.institution, get_language() or settings.LANGUAGE_CODE)

    @property
    def _come_back(self) -> str:
        return urlencode({"next": self.request.get_full_path()})

    def _in_language(self, texts: dict[str, str]) -> Text:
        return in_language(texts, main=self.institution.main_language)


def menu_of(institution: Institution, language: str) -> Sequence[MenuLink]:
    """The pages that communications staff put into the menu, in one language."""
    key = f"portal-menu-{institution.pk}-{language}"
    menu = cache.get(key)
    if menu is None:
        menu = _read_menu(institution, language)
        cache.set(key, menu, KEPT_SECONDS)
    return menu


def _read_menu(institution: Institution, language: str) -> list[MenuLink]:
    home = home_of(institution, language)
    if home is None:
        return []
    pages = home.get_children().live().public().in_menu().specific()
    return [MenuLink(page.title, page.url, page.words_language) for page in pages]


def home_of(institution: Institution, language: str) -> HomePage | None:
    """The institution's live home page in this language, else in its main language."""
    homes = {
        home.locale.language_code: home
        for home in HomePage.objects.live().filter(institution=institution).select_related("locale")
    }
    return homes.get(language) or homes.get(institution.main_language) or next(iter(homes.values()), None)


def forget_cached(institution: Institution | None = None) -> None:
    """Pages or the institution changed: this process shows it at once, the others within a minute."""
    languages = list(Locale.objects.values_list("language_code", flat=True))
    institutions = [institution.pk] if institution else list(Institution.objects.values_list("pk", flat=True))
    cache.set(FRAME_KEY, secrets.token_hex(4), None)
    cache.delete_many([f"portal-menu-{pk}-{language}" for pk in institutions for language in languages])
    services = Service.objects.values_list("pk", flat=True)
    cache.delete_many([f"portal-next-{pk}-{language}" for pk in services for language in languages])
    for site in Site.objects.all():
        cache.delete_many([f"portal-institution-{site.hostname}", f"portal-institution-{site.hostname}:{site.port}"])
