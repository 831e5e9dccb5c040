"""The text of real files, and files that mean harm: they give no text and do no harm."""

import json
import os
import signal
from email.message import EmailMessage

import pytest

from search.extraction import _readers as readers
from search.extraction import extract
from search.page_texts import Limits
from tests.search import written_documents as made


@pytest.fixture
def text_of(tmp_path):
    def extract_content(content, **limits):
        original = tmp_path / "original"
        original.write_bytes(content)
        extracted = extract(original, limits=Limits(**limits))
        assert original.read_bytes() == content
        return extracted

    return extract_content


def test_a_pdf_gives_its_text_by_page(text_of):
    extracted = text_of(made.pdf("Отсичане на дърво", "Втора страница"))

    assert extracted.end == "READ"
    assert extracted.pages == {1: "Отсичане на дърво", 2: "Втора страница"}


def test_words_split_at_the_end_of_a_line_are_joined(text_of):
    narrow = '#set text(lang: "bg", hyphenate: true)\n#set page(width: 6cm)\n#set par(justify: true)'

    extracted = text_of(made.pdf("Удостоверението за отсичане съгласно разпореждането", setup=narrow))

    assert "разпореждането" in extracted.pages[1]


def test_a_scanned_pdf_has_no_text(text_of):
    assert text_of(made.pdf("#rect()")).end == "NO_TEXT"


def test_a_docx_gives_its_paragraphs_without_what_was_deleted(text_of):
    body = (
        "<w:p><w:r><w:t>Cerere</w:t><w:tab/><w:t>nr. 7</w:t></w:r></w:p><w:p><w:del><w:r><w:delText>secret</w:delText>"
        '</w:r></w:del></w:p><w:p><w:r><w:br w:type="page"/><w:t>Pagina a doua</w:t></w:r></w:p>'
    )

    extracted = text_of(made.docx("Hotărârea consiliului", body=body))

    assert extracted.end == "READ"
    assert extracted.pages == {1: "Hotărârea consiliului\nCerere\tnr. 7", 2: "Pagina a doua"}


def test_an_odt_gives_its_paragraphs_without_what_was_deleted(text_of):
    body = (
        "<text:tracked-changes><text:p>secret</text:p></text:tracked-changes><text:h>Na<text:s/>główek</text:h>"
        "<text:p>a<text:line-break/>b <text:span>c</text:span></text:p>"
    )

    extracted = text_of(made.odt("Wniosek o wydanie odpisu", body=body))

    assert extracted.pages == {1: "Wniosek o wydanie odpisu\nNa główek\na\nb c"}


def mail(**headers):
    message = EmailMessage()
    message["From"] = "Ana <ana@example.org>"
    message["To"] = "town@example.org"
    message["Message-ID"] = "<1@example.org>"
    for name, value in headers.items():
        message[name] = value
    return message


def test_an_email_gives_its_subject_text_and_enclosures(text_of):
    message = mail(Subject="Жалба")
    message.set_content("Уважаеми господине")
    message.add_alternative("<p>другото</p>", subtype="html")
    message.add_attachment(made.pdf("Приложение"), maintype="application", subtype="pdf", filename="a.docx")
    message.add_attachment(b"\x89PNG\r\n\x1a\n0000", maintype="image", subtype="png", filename="b.png")

    extracted = text_of(bytes(message))

    assert extracted.end == "READ"
    assert extracted.pages[1].startswith("Subject: Жалба")
    assert extracted.pages[1].endswith("Уважаеми господине")
    assert extracted.pages[2] == "Приложение"


def test_an_email_of_html_alone_gives_its_words(text_of):
    message = mail(Subject="x")
    message.set_content("<style>p{}</style><p>Stimate&nbsp;domn</p><script>alert(1)</script>", subtype="html")

    assert text_of(bytes(message)).pages[1].endswith("Stimate domn")


