"""Reads settings from the environment; a bad value is refused with the variable's name."""

import os
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}; the README's table of settings explains it.")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE_WORDS:
        return True
    if value.strip().lower() in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} must be 'true' or 'false', not {value!r}.")


def whole_number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def words(name: str, default: Iterable[str] = ()) -> list[str]:
    value = os.environ.get(name)
    if value is None:
        return list(default)
    return [word.strip() for word in value.split(",") if word.strip()]


def choice(name: str, default: str, *, choices: Iterable[str]) -> str:
    value = os.environ.get(name, default)
    allowed = list(choices)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def database(name: str, default: str) -> dict[str, object]:
    """Django's DATABASES entry for sqlite:///path or postgresql://user:password@host:port/name."""
    address = urlsplit(os.environ.get(name, default))
    if address.scheme == "sqlite":
        return {
            "ENGINE": "registra.sqlite",
            "NAME": unquote(address.path[1:]) if address.path.startswith("//") else unquote(address.path),
            # Without IMMEDIATE a reader that turns writer fails at once instead of waiting its turn.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                # What a statement would undo is kept in memory, else a filing makes a file for it. The log is copied
                # back to the database every 16 MB, not every 4: the ends of tables and indexes change with each filing.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                " PRAGMA recursive_triggers=ON; PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;"
                " PRAGMA wal_autocheckpoint=4000;",
            },
            "CONN_MAX_AGE": None,
        }
    if address.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(address.path.lstrip("/")),
            "USER": unquote(address.username or ""),
            "PASSWORD": unquote(address.password or ""),
            "HOST": address.hostname or "",
            "PORT": str(address.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"prepare_threshold": 5, "server_side_binding": True},
        }
    raise ImproperlyConfigured(f"{name} must start with sqlite:// or postgresql://, not {address.scheme!r}.")
