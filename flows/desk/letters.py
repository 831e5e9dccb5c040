"""The letter's page: write the decision, see it as it will be, send it on; read it where it is agreed or approved."""

import base64
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.clock import local_date
from cases.models import Case, LetterDraft, Task
from flows.desk.forms import LetterForm, SubmitDraftForm
from flows.desk.views import DeskView, case_crumb
from flows.letters import drafting
from flows.letters.locking import locked_letter
from flows.letters.pages import page_images
from flows.letters.placeholders import KNOWN
from flows.letters.setting import Signatory, preview
from flows.letters.signatories import signatory_of
from flows.letters.standard import DecisionOutcome
from flows.taking import REFUSALS, actor_for, may_do


class LetterView(DeskView):
    """Write, preview and send on; whoever may not write reads."""

    template_name = "desk/flows/letter.html"
    page_title = gettext_lazy("Decision")
    header_icon = "doc-full"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.conflict: LetterDraft | None = None

    @cached_property
    def draft(self) -> LetterDraft:
        drafts = LetterDraft.objects.select_related(
            "case__institution", "case__service", "case__unit", "case__holder", "document", "written_by"
        )
        return get_object_or_404(drafts, pk=self.kwargs["pk"], case__in=Case.objects.readable_by(self.user))

    @cached_property
    def task(self) -> Task | None:
        """The task that lets this person write, if there is one."""
        case = self.draft.case
        task = drafting.writing_task(case)
        return task if task and may_do(task, self.user, on=local_date(case, self.at)) else None

    def way_here(self) -> list[dict[str, Any]]:
        return [case_crumb(self.draft.case)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.draft
        kwargs.setdefault("form", self._form())
        if self.task and self.task.step == "draft":
            kwargs.setdefault(
                "submit",
                SubmitDraftForm(task=self.task, user=self.user, at=self.at, initial={"revision": draft.revision}),
            )
        return super().get_context_data(
            draft=draft,
            case=draft.case,
            task=self.task,
            conflict=self.conflict,
            gaps=drafting.gaps_of(draft, at=self.at),
            placeholders=KNOWN.items(),
            pages=self._pages(),
            outcome=DecisionOutcome(draft.outcome).label if draft.outcome else "",
            **kwargs,
        )

    def _form(self) -> LetterForm:
        draft = self.draft
        return LetterForm(
            initial={
                "outcome": draft.outcome,
                "title": draft.title,
                "body": draft.body,
                "revision": draft.revision,
            }
        )

    def _pages(self) -> list[str]:
        """The letter as pictures, inside the page: there is no other address where a draft could be fetched."""
        draft = self.draft
        locked = locked_letter(draft)
        pdf = locked or preview(draft, signatory=self._signatory(), at=self.at)
        return [f"data:image/png;base64,{base64.b64encode(picture).decode()}" for picture in page_images(pdf)]

    def _signatory(self) -> Signatory:
        """Who will sign, as far as one can know today."""
        draft = self.draft
        return signatory_of(
            draft.case, outcome=draft.outcome, language=draft.language, today=local_date(draft.case, self.at)
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = LetterForm(request.POST)
        if form.is_valid() and self._saved(form):
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("desk_letter", args=[self.draft.pk]))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _saved(self, form: LetterForm) -> bool:
        """Save, or start over with a standard text. What was typed stays in the form when it is refused."""
        values = form.cleaned_data
        actor = actor_for(self.task, self.user, at=self.at) if self.task else None
        try:
            if actor is None:
                raise drafting.DraftClosed
            if "standard_text" in self.request.POST:
                drafting.use_standard_text(
                    self.draft, revision=values["revision"], outcome=values["outcome"], actor=actor, at=self.at
                )
            else:
                drafting.save_draft(self.draft, actor=actor, at=self.at, **values)
        except drafting.DraftChanged as refusal:
            form.add_error(None, str(refusal))
            self._show_both(form, refusal.draft)
            return False
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
            return False
        return True

    def _show_both(self, form: LetterForm, saved: LetterDraft) -> None:
        """The next save goes over the version that is shown beside, and not over a third one."""
        self.conflict = saved
        form.data = {**form.data.dict(), "revision": str(saved.revision)}  # type: ignore[attr-defined]
