"""The editor of procedures in Wagtail's admin, and what stands live beside it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import OuterRef, Subquery
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
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, DateColumn
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView

from cases.clock import zone_of
from cases.desk.blocks.texts import TextsWidget, texts_of
from cases.desk.page import Admitted, DeskPage
from cases.desk.refused_plans import RefusedPlan, refused_plans
from cases.models import Channel, Institution, Service, Unit, User
from flows.designer import trying
from flows.designer.blocks import StepsBlock
from flows.designer.choices import Fact, offered
from flows.designer.definition import ProcedureTooDeep, rough_definition, stream_of
from flows.designer.judging import Judgement, judge
from flows.designer.kept_walks import keep, run_walks, walks_of
from flows.designer.publishing import PublishingRefused, newest_version
from flows.designer.rights import MAY_BUILD, MAY_PUBLISH
from flows.designer.surroundings import services_using
from flows.designer.versions import copied, running_cases
from flows.letters.standard import DecisionOutcome
from flows.models import Procedure, ProcedureVersion
from flows.procedures.bpmn import bpmn_of
from flows.procedures.walking import WalkRefused

STEPS = "steps"
NEW = "new"  # stands for the key until a procedure is saved for the first time


def beside(request: HttpRequest, judgement: Judgement, *, procedure: Procedure | None) -> str:
    """The diagram, the problems and the latest end, as they stand beside the editor."""
    context = {"judgement": judgement, "procedure": procedure, "today": timezone.localdate()}
    return render_to_string("desk/flows/designer/beside.html", context, request)


class ProceduresView(IndexView):
    """The procedures of the institution, with their newest versions and the cases that run."""

    def get_base_queryset(self) -> Any:
        newest = ProcedureVersion.objects.filter(procedure=OuterRef("pk")).order_by("-number")
        return (
            super()
            .get_base_queryset()
            .select_related("institution")
            .annotate(
                newest_number=Subquery(newest.values("number")[:1]),
                newest_at=Subquery(newest.values("published_at")[:1]),
            )
        )

    @cached_property
    def running(self) -> dict[int, int]:
        versions = ProcedureVersion.objects.filter(procedure__institution=self.request.user.institution)
        listed = list(versions.select_related("procedure"))
        counted: Counter[int] = Counter()
        by_version = running_cases(listed)
        for version in listed:
            counted[version.procedure_id] += by_version.get(version.pk, 0)
        return dict(counted)

    @cached_property
    def refused(self) -> dict[int, RefusedPlan]:
        return refused_plans(Procedure.objects.visible_to(self.request.user).defer("steps"))

    @cached_property
    def columns(self) -> list[Any]:
        """Nothing is done with many procedures at once: no boxes to tick."""
        own = [
            Column("refused", label=_("To put right"), accessor=lambda row: self.refused.get(row.pk, "")),
            Column("newest_number", label=_("Version"), accessor=lambda row: row.newest_number or _("none yet")),
            DateColumn("newest_at", label=_("Published")),
            Column("running", label=_("Cases that run"), accessor=lambda row: self.running.get(row.pk, 0)),
        ]
        titled, *rest = [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]
        return [titled, *own, *rest]

    def get_list_more_buttons(self, instance: Procedure) -> list[Any]:
        buttons = super().get_list_more_buttons(instance)
        return [*buttons, *(Button(label, url=url, icon_name=icon) for label, url, icon in ways_from(instance))]


def ways_from(procedure: Procedure) -> list[tuple[str, str, str]]:
    """The other pages of a procedure: what they are called, where they are, and their icon."""
    return [
        (_("Try it"), reverse("procedures:try", args=[procedure.pk]), "view"),
        (_("Kept walks"), reverse("procedures:walks", args=[procedure.pk]), "tick-inverse"),
        (_("Versions"), reverse("procedures:versions", args=[procedure.pk]), "history"),
        (_("Before publishing"), reverse("procedures:review", args=[procedure.pk]), "check"),
    ]


def draft_of(procedure: Procedure) -> Procedure:
    """The procedure as it was saved last; one that came with a package begins with what it has published."""
    draft: Procedure = procedure.get_latest_revision_as_object()
    if draft.latest_revision_id is None and not draft.steps and (newest := newest_version(procedure)):
        draft.steps = stream_of(newest.definition)  # type: ignore[assignment]
    return draft


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
            "ways": ways_from(procedure) if procedure.pk else [],
        }


class CreateProcedureView(LiveEditor, CreateView):
    template_name = "desk/flows/designer/edit.html"


class EditProcedureView(LiveEditor, EditView):
    template_name = "desk/flows/designer/edit.html"

    def get_object(self, queryset: Any = None) -> Procedure:
        procedure: Procedure = super().get_object(queryset)
        try:
            return draft_of(procedure)
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
        return draft_of(self.procedure)


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
            refused=refused_plans([self.draft]).get(self.draft.pk),
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


class BpmnView(Admitted):
    """A version as BPMN 2.0, to take along into other tools; its words in the reader's language."""

    permission = MAY_BUILD

    def get(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        versions = ProcedureVersion.objects.filter(procedure__in=Procedure.objects.visible_to(self.user))
        version = get_object_or_404(versions.select_related("procedure"), pk=pk)
        name = f"{version.procedure.key}-{version.number}.bpmn"
        content = bpmn_of(version, language=get_language() or "en")
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type="application/bpmn+xml", headers=headers)


