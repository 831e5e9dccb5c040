"""The editor of procedures in Wagtail's admin, and what stands live beside it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.snippets.views.snippets import CreateView, EditView

from cases.clock import zone_of
from cases.desk.blocks.texts import TextsWidget, texts_of
from cases.desk.page import Admitted, DeskPage
from cases.models import Institution, User
from flows.designer.blocks import StepsBlock
from flows.designer.choices import offered
from flows.designer.definition import ProcedureTooDeep, rough_definition, stream_of
from flows.designer.judging import Judgement, judge
from flows.designer.kept_walks import run_walks
from flows.designer.publishing import PublishingRefused, newest_version
from flows.designer.rights import MAY_BUILD, MAY_PUBLISH
from flows.designer.versions import copied, running_cases
from flows.models import Procedure, ProcedureVersion

STEPS = "steps"
NEW = "new"  # stands for the key until a procedure is saved for the first time


def beside(request: HttpRequest, judgement: Judgement, *, procedure: Procedure | None) -> str:
    """The diagram, the problems and the latest end, as they stand beside the editor."""
    context = {"judgement": judgement, "procedure": procedure, "today": timezone.localdate()}
    return render_to_string("desk/flows/designer/beside.html", context, request)


class LiveEditor:
    """What the editor of a new and of an existing procedure have in common."""

    request: HttpRequest
    object: Procedure | None

    @property
    def institution(self) -> Institution:
        user = self.request.user
        assert isinstance(user, User) and user.institution  # noqa: S101, PT018 (the door lets nobody else in)
        return user.institution

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        procedure = context["form"].instance
        definition = rough_definition(procedure.steps, key=procedure.key or NEW, version=0, titles=procedure.titles)
        today = timezone.localdate(timezone=zone_of(self.institution.time_zone))
        judgement = judge(definition, institution=self.institution, today=today)
        args = [procedure.pk] if procedure.pk else []
        return {
            **context,
            "institution": self.institution,
            "procedure": procedure,
            "beside": beside(self.request, judgement, procedure=procedure if procedure.pk else None),
            "offered": offered(judgement, institution=self.institution, key=procedure.key, day=today),
            "check_address": reverse("procedures:check", args=args),
        }


class CreateProcedureView(LiveEditor, CreateView):
    template_name = "desk/flows/designer/edit.html"


class EditProcedureView(LiveEditor, EditView):
    template_name = "desk/flows/designer/edit.html"

    def get_object(self, queryset: Any = None) -> Procedure:
        """A procedure that came with a package has a version and nothing in the editor yet: it begins with that."""
        procedure: Procedure = super().get_object(queryset)
        if procedure.latest_revision_id is None and not procedure.steps and (newest := newest_version(procedure)):
            try:
                procedure.steps = StepsBlock().to_python(stream_of(newest.definition))
            except ProcedureTooDeep as refusal:
                messages.error(self.request, str(refusal))
        return procedure

    def publish_action(self) -> Any:
        try:
            return super().publish_action()
        except PublishingRefused as refusal:
            return refused(self.request, self.object, refusal)

    def workflow_action_action(self) -> Any:
        try:
            return super().workflow_action_action()
        except PublishingRefused as refusal:
            return refused(self.request, self.object, refusal)


def refused(request: HttpRequest, procedure: Procedure | None, refusal: PublishingRefused) -> HttpResponseRedirect:
    """The draft is kept; the page that follows shows everything that stands in the way."""
    messages.error(request, _("Not published. What stands in the way is listed here; the draft is saved."))
    return HttpResponseRedirect(reverse("procedures:review", args=[procedure.pk if procedure else 0]))


class ProcedureDoor(Admitted):
    """A page of one procedure of the own institution, or of a new one."""

    permission = MAY_BUILD

    @cached_property
    def procedure(self) -> Procedure | None:
        if "pk" not in self.kwargs:
            return None
        found: Procedure = get_object_or_404(Procedure.objects.visible_to(self.user), pk=self.kwargs["pk"])
        return found

    @cached_property
    def draft(self) -> Procedure:
        """The procedure as it was saved last."""
        if self.procedure is None:
            raise Http404
        draft: Procedure = self.procedure.get_latest_revision_as_object()
        return draft


class ReviewView(ProcedureDoor, DeskPage):
    """Everything that stands between the draft and publishing it."""

    template_name = "desk/flows/designer/review.html"
    header_icon = "tasks"

    def get_page_title(self) -> str:
        return _("Before publishing: {procedure}").format(procedure=self.draft)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        judgement = judge(self.draft.definition, institution=self.institution, today=self.today)
        results = run_walks(self.draft, at=self.at) if judgement.is_publishable else []
        return super().get_context_data(
            procedure=self.draft,
            judgement=judgement,
            failed=[result for result in results if not result.passed],
            passed=[result for result in results if result.passed],
            may_publish=self.user.has_perm(MAY_PUBLISH),
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not self.user.has_perm(MAY_PUBLISH):
            raise Http404
        procedure = self.draft
        revision = procedure.latest_revision or procedure.save_revision(user=self.user)
        try:
            revision.publish(user=self.user)
        except PublishingRefused:
            messages.error(request, _("Not published. What stands in the way is listed here."))
            return HttpResponseRedirect(reverse("procedures:review", args=[procedure.pk]))
        messages.success(request, _("Published: new cases go this way; those that run stay on their version."))
        return HttpResponseRedirect(reverse("procedures:versions", args=[procedure.pk]))


@dataclass(frozen=True)
class VersionLine:
    """A version with what the list says of it."""

    version: ProcedureVersion
    running: int
    is_newest: bool


class VersionsView(ProcedureDoor, DeskPage):
    """Who published what when, and how many cases run on each version."""

    template_name = "desk/flows/designer/versions.html"
    header_icon = "history"

    def get_page_title(self) -> str:
        return _("Versions: {procedure}").format(procedure=self.draft)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = list(self.draft.versions.select_related("published_by", "procedure").order_by("-number"))
        running = running_cases(versions)
        lines = [
            VersionLine(version, running.get(version.pk, 0), is_newest=number == 0)
            for number, version in enumerate(versions)
        ]
        return super().get_context_data(procedure=self.draft, lines=lines, **kwargs)


class CopyView(ProcedureDoor):
    """A new procedure that begins with the steps of this one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        copy = copied(self.draft, by=self.user)
        messages.success(request, _("This is the copy. Give it its own name; nothing is published yet."))
        return HttpResponseRedirect(reverse("procedures:edit", args=[copy.pk]))


class CheckView(ProcedureDoor):
    """The checking address: takes the unsaved form as it is, and says what stands beside it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        key = self.procedure.key if self.procedure else ""
        try:
            steps = StepsBlock().value_from_datadict(request.POST, request.FILES, STEPS)
            definition = rough_definition(steps, key=key or NEW, version=0, titles=self._titles())
        except (KeyError, ValueError, TypeError, RecursionError):
            return HttpResponseBadRequest(_("This is not what the editor sends."))
        judgement = judge(definition, institution=self.institution, today=self.today)
        said = offered(judgement, institution=self.institution, key=key, day=self.today)
        return JsonResponse({"html": beside(request, judgement, procedure=self.procedure), **said})

    def _titles(self) -> dict[str, str]:
        widget = TextsWidget()
        said = widget.value_from_datadict(self.request.POST, self.request.FILES, "titles")
        return texts_of(dict(zip((code for code, _name in settings.LANGUAGES), said, strict=True)))
