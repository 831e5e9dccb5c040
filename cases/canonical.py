"""Canonical JSON (RFC 8785): the one spelling of a value, so that its hash means something."""

import datetime as dt
import hashlib
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """The canonical UTF-8 bytes of a JSON value."""
    return rfc8785.dumps(value)


def sha256_of(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def moment(at: dt.datetime) -> str:
    """A moment as RFC 3339 in UTC with microseconds: the same on every database."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
