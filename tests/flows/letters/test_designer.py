"""The letter designer: list, new letter, draft beside the published version, problems, publishing, rights."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.acting import Actor
from cases.models import Role
from flows.letter_models import LetterNeverChanges
from flows.letters.designer.blocks import to_stream
from flows.letters.publishing import definition_of, install_standard_letters, publish_letter
from flows.letters.standard import shipped
from flows.models import LetterTemplate, LetterVersion
from tests.factories import InstitutionFactory
from tests.flows.town import NOON, Town, hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(town: Town) -> Town:
    hire(town, "olga", "REG", Role.PROCESS_OWNER)
    return town


def signed_in(client: Client, town: Town, name: str = "olga") -> Client:
    client.force_login(town.people[name])
    return client


def the_letter(town: Town) -> LetterTemplate:
    install_standard_letters(town.institution, actor=Actor.job("test"), at=NOON)
    return LetterTemplate.objects.get(institution=town.institution)


def posted(definition: dict[str, Any], **changes: str) -> dict[str, Any]:
    """A letter as the editor's form sends it."""
    values: dict[str, Any] = {"signature_block": "on", **changes}
    for name in ("titles", "subject", "salutation", "closing"):
        values |= {f"{name}_{code}": words for code, words in definition.get(name, {}).items()}
    parts = to_stream(definition)
    values["body-count"] = str(len(parts))
    for number, part in enumerate(parts):
        at = f"body-{number}"
        values |= {f"{at}-type": part["type"], f"{at}-order": str(number), f"{at}-id": "", f"{at}-deleted": ""}
        values |= _of_part(f"{at}-value", part["value"])
    return values


def _of_part(at: str, value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {name: words for key, inner in value.items() for name, words in _of_part(f"{at}-{key}", inner).items()}
    if isinstance(value, list):
        rows = {f"{at}-count": str(len(value))}
        for number, one in enumerate(value):
            typed = isinstance(one, dict) and "type" in one
            rows |= {f"{at}-{number}-{name}": "" for name in ("id", "deleted")} | {f"{at}-{number}-order": str(number)}
            rows |= {f"{at}-{number}-type": one["type"]} if typed else {}
            rows |= _of_part(f"{at}-{number}-value", one["value"] if typed else one)
        return rows
    return {at: str(value)}


def test_an_institution_without_letters_can_take_over_the_shipped_one(client: Client, town: Town):
    olga = signed_in(client, town)
    assert b"No letters of your own yet" in olga.get(reverse("desk_letter_list")).content

    page = olga.post(reverse("desk_letter_take_shipped"), follow=True)

    letter = LetterTemplate.objects.get()
    assert (letter.live, definition_of(letter)) == (False, shipped())
    assert page.content.decode().count('src="data:image/png;base64,') == 1
    assert LetterVersion.objects.count() == 0


def test_a_draft_is_saved_beside_the_published_version(client: Client, town: Town):
    letter = the_letter(town)
    changed = shipped() | {"closing": {"en": "With kind regards"}}

    answer = signed_in(client, town).post(reverse("desk_letter_edit", args=[letter.pk]), posted(changed), follow=True)

    assert b"Saved as a draft" in answer.content
    fresh = LetterTemplate.objects.get()
    assert fresh.closing["en"] == "Yours faithfully,"
    assert definition_of(fresh.get_latest_revision_as_object()) == changed
    assert LetterVersion.objects.get().number == 1


@pytest.mark.both_databases
def test_publishing_makes_the_next_version_and_the_same_words_make_none(client: Client, town: Town):
    letter = the_letter(town)
    changed = shipped() | {"closing": {"en": "Regards", "bg": "Поздрави"}}
    olga, address = signed_in(client, town), reverse("desk_letter_edit", args=[letter.pk])

    for _time in range(2):
        answer = olga.post(address, posted(changed, publish="1"), follow=True)
        assert b"Published as version 2" in answer.content

    version = LetterVersion.objects.get(number=2)
    assert (version.definition, version.published_by.username) == (changed, "olga")
    assert LetterVersion.objects.count() == 2
    assert LetterTemplate.objects.get().closing == changed["closing"]


def test_a_letter_with_an_error_is_kept_as_a_draft_and_not_published(client: Client, town: Town):
    letter = the_letter(town)
    wrong = shipped() | {"closing": {"en": "{applcant}", "bg": "{applcant}"}}

    answer = signed_in(client, town).post(reverse("desk_letter_edit", args=[letter.pk]), posted(wrong, publish="1"))

    assert answer.status_code == 422
    assert "Nothing is known as {applcant}" in answer.content.decode()
    assert LetterVersion.objects.count() == 1
    assert LetterTemplate.objects.get().get_latest_revision_as_object().closing == wrong["closing"]


def test_what_was_typed_is_looked_at_with_a_case_that_one_may_read(client: Client, town: Town):
    letter, case = the_letter(town), town.file()
    address = reverse("desk_letter_beside", args=[letter.pk])
    looked = {"shown-language": "en", "shown-outcome": "REFUSED", "shown-number": case.number}
    olga = signed_in(client, town)

    refused = olga.post(address, posted(shipped(), **looked))
    sample = olga.post(address, posted(shipped(), **looked | {"shown-number": ""}))

    assert "no case with this number that you may read" in refused.content.decode()
    assert b"data:image/png" not in refused.content
    assert sample.content.decode().count('src="data:image/png;base64,') == 1
    assert letter.get_latest_revision() is None


def test_a_copy_begins_with_the_texts_under_a_key_of_its_own(client: Client, town: Town):
    letter, olga = the_letter(town), signed_in(client, town)
    values = {"key": "notice", "titles_en": "Notice", "titles_bg": "Известие", "begin_with": str(letter.pk)}

    assert olga.post(reverse("desk_letter_new"), values | {"key": "decision"}).status_code == 422
    olga.post(reverse("desk_letter_new"), values)

    copy = LetterTemplate.objects.get(key="notice")
    assert definition_of(copy)["body"] == shipped()["body"]
    assert (copy.titles["en"], copy.live) == ("Notice", False)


def test_a_hostile_label_stays_text(client: Client, town: Town):
    letter = the_letter(town)
    name = "</script><script>alert(1)</script>{{ 7|add:7 }}"
    town.parks.names = {"en": name}
    town.parks.save()
    LetterTemplate.objects.update(titles={"en": name})

    page = signed_in(client, town).get(reverse("desk_letter_edit", args=[letter.pk])).content.decode()

    assert "<script>alert" not in page
    assert "{{ 7|add:7 }}" in page


def test_letters_of_another_town_and_for_other_roles_do_not_exist(client: Client, town: Town):
    letter = the_letter(town)
    foreign = LetterTemplate.objects.create(institution=InstitutionFactory(), key="decision")
    olga = signed_in(client, town)

    assert olga.get(reverse("desk_letter_edit", args=[foreign.pk])).status_code == 404
    assert signed_in(client, town, "alice").get(reverse("desk_letter_edit", args=[letter.pk])).status_code == 404


def test_a_published_version_is_shown_and_never_changes(client: Client, town: Town):
    letter = the_letter(town)
    version = publish_letter(letter, actor=Actor.job("test"), at=NOON)

    page = signed_in(client, town).get(reverse("desk_letter_version", args=[letter.pk, 1]))

    assert page.content.decode().count('src="data:image/png;base64,') == 1
    version.definition = {}
    for change in (version.save, version.delete, LetterVersion.objects.all().delete):
        with pytest.raises(LetterNeverChanges):
            change()
    assert LetterVersion.objects.get().definition == shipped()
