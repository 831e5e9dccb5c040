"""Personal and company numbers: recognised by a keyed hash, shown by their last digits only."""

import hashlib
import hmac

from django.conf import settings

HINT_LENGTH = 4


def compact(identifier: str) -> str:
    """The number without the spaces, hyphens and dots that people type."""
    return "".join(character for character in identifier.upper() if character.isalnum())


def keyed_hash(purpose: str, value: str) -> str:
    """HMAC-SHA-256 in hex under a key of its own for each purpose, derived from the records key."""
    key = hashlib.sha256(f"registra.{purpose}.{settings.RECORDS_KEY}".encode()).digest()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def identifier_hash(kind: str, identifier: str) -> str:
    """By this a person is recognised in other cases, without the number being kept. Empty when none was given."""
    number = compact(identifier)
    return keyed_hash("identifier", f"{kind}:{number}") if number else ""


def identifier_hint(identifier: str) -> str:
    number = compact(identifier)
    return f"…{number[-HINT_LENGTH:]}" if len(number) > HINT_LENGTH else ""
