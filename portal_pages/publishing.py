"""Publishing forms: a version that never changes, written only when what is asked has changed and nothing is wrong."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.canonical import sha256_of
from cases.models import Service, User
from cases.parties import claim_question_keys
from cases.ruling import missing_in_rules, today_at
from portal_pages.forms.checker import Level, Problem, problems_of
from portal_pages.forms.stored import expanded
from portal_pages.models.forms import FormVersion
from portal_pages.offered import forget_form

if TYPE_CHECKING:
    from portal_pages.models.forms import ServiceForm

LONGEST_KEY = 60


class FormNotReady(Exception):
    """The form has errors; says each of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems
        self.reasons = " ".join(str(problem.words) for problem in problems)
        super().__init__(_("The form can't be published yet. {problems}").format(problems=self.reasons))


def problems_of_form(service: Service, definition: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the form or could be better, in the languages of the service's institution."""
    institution = service.institution
    languages = institution.languages or [code for code, _name in settings.LANGUAGES]
    return [
        *problems_of(definition, languages=languages, obligatory=[institution.main_language]),
        *_keys_of_another_kind(service, definition),
        *problems_of_rules(service),
    ]


def problems_of_rules(service: Service) -> list[Problem]:
    """What the record rules of the service lack today: whoever publishes the form hears it too."""
    today = today_at(service.institution, timezone.now())
    return [Problem(Level.WARNING, "", "", words) for words in missing_in_rules(service, today=today)]


def _keys_of_another_kind(service: Service, definition: Mapping[str, Any]) -> Iterator[Problem]:
    known = dict(service.questions.values_list("key", "kind"))
    for page in expanded(definition)["pages"]:
        for key, kind in _kinds_on(page):
            if known.get(key, kind) != kind:
                words = _("The question {key} was of another kind before. Make a new question instead.")
                yield Problem(Level.ERROR, page["key"], key, words.format(key=key))


def refuse_if_wrong(form: "ServiceForm") -> None:
    """Raises FormNotReady with the errors; warnings pass."""
    errors = [one for one in problems_of_form(form.service, form.definition) if one.level == Level.ERROR]
    if errors:
        raise FormNotReady(errors)


@transaction.atomic
def publish_form(
    service: Service, definition: Mapping[str, Any], *, by: User | None, at: dt.datetime, offered: bool = False
) -> FormVersion | None:
    """Write the next version of what the service asks; nothing when the newest one asks the very same.

    ``definition`` may have common pages: they are written out in full, so that a later change of the block leaves
    what is published as it is. ``offered``: citizens can begin it from now on. Raises
    `cases.parties.QuestionKeyTaken`.
    """
    Service.objects.select_for_update().get(pk=service.pk)
    newest = FormVersion.objects.newest_of(service)
    _offer(service, offered=offered)
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
    forget_form(service.pk)
    transaction.on_commit(lambda: forget_form(service.pk))  # whoever asked meanwhile remembers the old one
    return version


def _offer(service: Service, *, offered: bool) -> None:
    service.form = service.form or service.code
    service.is_offered = service.is_offered or offered
    service.save(update_fields=["form", "is_offered"])


def kinds_of(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and kind of every question; a column's key stands under that of its group."""
    for page in definition["pages"]:
        yield from _kinds_on(page)


def _kinds_on(page: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for question in page["questions"]:
        yield question["key"], question["kind"]
        for column in question.get("questions", ()):
            yield f"{question['key']}.{column['key']}", column["kind"]
