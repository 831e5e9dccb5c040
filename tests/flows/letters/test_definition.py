"""Letters as JSON: read strictly, written without loss, shipped in four languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.letters.checker import Level, errors_in, problems_of
from flows.letters.definition import LetterUnreadable, letter_as_json, letter_from_json
from flows.letters.designer.blocks import LetterBodyBlock, to_definition, to_stream
from flows.letters.placeholders import names_in
from flows.letters.standard import DecisionOutcome, shipped, shipped_letter

LANGUAGES = ["bg", "en", "pl", "ro"]
GRANTED = {"answer": "case:outcome", "comparison": "IS", "value": "GRANTED"}


def a_letter(**changes):
    paragraph = {"kind": "PARAGRAPH", "texts": {"en": "Dear {applicant}"}}
    return {"key": "reply", "titles": {"en": "Reply"}, "subject": {"en": "Reply"}, "body": [paragraph]} | changes


def test_the_shipped_letter_has_nothing_wrong_in_any_language():
    found = problems_of(shipped(), languages=LANGUAGES, obligatory=LANGUAGES, questions=[], units=[])

    assert found == []
    assert sorted(shipped_letter().languages()) == LANGUAGES


@pytest.mark.parametrize("outcome", DecisionOutcome.values)
def test_the_shipped_letter_says_each_outcome_and_asks_the_same_in_every_language(outcome):
    letter, facts = shipped_letter(), {"case:outcome": outcome}

    asked = {code: names_in(letter.body_in(code, facts, main="en")) for code in LANGUAGES}

    assert asked["bg"] == asked["pl"] == asked["ro"] == asked["en"]
    assert len({letter.subject_in("en", {"case:outcome": one}, main="en") for one in DecisionOutcome.values}) == 3


def test_a_draft_begins_with_what_holds_for_the_case():
    body = [
        {"kind": "HEADING", "texts": {"en": "About\nit"}},
        {"kind": "PARAGRAPH", "texts": {"en": "Yes."}, "when": GRANTED},
        {"kind": "ITEMS", "items": [{"en": "one"}, {"en": "two"}]},
        {"kind": "TABLE_OF", "answer": "trees", "columns": ["kind"]},
    ]
    letter = letter_from_json(a_letter(body=body))

    refused = letter.body_in("en", {"case:outcome": "REFUSED"}, main="en")

    assert refused == "# About it\n\n- one\n- two\n\n{table:trees:kind}"
    assert "Yes." in letter.body_in("bg", {"case:outcome": "GRANTED"}, main="en")


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ([], ""),
        (a_letter(key="No Key"), "key"),
        (a_letter(colour="red"), ""),
        (a_letter(subject="Reply"), "subject"),
        (a_letter(body={}), "body"),
        (a_letter(body=[{"kind": "SCRIPT"}]), "body/0"),
        (a_letter(body=[{"kind": "PARAGRAPH", "texts": {"en": 1}}]), "body/0"),
        (a_letter(body=[{"kind": "TABLE_OF", "answer": "a b", "columns": []}]), "body/0"),
        (a_letter(body=[{"kind": "ITEMS", "items": "x"}]), "body/0/items"),
        (a_letter(body=[{"kind": "PARAGRAPH", "texts": {}, "when": {"never": 1}}]), "body/0/when"),
        (a_letter(subjects=[{"texts": {"en": "x"}}]), "subjects/0"),
        (a_letter(signature_block="yes"), "signature_block"),
        (a_letter(body=[{"kind": "HEADING", "texts": {}}] * 201), "body"),
    ],
)
def test_what_is_no_letter_is_refused_with_its_place(wrong, place):
    with pytest.raises(LetterUnreadable) as refusal:
        letter_from_json(wrong)

    assert refusal.value.place == place


texts = st.dictionaries(
    st.sampled_from(LANGUAGES), st.from_regex(r"[a-zа-я{}*_ ]*[a-zа-я]", fullmatch=True), max_size=3
)
keys = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
compare = st.fixed_dictionaries(
    {"answer": keys, "comparison": st.sampled_from(["IS", "AT_LEAST"]), "value": st.sampled_from(["x", 3])}
)
when = st.one_of(compare, st.fixed_dictionaries({"any": st.lists(compare, min_size=2, max_size=3)}))
block = st.one_of(
    st.fixed_dictionaries({"kind": st.sampled_from(["PARAGRAPH", "HEADING"]), "texts": texts}, optional={"when": when}),
    st.fixed_dictionaries({"kind": st.just("ITEMS"), "items": st.lists(texts, max_size=3)}, optional={"when": when}),
    st.fixed_dictionaries(
        {"kind": st.just("TABLE_OF"), "answer": keys, "columns": st.lists(keys, max_size=3)}, optional={"when": when}
    ),
)


def as_read(said):
    return letter_as_json(letter_from_json(said))


@settings(max_examples=40, deadline=None)
@given(st.lists(block, max_size=5), st.lists(st.fixed_dictionaries({"texts": texts, "when": when}), max_size=2))
def test_the_editor_and_back_loses_nothing(body, subjects):
    said = as_read(a_letter(body=body, subjects=subjects))
    parts = {name: said[name] for name in ("subjects", "body") if name in said}
    editor = LetterBodyBlock()

    assert to_definition(editor.to_python(to_stream(parts))) == parts
    assert as_read(said) == said


def found_in(letter, **known):
    return [(p.level, p.place) for p in problems_of(letter, languages=["en", "bg"], obligatory=["en"], **known)]


def test_a_missing_text_is_an_error_in_an_obligatory_language_and_else_a_warning():
    bulgarian = a_letter(body=[{"kind": "PARAGRAPH", "texts": {"bg": "Здравейте"}}], subject={"en": "A", "bg": "А"})

    assert found_in(bulgarian) == [(Level.ERROR, "body/0")]
    assert (Level.WARNING, "body/0") in found_in(a_letter())


@pytest.mark.parametrize("words", ["{applcant}", "{answer:gone}", "{opinion:SPACE}", "{table:gone:x}"])
def test_a_placeholder_that_no_case_can_fill_is_an_error(words):
    letter = a_letter(body=[{"kind": "PARAGRAPH", "texts": {"en": words, "bg": words}}])

    assert (Level.ERROR, "body/0") in found_in(letter, questions={"why"}, units={"ROAD"})


def test_conditions_on_what_nobody_asks_and_empty_parts_are_errors():
    body = [
        {"kind": "PARAGRAPH", "texts": {"en": "x", "bg": "x"}, "when": GRANTED | {"answer": "gone"}},
        {"kind": "PARAGRAPH", "texts": {"en": "x", "bg": "x"}, "when": GRANTED | {"answer": "case:moon"}},
        {"kind": "ITEMS", "items": []},
        {"kind": "PARAGRAPH", "texts": {"en": "{reasons}", "bg": "{answer}"}},
    ]

    found = found_in(a_letter(body=body, subject={"en": "A", "bg": "А"}), questions={"why"})

    assert found == [
        (Level.ERROR, "body/2"),
        (Level.ERROR, "body/0"),
        (Level.ERROR, "body/1"),
        (Level.WARNING, "body/3"),
    ]
    assert errors_in(problems_of({}, languages=["en"], obligatory=["en"])) != []