@pytest.mark.parametrize("charset", ["unknown-8", "punycode", "undefined", "hex", "a\x00b"])
def test_an_email_may_lie_about_its_encoding(text_of, charset):
    head = f'From: a@b\nTo: c@d\nMessage-ID: <1>\nMIME-Version: 1.0\nContent-Type: text/plain; charset="{charset}"\n'

    extracted = text_of(head.encode() + "\nЖалба".encode())

    assert extracted.end in {"READ", "NO_TEXT_KIND"}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Жалба".encode(), "Жалба"),
        ("Жалба срещу кмета".encode("cp1251"), "Жалба срещу кмета"),
        ("Wniosek o odpis dla Łukasza".encode("cp1250"), "Wniosek o odpis dla Łukasza"),
        ("Petiție".encode("utf-16"), "Petiție"),
        ("Petiție".encode("utf-8-sig"), "Petiție"),
        (b"<!doctype html><p>a</p><p>b &amp; c</p>", "a\nb & c"),
        (json.dumps({"q": ["Защо?", {"a": "Защото"}], "n": 1}).encode(), "Защо?\nЗащото"),
        ("e\u0301 ﬁn so\u00adft".encode(), "é fin soft"),
    ],
)
def test_plain_kinds_of_text(text_of, content, text):
    assert text_of(content).pages == {1: text}


def test_half_a_picture_is_damaged(text_of):
    assert text_of(b"\x89PNG\r\n\x1a\n" + b"0" * 100).end == "DAMAGED"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 and nothing else",
        made.truncated(made.docx("a"), share=0.9),
        made.archive(("mimetype", "application/vnd.oasis.opendocument.text")),
        made.docx(body="<w:p><w:t>never closed"),
        made.archive(("word/document.xml", "not xml")),
        b'{"a": ' + b"[" * 100_000,
    ],
)
def test_a_damaged_file_gives_no_text_and_no_error(text_of, content):
    extracted = text_of(content)

    assert extracted.pages == {}
    assert extracted.end in {"DAMAGED", "NO_TEXT_KIND"}


def test_an_encrypted_pdf_is_said_to_be_locked(text_of):
    assert text_of(locked_pdf()).end == "LOCKED"


