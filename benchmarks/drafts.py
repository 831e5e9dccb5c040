"""Unfinished forms like one that somebody filled in page by page: asked of benchmarks/prepared.py."""

from django.db import connection
from django.utils import timezone

from portal_pages import drafts
from portal_pages.models import Draft
from registra import environment


def like_the_newest(database: str, amount: int) -> list[str]:
    """So many more in this database, each with a key of its own; their links."""
    connection.settings_dict.update(environment.database("", database))
    filled = Draft.objects.select_related("service").latest("pk")
    at = timezone.now()
    links = []
    for _number in range(amount):
        draft = drafts.begin(filled.service, form_version=filled.form_version, language=filled.language, at=at)
        drafts.keep_typed(draft, filled.typed, language=filled.language, at=at)
        links.append(drafts.link_of(draft))
    return links
