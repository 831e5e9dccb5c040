"""The procedure's pages in the office: addresses, menu, and what the case page shows of it."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cases.models import Case, Institution
from cases.rights import scope_of
from cases.texts import in_language
from flows.designer.viewset import ProcedureViewSet
from flows.desk.cases import CaseListView
from flows.desk.diagram import CaseDiagramView, diagram_panel
from flows.desk.letters import LetterView
from flows.desk.panels import Panel, Station, has_procedure, panels, steps_line
from flows.desk.views import DoTaskView, GoOnView, HandOverView, ResolveManyView, TaskListView
from flows.letters.designer import views as letters
from flows.letters.standard import shipped_keys, shipped_letter
from flows.models import LetterTemplate, Procedure


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("tasks/", TaskListView.as_view(), name="desk_tasks"),
        path("tasks/resolve/", ResolveManyView.as_view(), name="desk_tasks_resolve"),
        path("tasks/<int:pk>/<slug:verb>/", DoTaskView.as_view(), name="desk_task_do"),
        path("my-cases/", CaseListView.as_view(), name="desk_my_cases"),
        path("case/<str:public_id>/go-on/", GoOnView.as_view(), name="desk_go_on"),
        path("case/<slug:public_id>/way/", CaseDiagramView.as_view(), name="desk_case_way"),
        path("letters/<int:pk>/", LetterView.as_view(), name="desk_letter"),
        path("letter-texts/", letters.LetterListView.as_view(), name="desk_letter_list"),
        path("letter-texts/new/", letters.NewLetterView.as_view(), name="desk_letter_new"),
        path("letter-texts/take-shipped/", letters.TakeShippedView.as_view(), name="desk_letter_take_shipped"),
        path("letter-texts/<int:pk>/", letters.EditLetterView.as_view(), name="desk_letter_edit"),
        path("letter-texts/<int:pk>/beside/", letters.LetterBesideView.as_view(), name="desk_letter_beside"),
        path("letter-texts/<int:pk>/<int:number>/", letters.LetterVersionView.as_view(), name="desk_letter_version"),
        path("hand-over/", HandOverView.as_view(), name="desk_hand_over"),
    ]


class WorkMenuItem(MenuItem):
    """Shown to whoever holds a post that gets work."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(scope_of(request.user).unit_ids)


class HandOverMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("cases.hand_over_case") and scope_of(request.user).unit_ids)


@hooks.register("register_admin_menu_item")
def tasks_menu_item() -> Any:
    return WorkMenuItem(_("My tasks"), reverse_lazy("desk_tasks"), name="tasks", icon_name="tasks", order=100)


@hooks.register("register_admin_menu_item")
def cases_menu_item() -> Any:
    return WorkMenuItem(
        _("My cases"), reverse_lazy("desk_my_cases"), name="my-cases", icon_name="folder-open-1", order=110
    )


@hooks.register("register_admin_menu_item")
def hand_over_menu_item() -> Any:
    return HandOverMenuItem(
        _("Hand over"), reverse_lazy("desk_hand_over"), name="hand-over", icon_name="group", order=160
    )


class LettersMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(letters.PERMISSION))


@hooks.register("register_admin_menu_item")
def letters_menu_item() -> Any:
    return LettersMenuItem(
        _("Letters"), reverse_lazy("desk_letter_list"), name="letter-texts", icon_name="doc-full", order=205
    )


@hooks.register("registra_letters")
def letters_of(institution: Institution) -> list[tuple[str, str]]:
    """The letters that a step may be told to write: the institution's own, and the shipped one."""
    own = {letter.key: str(letter) for letter in LetterTemplate.objects.filter(institution=institution)}
    return list({**{key: str(in_language(shipped_letter(key).titles)) for key in shipped_keys()}, **own}.items())


@hooks.register("registra_case_panels")
def case_panels(request: HttpRequest, case: Case) -> list[Panel]:
    return [*panels(request, case), diagram_panel(request, case)] if has_procedure(case) else []


@hooks.register("registra_case_steps")
def case_steps(request: HttpRequest, case: Case) -> list[Station]:
    return steps_line(case) if has_procedure(case) else []


@hooks.register("register_admin_viewset")
def procedures() -> ProcedureViewSet:
    return ProcedureViewSet()


@hooks.register("construct_snippet_action_menu")
def without_unpublishing(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """A published procedure is what cases run on: it is neither unpublished nor deleted."""
    if context["model"] is Procedure:
        menu_items[:] = [item for item in menu_items if item.name not in ("action-unpublish", "action-delete")]
