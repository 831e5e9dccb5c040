"""Filing a form, one page at a time; the same views serve residents and the registrar at the counter.

Where a form is filled in (on the web, at the counter) is a `FilingPlace`: base template, channel, actor, and how an
unfinished form is found again. Nothing here needs JavaScript, and no database session is made for a resident.
"""

import contextlib
import datetime as dt
import logging
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.generic import View

from cases.acting import Actor
from cases.file_names import cleaned
from cases.media_types import PDF, detect
from cases.models import Channel, DeliveryChannel, Service
from cases.numbering import RegisterClosed, SeriesUnclear
from cases.receipts import applicants_copy
from cases.registration import RegistrationRefused
from cases.texts import in_language
from portal_pages import drafts
from portal_pages.filing import file_form
from portal_pages.forms.answers import Reading, is_asked, read_form
from portal_pages.forms.changes import Changes, carried_over, changes_between
from portal_pages.forms.definition import Form, Page, Question
from portal_pages.forms.kinds import Asking, Calculated, Files, Group, Information
from portal_pages.forms.pages import PageForm, page_form, rows_name
from portal_pages.forms.rules import worked_in_words
from portal_pages.forms.shown import show
from portal_pages.kept_pages import Gaps, draw_kept
from portal_pages.maps import map_of, show_with_map
from portal_pages.models import Draft, StagedFile
from portal_pages.offered import form_begun, form_of, local_day
from portal_pages.portal import TEXT_SIZES, institution_of
from portal_pages.receipts import ReceiptPage, in_words, next_steps, receipt_page
from portal_pages.uploads import content_of, why_refused

logger = logging.getLogger(__name__)

FORM_ID = "filing"
UNAVAILABLE = 503
CONFLICT = 409
# The disk is full, or the database is away or has just come back.
OUT_OF_ORDER = (OSError, OperationalError, InterfaceError)
# What the one door may answer; each says what to do.
REFUSALS = (RegistrationRefused, RegisterClosed, SeriesUnclear)
# Buttons of a page that wish for something else than to go on.
WISHES = frozenset({"leave", "add", "remove", "drop", "keep", "upload"})
GONE = 410  # of an address without language Django would make a 404 a redirect to one with it


