"""Forms as JSON: written and read back without loss; what can't be read is refused with its place in words."""

import json
from typing import Any

import pytest

from portal_pages.forms.applicant import applicant_page, contact_page, declarations_page
from portal_pages.forms.definition import Form
from portal_pages.forms.stored import (
    COUNTABLE,
    LARGEST_BYTES,
    FormUnreadable,
    definition_from_text,
    expanded,
    form_as_json,
    form_from_json,
)
from tests.portal_pages.shipped_forms import FORMS

AREA = {"key": "area_m2", "kind": "DECIMAL", "labels": {"en": "Area"}}


def definition(*questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    page = {"key": "where", "titles": {"en": "Where?"}, "questions": list(questions)}
    return {"key": "road-occupancy", "version": 3, "pages": [page], **more}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_comes_back_as_it_was_written(form: Form):
    written = json.loads(json.dumps(form_as_json(form)))

    assert form_from_json(written) == form
    assert form_as_json(form_from_json(written)) == written


def test_what_has_its_default_is_left_out():
    read = form_from_json(definition({**AREA, "least": "0", "places": 2, "required": False, "helps": {}}))

    assert form_as_json(read)["pages"][0]["questions"] == [AREA]


def test_only_answers_that_name_nobody_are_counted():
    assert {
        "SHORT_TEXT",
        "DATE",
        "WHOLE_NUMBER",
        "DECIMAL",
        "MONEY",
        "CALCULATED",
        "YES_NO",
        "CHOICE",
        "SEVERAL",
        "DELIVERY_CHOICE",
    } == COUNTABLE


@pytest.mark.parametrize(
    ("common", "page"),
    [
        ({"common": "APPLICANT", "identifier_required": True}, applicant_page(identifier_required=True)),
        ({"common": "CONTACT"}, contact_page(address_required=False)),
        ({"common": "DECLARATIONS", "may_fetch_documents": True}, declarations_page(may_fetch_documents=True)),
    ],
)
def test_a_common_page_stands_in_the_form_in_full(common: dict[str, Any], page: Any):
    said = definition(AREA)
    said["pages"].append(common)

    assert form_from_json(said).pages[1] == page
    assert form_from_json(expanded(said)) == form_from_json(said)
    assert "common" not in json.dumps(list(expanded(said)["pages"][1]))


def test_a_service_trims_the_common_pages():
    said = definition(AREA)
    said["pages"] += [
        {"common": "APPLICANT", "who": ["PERSON"]},
        {"common": "CONTACT", "without": ["phone", "letters_language"]},
    ]

    pages = form_from_json(said).pages

    assert [question.key for question in pages[1].questions] == ["applicant_name", "applicant_id"]
    assert [question.show_when for question in pages[1].questions] == [None, None]
    assert {question.key for question in pages[2].questions} & {"phone", "letters_language"} == set()


def test_only_the_applicants_that_a_service_takes_are_offered():
    said = {"key": "f", "version": 1, "pages": [{"common": "APPLICANT", "who": ["PERSON", "COMPANY"]}]}

    page = form_from_json(said).pages[0]

    assert [option.value for option in page.questions[0].kind.options] == ["PERSON", "COMPANY"]
    assert "power_of_attorney" not in {question.key for question in page.questions}


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ([], "Here a JSON object is expected"),
        (definition(pages=[]), "A form has at least one page"),
        (definition(colour="red"), "“colour” is not known here"),
        (definition(AREA, AREA), "the form's questions: “area_m2” is used twice"),
        (
            definition({**AREA, "kind": "MAGIC"}),
            "page 1 (where), question area_m2: There is no kind of question “MAGIC”",
        ),
        (
            definition({**AREA, "kind": ["TEXT"]}),
            "page 1 (where), question area_m2: There is no kind of question “['TEXT']”",
        ),
        (definition({**AREA, "lest": "3"}), "page 1 (where), question area_m2: “lest” is not known here"),
        (definition({**AREA, "least": 3.5}), "page 1 (where), question area_m2, least: Here a number is expected"),
        (definition({**AREA, "least": "NaN"}), "page 1 (where), question area_m2, least: Here a number is expected"),
        (definition({**AREA, "places": True}), "page 1 (where), question area_m2, places: Here a whole number is"),
        (definition({**AREA, "required": "yes"}), "page 1 (where), question area_m2: Here true or false is expected"),
        (definition({**AREA, "labels": "Area"}), "page 1 (where), question area_m2: Texts are given as one text for"),
        (definition({**AREA, "labels": {"en": 3}}), "page 1 (where), question area_m2: Here a text is expected"),
        (definition({**AREA, "key": "Area-m2"}), "page 1 (where), question Area-m2: A question's key is written in"),
        (
            definition({**AREA, "key": "leave"}),
            "page 1 (where), question leave: “leave” can't be the key of a question",
        ),
        (definition({**AREA, "show_when": {"all": 3}}), "page 1 (where), question area_m2: A condition can't be read"),
        (definition({**AREA, "counted": "yes"}), "page 1 (where), question area_m2: Here true or false is expected"),
        (
            definition({**AREA, "kind": "EMAIL", "counted": True}),
            "page 1 (where), question area_m2: Officials can't filter and count by an answer of this kind",
        ),
        (
            definition({**AREA, "kind": "GROUP", "key": "plots", "questions": [{**AREA, "counted": True}]}),
            "question area_m2: Officials can't filter and count by an answer of this kind",
        ),
        (definition("area"), "page 1 (where), a question without a key: A question is written as a JSON object"),
        (definition(pages=[{"key": "review", "titles": {}, "questions": []}]), "“review” can't be the key of a page"),
        (definition(pages=[{"common": "MAYOR"}]), "page 1 (MAYOR): There is no common page “MAYOR”"),
        (definition(pages=[{"common": "CONTACT", "without": ["email"]}]), "page 1 (CONTACT): Choose from: phone"),
        (definition(pages=[{"common": "APPLICANT", "who": []}]), "Somebody has to be able to ask"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(broken: Any, said: str):
    with pytest.raises(FormUnreadable) as refusal:
        form_from_json(broken)

    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"[" * 10_000_000, "too large"),
        ("[" * 100_000, "nested too deeply"),
        (b'{"pages": ' * 100, "nested too deeply"),
        (b"\xff\xfe", "not JSON"),
        ("{", "not JSON"),
        ("[]", "one JSON object"),
        (b"[" + b"0," * LARGEST_BYTES, "too large"),
    ],
)
def test_what_is_no_form_at_all_is_refused_kindly(raw: bytes | str, said: str):
    with pytest.raises(FormUnreadable, match=said):
        definition_from_text(raw)


def test_nesting_that_was_unfolded_already_is_refused_too():
    deep: Any = []
    for _layer in range(5000):
        deep = [deep]

    with pytest.raises(FormUnreadable, match="nested too deeply"):
        form_from_json(definition({**AREA, "show_when": {"all": deep}}))
