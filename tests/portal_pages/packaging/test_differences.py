"""What an import would change, said beforehand."""

from portal_pages.packaging.differences import Change, Line, difference, lines_between

FORM = {"pages": [{"key": "one", "titles": {"en": "One"}}, {"key": "two", "titles": {"en": "Two"}}]}


def test_the_same_is_no_difference():
    assert difference("form", FORM, {"pages": [dict(page) for page in FORM["pages"]]}).change == Change.SAME


def test_what_is_not_there_yet_is_new():
    assert difference("form", None, FORM) == difference("form", None, {})
    assert difference("form", None, FORM).change == Change.NEW


def test_each_text_that_differs_is_shown_before_and_after():
    after = {"pages": [FORM["pages"][0], {"key": "two", "titles": {"en": "Two!", "bg": "Две"}}]}

    assert list(lines_between(FORM, after)) == [
        Line("pages › two › titles › en", "Two", "Two!"),
        Line("pages › two › titles › bg", "", "Две"),
    ]


def test_members_with_keys_are_compared_by_key_wherever_they_stand():
    after = {"pages": [{"key": "new", "titles": {}}, FORM["pages"][1]]}

    lines = list(lines_between(FORM, after))

    assert [(line.place, line.change) for line in lines] == [
        ("pages › one", Change.GONE),
        ("pages › new", Change.NEW),
    ]


def test_another_order_is_a_difference():
    after = {"pages": FORM["pages"][::-1]}

    assert list(lines_between(FORM, after)) == [Line("pages › order", "one, two", "two, one")]


def test_yes_is_not_one():
    assert list(lines_between({"required": True}, {"required": 1})) == [Line("required", "yes", "1")]


def test_a_long_text_is_shortened_and_hundreds_of_lines_are_counted():
    many = difference("form", {"a": ["x"] * 500}, {"a": ["y"] * 500})

    assert len(many.lines) == 400
    assert many.more == 100
    assert next(iter(lines_between({"a": "x"}, {"a": "y" * 1000}))).after == "y" * 300 + "…"
