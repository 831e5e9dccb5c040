"""Settings from the environment: understood, or refused with the variable's name."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from registra import environment


@pytest.fixture
def setting(monkeypatch):
    return lambda value: monkeypatch.setenv("REGISTRA_X", value)


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "yes", "on"])
def test_words_of_consent_switch_on(setting, word):
    setting(word)

    assert environment.flag("REGISTRA_X", default=False) is True


@pytest.mark.parametrize("word", ["false", "0", "No", "off", ""])
def test_words_of_refusal_switch_off(setting, word):
    setting(word)

    assert environment.flag("REGISTRA_X", default=True) is False


def test_lists_are_separated_by_commas_and_freed_of_spaces(setting):
    setting("town.example, www.town.example,,")

    assert environment.words("REGISTRA_X") == ["town.example", "www.town.example"]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("perhaps", lambda: environment.flag("REGISTRA_X", default=True)),
        ("ten", lambda: environment.whole_number("REGISTRA_X", 10)),
        ("pigeon", lambda: environment.choice("REGISTRA_X", "smtp", choices=["smtp", "folder"])),
        ("mysql://localhost/town", lambda: environment.database("REGISTRA_X", "")),
    ],
)
def test_a_bad_value_is_refused_with_the_name_of_its_variable(setting, value, read):
    setting(value)

    with pytest.raises(ImproperlyConfigured, match="REGISTRA_X"):
        read()


def test_a_missing_value_without_default_is_refused_with_the_name_of_its_variable(monkeypatch):
    monkeypatch.delenv("REGISTRA_X", raising=False)

    with pytest.raises(ImproperlyConfigured, match="REGISTRA_X"):
        environment.text("REGISTRA_X")


def test_sqlite_waits_its_turn_and_syncs(setting):
    setting("sqlite:////srv/town/registra.sqlite3")

    entry = environment.database("REGISTRA_X", "")

    assert entry["NAME"] == "/srv/town/registra.sqlite3"
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in entry["OPTIONS"]["init_command"]


def test_a_password_may_hold_any_character(setting):
    setting("postgresql://clerk:p%40ss%2Fword@db.town.example:5433/registra")

    entry = environment.database("REGISTRA_X", "")

    assert {name: entry[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "registra",
        "USER": "clerk",
        "PASSWORD": "p@ss/word",
        "HOST": "db.town.example",
        "PORT": "5433",
    }
