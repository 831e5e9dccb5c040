"""Patterns of short texts: the harmless part of regular expressions."""

import time

import pytest

from portal_pages.forms.patterns import PatternRefused, compiled


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        (r"\d{5}\.\d+\.\d+(\.\d+)?", "12345.6.78"),
        (r"^[A-Z]{3}\d{6}$", "ABA300000"),
        (r"(RO|BG)?[0-9]{2,10}", "RO18547290"),
        (r"J\d{1,2}/\d{1,6}/\d{4}", "J52/750/2012"),
        (r"[]a]+", "a]a"),
        (r"[^\]]+\$", "abc$"),
        (r"(?:\d{2}-){3}\d", "12-34-56-7"),
        (r"", ""),
    ],
)
def test_a_harmless_pattern_matches_the_whole_answer(pattern: str, answer: str):
    assert compiled(pattern).fullmatch(answer)
    assert not compiled(pattern).fullmatch(f"{answer}!?")


@pytest.mark.parametrize(
    "pattern",
    ["(", "[a", "a{2,1}", "*", "\\", "a**", "[z-a]", "(?P<x", "a{999999999999}", "(" * 199, "x" * 201],
)
def test_a_broken_pattern_is_refused(pattern: str):
    with pytest.raises(PatternRefused):
        compiled(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+",
        r"(a*)*b",
        r"(a|a)*b",
        r"(a|aa)+$",
        r"(\d+)*",
        r"((a?){30}){2}",
        r"(a?){30}a{30}",
        r"a*a*a*a*a*b",
        r"(.*,){11}P",
        r"(?=a)b",
        r"(a)\1",
        r"(?i)a",
        r"a*?",
        r"a++",
        r"\Aa",
        r"a^b",
        r"[[a]b]",
    ],
)
def test_what_could_take_long_or_looks_around_is_refused(pattern: str):
    with pytest.raises(PatternRefused):
        compiled(pattern)


def test_the_slowest_pattern_that_is_taken_is_quick_on_a_hostile_answer():
    started = time.process_time()
    compiled("a*a*a*b").fullmatch("a" * 200)

    assert time.process_time() - started < 1
