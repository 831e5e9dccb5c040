"""Services in the editors' menu: the list, the editor of each form, and who may open which.

Wagtail's views ask for permissions on the model and know nothing of institutions: every view that is given a form is
shut, as if it did not exist, for whoever belongs to another institution.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.edit import FormMixin
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.snippets.views.snippets import EditView, SnippetViewSet, WorkflowActionView

from cases.desk.page import Admitted, DeskPage
from cases.models import Institution, Service, User
from portal_pages.designer.beginning import NoPlaceForRecords, begin_form, begin_service
from portal_pages.designer.forms import NewServiceForm
from portal_pages.designer.listing import buttons_of, rows_of
from portal_pages.designer.panels import edit_handler, state_of
from portal_pages.designer.problems import beside_blocks
from portal_pages.forms.checker import Level
from portal_pages.models.forms import ServiceForm
from portal_pages.publishing import FormNotReady, problems_of_form

NAMESPACE = "services"
MAY_DESIGN = "portal_pages.change_serviceform"


def institutions_of(user: Any) -> Any:
    """The institutions whose services the person may see: their own; whoever installed Registra sees all."""
    if not isinstance(user, User):
        return Institution.objects.none()
    if user.is_superuser and user.institution_id is None:
        return Institution.objects.all()
    return Institution.objects.filter(pk=user.institution_id or 0)


def own_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The form of another institution does not exist."""

    @wraps(view)
    def shut_for_others(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pk = kwargs.get("pk") or (args[0] if args else None)
        forms = ServiceForm.objects.filter(service__institution__in=institutions_of(request.user))
        if pk is not None and not (str(pk).isdigit() and forms.filter(pk=int(pk)).exists()):
            raise Http404
        return view(request, *args, **kwargs)

    return shut_for_others


class FormEditorForm(WagtailAdminModelForm):
    """Saving takes anything; publishing and approving refuse what is wrong, beside its question."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self._is_to_go_live() or self.errors:
            return
        problems = problems_of_form(self.instance.service, self.instance.definition)
        errors = [problem for problem in problems if problem.level == Level.ERROR]
        wrong = beside_blocks(errors, self.instance.pages)
        if wrong:
            self.add_error("pages", wrong)
        elif errors:
            self.add_error(None, [str(problem.words) for problem in errors])

    def _is_to_go_live(self) -> bool:
        is_approved = self.data.get("workflow-action-name") == "approve" and "action-workflow-action" in self.data
        return "action-publish" in self.data or is_approved


class FormEditView(EditView):
    """The editor; a form that was made ready elsewhere meanwhile is refused in words, not with a broken page."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"ways": buttons_of(self.object.service, self.request.user)}

    def run_action_method(self) -> Any:
        try:
            return super().run_action_method()
        except FormNotReady as refusal:
            messages.error(self.request, str(refusal))
            return HttpResponseRedirect(self.get_edit_url())


class ApproveView(WorkflowActionView):
    """Approving from the list of tasks publishes as well, and is refused in the same words."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().post(request, *args, **kwargs)
        except FormNotReady as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse(f"{NAMESPACE}:edit", args=[self.object.pk]))


class ServicesView(DeskPage):
    """All services of the institution: the state of each form, what is wrong with it, and where to go on.

    Process owners come here for the procedure and the passport of a service; its form is the editors'.
    """

    page_title = gettext_lazy("Services")
    header_icon = "form"
    template_name = "desk/designer/services.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_list(self.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "may_design": self.user.has_perm(MAY_DESIGN),
            "rows": rows_of(institutions_of(self.user), self.user),
            "may_add": self.user.has_perm("portal_pages.add_serviceform"),
            "address_of_new": reverse(f"{NAMESPACE}:add"),
        }


class NewServiceView(FormMixin, DeskPage):
    """Code, names and unit; the rest has defaults."""

    permission = "portal_pages.add_serviceform"
    page_title = gettext_lazy("New service")
    header_icon = "form"
    form_class = NewServiceForm
    template_name = "desk/designer/new_service.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def get_form_kwargs(self) -> dict[str, Any]:
        institution = institutions_of(self.user).first()
        if institution is None:
            raise Http404
        return super().get_form_kwargs() | {"institution": institution}

    def form_valid(self, form: NewServiceForm) -> HttpResponse:
        try:
            made = begin_service(institution=form.institution, actor=self.actor, at=self.at, **form.cleaned_data)
        except NoPlaceForRecords as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        words = _("“{service}” is there. Nobody can file for it before its form is published.")
        messages.success(self.request, words.format(service=made))
        return HttpResponseRedirect(reverse(f"{NAMESPACE}:edit", args=[made.pk]))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *before, here = super().get_breadcrumbs_items()
        return [*before, {"url": reverse(f"{NAMESPACE}:list"), "label": _("Services")}, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "media": context["form"].media,
            "institution": context["form"].institution,
            "address_of_services": reverse(f"{NAMESPACE}:list"),
        }


class DesignView(Admitted):
    """Begin to design the form of a service that has none in the editor yet: it starts from what is asked today."""

    permission = MAY_DESIGN
    http_method_names = ["post"]

    def post(self, request: HttpRequest, service_pk: int) -> HttpResponseBase:
        services = Service.objects.filter(institution__in=institutions_of(request.user))
        service = get_object_or_404(services.select_related("institution"), pk=service_pk)
        form = ServiceForm.objects.filter(service=service).first() or begin_form(service)
        return HttpResponseRedirect(reverse(f"{NAMESPACE}:edit", args=[form.pk]))


class StateView(Admitted):
    """The panels beside the questions again, after the editor saved by itself."""

    permission = MAY_DESIGN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = get_object_or_404(ServiceForm.objects.select_related("service__institution"), pk=pk)
        draft = form.get_latest_revision_as_object()
        draft.service = form.service
        return render(request, "desk/designer/state.html", state_of(draft))


def may_list(user: User) -> bool:
    return user.has_perm(MAY_DESIGN) or user.has_perm("flows.change_procedure")


class ServicesMenuItem(MenuItem):
    """For editors and for process owners."""

    def is_shown(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and may_list(request.user)


class ServiceFormViewSet(SnippetViewSet):
    """Everything under /office/services/."""

    model = ServiceForm
    icon = "form"
    admin_url_namespace = NAMESPACE
    base_url_path = "services"
    menu_label = gettext_lazy("Services")
    menu_name = "services"
    menu_order = 210
    add_to_admin_menu = True
    menu_item_class = ServicesMenuItem
    copy_view_enabled = False
    edit_view_class = FormEditView
    workflow_action_view_class = ApproveView
    edit_template_name = "desk/designer/edit.html"

    def get_edit_handler(self) -> Any:
        return edit_handler(FormEditorForm).bind_to_model(self.model)

    def construct_view(self, view_class: type, **kwargs: Any) -> Any:
        return own_only(super().construct_view(view_class, **kwargs))

    def get_queryset(self, request: HttpRequest) -> Any:
        return ServiceForm.objects.filter(service__institution__in=institutions_of(request.user))

    @property
    def index_view(self) -> Any:
        return ServicesView.as_view()

    @property
    def index_results_view(self) -> Any:
        return ServicesView.as_view()

    @property
    def add_view(self) -> Any:
        return NewServiceView.as_view()

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("design/<int:service_pk>/", DesignView.as_view(), name="design"),
            path("state/<int:pk>/", own_only(StateView.as_view()), name="state"),
        ]
