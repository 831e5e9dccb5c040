"""Catalogues of translated words: what is found in the source, and what counts as translated."""

import re

import pytest
from babel.messages.catalog import Catalog
from django.urls import reverse
from wagtail.users.models import UserProfile

from registra import catalogs
from tests.factories import UserFactory


def problem(words, answer, *, fuzzy=False):
    catalogue = Catalog(locale="pl")
    asked = Catalog().add(words)
    return catalogs.problem_of(asked, catalogue.add(words, answer, flags=["fuzzy"] if fuzzy else []))


def test_messages_of_a_template_are_found_with_context_and_plural(tmp_path):
    template = tmp_path / "page.html"
    template.write_text(
        "{% load i18n %}{% translate 'Send' %}{% translate 'May' context 'month' %}"
        "{% blocktranslate trimmed count counter=n %}\n  One letter\n{% plural %}\n  {{ counter }} letters\n"
        "{% endblocktranslate %}"
    )

    found = [(words, context) for _line, words, _comments, context in catalogs.messages_of(template)]

    assert found == [("Send", None), ("May", "month"), (("One letter", "%(counter)s letters"), None)]


def test_messages_of_a_module_are_found(tmp_path):
    module = tmp_path / "letters.py"
    module.write_text('_("Sent")\nngettext("{n} day", "{n} days", n)\npgettext_lazy("month", "May")\nsay("not this")\n')

    found = [(words, context) for _line, words, _comments, context in catalogs.messages_of(module)]

    assert found == [("Sent", None), (("{n} day", "{n} days"), None), ("May", "month")]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Send", "Wyślij"),
        ("Case {number} is closed.", "Sprawa {number} jest zamknięta."),
        ("%(name)s wrote", "%(name)s pisze"),
        (("One letter", "{n} letters"), ("Jeden list", "{n} listy", "{n} listów")),
    ],
)
def test_a_whole_translation_has_no_problem(words, answer):
    assert problem(words, answer) is None


@pytest.mark.parametrize(
    ("words", "answer", "expected"),
    [
        ("Send", "", "not translated"),
        (("{n} day", "{n} days"), ("{n} dzień", "", "{n} dni"), "not translated"),
        ("Case {number} is closed.", "Sprawa jest zamknięta.", "placeholders differ"),
        ("Case {number} is closed.", "Sprawa {numer} jest zamknięta.", "placeholders differ"),
        (("{n} day", "{n} days"), ("{n} dzień", "{m} dni", "{n} dni"), "placeholders differ"),
    ],
)
def test_a_translation_with_a_hole_is_named(words, answer, expected):
    assert problem(words, answer) == expected


def test_a_guess_is_not_a_translation():
    assert problem("Send", "Wyślij", fuzzy=True) == "translation is only a guess (fuzzy)"


def test_updating_keeps_what_was_translated_and_drops_what_is_no_longer_said(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    settings.BASE_DIR = tmp_path
    source = tmp_path / "cases" / "closing.py"
    source.parent.mkdir()
    source.write_text('_("Close")\n_("Reopen")\n')
    path = catalogs.update("pl", "django")
    path.write_text(path.read_text().replace('msgid "Close"\nmsgstr ""', 'msgid "Close"\nmsgstr "Zamknij"'))
    source.write_text('_("Close")\n_("Destroy")\n')

    catalogs.update("pl", "django")

    assert {message.id: message.string for message in catalogs.read_catalogue(path) if message.id} == {
        "Close": "Zamknij",
        "Destroy": "",
    }
    assert [str(fault) for fault in catalogs.faults("pl", "django")] == ["pl: not translated: 'Destroy'"]


def test_what_is_wrong_with_our_words_for_wagtails_is_named(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path / "locale", tmp_path / "locale_of_wagtail"]
    path = tmp_path / "locale_of_wagtail" / "bg" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(
        'msgid "Hello %(username)s,"\nmsgstr "Здравейте,"\n\n'
        'msgid "Bulk actions"\nmsgstr "Групови действия"\n\n'
        'msgid "Wagtail never said this"\nmsgstr "Никога"\n\n'
        'msgctxt "alt. month"\nmsgid "January"\nmsgstr "януари"\n'
    )

    named = {str(fault) for fault in catalogs.faults_of_wagtail("bg", "django")}

    assert "bg: placeholders differ: 'Hello %(username)s,'" in named
    assert "bg: Wagtail no longer says this: 'Wagtail never said this'" in named
    assert "bg: not translated: 'Keyboard shortcuts'" in named
    assert not [fault for fault in named if "'Bulk actions'" in fault]
    assert not [fault for fault in named if "'January'" in fault]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"), [("en", "in lists, in the archive"), ("bg", "архива"), ("pl", "archiwum"), ("ro", "arhivă")]
)
def test_the_switch_for_keys_says_that_it_rules_ours_too(client, language, said):
    user = UserFactory(is_superuser=True)
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    client.force_login(user)

    page = client.get(reverse("wagtailadmin_account")).content.decode()

    [beside] = re.findall(r'id="[^"]*keyboard_shortcuts-helptext"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert (said in beside, "Wagtail" in beside) == (True, False)
