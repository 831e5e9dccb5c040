"""The public page of the service: one page in each language of the site. How to file stays the town's own."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from portal_pages.blocks.story import SHORT_TEXT_FEATURES
from portal_pages.models import ServiceIndexPage, ServicePage
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.parts.base import Coming, Part
from portal_pages.packaging.parts.files import (
    RICH_TEXTS,
    documents_of,
    links_in,
    names_of,
    with_names,
    with_numbers,
)
from portal_pages.packaging.parts.identity import plain_texts
from portal_pages.service_pages import free_slug, pages_of, ways_of_the_town

MEMBER = "page.json"
PLAIN = {"titles": "title", "introductions": "introduction", "search_words": "search_words"}
RICH = {
    "what_it_is": SHORT_TEXT_FEATURES,
    "who_may": SHORT_TEXT_FEATURES,
    "what_you_need": SHORT_TEXT_FEATURES,
    "fee_note": SHORT_TEXT_FEATURES,
    "deadline_note": SHORT_TEXT_FEATURES,
    "what_happens_next": ["ol", "ul", "bold", "link"],
}
NEEDED = ("titles", "what_it_is", "who_may", "what_you_need", "what_happens_next")
# The editor numbers paragraphs anew at each writing; the number says nothing.
BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')
LONGEST = {"titles": 255, "introductions": 400, "search_words": 300}


def said(package: Package) -> dict[str, dict[str, str]] | None:
    """The texts by language, each with the member's name; what no editor could have typed is gone from them."""
    if package.page is None:
        return None
    if unknown := sorted(package.page.keys() - {"slugs", *PLAIN, *RICH}):
        raise PackageRefused(_("“{name}” is not known here.").format(name=unknown[0][:40]), MEMBER)
    texts = {name: plain_texts(package.page.get(name, {}), f"{MEMBER}, {name}") for name in (*PLAIN, *RICH)}
    for name, longest in LONGEST.items():
        if any(len(words) > longest for words in texts[name].values()):
            raise PackageRefused(
                _("“{name}” has a text of more than {number} letters.").format(name=name, number=longest)
            )
    found = {}
    for language in texts["titles"]:
        if missing := [name for name in NEEDED if not texts[name].get(language, "").strip()]:
            why = _("The text “{name}” is missing in the language {language}.")
            raise PackageRefused(why.format(name=missing[0], language=language), MEMBER)
        plain = {name: texts[name].get(language, "") for name in PLAIN}
        rich = {name: with_names(cleaned(texts[name].get(language, ""), RICH[name]), {}) for name in RICH}
        _refuse_lost_links(rich, package)
        found[language] = plain | rich
    return found


def _refuse_lost_links(texts: dict[str, str], package: Package) -> None:
    for name, words in texts.items():
        may_lead_to = package.attachments.keys() if name in RICH_TEXTS else set()
        if lost := sorted(links_in(words) - may_lead_to):
            why = _("“{name}” leads to a file that is not there: {file}.").format(name=name, file=lost[0][:100])
            raise PackageRefused(why, MEMBER)


def cleaned(html: str, features: list[str]) -> str:
    """The text as the page editor would have written it: of markup only what its buttons can make."""
    if not html:
        return ""
    converter = ContentstateConverter(features)
    try:
        written = converter.to_database_format(converter.from_database_format(html))
    except Exception:
        # The editor's parser has no error of its own for what it can't read.
        raise PackageRefused(_("A text with markup can't be read."), MEMBER) from None
    return BLOCK_KEY.sub("", str(written))


def here(coming: Coming) -> dict[str, Any] | None:
    """What stands on the pages; a language that this site does not have makes no difference."""
    wanted = said(coming.package) or {}
    pages = {index.locale.language_code: page for index, page in pages_of(coming.institution, coming.package.code)}
    names = names_of(coming.institution, coming.package.code)
    found: dict[str, Any] = {language: texts for language, texts in wanted.items() if language not in pages}
    for language, page in pages.items():
        if page is not None and page.alias_of_id is None and language in wanted:
            shown = page if coming.is_published else page.get_latest_revision_as_object()
            if page.live or not coming.is_published:
                found[language] = texts_of(shown, names)
    return found if any(pages.values()) or not pages else None


def texts_of(page: ServicePage, names: Mapping[int, str]) -> dict[str, str]:
    """``names``: those of the documents that the page may lead to, by their number here."""
    plain = {name: getattr(page, column) for name, column in PLAIN.items()}
    return plain | {name: with_names(cleaned(getattr(page, name), RICH[name]), names) for name in RICH}


def bring(coming: Coming, wanted: dict[str, dict[str, str]]) -> None:
    """A page for each language of the site; an editor's page is changed as a draft unless all is published."""
    key, documents = None, documents_of(coming.institution, coming.package.code)
    for index, page in pages_of(coming.institution, coming.package.code):
        language = index.locale.language_code
        if language not in wanted:
            continue
        texts = wanted[language]
        values = {column: texts[name] for name, column in PLAIN.items()}
        values |= {name: with_numbers(texts[name], documents) for name in RICH}
        with override(language):
            if page and page.alias_of_id is not None:
                values["slug"] = _free_slug(index, coming.package, but=page.pk)
            page = _changed(page, values) if page else _added(coming, index, values, key)
            key = key or page.translation_key
            revision = page.save_revision(user=coming.by)
            if coming.is_published:
                revision.publish(user=coming.by, skip_permission_checks=True)


def _changed(page: ServicePage, values: dict[str, str]) -> ServicePage:
    if page.alias_of_id is not None:
        # A stand-in for another language's page becomes a page of its own.
        ServicePage.objects.filter(pk=page.pk).update(alias_of=None)
        page.refresh_from_db()
    page = page.get_latest_revision_as_object()
    for name, words in values.items():
        setattr(page, name, words)
    return page


def _added(coming: Coming, index: ServiceIndexPage, values: dict[str, str], key: Any) -> ServicePage:
    page = ServicePage(
        **values,
        service_code=coming.package.code,
        slug=_free_slug(index, coming.package),
        locale=index.locale,
        live=False,
        ways=ways_of_the_town(index),
        **({"translation_key": key} if key else {}),
    )
    index.add_child(instance=page)
    return page


def _free_slug(index: ServiceIndexPage, package: Package, *, but: int | None = None) -> str:
    slugs = (package.page or {}).get("slugs", {})
    wanted = slugs.get(index.locale.language_code) if isinstance(slugs, dict) else None
    return free_slug(index, wanted or package.code, but=but)


PAGE = Part(gettext_lazy("Public page"), said, here, bring)