def locked_pdf() -> bytes:
    """The smallest file that asks for a password: its encryption dictionary has keys that no empty password opens."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
        b"<</Filter/Standard/V 2/R 3/Length 128/P -44/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">>>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, value in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj %s endobj\n" % (number, value)
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    identifier = b"<" + b"33" * 16 + b">"
    trailer = b"trailer<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[" + identifier + identifier + b"]>>\n"
    return content + table + trailer + b"startxref\n%d\n%%%%EOF" % len(content)


def test_a_zip_bomb_is_stopped_while_it_unpacks(text_of):
    bomb = made.docx("z" * 20_000_000)
    assert len(bomb) < 50_000

    assert text_of(bomb, unpacked=1_000_000).end == "TOO_LARGE"


def test_a_zip_bomb_inside_an_email_is_stopped_too(text_of):
    message = mail(Subject="x")
    message.set_content("x")
    message.add_attachment(made.docx("z" * 20_000_000), maintype="application", subtype="zip", filename="a.docx")

    assert text_of(bytes(message), unpacked=1_000_000).end == "TOO_LARGE"


def test_entities_are_refused(text_of):
    laughs = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><w:document>&b;</w:document>'

    assert text_of(made.archive(("word/document.xml", laughs))).end == "DAMAGED"


def test_memory_is_limited(text_of):
    extracted = text_of(b"x" * 60_000_000, memory=150_000_000)

    assert extracted.end in {"TOO_LARGE", "DAMAGED"}
    assert extracted.pages == {}


def test_time_is_limited(text_of):
    slow = ("<div>" * 3_000_000).encode()

    assert text_of(b"<!doctype html>" + slow, seconds=1).end == "TOO_SLOW"


def test_more_pages_or_letters_than_allowed_are_cut_off(text_of):
    content = made.pdf("one", "two", "three")

    assert text_of(content, pages=2).pages == {1: "one", 2: "two"}
    assert text_of(content, pages=2).end == "CUT_SHORT"
    assert text_of(content, letters=5).pages == {1: "one", 2: "tw"}


def test_a_file_that_is_gone_gives_no_error(tmp_path):
    assert extract(tmp_path / "nothing").end == "DAMAGED"


def test_a_workbook_gives_a_page_for_each_sheet(text_of):
    first = '<row><c t="s"><v>0</v></c><c><v>12</v></c></row><row><c t="inlineStr"><is><t>дъб</t></is></c></row>'
    second = '<row><c t="str"><v>a sum</v></c><c t="s"><v>9</v></c><c t="s"><v>-1</v></c></row>'
    shared = "<si><r><t>wal</t></r><r><t>nut</t></r><rPh><t>sound</t></rPh></si>"

    assert text_of(made.xlsx(first, second, shared=shared)).pages == {1: "walnut\t12\t\nдъб", 2: "a sum"}


def test_an_open_spreadsheet_gives_a_page_for_each_table(text_of):
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    row = f"<table:table-row>{cell.format('orzech')}{cell.format('włoski')}</table:table-row>"

    assert text_of(made.ods(row + row, row)).pages == {1: "orzech\twłoski\t\norzech\twłoski", 2: "orzech\twłoski"}


@pytest.mark.parametrize(
    ("content", "pages"),
    [
        (rb"{\rtf1\ansi One\par two\page three}", {1: "One\ntwo", 2: "three"}),
        (rb"{\rtf1\ansi\ansicpg1251 \'c6\'e0\'eb\'e1\'e0}", {1: "Жалба"}),
        (rb"{\rtf1\ansi{\fonttbl{\f1\fcharset238 A;}{\f2\fcharset204 B;}}\f1 \'b3\f2 \'c6}", {1: "łЖ"}),
        (rb"{\rtf1\uc1 \u1078?\u-4050?{\uc2 \u322??} x}", {1: "ж\uf02eł x"}),
        (rb"{\rtf1 {\*\secret hidden}{\info{\title t}}{\pict 00ff}{\v unseen}seen\{\\\}}", {1: "seen{\\}"}),
        (rb"{\rtf1 {\field{\*\fldinst HYPERLINK x}{\fldrslt words}}", {1: "words"}),
        (rb"{\rtf1}", {}),
    ],
)
def test_rtf_gives_its_words(text_of, content, pages):
    assert text_of(content).pages == pages


def test_a_zip_gives_its_names_and_what_is_in_it(text_of):
    inner = made.archive(("deep.txt", "дълбоко".encode()))

    extracted = text_of(made.archive(("folder/a.txt", "walnut"), ("b.pdf", made.pdf("oak")), ("in.zip", inner)))

    assert extracted.end == "READ"
    assert extracted.pages == {
        1: "folder/a.txt\nb.pdf\nin.zip", 2: "walnut", 3: "oak", 4: "deep.txt", 5: "дълбоко"
    }  # fmt: skip


def test_letters_enclosed_in_letters_are_read_with_their_enclosures(text_of):
    inner, outer = mail(Subject="inner"), mail(Subject="outer")
    inner.set_content("inside")
    inner.add_attachment(made.docx("walnut"), maintype="application", subtype="zip", filename="a.docx")
    outer.set_content("outside")
    outer.add_attachment(inner)

    pages = text_of(bytes(outer)).pages

    assert pages[1].endswith("outside")
    assert pages[2].endswith("inside")
    assert pages[3] == "walnut"


def test_what_lies_too_deep_is_left_and_said(text_of):
    nested = b"the bottom"
    for level in range(4):
        nested = made.archive((f"level{level}.zip", nested))

    extracted = text_of(nested, depth=2)

    assert extracted.end == "TOO_DEEP"
    assert list(extracted.pages.values()) == ["level3.zip", "level2.zip", "level1.zip"]


def test_a_form_of_another_system_gives_its_texts(text_of):
    assert text_of("<?xml version='1.0'?><wniosek><imię>Łukasz</imię> <v a='b'>7</v></wniosek>".encode()).pages == {
        1: "Łukasz\n7"
    }


def test_the_readers_start_again_after_they_were_killed(text_of):
    assert text_of(b"walnut, a text").end == "READ"
    os.kill(readers.pid, signal.SIGKILL)

    assert text_of(b"walnut, a text").pages == {1: "walnut, a text"}
