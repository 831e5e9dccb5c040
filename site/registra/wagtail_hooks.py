"""The office's menu shows only what the person may reach (registra.gate)."""

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from wagtail import hooks
from wagtail.admin.menu import MenuItem, SubmenuMenuItem

from registra.gate import may_reach, roles_of


@hooks.register("construct_main_menu")
@hooks.register("construct_settings_menu")
@hooks.register("construct_reports_menu")
@hooks.register("construct_help_menu")
def keep_what_is_reachable(request: HttpRequest, items: list[MenuItem]) -> None:
    """Drop entries whose address is shut for the person, and links that lead to other hosts."""
    roles = roles_of(request.user)  # type: ignore[arg-type]
    items[:] = [item for item in items if _leads_somewhere(item, request, roles)]


def _leads_somewhere(item: MenuItem, request: HttpRequest, roles: list[str]) -> bool:
    if isinstance(item, SubmenuMenuItem):
        return True  # it is shown only when something in it is
    try:
        name = resolve(str(item.url).partition("?")[0]).view_name
    except Resolver404:
        return False
    return may_reach(request.user, roles, name)  # type: ignore[arg-type]
