"""Makes real files to search in: PDF with Typst, DOCX and ODT from their parts."""

import io
import zipfile

import pypdfium2
import typst

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
