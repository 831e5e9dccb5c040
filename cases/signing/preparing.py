"""The first step of a signature: a locked document with a place for it, and the digest that is to be signed."""

import hashlib
from datetime import datetime
from io import BytesIO

from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from cases.signing.prepared import ALGORITHM, ROOM_FOR_ANY_SIGNATURE, CannotBePrepared, PreparedSignature


class _AddingOnlyASignature(IncrementalPdfFileWriter):
    """pyHanko also writes the moment and its own name into the metadata, by the clock; the letter keeps its own."""

    def _update_meta(self) -> None:
        pass


def prepare(pdf: bytes, *, at: datetime, name: str = "", room: int = ROOM_FOR_ANY_SIGNATURE) -> PreparedSignature:
    """Reserve `room` bytes for one more PAdES signature in a locked PDF, made at `at` by the person called `name`.

    The field is invisible and outside the page: a visible one would stand outside the tagged structure and break
    PDF/A and PDF/UA. What people see is the stamp, typeset before.
    """
    try:
        writer = _AddingOnlyASignature(BytesIO(_ending_with_a_line(pdf)))
        if writer.prev.encrypted:
            raise CannotBePrepared(_("The document is protected with a password. It can't be signed."))
        field = f"Signature{1 + sum(1 for _field in enumerate_sig_fields(writer))}"
        embedding = PdfCMSEmbedder(
            SigFieldSpec(field, invis_sig_settings=InvisSigSettings(set_print_flag=True, box_out_of_bounds=True))
        ).write_cms(field, writer)
        next(embedding)
        place = SignatureObject(
            timestamp=at,
            name=name or None,
            subfilter=SigSeedSubFilter.PADES,
            bytes_reserved=2 * room,
        )
        embedding.send(SigObjSetup(sig_placeholder=place))
        prepared, output = embedding.send(SigIOSetup(md_algorithm=ALGORITHM))
    except (PdfError, SigningError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise CannotBePrepared(_("The document is no sound PDF. It can't be signed.")) from error
    return PreparedSignature(
        document=output.getvalue(),
        digest=prepared.document_digest.hex(),
        start=prepared.reserved_region_start,
        end=prepared.reserved_region_end,
        original_size=len(pdf),
        original_sha256=hashlib.sha256(pdf).hexdigest(),
    )


def _ending_with_a_line(pdf: bytes) -> bytes:
    # ISO 19005-3, 6.1.9: what is appended must begin on a line of its own.
    return pdf if pdf.endswith((b"\n", b"\r")) else pdf + b"\n"
