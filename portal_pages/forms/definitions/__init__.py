"""The forms that ship: three demo services. A service names its form by key."""

from collections.abc import Mapping

from portal_pages.forms.definition import Form
from portal_pages.forms.definitions import complaint, public_information, tree_felling

FORMS: Mapping[str, Form] = {form.key: form for form in (tree_felling.FORM, complaint.FORM, public_information.FORM)}


def form_named(key: str) -> Form | None:
    """The form with this key, in its newest version."""
    return FORMS.get(key)
