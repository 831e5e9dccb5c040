"""From a definition to the editor's stream and back: nothing is lost on the way."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.conditions import Comparison
from portal_pages.designer.blocks import FormPagesBlock
from portal_pages.designer.calculation_blocks import RatesBlock, tables_of, tables_stream
from portal_pages.designer.kinds import settings_of
from portal_pages.designer.stream import to_definition, to_stream, with_common_pages
from portal_pages.forms.common_pages import MAY_BE_LEFT_OUT, SWITCHES, WHO
from portal_pages.forms.kinds import KINDS
from portal_pages.forms.stored import expanded, form_as_json, form_from_json
from tests.portal_pages.shipped_forms import FORMS

BLOCK = FormPagesBlock()


def there_and_back(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return to_definition(BLOCK.to_python(to_stream({"pages": pages})))


@pytest.mark.parametrize("key", FORMS)
def test_a_shipped_form_goes_through_the_editor_unchanged(key):
    pages = form_as_json(FORMS[key])["pages"]

    assert there_and_back(pages) == pages


@pytest.mark.parametrize("key", FORMS)
def test_the_common_pages_of_a_shipped_form_are_found_again_and_can_be_trimmed(key):
    definition = form_as_json(FORMS[key])

    found = with_common_pages(definition)

    assert [page["common"] for page in found["pages"] if "common" in page] == ["APPLICANT", "CONTACT", "DECLARATIONS"]
    assert expanded({**found, "pages": there_and_back(found["pages"])})["pages"] == definition["pages"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_block_with_all_its_settings(kind):
    pages = BLOCK.child_blocks["page"].child_blocks["questions"]

    block = pages.child_blocks[kind.lower()]

    assert {setting.name for setting in settings_of(kind)} <= set(block.child_blocks)


words = st.text("abcаяżț<>{}& ", min_size=1, max_size=12).map(str.strip).filter(bool)
texts = st.dictionaries(st.sampled_from(["en", "bg", "pl", "ro"]), words, max_size=4)
keys = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
values = st.one_of(words, st.integers(-9, 9), st.booleans())
comparisons = st.one_of(
    st.builds(
        lambda key, comparison, value: {"answer": key, "comparison": comparison, "value": value},
        keys,
        st.sampled_from([Comparison.IS, Comparison.IS_NOT, Comparison.CONTAINS, Comparison.AT_LEAST]).map(str),
        values,
    ),
    st.builds(
        lambda key, several: {"answer": key, "comparison": "ONE_OF", "value": several},
        keys,
        st.lists(words, min_size=1, max_size=3),
    ),
    st.builds(lambda key: {"answer": key, "comparison": "ANSWERED", "value": None}, keys),
)


def grouped(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(parts, min_size=2, max_size=3)
    return st.builds(lambda name, found: {name: found}, st.sampled_from(["all", "any"]), lists)


conditions = st.one_of(comparisons, grouped(st.one_of(comparisons, grouped(comparisons))))
options = st.builds(
    lambda code, labels, helps: {"code": code, "labels": labels} | ({"helps": helps} if helps else {}),
    keys.map(str.upper),
    texts,
    texts,
)


def test_a_column_is_never_counted_by():
    """Its block is the same as outside of rows, so that its box may have been ticked unseen."""
    column = {"key": "b", "kind": "YES_NO", "labels": {}}
    group = {"key": "a", "kind": "GROUP", "labels": {}, "questions": [{**column, "counted": True}]}
    pages = [{"key": "p", "titles": {}, "questions": [group]}]

    assert there_and_back(pages)[0]["questions"][0]["questions"] == [column]


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["SHORT_TEXT", "WHOLE_NUMBER", "CHOICE", "YES_NO", "DECIMAL", "DATE", "FILES"]))
    said = {"key": draw(keys), "kind": kind, "labels": draw(texts)}
    for name, made in (("helps", texts), ("show_when", conditions), ("required_when", conditions)):
        if given_one := draw(st.one_of(st.none(), made)):
            said[name] = given_one
    if draw(st.booleans()):
        said["required"] = True
    if kind != "FILES" and draw(st.booleans()):
        said["counted"] = True
    if kind == "SHORT_TEXT" and draw(st.booleans()):
        said |= {"least": 2, "most": draw(st.integers(3, 90)), "width": "is-w8"}
    if kind == "WHOLE_NUMBER" and (units := draw(texts)):
        said |= {"units": units}
    if kind == "DECIMAL":
        said |= {"most": str(draw(st.decimals(1, 900, places=3)))}
    if kind == "CHOICE" and (offered := draw(st.lists(options, min_size=1, max_size=3))):
        said |= {"options": offered}
    if kind == "FILES" and draw(st.booleans()):
        said |= {"media_types": ["application/pdf"], "most": 2}
    return said


numbers = st.decimals(-900, 900, places=2).map(lambda number: f"{number:f}")
leaves = st.one_of(
    st.builds(lambda key: {"answer": key}, keys),
    st.builds(lambda number: {"constant": number}, numbers),
    st.builds(lambda a, b: {"op": "DAYS", "from": {"answer": a}, "to": {"answer": b}, "inclusive": True}, keys, keys),
    st.builds(lambda group, when: {"op": "COUNT", "group": group, "when": when}, keys, comparisons),
    st.builds(lambda group, column: {"op": "SUM_OF", "group": group, "column": column}, keys, keys),
)


def joined(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        parts,
        st.builds(
            lambda op, of: {"op": op, "of": of},
            st.sampled_from(["SUM", "PRODUCT", "SMALLEST"]),
            st.lists(parts, min_size=1, max_size=3),
        ),
        st.builds(lambda part, places: {"op": "ROUNDED", "of": part, "places": places}, parts, st.integers(0, 6)),
        st.builds(lambda table, by: {"op": "LOOKUP", "table": table, "by": by}, keys, parts),
        st.builds(
            lambda when, then, otherwise: {"op": "EITHER", "when": when, "then": then, "otherwise": otherwise},
            conditions,
            parts,
            parts,
        ),
    )


calculations = joined(joined(leaves))


@settings(max_examples=40)
@given(calculations)
def test_any_calculation_goes_through_the_editor_unchanged(calculation):
    question = {"key": "fee", "kind": "CALCULATED", "labels": {"en": "Fee"}, "calculation": calculation}
    definition = [{"key": "page", "titles": {"en": "Fee"}, "questions": [question]}]

    assert there_and_back(definition) == definition


def test_limits_of_dates_and_tables_of_rates_go_through_the_editor_unchanged():
    limits = [{}, {"days": -30}, {"answer": "begins", "months": 1}, {"date": "2026-12-31"}]
    asked = [
        {"key": f"day_{number}", "kind": "DATE", "labels": {"en": "Day"}, "earliest": limit, "latest": limit}
        for number, limit in enumerate(limits)
    ]
    definition = [{"key": "page", "titles": {"en": "Days"}, "questions": asked}]
    tables = {
        "zones": {"titles": {"en": "Zones"}, "rows": [{"for": ["A", "FAST"], "rate": "1.50"}]},
        "areas": {"titles": {"en": "Areas"}, "bands": [{"up_to": "10", "rate": "2"}, {"rate": "1.5"}]},
    }

    assert there_and_back(definition) == definition
    assert tables_of(RatesBlock().to_python(tables_stream({"tables": tables}))) == tables


pages = st.builds(
    lambda key, titles, asked: {"key": key, "titles": titles, "questions": asked},
    keys,
    texts,
    st.lists(questions(), max_size=3),
)


@settings(max_examples=40)
@given(st.lists(pages, max_size=2))
def test_any_form_goes_through_the_editor_unchanged(definition):
    assert there_and_back(definition) == definition


@settings(max_examples=20)
@given(st.data())
def test_a_common_page_keeps_how_it_was_trimmed(data):
    name = data.draw(st.sampled_from(sorted(SWITCHES)))
    page: dict[str, Any] = {"common": name}
    for switch in SWITCHES[name]:
        if data.draw(st.booleans()):
            page[switch] = True
    if without := [key for key in MAY_BE_LEFT_OUT[name] if data.draw(st.booleans())]:
        page["without"] = without
    who = [one for one in WHO if data.draw(st.booleans())]
    if name == "APPLICANT" and who and who != list(WHO):
        page["who"] = who

    assert there_and_back([page]) == [page]


def test_what_comes_out_of_the_editor_can_be_read():
    definition = form_as_json(FORMS["complaint"])

    assert form_from_json({**definition, "pages": there_and_back(definition["pages"])}) == FORMS["complaint"]


def test_no_block_of_the_editor_stands_under_two_names():
    """Wagtail gives a block the name of its last place; the other place would be broken in the browser."""
    names: dict[int, set[str]] = {}
    waiting: list[Any] = [*BLOCK.child_blocks.items(), *RatesBlock().child_blocks.items()]
    while waiting:
        name, block = waiting.pop()
        if name in names.setdefault(id(block), set()):
            continue
        names[id(block)].add(name)
        assert name in ("", block.name)
        waiting += getattr(block, "child_blocks", {}).items()
        if inner := getattr(block, "child_block", None):
            waiting.append(("", inner))
