"""Files and page images for officials. The bytes themselves leave through cases.handing_out alone."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404

from cases import previews
from cases.desk.page import Admitted
from cases.handing_out import SANDBOX, BytesGone, hand_out
from cases.models import ComponentFile, Document
from cases.previews import NoPageImage, NotMadeYet, page_image

RETRY_AFTER = "3"  # seconds, while a worker makes the image


class StoredFileView(Admitted):
    """Download a file of a document that the person may open; each time is logged."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        file = file_to_open(self, kwargs["pk"])
        try:
            return hand_out(file, at=self.at, user=self.user)
        except BytesGone as gone:
            return HttpResponse(str(gone), status=410, content_type="text/plain; charset=utf-8")


class PageImageView(Admitted):
    """One page as a picture that we made. Looking at a document was logged when its pages were shown."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        file = file_to_open(self, kwargs["pk"])
        try:
            image = page_image(file.stored_file, kwargs["page"], width=self._width(), at=self.at)
        except NotMadeYet:
            return HttpResponse(status=503, headers={"Retry-After": RETRY_AFTER})
        except NoPageImage as missing:
            raise Http404 from missing
        response = FileResponse(image, content_type=previews.MEDIA_TYPE)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = SANDBOX
        response["Cache-Control"] = "private, max-age=600"
        return response

    def _width(self) -> int:
        return previews.SMALL_WIDTH if "small" in self.request.GET else previews.WIDTH


def file_to_open(view: Admitted, pk: int) -> ComponentFile:
    """The file if the person may open its document now; else it does not exist."""
    files = ComponentFile.objects.select_related("stored_file", "component__document")
    readable = Document.objects.readable_by(view.user).values("pk")
    return get_object_or_404(files, pk=pk, component__document__in=readable)
