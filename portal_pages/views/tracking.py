"""Following a case without an account: by number and digits, or by the link that was mailed."""

import datetime as dt
import json
import logging
import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import cached_property
from django.utils.translation import get_language, get_language_from_request, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.generic import View

from cases.acting import Actor
from cases.capturing import FileToKeep
from cases.clock import rules_of
from cases.handing_out import hand_out, take_out
from cases.models import Case, Channel, ComponentRole, OutsideAccess
from cases.originals import Kept
from cases.outside_access import (
    AccessRefused,
    TooManyTries,
    access_by_id,
    case_of,
    open_with_digits,
    open_with_link,
)
from cases.registration import Submission, register
from cases.ruling import SILENCE_TOLD
from cases.texts import in_language
from portal_pages.experience import experience_in_words
from portal_pages.forms.kinds import Files
from portal_pages.models import TrackingPage
from portal_pages.papers import name_for_applicant, papers_of, readable_files
from portal_pages.portal import home_of, institution_of
from portal_pages.uploads import content_of, sha256_of, why_refused
from portal_pages.views.filing import CONFLICT, OUT_OF_ORDER, REFUSALS, UNAVAILABLE
from portal_pages.way import way_of

logger = logging.getLogger(__name__)

COOKIE = "cases"
OPEN_FOR = dt.timedelta(hours=12)
MOST_OPEN = 8
LONGEST_MESSAGE = 5000
PAPERS = Files(most=5)
NOT_SENT = gettext_lazy(
    "The fault is ours. What you typed still stands below; chosen files have to be chosen again. Wait a minute and "
    "press “Send” once more."
)
GONE = 410  # of an address without language Django would make a 404 a redirect to one with it


def sender_of(request: HttpRequest) -> str:
    """The address of who tries; behind a proxy, the one that the proxy saw."""
    if settings.SECURE_PROXY_SSL_HEADER and (forwarded := request.headers.get("x-forwarded-for")):
        return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


class TrackView(View):
    """The form for number and digits; wrong tries are counted by `cases.outside_access`."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._show(typed={"number": request.GET.get("number", "")[:80], "digits": ""})

    def post(self, request: HttpRequest) -> HttpResponseBase:
        number, digits = request.POST.get("number", "")[:80], request.POST.get("digits", "")[:40]
        typed = {"number": number.replace("\x00", ""), "digits": digits.replace("\x00", "")}
        if not typed["number"].strip() or not typed["digits"].strip():
            return self._show(typed=typed, error=_("Fill in the number and the 12 digits of your receipt."))
        try:
            access = open_with_digits(**typed, sender=sender_of(request), at=timezone.now())
        except (AccessRefused, TooManyTries) as refusal:
            return self._show(typed=typed, error=str(refusal))
        return opened(request, access)

    def _show(self, *, typed: dict[str, str], error: str = "") -> HttpResponse:
        page = _tracking_page(self.request)
        context = {
            "page": page,
            "words_are_foreign": page is not None and page.words_language != page.locale.language_code,
            "typed": typed,
            "error": error,
        }
        return render(self.request, "portal/tracking/start.html", context)


def _tracking_page(request: HttpRequest) -> TrackingPage | None:
    """What communications staff wrote around the form, if they did."""
    home = home_of(institution_of(request), get_language() or "")
    return TrackingPage.objects.live().child_of(home).select_related("locale").first() if home else None


def open_by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link of a receipt or mail: uses nothing up, leaves no secret in the address."""
    access = open_with_link(token)
    if access is None:
        return render(request, "portal/tracking/gone.html", status=GONE)
    return opened(request, access, language=access.party.language)


def start(request: HttpRequest) -> HttpResponseBase:
    """The printed address /t/: the tracking page in the reader's language."""
    with override(get_language_from_request(request)):
        return HttpResponseRedirect(reverse("track"))


