"""Filling in the forms as a browser without JavaScript sends them."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from portal_pages.models import Draft
from tests.portal_pages.shipped_forms import FORMS as SHIPPED

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

PLACE = {"place-words": "ul. Lipa 4, behind the school", "ownership": "OWN"}
TREES = {
    "trees-rows": "1",
    "trees-0-species": "walnut",
    "trees-0-girth": "120",
    "trees-0-count": "1",
    "trees-0-action": "FELL",
}
REASON = {"reason": "ILL", "emergency": "no", "business_link": "no", "shown": ["emergency"]}
APPLICANT = {
    "applicant_kind": "PERSON",
    "applicant_name": "Ana Marin",
    "applicant_id-scheme": "EGN",
    "applicant_id-number": "7523169263",
    "shown": ["applicant_name", "applicant_id"],
}
CONTACT = {
    "delivery_preference": "PORTAL",
    "applicant_address-street": "ul. Roza 7",
    "applicant_address-postal_code": "2770",
    "applicant_address-town": "Bela Reka",
}
DECLARATIONS = {"consent_to_fetch": "yes", "privacy_notice_read": "yes"}

TREE_FELLING: Mapping[str, Mapping[str, Any]] = {
    "place": PLACE,
    "trees": TREES,
    "reason": REASON,
    "papers": {},
    "applicant": APPLICANT,
    "contact": CONTACT,
    "declarations": DECLARATIONS,
}
WITHOUT_NUMBER = {
    "applicant_kind": "PERSON",
    "applicant_name": "Ana Marin",
    "shown": ["applicant_name", "applicant_id"],
}
COMPLAINT: Mapping[str, Mapping[str, Any]] = {
    "matter": {"category": "POTHOLE", "description": "A deep hole before the pharmacy."},
    "place": {"place-words": "ul. Kmetska 9"},
    "applicant": WITHOUT_NUMBER,
    "contact": {"delivery_preference": "COUNTER"},
    "declarations": {"privacy_notice_read": "yes"},
}
PUBLIC_INFORMATION: Mapping[str, Mapping[str, Any]] = {
    "information": {
        "information": "The contract on waste collection of 2026.",
        "access_form": "E_COPY",
        "medium": "PORTAL",
        "shown": ["medium"],
    },
    "applicant": WITHOUT_NUMBER,
    "contact": {"delivery_preference": "PORTAL"},
    "declarations": {"privacy_notice_read": "yes"},
}
FORMS = {"tree-felling": TREE_FELLING, "complaint": COMPLAINT, "public-information": PUBLIC_INFORMATION}


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 140, 60)).save(out, "JPEG")
    return out.getvalue()


def upload(name: str, content: bytes, said: str = "application/octet-stream") -> SimpleUploadedFile:
    """A file as a browser sends it; ``said`` is the type that the browser claims."""
    return SimpleUploadedFile(name, content, content_type=said)


@dataclass
class Filling:
    """One person's way through one form."""

    client: Client
    code: str
    language: str = "en"

    def address(self, step: str = "") -> str:
        return f"/{self.language}/apply/{self.code}/{step}"

    def open(self, step: str = "") -> HttpResponse:
        return self.client.get(self.address(step))

    def send(self, page: str, **changes: Any) -> HttpResponse:
        """Send a page with right answers, except for the changes (None leaves a field out)."""
        values = {**FORMS[self.code][page], **changes}
        return self.client.post(self.address(f"{page}/"), {k: v for k, v in values.items() if v is not None})

    @property
    def last(self) -> str:
        """The page that stands beneath the answers when one checks and sends."""
        return SHIPPED[self.code].last_page.key

    def fill_in(self, *, but: tuple[str, ...] = ()) -> None:
        """Send all pages before the last with right answers."""
        for page in FORMS[self.code]:
            if page not in {*but, self.last}:
                response = self.send(page)
                assert response.status_code == 302, response.content.decode()

    def file(self, **changes: Any) -> HttpResponse:
        """Answer the last page, rightly except for the changes, and send."""
        values = {**FORMS[self.code][self.last], **changes}
        return self.client.post(self.address("review/"), {k: v for k, v in values.items() if v is not None})

    @property
    def draft(self) -> Draft:
        return Draft.objects.get()


def said(response: HttpResponse) -> str:
    """The error summary of a page, one line for each thing to put right."""
    page = response.context["page"]
    return "\n".join(why for _target, why in page.errors)
