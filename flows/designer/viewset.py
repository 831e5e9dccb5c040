"""Procedures in Wagtail's admin: its editor with drafts, revisions, locks and moderation, for the own institution.

Wagtail's views ask for permissions on models. Each one of them is mounted behind a door of ours, which lets nobody see
a procedure of another institution; deleting, unpublishing and the list of uses are not mounted at all.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList, PublishingPanel
from wagtail.permissions import register_permission_policy
from wagtail.snippets.views.snippets import SnippetViewSet

from cases.models import User
from flows.designer import views
from flows.designer.forms import ProcedureForm
from flows.designer.rights import MAY_BUILD, OwnInstitutionPolicy
from flows.models import Procedure

register_permission_policy(Procedure, OwnInstitutionPolicy(Procedure))

NOT_MOUNTED = {"delete", "usage", "copy", "inspect", "unpublish"}


class ProcedureViewSet(SnippetViewSet):
    model = Procedure
    icon = "tasks"
    menu_label = _("Procedures")
    menu_order = 180
    add_to_admin_menu = True
    admin_url_namespace = "procedures"
    base_url_path = "procedures"
    chooser_admin_url_namespace = "procedure_chooser"
    chooser_base_url_path = "procedure-chooser"
    index_view_class = views.ProceduresView
    add_view_class = views.CreateProcedureView
    edit_view_class = views.EditProcedureView
    create_template_name = "desk/flows/designer/edit.html"
    edit_template_name = "desk/flows/designer/edit.html"
    copy_view_enabled = False
    edit_handler = ObjectList(
        [FieldPanel("titles"), FieldPanel("steps"), PublishingPanel()], base_form_class=ProcedureForm
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        assert isinstance(request.user, User)  # noqa: S101 (the door lets nobody else in)
        return Procedure.objects.visible_to(request.user).order_by("key")

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        nowhere = {f"{name}_url_name": None for name in NOT_MOUNTED}
        return super().get_common_view_kwargs(**{**kwargs, **nowhere})

    def construct_view(self, view_class: Any, **kwargs: Any) -> Callable[..., HttpResponseBase]:
        return for_own_institution(super().construct_view(view_class, **kwargs))

    def get_urlpatterns(self) -> list[URLPattern]:
        mounted = [pattern for pattern in super().get_urlpatterns() if pattern.name not in NOT_MOUNTED]
        return [
            *mounted,
            path("check/", views.CheckView.as_view(), name="check"),
            path("check/<int:pk>/", views.CheckView.as_view(), name="check"),
            path("review/<int:pk>/", views.ReviewView.as_view(), name="review"),
            path("versions/<int:pk>/", views.VersionsView.as_view(), name="versions"),
            path("bpmn/<int:pk>/", views.BpmnView.as_view(), name="bpmn"),
            path("try/<int:pk>/", views.TryView.as_view(), name="try"),
            path("walks/<int:pk>/", views.WalksView.as_view(), name="walks"),
            path("take-over/<int:pk>/", views.CopyView.as_view(), name="take_over"),
        ]


def for_own_institution(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """To whoever may not build procedures, and for another institution's procedures, the page does not exist."""

    @wraps(view)
    def behind_the_door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or user.institution_id is None or not user.has_perm(MAY_BUILD):
            raise Http404
        if "pk" in kwargs and not _is_visible(user, str(kwargs["pk"])):
            raise Http404
        return view(request, *args, **kwargs)

    return behind_the_door


def _is_visible(user: User, pk: str) -> bool:
    return pk.isdecimal() and Procedure.objects.visible_to(user).filter(pk=int(pk)).exists()
