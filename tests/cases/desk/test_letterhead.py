"""The letterhead: the administrator changes what stands on the institution's papers."""

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

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


def a_crest() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 50), "#aa1133").save(out, "PNG")
    return SimpleUploadedFile("crest.png", out.getvalue(), content_type="image/png")


def test_crest_and_colour_are_chosen_looked_at_first_and_taken_away(town: Town, desk: Callable[[str], Client]) -> None:
    adam, address = desk("adam"), reverse("desk_letterhead")
    values = {"address_en": "1 Square", "accent": "#7a1f3d"}

    looked = adam.post(address, {**values, "crest_file": a_crest(), "preview": "1"})
    nothing_yet = Institution.objects.get(pk=town.institution.pk)
    adam.post(address, {**values, "crest_file": a_crest()})
    chosen = Institution.objects.get(pk=town.institution.pk)
    adam.post(address, values)
    kept = Institution.objects.get(pk=town.institution.pk)
    adam.post(address, {**values, "without_crest": "on"})
    bare = Institution.objects.get(pk=town.institution.pk)

    assert looked.content.decode().count('class="letterhead-sample"') == 2
    assert b"nothing is saved yet" in looked.content
    assert (nothing_yet.crest_id, nothing_yet.theme) == (None, town.institution.theme)
    assert chosen.theme["accent"] == letterhead_of(chosen, "en").accent == "#7a1f3d"
    assert chosen.crest.made_by == town.person("adam")
    assert [one.crest_id for one in (kept, bare)] == [chosen.crest_id, None]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"accent": "#ffcc00"}, "the contrast is 1.5 to 1, and people with weak eyes need 4.5 to 1"),
        ({"accent": "red"}, "Write the colour as #"),
        ({"crest_file": SimpleUploadedFile("crest.svg", b"<svg/>")}, "a drawing (SVG) is not taken"),
    ],
)
def test_a_look_that_harms_readers_is_refused_in_words(
    town: Town, desk: Callable[[str], Client], changes: dict, words: str
) -> None:
    answer = desk("adam").post(reverse("desk_letterhead"), changes)

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert Institution.objects.get(pk=town.institution.pk).crest_id is None
