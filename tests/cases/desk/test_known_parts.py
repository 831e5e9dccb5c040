"""A known part says what its template says, in each language and for each value."""

import copy

import pytest
from django.utils.safestring import mark_safe
from django.utils.translation import override

from cases.desk.known_parts import KnownPart

PART = """{% load i18n %}<a href="{{ address }}">{{ title }}</a>
{% if page %}, {% blocktranslate trimmed %}page {{ page }}{% endblocktranslate %}{% endif %}
{% if not may_open %} {% translate "Wednesday" %}{% endif %}"""


@pytest.fixture
def part(tmp_path, settings):
    (tmp_path / "part.html").write_text(PART)
    settings.TEMPLATES = copy.deepcopy(settings.TEMPLATES)
    settings.TEMPLATES[0]["DIRS"].append(tmp_path)
    return KnownPart("part.html")


def test_values_are_escaped_unless_they_are_safe(part):
    drawn = part(address="/?a=1&b=2", title="<b>Oak</b>", may_open=True)
    marked = part(address='"', title=mark_safe("<mark>Oak</mark>"), may_open=True)

    assert drawn.strip() == '<a href="/?a=1&amp;b=2">&lt;b&gt;Oak&lt;/b&gt;</a>'
    assert marked.strip() == '<a href="&quot;"><mark>Oak</mark></a>'


def test_what_is_not_there_is_left_out_and_what_is_there_comes_in_its_language(part):
    def drawn(**values):
        return part(address="/", title="Oak", **values).removeprefix('<a href="/">Oak</a>').replace("\n", "")

    with override("pl"):
        in_polish = drawn(page=3, may_open=False)

    assert [drawn(page=3, may_open=True), drawn(page=None, may_open=False)] == [", page 3", " Wednesday"]
    assert in_polish.endswith(" Środa")


def test_a_value_that_looks_like_a_blank_is_only_shown(part):
    assert part(address="/", title="\x02address\x03", may_open=True).strip() == '<a href="/">\x02address\x03</a>'
