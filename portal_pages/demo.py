"""Builds the demo town's pages, each in every language in words of its own."""

import datetime as dt
import json
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowContentType,
    WorkflowPage,
    WorkflowTask,
)

from cases.models import Institution, Role
from cases.staffing import group_name
from cases.texts import in_language
from portal_pages.demo_texts import CARDS, CARDS_OF_SERVICES, PAGES, WAYS_TO_FILE, DemoPage
from portal_pages.models import HomePage, ServicePage
from portal_pages.packaging.parts.base import Coming
from portal_pages.packaging.parts.page import PAGE
from portal_pages.packaging.shipped import shipped, shipped_codes
from portal_pages.portal import forget_cached

FIRST = "en"
STREAMS = ("body", "ways", "help_text", "cards")


@transaction.atomic
def build_demo_pages(institution: Institution) -> HomePage:
    """Make the institution's pages if it has none yet; what editors changed since is left alone."""
    home = HomePage.objects.filter(institution=institution, locale__language_code=FIRST).first()
    if home is None:
        locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code, _name in settings.LANGUAGES}
        pages = _write_pages(institution, locales)
        _bring_service_pages(institution)
        _lay_out_cards(pages)
        home = pages["home", FIRST]
        _open_site(institution, home)
        _let_editors_edit(pages)
    forget_cached()
    return home


def _write_pages(institution: Institution, locales: dict[str, Locale]) -> dict[tuple[str, str], Any]:
    pages: dict[tuple[str, str], Any] = {}
    _make_room()
    root = Page.get_first_root_node()
    for demo in PAGES:
        for code in demo.texts:
            page = _new_page(demo, code, locales[code], institution)
            if twin := pages.get((demo.key, FIRST)):
                page.translation_key = twin.translation_key
            parent = pages[demo.parent, code] if demo.parent else root
            with override(code):
                parent.add_child(instance=page)
                page.save_revision().publish()
            parent.refresh_from_db()
            pages[demo.key, code] = page
    return pages


def _new_page(demo: DemoPage, code: str, locale: Locale, institution: Institution) -> Any:
    model = apps.get_model("portal_pages", demo.kind)
    fields = {**demo.shared, **demo.texts[code]}
    fields = {name: json.dumps(value) if name in STREAMS else value for name, value in fields.items()}
    if "checked_date" in fields:
        fields["checked_date"] = dt.date.fromisoformat(fields["checked_date"])
    if demo.kind == "HomePage":
        fields["institution"] = institution
        fields["slug"] = f"{institution.slug}-{fields['slug']}"
    return model(**fields, locale=locale, show_in_menus=demo.in_menu)


def _make_room() -> None:
    """Take away the page with which Wagtail greets a fresh installation."""
    for page in Page.objects.filter(depth=2, slug="home", content_type__model="page"):
        page.delete()


def _bring_service_pages(institution: Institution) -> None:
    """The pages of those services that came from packages, in every language; all say alike how to file."""
    codes = set(institution.services.values_list("code", flat=True))
    for number, code in enumerate([code for code in shipped_codes() if code in codes]):
        now = timezone.now()
        coming = Coming(shipped(code), institution, by=None, at=now, is_published=True, rules_from=now.date())
        PAGE.bring(coming, PAGE.said(coming.package))
        if number == 0:
            _say_how_to_file(institution)  # the pages of the others do as the first one's


def _say_how_to_file(institution: Institution) -> None:
    for home in HomePage.objects.filter(institution=institution).select_related("locale"):
        language = home.locale.language_code
        for page in ServicePage.objects.descendant_of(home):
            page.ways = json.dumps(WAYS_TO_FILE[language])
            with override(language):
                page.save_revision().publish()


def _lay_out_cards(pages: dict[tuple[str, str], Any]) -> None:
    homes = {code: page for (key, code), page in pages.items() if key == "home"}
    for code, home in homes.items():
        home.refresh_from_db()
        services = dict(ServicePage.objects.descendant_of(home).values_list("service_code", "pk"))
        cards = [{"page": services[one], "words": "", "text": ""} for one in CARDS_OF_SERVICES if one in services]
        for key, texts in CARDS:
            words, text = texts[code]
            cards.append({"page": pages[key, code].pk, "words": words, "text": text})
        home.cards = json.dumps([{"type": "card", "value": card} for card in cards])
        home.save_revision().publish()


def _open_site(institution: Institution, home: HomePage) -> None:
    address = urlsplit(settings.SITE_ADDRESS)
    name = in_language(institution.names, FIRST).words
    port = address.port or (443 if address.scheme == "https" else 80)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": address.hostname or "localhost", "port": port, "root_page": home, "site_name": name},
    )


def _let_editors_edit(pages: dict[tuple[str, str], Any]) -> None:
    """Editors write and publish; whoever likes sends a page for moderation first."""
    editors, _created = Group.objects.get_or_create(name=group_name(Role.EDITOR))
    root = Page.get_first_root_node()
    for codename in ("add_page", "change_page", "publish_page", "lock_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.get_or_create(group=editors, page=root, permission=permission)
    folder = Collection.get_first_root_node()
    for codename in ("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document"):
        permission = Permission.objects.get(
            content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename=codename
        )
        GroupCollectionPermission.objects.get_or_create(group=editors, collection=folder, permission=permission)
    editors.permissions.add(
        Permission.objects.get(content_type__app_label="simple_translation", codename="submit_translation"),
        *Permission.objects.filter(
            content_type__app_label="portal_pages",
            codename__in=[f"{act}_serviceform" for act in ("add", "change", "publish", "lock", "unlock")],
        ),
    )
    _moderate(editors, [page for (key, _code), page in pages.items() if key == "home"])


def _moderate(editors: Group, homes: list[HomePage]) -> None:
    """A second pair of eyes: a page that is sent for moderation waits for another editor."""
    with override(settings.LANGUAGE_CODE):
        workflow, is_new = Workflow.objects.get_or_create(name="Second pair of eyes", defaults={"active": True})
    if is_new:
        task = GroupApprovalTask.objects.create(name="Read by another editor", active=True)
        task.groups.add(editors)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    form = ContentType.objects.get_for_model(apps.get_model("portal_pages", "ServiceForm"))
    WorkflowContentType.objects.get_or_create(content_type=form, defaults={"workflow": workflow})
    for home in homes:
        WorkflowPage.objects.update_or_create(page=home, defaults={"workflow": workflow})
