"""The letterhead: the administrator changes what stands on the institution's papers."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from cases.letterheads import letterhead_of
from cases.models import Institution
from tests.cases.town import Town


def test_the_letterhead_is_changed_in_every_language(town: Town, desk: Callable[[str], Client]) -> None:
    adam, address = desk("adam"), reverse("desk_letterhead")
    values = {"address_en": "1 Square", "address_bg": "пл. 1", "phone": "0700", "signature_words_en": "For the town"}

    refused = adam.post(address, {**values, "email": "nobody"})
    adam.post(address, values)

    institution = Institution.objects.get(pk=town.institution.pk)
    assert refused.status_code == 422
    assert letterhead_of(institution, "bg").lines == ["пл. 1", "0700"]
    assert institution.signature_words == {"en": "For the town"}
    assert desk("alice").get(address).status_code == 404
