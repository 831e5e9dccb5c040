"""Catalogues of translated words: what the source says, what the .po files answer, and what is wrong with them.

Babel reads and writes them, so that nobody needs gettext installed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils.translation import templatize

FOLDERS = ["site/registra", "portal_pages", "flows", "search", "cases", "templates"]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
METHODS = {".py": "python", ".html": "template", ".txt": "template", ".js": "javascript"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w*)[^{}]*\}(?!\})")


@dataclass(frozen=True)
class Fault:
    """A message that a reader would meet in the wrong language or with a hole in it."""

    language: str
    words: str
    problem: str

    def __str__(self) -> str:
        return f"{self.language}: {self.problem}: {self.words!r}"


def catalogue_path(language: str, domain: str) -> Path:
    return settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / f"{domain}.po"


def target_languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def source_files(domain: str) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in METHODS and (path.suffix == ".js") == (domain == "djangojs"):
                yield path


def source_catalogue(domain: str) -> Catalog:
    """Every translatable message of the source, with the files that say it."""
    catalogue = Catalog(project="Registra", charset="utf-8")
    for path in source_files(domain):
        name = str(path.relative_to(settings.BASE_DIR))
        for line, words, comments, context in messages_of(path):
            catalogue.add(words, None, [(name, line)], auto_comments=comments, context=context)
    return catalogue


def messages_of(path: Path) -> Iterator[tuple]:
    source = path.read_text(encoding="utf-8")
    method = METHODS[path.suffix]
    if method == "template":
        # What a template leaves between its words may look like indentation, which Python's reader refuses.
        lines = templatize(source, origin=str(path)).splitlines()
        source, method = "\n".join(line.lstrip() for line in lines), "python"
    return extract(method, BytesIO(source.encode()), KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True)


def read_catalogue(path: Path) -> Catalog:
    language = path.parts[-3]
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale=language)
    return Catalog(
        locale=language,
        header_comment=f"# Registra's words ({language}); brought in step with the source by update_translations.",
        project="Registra",
        version="1",
        msgid_bugs_address="",
        last_translator="",
        language_team=language,
        fuzzy=False,
    )


def update(language: str, domain: str) -> Path:
    """Bring a .po file in step with the source: new messages come in empty, those no longer said go."""
    path = catalogue_path(language, domain)
    catalogue = read_catalogue(path)
    source = source_catalogue(domain)
    source.creation_date = catalogue.creation_date
    catalogue.update(source, no_fuzzy_matching=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    return path


def faults(language: str, domain: str) -> Iterator[Fault]:
    catalogue = read_catalogue(catalogue_path(language, domain))
    for message in source_catalogue(domain):
        if message.id and (problem := problem_of(message, catalogue.get(message.id, message.context))):
            yield Fault(language, forms(message.id)[0], problem)


def faults_of_wagtail(language: str, domain: str) -> Iterator[Fault]:
    """What is wrong with our words for Wagtail's and Django's, and what neither Wagtail nor we say in the language."""
    ours = [m for m in read_catalogue(settings.LOCALE_PATHS[1] / language / "LC_MESSAGES" / f"{domain}.po") if m.id]
    said = {name_of(message) for message in messages_of_wagtail(settings.LANGUAGE_CODE, domain)}
    theirs = {name_of(message) for message in messages_of_wagtail(language, domain) if all(forms(message.string))}
    known = said | {name_of(message) for message in messages_of_django(domain)}
    for message in ours:
        problem = problem_of(message, message) if name_of(message) in known else "Wagtail no longer says this"
        if problem:
            yield Fault(language, forms(message.id)[0], problem)
    for words, _context in sorted(said - theirs - {name_of(message) for message in ours}, key=str):
        yield Fault(language, words, "not translated")


def messages_of_wagtail(language: str, domain: str) -> Iterator[Message]:
    """What the installed parts of Wagtail have in their own catalogues of a language."""
    for part in apps.get_app_configs():
        if part.name.partition(".")[0] == "wagtail":
            path = Path(part.path) / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
            yield from (message for message in read_catalogue(path) if message.id)


def messages_of_django(domain: str) -> list[Message]:
    """What Django itself says, such as the names of the months."""
    path = Path(django.__file__).parent / "conf" / "locale" / settings.LANGUAGE_CODE / "LC_MESSAGES" / f"{domain}.po"
    return [message for message in read_catalogue(path) if message.id]


def name_of(message: Message) -> tuple[str, str | None]:
    """What tells two messages apart, whatever their plurals."""
    return forms(message.id)[0], message.context


def problem_of(message: Message, answer: Message | None) -> str | None:
    if answer is None or not all(forms(answer.string)):
        return "not translated"
    if answer.fuzzy:
        return "translation is only a guess (fuzzy)"
    asked = {name for form in forms(message.id) for name in placeholders(form)}
    told = [placeholders(form) for form in forms(answer.string)]
    # A plural form may leave the number out ("one letter"); nothing else may be missing or added.
    if any(names - asked for names in told) or (not message.pluralizable and told != [asked]):
        return "placeholders differ"
    return None


def forms(words: str | Sequence[str] | None) -> tuple[str, ...]:
    return (words or "",) if words is None or isinstance(words, str) else tuple(words)


def placeholders(words: str) -> set[str]:
    return {named or braced for named, braced in PLACEHOLDER.findall(words)}
