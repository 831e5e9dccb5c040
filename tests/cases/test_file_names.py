"""Names of files as people send them, made safe to show, to print and to download."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.file_names import LONGEST, cleaned


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("sketch.pdf", "sketch.pdf"),
        ("Скица на двора.pdf", "Скица на двора.pdf"),
        ("cerere (1).PDF", "cerere (1).PDF"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Users\\Ana\\sketch.pdf", "C__Users_Ana_sketch.pdf"),
        ('"><script>.pdf', "___script_.pdf"),
        ("a\r\nContent-Type: text/html\r\n.pdf", "aContent-Type_ text_html.pdf"),
        ("sketch\u202efdp.exe", "sketchfdp.exe"),  # would read sketchexe.pdf
        ("a\u200bb\ufeffc.txt", "abc.txt"),
        ("a\x00b.pdf", "ab.pdf"),
        ("  two   spaces .pdf ", "two spaces .pdf"),
        ("...", "file"),
        ("", "file"),
        ("\u202e", "file"),
        (".htaccess", "htaccess"),
        ("e\u0301.pdf", "é.pdf"),
        ("no ending", "no ending"),
        ("a.verylongending", "a.verylongending"),
    ],
)
def test_a_name_is_shown_without_what_could_mislead(sent, shown):
    assert cleaned(sent) == shown


def test_a_long_name_keeps_its_ending():
    name = cleaned("Молба " * 60 + '"\r\n\u202e.pdf')

    assert (len(name), name.endswith(".pdf")) == (LONGEST, True)


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_is_safe(sent):
    name = cleaned(sent)

    assert 0 < len(name) <= LONGEST
    assert not set(name) & set('/\\:*?"<>|\r\n\0')
    assert not {unicodedata.category(character) for character in name} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert name == name.strip()


@given(st.text(max_size=400))
def test_cleaning_twice_changes_nothing_more(sent):
    assert cleaned(cleaned(sent)) == cleaned(sent)