class CopyView(ProcedureDoor):
    """A new procedure that begins with the steps of this one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        copy = copied(self.draft, by=self.user)
        messages.success(request, _("This is the copy. Give it its own name; nothing is published yet."))
        return HttpResponseRedirect(reverse("procedures:edit", args=[copy.pk]))


class TryView(ProcedureDoor, DeskPage):
    """Walk through the procedure as it was saved last, with an invented filing; nothing of it is kept."""

    template_name = "desk/flows/designer/try.html"
    header_icon = "view"

    def get_page_title(self) -> str:
        return _("Try it: {procedure}").format(procedure=self.draft)

    @cached_property
    def judgement(self) -> Judgement:
        return judge(self.draft.definition, institution=self.institution, today=self.today)

    @cached_property
    def services(self) -> list[Service]:
        return services_using(self.institution, self.draft.key)

    @cached_property
    def service(self) -> Service | None:
        """The service whose filing is invented: the one chosen, else the first that goes this way."""
        asked = self.request.GET.get("service", "")
        return next((one for one in self.services if one.code == asked), self.services[0] if self.services else None)

    @cached_property
    def facts(self) -> list[Fact]:
        return trying.facts_to_invent(self.judgement, institution=self.institution, key=self.draft.key)

    @cached_property
    def invented(self) -> trying.Invented:
        return trying.Invented.of(self.request.GET, self.facts, today=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = self.invented.said
        asked = [trying.AskedFact(fact, self.request.GET.get(f"fact:{fact.key}", "")) for fact in self.facts]
        return super().get_context_data(
            procedure=self.draft,
            judgement=self.judgement,
            services=self.services,
            service=self.service,
            said=said,
            asked=asked,
            channels=Channel.choices,
            decisions=DecisionOutcome.choices,
            languages=[one for one in settings.LANGUAGES if one[0] in self.institution.languages],
            units=Unit.objects.on(self.today).filter(institution=self.institution).order_by("path"),
            **self._walked(),
            **kwargs,
        )

    def _walked(self) -> dict[str, Any]:
        procedure, choices = self.judgement.procedure, self.invented.said["choices"]
        if procedure is None or self.judgement.errors:
            return {"rows": [], "refusal": ""}
        try:
            walked = trying.walk(procedure, self.invented, institution=self.institution, service=self.service)
        except WalkRefused as refusal:
            rows = trying.rows_before(procedure, choices, self.judgement.names)
            where = self.judgement.names.get(refusal.step, "")
            return {"rows": rows, "refusal": str(refusal), "where": where}
        rows = trying.rows_of(walked, procedure, choices, institution=self.institution)
        return {"rows": rows, "walked": walked, "rest": trying.rest_of(walked)}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Keep the walk as a test of the service."""
        name = request.POST.get("name", "").strip()[:120]
        back = HttpResponseRedirect(request.get_full_path())
        if self.service is None or self.judgement.procedure is None:
            messages.error(request, _("A walk is kept with a service: let a service go this way first."))
            return back
        if not name:
            messages.error(request, _("Give the walk a name: what it shows."))
            return back
        try:
            walked = trying.walk(
                self.judgement.procedure, self.invented, institution=self.institution, service=self.service
            )
        except WalkRefused as refusal:
            messages.error(request, str(refusal))
            return back
        keep(self.service, name, self.invented.said, walked, at=self.at)
        messages.success(request, _("Kept: publishing runs it from now on."))
        return HttpResponseRedirect(reverse("procedures:walks", args=[self.draft.pk]))


class WalksView(ProcedureDoor, DeskPage):
    """The kept walks of the services that go this way, with what came of each; all can be run, one can be dropped."""

    template_name = "desk/flows/designer/walks.html"
    header_icon = "tick-inverse"

    def get_page_title(self) -> str:
        return _("Kept walks: {procedure}").format(procedure=self.draft)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(procedure=self.draft, walks=walks_of(self.draft), **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        dropped = request.POST.get("drop", "")
        if dropped:
            for walk in walks_of(self.draft):
                if str(walk.pk) == dropped:
                    walk.delete()
                    messages.success(request, _("“{walk}” is not kept any more.").format(walk=walk))
        else:
            failed = sum(not result.passed for result in run_walks(self.draft, at=self.at))
            if failed:
                words = ngettext("{number} walk ends otherwise.", "{number} walks end otherwise.", failed)
                messages.error(request, words.format(number=failed))
            else:
                messages.success(request, _("All walks end as they should."))
        return HttpResponseRedirect(reverse("procedures:walks", args=[self.draft.pk]))


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
