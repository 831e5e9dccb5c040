"""Publishing letters, and which version a case gets: the one that stood when it was opened."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.acting import Actor
from cases.canonical import sha256_of
from cases.models import Case, Institution
from flows.letters.checker import Problem, errors_in, problems_of
from flows.letters.definition import Letter, letter_as_json, letter_from_json
from flows.letters.designer.blocks import to_definition, to_stream
from flows.letters.standard import shipped, shipped_keys, shipped_letter
from flows.models import LetterTemplate, LetterVersion


class LetterRefused(Exception):
    """The letter can't be published like this; ``problems`` say where."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(
            _("The letter can't be published yet: {reasons}").format(reasons=" ".join(str(p.words) for p in problems))
        )


class NoSuchLetter(LookupError):
    def __init__(self, key: str) -> None:
        super().__init__(_("There is no published letter “{key}”.").format(key=key))


def definition_of(template: LetterTemplate) -> dict[str, Any]:
    """The letter under work as JSON, as it would be published."""
    said = {
        "key": template.key,
        "titles": template.titles,
        "subject": template.subject,
        "salutation": template.salutation,
        "closing": template.closing,
        "signature_block": template.signature_block,
        **to_definition(template.body),
    }
    return {name: value for name, value in said.items() if value or name in ("body", "signature_block")}


def take_over(template: LetterTemplate, definition: dict[str, Any]) -> None:
    """Put a letter's JSON into the editor; not saved."""
    for name in ("titles", "subject", "salutation", "closing"):
        setattr(template, name, definition.get(name, {}))
    template.signature_block = definition.get("signature_block", True)
    setattr(template, "body", to_stream(definition))  # noqa: B010 (a stream is given as a list, and read as blocks)


@transaction.atomic
def publish_letter(template: LetterTemplate, *, actor: Actor, at: dt.datetime) -> LetterVersion:
    """Make the next version of the letter as it stands. The same letter again is the same version."""
    locked = LetterTemplate.objects.select_for_update(of=("self",)).select_related("institution").get(pk=template.pk)
    definition = definition_of(template)
    institution = locked.institution
    obligatory = institution.obligatory_languages or [institution.main_language]
    problems = problems_of(definition, languages=institution.languages, obligatory=obligatory)
    if errors := errors_in(problems):
        raise LetterRefused(errors)
    return _add_version(template, definition, actor=actor, at=at)


def _add_version(
    template: LetterTemplate, definition: dict[str, Any], *, actor: Actor, at: dt.datetime
) -> LetterVersion:
    newest, digest = template.versions.order_by("-number").first(), sha256_of(definition)
    if newest and newest.sha256 == digest:
        return newest
    return LetterVersion.objects.create(
        template=template,
        number=newest.number + 1 if newest else 1,
        definition=definition,
        sha256=digest,
        published_by=actor.user,
        published_at=at,
    )


@transaction.atomic
def install_letter(
    institution: Institution, definition: dict[str, Any], *, actor: Actor, at: dt.datetime
) -> LetterVersion:
    """Bring a letter from outside (shipped, or out of a package) as the newest version of its key."""
    said = letter_as_json(letter_from_json(definition))
    template = LetterTemplate.objects.filter(institution=institution, key=said["key"]).first()
    template = template or LetterTemplate(institution=institution, key=said["key"])
    take_over(template, said)
    template.live, template.has_unpublished_changes = True, False
    template.save()
    return _add_version(template, said, actor=actor, at=at)


def install_standard_letters(institution: Institution, *, actor: Actor, at: dt.datetime) -> list[LetterVersion]:
    """The shipped letters as version 1, where the institution has none of that key."""
    own = set(institution.letter_templates.values_list("key", flat=True))
    return [install_letter(institution, shipped(key), actor=actor, at=at) for key in shipped_keys() if key not in own]


# -- Which version a case gets


def version_for(case: Case, key: str) -> tuple[Letter, int]:
    """The letter and its number: what the case pinned, else what stood when it was opened, else the oldest.

    Number 0 is the shipped letter, which stands in where the institution has none.
    """
    versions = LetterVersion.objects.filter(template__institution=case.institution_id, template__key=key)
    pinned = (case.versions.get("letters") or {}).get(key)
    if pinned is not None:
        return letter_numbered(case, key, pinned)
    stood = versions.filter(published_at__lte=case.opened_at).order_by("-number").first()
    version = stood or versions.order_by("number").first()
    if version:
        return letter_from_json(version.definition), version.number
    return letter_numbered(case, key, 0)


def letter_numbered(case: Case, key: str, number: int) -> tuple[Letter, int]:
    """A version by its number. Raises NoSuchLetter."""
    if number:
        found = LetterVersion.objects.filter(
            template__institution=case.institution_id, template__key=key, number=number
        )
        if version := found.first():
            return letter_from_json(version.definition), number
    elif key in shipped_keys():
        return shipped_letter(key), 0
    raise NoSuchLetter(key)


def pin(case: Case, key: str, number: int) -> None:
    """The case keeps this version of the letter. The case is locked by the caller."""
    letters = {**(case.versions.get("letters") or {}), key: number}
    case.versions = {**case.versions, "letters": letters}
    Case.objects.filter(pk=case.pk).update(versions=case.versions)
