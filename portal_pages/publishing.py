"""Publishing forms: a version that never changes, written only when what is asked has changed."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction

from cases.canonical import sha256_of
from cases.models import Service, User
from cases.parties import claim_question_keys
from portal_pages.forms.stored import expanded
from portal_pages.models.forms import FormVersion
from portal_pages.offered import forget_form

LONGEST_KEY = 60


@transaction.atomic
def publish_form(
    service: Service, definition: Mapping[str, Any], *, by: User | None, at: dt.datetime
) -> FormVersion | None:
    """Write the next version of what the service asks; nothing when the newest one asks the very same.

    ``definition`` may have common pages: they are written out in full, so that a later change of the block leaves
    what is published as it is. Raises `cases.parties.QuestionKeyTaken`.
    """
    Service.objects.select_for_update().get(pk=service.pk)
    newest = FormVersion.objects.newest_of(service)
    asked = {name: value for name, value in expanded(definition).items() if name in {"pages", "tables"} and value}
    if newest and {name: newest.definition[name] for name in newest.definition.keys() - {"key", "version"}} == asked:
        return None
    number = newest.number + 1 if newest else 1
    kept = {"key": service.code, "version": number, **asked}
    claim_question_keys(service, {key: kind for key, kind in kinds_of(kept) if len(key) <= LONGEST_KEY}, at=at)
    version = FormVersion.objects.create(
        service=service,
        number=number,
        definition=kept,
        sha256=sha256_of(kept),
        published_at=at,
        published_by=by,
    )
    if not service.form:
        service.form = service.code
        service.save(update_fields=["form"])
    forget_form(service.pk)
    transaction.on_commit(lambda: forget_form(service.pk))  # whoever asked meanwhile remembers the old one
    return version


def kinds_of(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and kind of every question; a column's key stands under that of its group."""
    for page in definition["pages"]:
        for question in page["questions"]:
            yield question["key"], question["kind"]
            for column in question.get("questions", ()):
                yield f"{question['key']}.{column['key']}", column["kind"]
