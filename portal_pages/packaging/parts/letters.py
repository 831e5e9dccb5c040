"""The letters: read by the letters' own reader. A letter's key is one for the whole institution."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.acting import Actor
from flows.letters.checker import errors_in, problems_of
from flows.letters.definition import LetterUnreadable, letter_as_json, letter_from_json
from flows.letters.publishing import definition_of, install_letter, take_over
from flows.models import LetterTemplate
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.parts.base import Coming, Part


def said(package: Package) -> dict[str, Any] | None:
    """The letters by key."""
    return {key: _read(letter, f"letters/{key}.json") for key, letter in package.letters.items()} or None


def _read(definition: Any, member: str) -> dict[str, Any]:
    try:
        return letter_as_json(letter_from_json(definition))
    except LetterUnreadable as unreadable:
        raise PackageRefused(str(unreadable), member) from None


def here(coming: Coming) -> dict[str, Any] | None:
    found = {}
    for template in LetterTemplate.objects.filter(institution=coming.institution, key__in=coming.package.letters):
        member = f"letters/{template.key}.json"
        if not coming.is_published:
            draft = template.get_latest_revision_as_object() if template.latest_revision_id else template
            found[template.key] = _read(definition_of(draft), member)
        elif newest := template.versions.order_by("-number").first():
            found[template.key] = _read(newest.definition, member)
    return found or None


def bring(coming: Coming, wanted: dict[str, Any]) -> None:
    before = here(coming) or {}
    for key, letter in wanted.items():
        if before.get(key) != letter:
            _bring_one(coming, letter)


def _bring_one(coming: Coming, letter: dict[str, Any]) -> None:
    if coming.is_published:
        _refuse_errors(coming, letter)
        actor = Actor(coming.by) if coming.by else Actor.job("packages")
        install_letter(coming.institution, letter, actor=actor, at=coming.at)
        return
    template = LetterTemplate.objects.filter(institution=coming.institution, key=letter["key"]).first()
    if template is None:
        template = LetterTemplate(institution=coming.institution, key=letter["key"], live=False)
        take_over(template, letter)
        template.save()
    take_over(template, letter)
    template.save_revision(user=coming.by)


def _refuse_errors(coming: Coming, letter: dict[str, Any]) -> None:
    institution = coming.institution
    obligatory = institution.obligatory_languages or [institution.main_language]
    errors = errors_in(problems_of(letter, languages=institution.languages, obligatory=obligatory))
    if errors:
        words = " ".join(f"{error.place}: {error.words}" for error in errors[:5])
        raise PackageRefused(_("The letter can't be published: {reasons}").format(reasons=words), letter["key"])


LETTERS = Part(gettext_lazy("Letters"), said, here, bring)