class FilingPlace:
    """On the web, by the person themselves."""

    base_template = "base.html"
    channel = Channel.WEB
    url_prefix = "apply"
    at_counter = False
    offers_link = True
    signer = Signer(salt="portal_pages.draft")

    def service(self, request: HttpRequest, code: str) -> Service:
        found = (
            Service.objects.filter(institution=institution_of(request), code=code, is_offered=True)
            .select_related("institution", "unit")
            .first()
        )
        if found is None or form_of(found) is None:
            raise Http404
        return found

    def breadcrumbs(self, service: str) -> list[dict[str, str]]:
        """Where in the office the form stands; the public site shows its own way back."""
        return []

    def actor(self, request: HttpRequest) -> Actor:
        return Actor.applicant()

    def find(self, request: HttpRequest, code: str) -> Draft | None:
        """The unfinished form that this browser carries the key of."""
        token = self.token(request, code)
        draft = drafts.find(token) if token else None
        return draft if draft and draft.service.code == code and draft.clerk_id is None else None

    def token(self, request: HttpRequest, code: str) -> str | None:
        signed = request.COOKIES.get(self.cookie(code))
        try:
            return self.signer.unsign(signed) if signed else None
        except BadSignature:
            return None

    def begin(self, request: HttpRequest, service: Service, form: Form, *, at: dt.datetime) -> Draft:
        return drafts.begin(service, form_version=form.name, language=get_language() or "", at=at)

    def admit(self, request: HttpRequest) -> None:
        """Everybody may file on the web."""

    def carry(self, response: HttpResponseBase, draft: Draft) -> None:
        """Give the browser the key of a new form."""
        self.set_cookie(response, draft.service.code, drafts.token_of(draft))

    def set_cookie(self, response: HttpResponseBase, code: str, token: str) -> None:
        response.set_cookie(
            self.cookie(code),
            self.signer.sign(token),
            max_age=int(drafts.KEPT.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=settings.HTTPS,
        )

    def forget(self, response: HttpResponseBase, draft: Draft | None, code: str) -> None:
        response.delete_cookie(self.cookie(code), samesite="Lax")

    def cookie(self, code: str) -> str:
        return f"draft-{code}"

    def address(self, step: str, code: str, page: str | None = None) -> str:
        arguments = [code, page] if page else [code]
        return reverse(f"{self.url_prefix}{step}", args=arguments)


class FilingView(View):
    """What all steps share. ``place`` is given by `filing_paths`."""

    place: FilingPlace = FilingPlace()
    template_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.place.admit(request)
        response = super().dispatch(request, *args, **kwargs)
        # What was typed must not stay in the cache of a computer in a library.
        add_never_cache_headers(response)
        return response

    @cached_property
    def at(self) -> dt.datetime:
        return timezone.now()

    @cached_property
    def code(self) -> str:
        return str(self.kwargs["code"])

    @cached_property
    def draft(self) -> Draft | None:
        return self.place.find(self.request, self.code)

    @cached_property
    def service(self) -> Service:
        return self.draft.service if self.draft else self.place.service(self.request, self.code)

    @cached_property
    def form(self) -> Form:
        """The version that was begun on; a new filing begins on the newest."""
        form = form_begun(self.service, self.draft.form_version) if self.draft else form_of(self.service)
        if form is None:
            raise Http404
        return form

    @cached_property
    def asking(self) -> Asking:
        institution = self.service.institution
        rules = self.service.rules_on(local_day(self.service, self.at))
        return Asking(
            language=get_language() or settings.LANGUAGE_CODE,
            main_language=institution.main_language,
            country=institution.country,
            today=local_day(self.service, self.at),
            at_counter=self.place.at_counter,
            deliveries=tuple(rules.delivery_channels if rules else ()) or tuple(DeliveryChannel.values),
            area=institution.area,
        )

    @cached_property
    def staged(self) -> list[StagedFile]:
        return drafts.files_of(self.draft) if self.draft else []

    @property
    def files(self) -> dict[str, list[dict[str, Any]]]:
        """The staged files by question, as answers say them."""
        by_question: dict[str, list[dict[str, Any]]] = {}
        for file in self.staged:
            by_question.setdefault(file.question_key, []).append(file.as_answer)
        return by_question

    @property
    def typed(self) -> dict[str, list[str]]:
        return self.draft.typed if self.draft else {}

    def reading(self) -> Reading:
        return read_form(self.form, typed=self.typed, files=self.files, asking=self.asking)

    def address(self, step: str, page: str | None = None) -> str:
        return self.place.address(step, self.code, page)

    def is_beneath_answers(self, page: Page) -> bool:
        """The last page is; a form of one page alone is begun on the page itself, there is no answer to check yet."""
        return page is self.form.last_page and len(self.form.pages) > 1

    def address_of(self, page: Page | None) -> str:
        """Where a page is filled in: the last one stands under the answers that are checked."""
        if page is None or self.is_beneath_answers(page):
            return self.address("_review")
        return self.address("_page", page.key)

    def go(self, address: str) -> HttpResponseRedirect:
        return HttpResponseRedirect(address)

    def show(self, template: str, context: dict[str, Any]) -> HttpResponse:
        name = in_language(self.service.names, main=self.service.institution.main_language)
        shared = {
            "base_template": self.place.base_template,
            "place": self.place,
            "service": self.service,
            "service_name": name,
            "form_id": FORM_ID,
            "breadcrumbs": self.place.breadcrumbs(name.words),
        }
        return render(self.request, template, shared | context)

    def show_filed(self, receipt: ReceiptPage) -> HttpResponse:
        """The confirmation, which stands at its own address; whoever filed gets it as the answer to the press.

        A redirect would make everybody wait once more. Sending the same form again leads to the same number, and the
        browser's module puts the page's own address in the place of the form's.
        """
        address = self.address("_done")
        fixed = {
            "what_happens_next": next_steps(self.service, self.asking.language),
            "address": address,
            "address_of_receipt": self.address("_receipt"),
        }
        response = self._show_words(receipt, fixed)
        response["Content-Location"] = address
        return response

    def _show_words(self, receipt: ReceiptPage, fixed: dict[str, Any]) -> HttpResponse:
        template = "portal/filing/done.html"
        if self.place.at_counter:
            return self.show(template, in_words(receipt, lambda _name, words: words) | fixed)
        gaps = Gaps()
        context = in_words(receipt, gaps) | fixed | {"base_template": self.place.base_template}
        context["csrf_token"] = gaps("csrf_token", get_token(self.request))
        return HttpResponse(draw_kept(self.request, template, context, gaps))


class StartView(FilingView):
    """What the form will ask; an unfinished one is offered again."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        context = {
            "titles": [self.asking.words(page.titles) for page in self.form.pages],
            "address_of_first": self.address_of(self.form.pages[0]),
            "draft": self.draft,
            "address_of_done": self.address("_done"),
            "address_of_continue": self.address("_continue"),
        }
        return self.show("portal/filing/start.html", context)

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Begin a new one; what this browser carried before is let go, its link still opens it."""
        response = self.go(self.address_of(self.form.pages[0]))
        self.place.forget(response, self.draft, code)
        return response


class PageView(FilingView):
    """One page of questions."""

    template_name = "portal/filing/page.html"

    @cached_property
    def page(self) -> Page:
        page = self.form.page(self.kwargs["page"])
        if page is None:
            raise Http404
        return page

    def get(self, request: HttpRequest, code: str, page: str = "") -> HttpResponseBase:
        elsewhere = self._elsewhere() or self._shown_elsewhere()
        if elsewhere:
            return self.go(elsewhere)
        return self._show(self._bound(self.typed or None), with_errors="check" in request.GET)

    def post(self, request: HttpRequest, code: str, page: str = "") -> HttpResponseBase:
        if elsewhere := self._elsewhere():
            return self.go(elsewhere)
        is_new = self.draft is None
        try:
            # Only the keeping is a transaction: nobody else waits while a page is judged and drawn.
            with drafts.saved_without_waiting():
                form, wanted, refused = self._keep()
        except OUT_OF_ORDER:
            logger.exception("A page of %s could not be saved", code)
            return self._show_unsaved(is_new=is_new)
        response = self._answer(form, wanted, refused)
        if is_new and self.draft:
            self.place.carry(response, self.draft)
        return response

    def _elsewhere(self) -> str:
        """Where the person belongs instead; empty when it is here."""
        if self.draft and self.draft.entry_id:
            return self.address("_done")
        return ""

    def _shown_elsewhere(self) -> str:
        """The last page is shown beneath the answers; what is sent to its own address is still kept."""
        return self.address("_review") if self.is_beneath_answers(self.page) else ""

    def _keep(self) -> tuple[PageForm, str | None, list[tuple[str, str]]]:
        """Keep whatever was sent, right or wrong: the page as sent, where the person wants to go, refused files."""
        if self.draft is None:
            self.draft = self.place.begin(self.request, self.service, self.form, at=self.at)
            self.staged = []
        refused = self._take_files()
        form = self._bound(self._sent())
        typed = form.worth_keeping()
        wanted = self._other_wish(form, typed)
        drafts.keep_typed(self.draft, typed, language=self.asking.language, at=self.at)
        return form, wanted, refused

    def _sent(self) -> dict[str, list[str]]:
        return {name: self.request.POST.getlist(name) for name in self.request.POST}

    def _answer(self, form: PageForm, wanted: str | None, refused: list[tuple[str, str]]) -> HttpResponseBase:
        if wanted and not refused:
            return self.go(wanted)
        if wanted:
            form.forgive_all()
            form.refuse(refused)
            return self._show(form, with_errors=True)
        return self._judge(form, refused)

    def _show_unsaved(self, *, is_new: bool) -> HttpResponse:
        """The disk is full or the database is away: nothing was kept, so the page itself keeps what was typed."""
        if is_new:
            self.draft = None
        self.__dict__.pop("staged", None)
        response = self._show(self._bound(self._sent()), is_unsaved=True)
        response.status_code = UNAVAILABLE
        return response

    def _judge(self, form: PageForm, refused: list[tuple[str, str]]) -> HttpResponseBase:
        form.full_clean()
        new = self._newly_shown(form)
        form.forgive(new)
        form.refuse(refused)
        if form.errors or new:
            return self._show(form, with_errors=True, has_new_questions=bool(new))
        return self._go_on(form)

    def _go_on(self, form: PageForm) -> HttpResponseBase:
        return self.go(self._next(form))

    def _newly_shown(self, form: PageForm) -> set[str]:
        """Questions that this page's own answers called up and that the person has not seen yet."""
        return form.called_up - set(self.request.POST.getlist("shown"))

    def _next(self, form: PageForm) -> str:
        if self.request.GET.get("back") == "review":
            return self.address("_review")
        answers = form.known_answers | form.answers
        page = self.form.page_after(self.page)
        while page is not None and not is_asked(page, answers):
            page = self.form.page_after(page)
        return self.address_of(page)

    @cached_property
    def _before(self) -> Reading:
        """The pages before this one, which this page's questions may ask about."""
        return read_form(self.form, typed=self.typed, files=self.files, asking=self.asking, until=self.page)

    def _bound(self, typed: dict[str, list[str]] | None) -> PageForm:
        answers = self._before.answers
        return page_form(self.page, typed=typed, files=self.files, answers=answers, asking=self.asking)

    # -- files

    def _sent_files(self) -> Iterator[tuple[str, Files, UploadedFile]]:
        for question in self.page.questions:
            if isinstance(question.kind, Files):
                for upload in self.request.FILES.getlist(question.key):
                    yield question.key, question.kind, upload

    def _take_files(self) -> list[tuple[str, str]]:
        """Stage what can be taken; returns question and reason for what can't."""
        assert self.draft is not None  # noqa: S101 (made before files are taken)
        refused: list[tuple[str, str]] = []
        for key, kind, upload in self._sent_files():
            if why := self._why_not(key, kind, upload):
                refused.append((key, why))
            else:
                media_type = detect(content_of(upload))
                self.staged.append(drafts.stage(self.draft, key, upload, media_type=media_type, at=self.at))
        return refused

    def _why_not(self, key: str, kind: Files, upload: UploadedFile) -> str:
        """Why an upload can't be taken; empty when it can."""
        if sum(1 for file in self.staged if file.question_key == key) >= kind.most:
            words = _("“{name}” was not taken: at most {number} files fit here")
            return words.format(name=cleaned(upload.name or ""), number=kind.most)
        return why_refused(kind, upload)

    # -- wishes other than "continue"

    def _other_wish(self, form: PageForm, typed: dict[str, list[str]]) -> str | None:
        """Add or remove a row, drop or upload a file, leave for another language: kept first, then come back.

        On the review Enter in a text field only keeps what was typed: nobody files by accident.
        """
        post = self.request.POST
        here = self.address_of(self.page) + (f"?{self.request.GET.urlencode()}" if self.request.GET else "")
        if "leave" in post:
            return self._leave(post["leave"], here)
        if "add" in post:
            return self._add_row(form, typed, post["add"], here)
        if "remove" in post:
            return self._remove_row(form, typed, post["remove"], here)
        if "drop" in post and post["drop"].isdigit():
            return self._drop(int(post["drop"]), here)
        if "keep" in post:
            return here
        if "upload" in post:
            return f"{here}#q-{post['upload']}" if self._question(post["upload"]) else here
        return None

    def _leave(self, wish: str, here: str) -> str:
        name, _colon, value = wish.partition(":")
        come_back = urlencode({"next": here})
        if name == "language" and value in dict(settings.LANGUAGES):
            return f"/language/{value}/?{come_back}"
        if name == "text-size" and value in TEXT_SIZES:
            return f"/text-size/{value}/?{come_back}"
        if name == "back":
            before = self.form.page_before(self.page)
            return self.address_of(before) if before else self.address("")
        return self.address("_saved")

    def _question(self, key: str) -> Question | None:
        return next((question for question in self.page.questions if question.key == key), None)

    def _add_row(self, form: PageForm, typed: dict[str, list[str]], key: str, here: str) -> str:
        question = self._question(key)
        if question is None or not isinstance(question.kind, Group):
            return here
        rows = len(form.rows_of(key, question.kind))
        added = min(rows + 1, question.kind.most)
        typed[rows_name(key)] = [str(added)]
        return f"{here}#q-{key}-row-{added}"

    def _remove_row(self, form: PageForm, typed: dict[str, list[str]], wish: str, here: str) -> str:
        key, _dash, number = wish.rpartition("-")
        question = self._question(key)
        if question is None or not isinstance(question.kind, Group) or not number.isdigit():
            return here
        rows = len(form.rows_of(key, question.kind))
        for row in range(int(number), rows):
            prefix, following = f"{key}-{row}-", f"{key}-{row + 1}-"
            for name in [name for name in typed if name.startswith(prefix)]:
                typed[name] = typed.get(name.replace(prefix, following, 1), [])
        typed[rows_name(key)] = [str(max(rows - 1, 1))]
        return f"{here}#q-{key}"

    def _drop(self, file_id: int, here: str) -> str:
        assert self.draft is not None  # noqa: S101 (made before anything is dropped)
        drafts.drop_file(self.draft, file_id)
        self.__dict__.pop("staged", None)
        return here

    # -- showing

    def _show(
        self,
        form: PageForm,
        *,
        with_errors: bool = False,
        has_new_questions: bool = False,
        is_unsaved: bool = False,
    ) -> HttpResponse:
        page = show(form, with_errors=with_errors)
        map_ = map_of(self.service.institution) if page.has_map else None
        context = {
            "page": page,
            "map": map_,
            "number": self.form.pages.index(self.page) + 1,
            "of": len(self.form.pages),
            "has_new_questions": has_new_questions,
            "is_unsaved": is_unsaved,
            "typed_form": FORM_ID,
        }
        return show_with_map(map_, self.request, lambda: self.show(self.template_name, context | self._more()))

    def _more(self) -> dict[str, Any]:
        """What the template of this step shows besides the questions."""
        return {"back_to_review": self.request.GET.get("back") == "review"}


class ReviewView(PageView):
    """Check your answers, answer the last page's questions beneath them, and send: the one press that files."""

    template_name = "portal/filing/review.html"
    is_unsent = False
    refusal = ""

    @cached_property
    def page(self) -> Page:
        return self.form.last_page

    def _elsewhere(self) -> str:
        if self.draft is None:
            return self.address("")
        if self.draft.entry_id:
            return self.address("_done")
        unfinished = self._before.first_unfinished
        return f"{self.address_of(unfinished)}?check=1&back=review" if unfinished else ""

    def _shown_elsewhere(self) -> str:
        return ""

    def post(self, request: HttpRequest, code: str, page: str = "") -> HttpResponseBase:
        """File at once what is right as it was sent. Anything else goes the long way: kept first, then judged."""
        if not self._elsewhere() and WISHES.isdisjoint(request.POST) and (receipt := self._file_at_once()):
            return self.show_filed(receipt)
        return super().post(request, code, page)

    def _file_at_once(self) -> ReceiptPage | None:
        """One transaction instead of three: what was typed and uploaded becomes originals straight from the request.

        None when something is to be said about it, also when the disk or the database fails: nothing is kept then.
        """
        staged = list(self.staged)
        form = self._read_at_once()
        if form is not None:
            with contextlib.suppress(*OUT_OF_ORDER, *REFUSALS):
                return self._file(self._before.with_page(form))
        self.staged = staged
        return None

    def _read_at_once(self) -> PageForm | None:
        """The page with what was sent and uploaded, if nothing about it is wrong or new to the person."""
        for key, kind, upload in self._sent_files():
            if not isinstance(upload, TemporaryUploadedFile) or self._why_not(key, kind, upload):
                return None
            self.staged.append(drafts.passing(key, upload, media_type=detect(content_of(upload)), at=self.at))
        form = self._bound(self._sent())
        return form if form.is_valid() and not self._newly_shown(form) else None

    def _go_on(self, form: PageForm) -> HttpResponseBase:
        assert self.draft is not None  # noqa: S101 (asked by _elsewhere)
        try:
            receipt = self._file(self._before.with_page(form))
        except OUT_OF_ORDER:
            logger.exception("%s could not be filed", self.code)
            self.is_unsent = True
            return self._show_again(form, status=UNAVAILABLE)
        except REFUSALS as refusal:
            self.refusal = str(refusal)
            return self._show_again(form, status=CONFLICT)
        return self.show_filed(receipt)

    def _file(self, reading: Reading) -> ReceiptPage:
        assert self.draft is not None  # noqa: S101 (asked by _elsewhere)
        return file_form(
            self.draft,
            self.form,
            reading,
            self.staged,
            self.asking,
            channel=self.place.channel,
            actor=self.place.actor(self.request),
            at=self.at,
        )

    def _show_again(self, form: PageForm, *, status: int) -> HttpResponse:
        response = self._show(form)
        response.status_code = status
        return response

    def _more(self) -> dict[str, Any]:
        return {
            "pages": [
                {
                    "title": self.asking.words(form.page.titles),
                    "address": f"{self.address_of(form.page)}?back=review",
                    "answers": [
                        self._answered(question, form)
                        for question in form.page.questions
                        if question.key in form.shown and not isinstance(question.kind, Information)
                    ],
                }
                for form in self._before.asked_pages
            ],
            "is_unsent": self.is_unsent,
            "refusal": self.refusal,
        }

    def _answered(self, question: Question, form: PageForm) -> dict[str, Any]:
        shown: dict[str, Any] = {"label": self.asking.words(question.labels)}
        if question.key in form.answers:
            answer = form.answers[question.key]
            shown["words"] = question.kind.in_words(answer, self.asking)
            shown["rows"] = question.kind.rows_in_words(answer, self.asking)
        if isinstance(question.kind, Calculated):
            shown["note"] = worked_in_words(question.kind, form.known_answers | form.answers, self.asking)
        return shown


class SavedView(FilingView):
    """Finish later: the link that opens the form again, to copy or to have mailed."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        if self.draft is None:
            return self.go(self.address(""))
        return self._show()

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        if self.draft is None:
            return self.go(self.address(""))
        address = request.POST.get("email", "").strip()
        try:
            validate_email(address)
        except ValidationError:
            return self._show(error=_("Write the e-mail address in full, for example name@example.com"))
        if not drafts.mail_link(self.draft, address, at=self.at):
            return self._show(error=_("The link was already mailed to another address. Copy it instead."))
        return self._show(mailed_to=address)

    def _show(self, *, error: str = "", mailed_to: str = "") -> HttpResponse:
        assert self.draft is not None  # noqa: S101 (asked by get and post)
        context = {
            "link": drafts.link_of(self.draft),
            "kept_days": drafts.KEPT.days,
            "error": error,
            "mailed_to": mailed_to,
            "typed_email": self.request.POST.get("email", ""),
            "address_of_next": self._continue(),
        }
        return self.show("portal/filing/saved.html", context)

    def _continue(self) -> str:
        return self.address_of(self.reading().first_unfinished)


class DoneView(FilingView):
    """Filed: the number, the moment, the files with their hashes, the way back to the case."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        if self.draft is None or self.draft.entry_id is None:
            return self.go(self.address(""))
        return self.show_filed(receipt_page(self.draft.entry_id))

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Leave nothing on this computer, or begin another form of the same service."""
        response = self.go(self.address("") if "another" in request.POST else "/")
        self.place.forget(response, self.draft, code)
        return response


class ReceiptView(FilingView):
    """The receipt for the sender's own hands, with digits and link; the one that is kept has neither."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        entry = self.draft.entry if self.draft else None
        if entry is None:
            return self.go(self.address("_done"))
        response = HttpResponse(applicants_copy(entry), content_type=PDF)
        name = cleaned(f"{entry.number.replace('/', '-')}.pdf")
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


def resume(request: HttpRequest, token: str) -> HttpResponseBase:
    """Open an unfinished form by its link: the key goes into a cookie, so that no secret stays in the address."""
    draft = drafts.find(token)
    if draft is None or draft.clerk_id is not None:
        return render(request, "portal/filing/gone.html", status=GONE)
    place = FilingPlace()
    with override(draft.language):
        step = "_done" if draft.entry_id else "_continue"
        response = HttpResponseRedirect(place.address(step, draft.service.code))
    place.carry(response, draft)
    add_never_cache_headers(response)
    return response


class ContinueView(FilingView):
    """Where an unfinished form goes on: its first unfinished page, else the review.

    Whoever comes back after a while and finds a newer version is shown what changed and goes on in that one.
    """

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        if self.draft is None:
            return self.go(self.address(""))
        newest, changes = self._newer()
        if newest is None:
            return self.go(self.address_of(self.reading().first_unfinished))
        asked = [new for _old, new in changes.changed]
        context = {
            "removed": self._labels(changes.removed),
            "added": self._labels(changes.added),
            "changed": self._labels(asked),
            "lost": self._labels(new for new in asked if new.key in changes.lost),
        }
        return self.show("portal/filing/changed.html", context)

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Go on in the new version with everything that it still asks for."""
        newest, _changes = self._newer()
        if newest is not None and self.draft is not None:
            typed = carried_over(self.typed, self.form, newest)
            drafts.move_to(self.draft, form_version=newest.name, typed=typed, at=self.at)
        return self.go(self.address("_continue"))

    def _newer(self) -> tuple[Form | None, Changes]:
        """The version that an old draft is opened in, and what is asked differently there; none while it is fresh."""
        newest = form_of(self.service)
        if newest is None or self.draft is None or self.draft.entry_id or newest.name == self.form.name:
            return None, Changes()
        if self.draft.touched_at > self.at - drafts.IN_THE_MIDDLE:
            return None, Changes()
        changes = changes_between(self.form, newest)
        return (newest if changes else None), changes

    def _labels(self, questions: Iterable[Question]) -> list[str]:
        return [self.asking.words(question.labels) for question in questions]


def filing_paths(place: FilingPlace, *, prefix: str) -> list[URLPattern]:
    """The addresses of all steps, for a place where forms are filled in."""
    name = place.url_prefix

    def view(kind: type[FilingView]) -> Any:
        return kind.as_view(place=place)

    return [
        path(f"{prefix}<slug:code>/", view(StartView), name=name),
        path(f"{prefix}<slug:code>/review/", view(ReviewView), name=f"{name}_review"),
        path(f"{prefix}<slug:code>/saved/", view(SavedView), name=f"{name}_saved"),
        path(f"{prefix}<slug:code>/continue/", view(ContinueView), name=f"{name}_continue"),
        path(f"{prefix}<slug:code>/done/", view(DoneView), name=f"{name}_done"),
        path(f"{prefix}<slug:code>/receipt/", view(ReceiptView), name=f"{name}_receipt"),
        path(f"{prefix}<slug:code>/<slug:page>/", view(PageView), name=f"{name}_page"),
    ]
