"""The gate of the office: which addresses under /office/ each role may reach. Everything else is shut.

Wagtail's views ask for permissions on models, and know nothing of the rows that a person may see. So an official
reaches the desk's own pages and no others; an editor reaches pages, pictures and files, and never a case. An
address that is shut answers exactly like one that does not exist.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import resolve, reverse
from django.utils.functional import cached_property

from cases.known_queries import KnownQuery
from cases.models import Role, User
from cases.staffing import group_name

# A name ends with ":*" for all addresses of a namespace.
Addresses = frozenset[str]

# Signing in and out, one's own account, and what the shell itself asks for.
EVERYBODY: Addresses = frozenset(
    {
        "wagtailadmin_home",
        "wagtailadmin_login",
        "wagtailadmin_logout",
        "wagtailadmin_account",
        "wagtailadmin_password_reset",
        "wagtailadmin_password_reset_done",
        "wagtailadmin_password_reset_confirm",
        "wagtailadmin_password_reset_complete",
        "wagtailadmin_javascript_catalog",
        "wagtailadmin_sprite",
        "wagtailadmin_dismissibles",
    }
)

# Cases and their papers, as far as cases.rights lets the person see them.
READING: Addresses = frozenset(
    {
        "desk_case",
        "desk_case_reason",
        "desk_case_way",
        "desk_file",
        "desk_page_image",
        "desk_archive",
        "desk_archive_filter",
        "desk_archive_help",
        "desk_archive_pages",
        "desk_archive_preview",
        "desk_archive_unread",
        "desk_ask_for_export",
        "desk_export",
        "desk_exports",
        "desk_keep_search",
        "desk_saved_search",
        "desk_saved_searches",
        "desk_archive_place",
        "desk_archive_party",
        "desk_archive_my_papers",
        "desk_register",
        "desk_register_paper",
    }
)

# Tasks, and what may be added to a case while one works on it.
WORKING: Addresses = frozenset(
    {
        "desk_tasks",
        "desk_task_do",
        "desk_my_cases",
        "desk_go_on",
        "desk_phone_note",
        "desk_message",
        "desk_add_document",
        "desk_relate",
        "desk_extend_term",
    }
)

LETTERS: Addresses = frozenset({"desk_letter"})

LEADING: Addresses = frozenset({"desk_tasks_resolve", "desk_hand_over"})

CORRECTING: Addresses = frozenset(
    {"desk_correct_subject", "desk_join_cases", "desk_move_document", "desk_retitle_document"}
)

COUNTER: Addresses = frozenset(
    {
        "desk_counter",
        "desk_counter_senders",
        "desk_counter_label",
        "desk_counter_receipt",
        "desk_access_again",
        "desk_assisted",
        "assisted",
        "assisted_review",
        "assisted_saved",
        "assisted_continue",
        "assisted_done",
        "assisted_receipt",
        "assisted_page",
        "desk_void_entry",
        "desk_print_list",
        "desk_sending",
    }
)

PAGES: Addresses = frozenset(
    {
        "wagtailadmin_explore_root",
        "wagtailadmin_explore",
        "wagtailadmin_explore_results",
        "wagtailadmin_pages:*",
        "wagtailadmin_choose_page",
        "wagtailadmin_choose_page_child",
        "wagtailadmin_choose_page_search",
        "wagtailadmin_choose_page_chosen_multiple",
        "wagtailadmin_choose_page_external_link",
        "wagtailadmin_choose_page_email_link",
        "wagtailadmin_choose_page_phone_link",
        "wagtailadmin_choose_page_anchor_link",
        "wagtailadmin_tag_autocomplete",
        "wagtailadmin_tag_model_autocomplete",
        "wagtailadmin_block_preview",
        "wagtailadmin_editing_sessions:*",
        "wagtailadmin_api:pages:*",
        "wagtailadmin_api:images:*",
        "wagtailadmin_api:documents:*",
        "wagtailadmin_reports:locked_pages",
        "wagtailadmin_reports:locked_pages_results",
        "wagtailadmin_reports:workflow",
        "wagtailadmin_reports:workflow_results",
        "wagtailadmin_reports:workflow_tasks",
        "wagtailadmin_reports:workflow_tasks_results",
        "wagtailadmin_reports:aging_pages",
        "wagtailadmin_reports:aging_pages_results",
        "wagtail_bulk_action",
        "wagtailimages:*",
        "wagtailimages_chooser:*",
        "wagtaildocs:*",
        "wagtaildocs_chooser:*",
        "wagtailembeds:*",
        "wagtailsnippets:index",
        "simple_translation:submit_page_translation",
        "simple_translation:submit_snippet_translation",
    }
)

# Services and their forms; what exactly is said by the permissions on forms.
SERVICES: Addresses = frozenset({"services:*", "service_passport", "service_settings", "service_pages_begin"})

PEOPLE: Addresses = frozenset(
    {
        "wagtailusers_users:index",
        "wagtailusers_users:index_results",
        "wagtailusers_users:add",
        "wagtailusers_users:edit",
        "wagtailusers_groups:index",
        "wagtailusers_groups:index_results",
        "wagtailusers_groups:add",
        "wagtailusers_groups:edit",
    }
)

# How cases move: built, tried and published by the process owner, each of the own institution only.
PROCEDURES: Addresses = frozenset(
    {
        "services:list",
        "service_passport",
        "service_settings",
        "procedures:list",
        "procedures:list_results",
        "procedures:add",
        "procedures:edit",
        "procedures:bpmn",
        "procedures:check",
        "procedures:review",
        "procedures:try",
        "procedures:walks",
        "procedures:versions",
        "procedures:take_over",
        "procedures:history",
        "procedures:history_results",
        "procedures:preview_on_add",
        "procedures:preview_on_edit",
        "procedures:revisions_view",
        "procedures:revisions_revert",
        "procedures:revisions_compare",
        "procedures:revisions_unschedule",
        "procedures:lock",
        "procedures:unlock",
        "procedures:workflow_action",
        "procedures:collect_workflow_action_data",
        "procedures:confirm_workflow_cancellation",
        "procedures:workflow_history",
        "procedures:workflow_history_detail",
        "procedures:workflow_preview",
        "wagtailadmin_editing_sessions:*",
    }
)

# The letters that officials begin with.
LETTER_TEXTS: Addresses = frozenset(
    {
        "desk_letter_list",
        "desk_letter_new",
        "desk_letter_take_shipped",
        "desk_letter_edit",
        "desk_letter_beside",
        "desk_letter_version",
        "desk_letterhead",
    }
)

# The rules of record, and the institution's own days off.
RULES: Addresses = frozenset(
    {
        "service_passport",
        "desk_rules",
        "desk_service_rules",
        "desk_new_rules",
        "desk_edit_rules",
        "desk_withdraw_rules",
        "desk_own_days",
        "desk_withdraw_day",
        "desk_recount_terms",
    }
)

# How services are used, as numbers; the lists that numbers lead to are shut as ever.
STATISTICS: Addresses = frozenset({"desk_statistics", "service_statistics", "service_statistics_file"})

# Whole services as files: looked at, brought in, sent out.
PACKAGES: Addresses = frozenset(
    {"desk_packages", "desk_packages_bring", "desk_packages_shipped", "desk_packages_export"}
)

# What the institution is called and where it is in charge.
INSTITUTION: Addresses = frozenset({"desk_institution"})

JOBS: Addresses = frozenset({"desk_jobs", "desk_jobs_retry", "desk_jobs_retry_all"})

# What is set up once: only for whoever installed Registra (a superuser), who sees no case either.
SETTING_UP: Addresses = frozenset(
    {
        "wagtailsites:*",
        "wagtaillocales:*",
        "wagtailadmin_collections:*",
        "wagtailadmin_workflows:*",
        "wagtailsettings:*",
    }
)

# Where papers lie and who has them.
PAPERS: Addresses = frozenset(
    {
        "desk_archive_papers",
        "desk_archive_box",
        "desk_archive_loan",
        "desk_archive_place_paper",
        "desk_archive_lend",
    }
)

# Old registers that are taken over.
BACK_FILE: Addresses = frozenset({"desk_archive_imports", "desk_archive_import", "desk_archive_import_report"})

# Lists of destruction: of the own unit, or of the whole institution.
DISPOSAL_LISTS: Addresses = frozenset(
    {"desk_records", "desk_records_lists", "desk_records_list", "desk_records_list_act"}
)
TRANSFER_LISTS: Addresses = frozenset({"desk_records_transfers", "desk_records_transfer", "desk_records_transfer_act"})
# The classification plan.
PLAN: Addresses = frozenset(
    {
        "desk_records",
        "desk_records_plan",
        "desk_records_plan_import",
        "desk_records_plan_example",
        "desk_records_class",
        "desk_records_class_new",
        "desk_records_class_edit",
        "desk_records_class_end",
    }
)
# Days of disposal, holds, lists and packages.
KEEPING: Addresses = frozenset(
    {
        "desk_records_due",
        "desk_records_many",
        "desk_records_count",
        "desk_records_hold",
        "desk_records_holds",
        "desk_records_lift",
        "desk_records_propose",
        "desk_records_transfer_new",
        "desk_records_transfer_package",
    }
)

REACHES: dict[str, Addresses] = {
    Role.REGISTRAR: EVERYBODY | READING | WORKING | CORRECTING | COUNTER | PAPERS,
    Role.OFFICER: EVERYBODY | READING | WORKING | LETTERS,
    Role.HEAD: EVERYBODY | READING | WORKING | LETTERS | LEADING | CORRECTING | STATISTICS | DISPOSAL_LISTS,
    Role.EXECUTIVE: (EVERYBODY | READING | WORKING | LETTERS | LEADING | STATISTICS | DISPOSAL_LISTS | TRANSFER_LISTS),
    Role.ARCHIVIST: EVERYBODY | READING | PAPERS | BACK_FILE | KEEPING | PLAN | DISPOSAL_LISTS | TRANSFER_LISTS,
    Role.ADMINISTRATOR: (
        EVERYBODY | PEOPLE | INSTITUTION | JOBS | RULES | LETTER_TEXTS | PACKAGES | STATISTICS | PLAN | BACK_FILE
    ),
    Role.EDITOR: EVERYBODY | PAGES | SERVICES,
    Role.PROCESS_OWNER: EVERYBODY | PROCEDURES | RULES | LETTER_TEXTS | PACKAGES | STATISTICS,
}
INSTALLER: Addresses = EVERYBODY | PAGES | SERVICES | PEOPLE | JOBS | SETTING_UP

# Where a person's day begins; the first of their roles counts. Editors begin on Wagtail's own first page.
BEGINS_AT: dict[str, str] = {
    Role.HEAD: "desk_tasks",
    Role.OFFICER: "desk_tasks",
    Role.EXECUTIVE: "desk_tasks",
    Role.REGISTRAR: "desk_tasks",
    Role.ARCHIVIST: "desk_archive",
    Role.ADMINISTRATOR: "desk_jobs",
    Role.PROCESS_OWNER: "procedures:list",
}
_ROLE_OF_GROUP = {group_name(role): role for role in Role.values}


_groups_of = KnownQuery(lambda user: Group.objects.filter(user=user).values_list("name"), int)


def roles_of(user: User) -> list[str]:
    """The roles of the posts that the person holds or stands in for (cases.staffing keeps the groups in step)."""
    kept: list[str] | None = user.__dict__.get("_roles")
    if kept is None:
        # One page asks several times: the gate itself, and each line of the menu.
        names = {name for (name,) in _groups_of(user.pk)}
        kept = user.__dict__["_roles"] = [role for name, role in _ROLE_OF_GROUP.items() if name in names]
    return kept


def may_reach(user: User, roles: list[str], name: str) -> bool:
    """Is the address, by its full name, on a list of the person?"""
    lists = [REACHES[role] for role in roles] + ([INSTALLER] if user.is_superuser else [])
    namespace = f"{name.rpartition(':')[0]}:*"
    return name in EVERYBODY or any(name in addresses or namespace in addresses for addresses in lists)


def begins_at(roles: list[str]) -> str | None:
    """The name of the address where the person's day begins; None for Wagtail's own first page."""
    if Role.EDITOR in roles:
        return None
    return next((address for role, address in BEGINS_AT.items() if role in roles), None)


class Gate:
    """Middleware; stands behind the one that knows who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Let pass, lead from the first page to the person's own, or answer that there is nothing."""
        user = request.user
        # Whoever has not signed in is sent to the sign-in page by Wagtail itself.
        if not request.path.startswith(self.office) or not isinstance(user, User) or not user.is_active:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        roles = roles_of(user)
        if not may_reach(user, roles, name):
            return self.nothing_here(request)
        if name == "wagtailadmin_home" and not user.is_superuser and (first := begins_at(roles)):
            return HttpResponseRedirect(reverse(first))
        return None

    @cached_property
    def office(self) -> str:
        return reverse("wagtailadmin_home")

    def nothing_here(self, request: HttpRequest) -> HttpResponseBase:
        """Exactly what an address that does not exist gets."""
        answer: HttpResponseBase = resolve(f"{self.office}-/").func(request)
        return answer