def opened(request: HttpRequest, access: OutsideAccess, *, language: str | None = None) -> HttpResponseBase:
    """Remember the access in a signed cookie of this browser and show the case."""
    known = [number for number in _open_accesses(request) if number != access.pk]
    offered = dict(settings.LANGUAGES)
    with override(language if language in offered else get_language()):
        response = HttpResponseRedirect(reverse("tracked_case", args=[case_of(access).public_id]))
    _remember(response, [access.pk, *known][:MOST_OPEN])
    add_never_cache_headers(response)
    return response


def _remember(response: HttpResponseBase, accesses: Sequence[int]) -> None:
    """Until the browser is closed, and twelve hours at most: the computer may stand in a library."""
    signed = signing.dumps(list(accesses), salt="portal_pages.cases")
    response.set_cookie(COOKIE, signed, httponly=True, samesite="Lax", secure=settings.HTTPS)


def _open_accesses(request: HttpRequest) -> list[int]:
    signed = request.COOKIES.get(COOKIE, "")
    try:
        numbers = signing.loads(signed, salt="portal_pages.cases", max_age=OPEN_FOR)
    except signing.BadSignature:
        return []
    return [number for number in numbers if isinstance(number, int)]


class CaseView(View):
    """What all pages of a followed case share: whose access it is, and that the case is open to it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.access is None:
            # A case that one may not see answers like one that does not exist.
            return HttpResponseRedirect(reverse("track"))
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    @cached_property
    def access(self) -> OutsideAccess | None:
        for number in _open_accesses(self.request):
            access = access_by_id(number)
            if access and access.may_read and case_of(access).public_id == self.kwargs["public_id"]:
                return access
        return None

    @cached_property
    def case(self) -> Case:
        assert self.access is not None  # noqa: S101 (asked by dispatch)
        return case_of(self.access)

    @cached_property
    def at(self) -> dt.datetime:
        return timezone.now()


class TrackedCaseView(CaseView):
    """The way of the case, what is waited for, messages, documents; a paper or a message can be added."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        return self._show()

    def post(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        message = request.POST.get("message", "").replace("\x00", "").strip()
        uploads = request.FILES.getlist("files")
        if errors := self._why_not(message, uploads):
            return self._show(errors=errors, message=message)
        try:
            self._register(message, uploads)
        except OUT_OF_ORDER:
            logger.exception("A message on a case could not be registered")
            return self._show(errors=[("message", str(NOT_SENT))], message=message, status=UNAVAILABLE)
        except REFUSALS as refusal:
            return self._show(errors=[("message", str(refusal))], message=message, status=CONFLICT)
        address = reverse("tracked_case", args=[self.case.public_id])
        return HttpResponseRedirect(f"{address}?sent=yes#messages")

    def _why_not(self, message: str, uploads: Sequence[UploadedFile]) -> list[tuple[str, str]]:
        assert self.access is not None  # noqa: S101 (asked by dispatch)
        if not self.access.may_write:
            return [("message", _("This access can only read."))]
        if not message and not uploads:
            return [("message", _("Write a message or choose a file."))]
        errors = []
        if len(message) > LONGEST_MESSAGE:
            errors.append(("message", _("The message is too long. Add it as a file instead.")))
        if len(uploads) > PAPERS.most:
            errors.append(("files", _("Choose at most {number} files at once.").format(number=PAPERS.most)))
        refused = [why for upload in uploads if (why := why_refused(PAPERS, upload))]
        return errors + [("files", why) for why in refused]

    def _register(self, message: str, uploads: Sequence[UploadedFile]) -> None:
        """Through the one door, like everything that arrives."""
        access, case = self.access, self.case
        assert access is not None  # noqa: S101 (asked by dispatch)
        with override(case.institution.main_language):  # the register has one language
            title = _("Documents added to {number}") if uploads else _("Message about {number}")
            subject = title.format(number=case.number)
        register(
            Submission(
                institution=case.institution,
                channel=Channel.WEB,
                submission_key=f"{access.pk}-{self.key}",
                subject=subject,
                language=get_language() or case.language,
                received_at=self.at,
                case=case,
                service=case.service,
                kind="SUPPLEMENT" if uploads else "MESSAGE",
                sender=access.party,
                files=[_to_keep(upload) for upload in uploads],
                asked=_as_sent(message, get_language() or case.language) if message else None,
                message=message,
            ),
            actor=Actor.applicant(),
            at=self.at,
        )

    @cached_property
    def key(self) -> str:
        """The same however often one page is sent: a message sent again after an error is one message."""
        sent = self.request.POST.get("key", "")
        return sent if re.fullmatch(r"[0-9a-f]{32}", sent) else uuid.uuid4().hex

    def _show(self, *, errors: Sequence[tuple[str, str]] = (), message: str = "", status: int = 200) -> HttpResponse:
        access, case = self.access, self.case
        assert access is not None  # noqa: S101 (asked by dispatch)
        main = case.institution.main_language
        documents = papers_of(case)
        context = {
            "case": case,
            "service_name": in_language(case.service.names, main=main) if case.service else None,
            "unit": in_language(case.unit.names, main=main),
            **_term_words(case),
            "experience": experience_in_words(case.service, at=self.at) if case.service and not case.is_closed else "",
            "way": way_of(case, access.party),
            "documents": documents,
            "answer": next((papers for papers in documents if case.is_closed and papers.is_answer), None),
            "may_write": access.may_write,
            "errors": errors,
            "wrong": {target for target, _why in errors},
            "message": message,
            "key": self.key,
            "limits": PAPERS.limits_in_words(),
            "endings": PAPERS.endings,
            "is_sent": "sent" in self.request.GET,
        }
        with timezone.override(ZoneInfo(case.institution.time_zone)):
            return render(self.request, "portal/tracking/case.html", context, status=status)


def _to_keep(upload: UploadedFile) -> FileToKeep:
    if isinstance(upload, TemporaryUploadedFile):
        return FileToKeep(
            upload.name or "",
            path=Path(upload.temporary_file_path()),
            kept=Kept(sha256_of(upload), upload.size or 0),
        )
    return FileToKeep(upload.name or "", stream=content_of(upload))


def _as_sent(message: str, language: str) -> dict[str, Any]:
    """What was typed is an original too."""
    label = str(_("Message"))
    question = {"key": "message", "kind": "LONG_TEXT", "label": label, "answer": message, "in_words": message}
    return {
        "form": "message",
        "version": 1,
        "language": language,
        "pages": [{"title": label, "questions": [question]}],
    }


class AnswersView(CaseView):
    """What was typed, as it was asked: a reading of the stored original, in the language of filing."""

    def get(self, request: HttpRequest, public_id: str, file_id: int) -> HttpResponseBase:
        file = readable_files(self.case).filter(pk=file_id, component__role=ComponentRole.ANSWERS).first()
        if file is None or self.access is None:
            raise Http404
        with take_out(file, at=self.at, party=self.access.party) as content:
            asked = json.loads(content.read())
        context = {"case": self.case, "asked": asked, "file": file}
        return render(request, "portal/tracking/answers.html", context)


class CaseFileView(CaseView):
    """A file of the case, by the one way that bytes leave."""

    def get(self, request: HttpRequest, public_id: str, file_id: int) -> HttpResponseBase:
        file = readable_files(self.case).filter(pk=file_id).first()
        if file is None or self.access is None:
            raise Http404
        name = name_for_applicant(file, self.case)
        return hand_out(file, at=self.at, party=self.access.party, name=name)


def leave(request: HttpRequest) -> HttpResponseBase:
    """Forget every opened case on this computer."""
    response = HttpResponseRedirect(reverse("track"))
    if request.method == "POST":
        response.delete_cookie(COOKIE, samesite="Lax")
    return response


def _term_words(case: Case) -> dict[str, Any]:
    """What the rules of the case say of silence, and whether the clock stands while we wait for the applicant."""
    rules = None if case.is_closed else rules_of(case)
    if rules is None:
        return {"silence": "", "clock_runs": False}
    return {"silence": SILENCE_TOLD.get(rules.silence, ""), "clock_runs": not rules.may_suspend}
