"""Makes real files to search in: PDF with Typst, DOCX and ODT from their parts."""

import io
import zipfile

import pypdfium2
import typst

from cases.signing import ROOM_FOR_SERVER_KEY, SignerIdentity, prepare, sign_with_server_key
from tests.search.town import NOON

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
ODF_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def pdf(*pages: str, setup: str = "") -> bytes:
    """A PDF with a page for each text."""
    return typst.compile((setup + "\n" + "\n#pagebreak()\n".join(pages)).encode())


def docx(*paragraphs: str, body: str = "") -> bytes:
    text = "".join(f"<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>" for paragraph in paragraphs) + body
    return archive(
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{text}</w:body></w:document>'),
    )


def odt(*paragraphs: str, body: str = "") -> bytes:
    text = "".join(f"<text:p>{paragraph}</text:p>" for paragraph in paragraphs) + body
    return archive(
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        (
            "content.xml",
            f'<office:document-content xmlns:office="{OFFICE}" xmlns:text="{ODF_TEXT}"><office:body><office:text>'
            f"{text}</office:text></office:body></office:document-content>",
        ),
    )


def archive(*parts: tuple[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts:
            # OpenDocument wants its kind readable without unpacking.
            target.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def truncated(content: bytes, *, share: float) -> bytes:
    return content[: int(len(content) * share)]


def turned(content: bytes, *, degrees: int) -> bytes:
    """The PDF with its pages to be shown turned clockwise."""
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            page.set_rotation(degrees)
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def joined(*contents: bytes) -> bytes:
    """The pages of several PDFs in one."""
    with pypdfium2.PdfDocument.new() as whole:
        for content in contents:
            with pypdfium2.PdfDocument(content) as one:
                whole.import_pages(one)
        out = io.BytesIO()
        whole.save(out)
    return out.getvalue()


def signed(content: bytes) -> bytes:
    """The PDF with the mayor's signature."""
    dora = SignerIdentity(name="Dora Ivanova", institution="Bela Reka", office="Mayor", country="BG")
    return sign_with_server_key(prepare(content, at=NOON, room=ROOM_FOR_SERVER_KEY), dora, at=NOON)


SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"


def xlsx(*sheets: str, shared: str = "") -> bytes:
    """A workbook of these rows; ``shared``: what its cells refer to by number."""
    parts = [
        (f"xl/worksheets/sheet{number}.xml", f'<worksheet xmlns="{SHEETS}"><sheetData>{rows}</sheetData></worksheet>')
        for number, rows in enumerate(sheets, start=1)
    ]
    return archive(
        ("xl/workbook.xml", "<workbook/>"), ("xl/sharedStrings.xml", f'<sst xmlns="{SHEETS}">{shared}</sst>'), *parts
    )


def ods(*tables: str) -> bytes:
    """A spreadsheet of these rows."""
    text = "".join(f"<table:table>{rows}</table:table>" for rows in tables)
    spaces = f'xmlns:office="{OFFICE}" xmlns:text="{ODF_TEXT}" xmlns:table="{TABLE}"'
    return archive(
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "content.xml",
            f"<office:document-content {spaces}><office:body>{text}</office:body></office:document-content>",
        ),
    )
