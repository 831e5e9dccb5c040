"""The JSON Schema of answers is judged by a validator that is not ours."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from portal_pages.forms.kinds import KINDS
from portal_pages.forms.schema import answers_schema
from portal_pages.forms.stored import form_from_json
from tests.portal_pages.forms.asking import definition, form, question, sent
from tests.portal_pages.forms.generated import Generator
from tests.portal_pages.forms.test_kinds import OWNER_TYPED, SETTINGS
from tests.portal_pages.shipped_forms import FORMS


@pytest.mark.parametrize("shipped", FORMS.values(), ids=FORMS)
def test_the_schema_of_every_form_is_one(shipped: Any):
    Draft202012Validator.check_schema(answers_schema(shipped))


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_of_every_kind_is_one(kind: str):
    schema = answers_schema(form(question("q", kind, **SETTINGS.get(kind, {}))))

    Draft202012Validator.check_schema(schema)
    assert ("q" in schema["properties"]) is (kind != "INFORMATION")


TYPED = {
    "PERSON_ID": {"q-scheme": "EGN", "q-number": "7523169263"},
    "ORGANISATION_ID": {"q": "175074752"},
    "ADDRESS": {"q-street": "ul. Lipa 4", "q-town": "Bela Reka", "q-postal_code": "2770"},
    "PLACE": {"q-words": "ul. Lipa 4", "q-latitude": "42,6977", "q-longitude": "23.3219"},
    "LINE": {"q-words": "ul. Lipa", "q-points": "42.6977, 23.3219 corner\nschool"},
    "PARCEL": {"q-number": "68134.905.123"},
    "IBAN": {"q": "BG80BNBG96611020345678"},
    "EMAIL": {"q": "ana@example.com"},
    "PHONE": {"q": "0888 123 456"},
    "SEVERAL": {"q": "A", "q-other": "mine"},
    "DATE": {"q-day": "1", "q-month": "3", "q-year": "2026"},
    "TIME": {"q": "8:30"},
    "MONEY": {"q": "9,9"},
    "DECIMAL": {"q": "9,9"},
    "WHOLE_NUMBER": {"q": "9"},
    "YES_NO": {"q": "no"},
    "DECLARATION": {"q": "yes"},
    "LONG_TEXT": {"q": "a\r\nb"},
    "TABLE": {"q-1-girth": "3"},
    "GROUP": {"q-rows": "2", **OWNER_TYPED},
    "CHOICE": {"q-other": "mine"},
}


@pytest.mark.parametrize("kind", TYPED)
def test_an_answer_of_every_kind_fits_its_schema_and_nonsense_does_not(kind: str):
    read = form(question("q", kind, **{"DATE": {}}.get(kind, SETTINGS.get(kind, {}))))
    validator = Draft202012Validator(answers_schema(read))

    answers = dict(sent(read, TYPED[kind]).answers)

    assert "q" in answers
    assert list(validator.iter_errors(answers)) == []
    assert list(validator.iter_errors({"q": 1.5}))
    assert list(validator.iter_errors({"unknown": answers["q"]}))


def test_the_answers_of_generated_forms_fit_their_schemas():
    generator = Generator(7)
    for _form in range(100):
        said = generator.form()
        read = form_from_json(said)
        reading = sent(read, generator.typed(said))

        assert list(Draft202012Validator(answers_schema(read)).iter_errors(dict(reading.answers))) == []


ANSWERED = {"answer": "always", "comparison": "ANSWERED"}


def test_only_what_is_always_asked_and_always_answered_is_required():
    read = form_from_json(
        definition(
            question("always", "SHORT_TEXT", required=True),
            question(
                "sometimes", "SHORT_TEXT", required=True, show_when={"answer": "always", "comparison": "ANSWERED"}
            ),
            question("never", "SHORT_TEXT"),
            question("fee", "CALCULATED", calculation={"constant": "1"}, required=True),
        )
    )

    assert answers_schema(read)["required"] == ["always"]
    assert answers_schema(read)["$id"] == "urn:registra:form:road-occupancy:3"
