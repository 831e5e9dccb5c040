"""The forms of the services that ship, read from their packages once."""

from typing import Any

from portal_pages.forms.stored import form_as_json, form_from_json
from portal_pages.packaging.shipped import shipped, shipped_codes

FORMS = {code: form_from_json(shipped(code).form) for code in shipped_codes()}


def in_full(code: str) -> dict[str, Any]:
    """What the service asks, its common pages written out."""
    return form_as_json(FORMS[code])
