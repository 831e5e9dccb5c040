"""Every address of the office, walked with every role: what is not on the role's list does not exist for it."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cases.models import Role, User
from registra.gate import REACHES, Gate, begins_at, may_reach
from tests.cases.town import Town, build_town
from tests.factories import UserFactory

SHELL = {
    "wagtailadmin_account",
    "wagtailadmin_dismissibles",
    "wagtailadmin_home",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_login",
    "wagtailadmin_logout",
    "wagtailadmin_password_reset",
    "wagtailadmin_password_reset_complete",
    "wagtailadmin_password_reset_confirm",
    "wagtailadmin_password_reset_done",
    "wagtailadmin_sprite",
}
READING = {
    "desk_archive",
    "desk_archive_filter",
    "desk_archive_help",
    "desk_archive_my_papers",
    "desk_archive_pages",
    "desk_archive_preview",
    "desk_archive_unread",
    "desk_ask_for_export",
    "desk_archive_party",
    "desk_archive_place",
    "desk_case",
    "desk_case_reason",
    "desk_case_way",
    "desk_export",
    "desk_exports",
    "desk_file",
    "desk_keep_search",
    "desk_page_image",
    "desk_register",
    "desk_register_paper",
    "desk_saved_search",
    "desk_saved_searches",
}
WORKING = {
    "desk_add_document",
    "desk_extend_term",
    "desk_go_on",
    "desk_message",
    "desk_my_cases",
    "desk_phone_note",
    "desk_relate",
    "desk_task_do",
    "desk_tasks",
}
PAPERS = {
    "desk_archive_box",
    "desk_archive_lend",
    "desk_archive_loan",
    "desk_archive_papers",
    "desk_archive_place_paper",
}
BACK_FILE = {"desk_archive_import", "desk_archive_import_report", "desk_archive_imports"}
CORRECTING = {"desk_correct_subject", "desk_join_cases", "desk_move_document", "desk_retitle_document"}
COUNTER = {
    "assisted",
    "assisted_continue",
    "assisted_done",
    "assisted_page",
    "assisted_receipt",
    "assisted_review",
    "assisted_saved",
    "desk_access_again",
    "desk_assisted",
    "desk_counter",
    "desk_counter_label",
    "desk_counter_receipt",
    "desk_counter_senders",
    "desk_print_list",
    "desk_sending",
    "desk_void_entry",
}
LEADING = {"desk_hand_over", "desk_tasks_resolve"}
USERS = {
    "wagtailusers_groups:add",
    "wagtailusers_groups:edit",
    "wagtailusers_groups:index",
    "wagtailusers_groups:index_results",
    "wagtailusers_users:add",
    "wagtailusers_users:edit",
    "wagtailusers_users:index",
    "wagtailusers_users:index_results",
}
LETTER_TEXTS = {
    "desk_letter_beside",
    "desk_letter_edit",
    "desk_letter_list",
    "desk_letter_new",
    "desk_letter_take_shipped",
    "desk_letter_version",
    "desk_letterhead",
}
RULES = {
    "desk_edit_rules",
    "desk_new_rules",
    "desk_own_days",
    "service_passport",
    "desk_recount_terms",
    "desk_rules",
    "desk_service_rules",
    "desk_withdraw_day",
    "desk_withdraw_rules",
}
SERVICES = {"services:list", "service_settings"}
INSTITUTION = {"desk_institution"}
JOBS = {"desk_jobs", "desk_jobs_retry", "desk_jobs_retry_all"}

PROCEDURES = {
    f"procedures:{name}"
    for name in (
        "add",
        "bpmn",
        "check",
        "collect_workflow_action_data",
        "confirm_workflow_cancellation",
        "edit",
        "history",
        "history_results",
        "list",
        "list_results",
        "lock",
        "preview_on_add",
        "preview_on_edit",
        "review",
        "try",
        "walks",
        "revisions_compare",
        "revisions_revert",
        "revisions_unschedule",
        "revisions_view",
        "take_over",
        "unlock",
        "versions",
        "workflow_action",
        "workflow_history",
        "workflow_history_detail",
        "workflow_preview",
    )
}
STATISTICS = {"desk_statistics", "service_statistics", "service_statistics_file"}
PACKAGES = {"desk_packages", "desk_packages_bring", "desk_packages_export", "desk_packages_shipped"}
EDITING_SESSIONS = {"wagtailadmin_editing_sessions:ping", "wagtailadmin_editing_sessions:release"}

DISPOSAL_LISTS = {"desk_records", "desk_records_list", "desk_records_list_act", "desk_records_lists"}
TRANSFER_LISTS = {"desk_records_transfer", "desk_records_transfer_act", "desk_records_transfers"}
PLAN = {
    "desk_records",
    "desk_records_class",
    "desk_records_class_edit",
    "desk_records_class_end",
    "desk_records_class_new",
    "desk_records_plan",
    "desk_records_plan_example",
    "desk_records_plan_import",
}
KEEPING = {
    "desk_records_due",
    "desk_records_hold",
    "desk_records_holds",
    "desk_records_lift",
    "desk_records_many",
    "desk_records_count",
    "desk_records_propose",
    "desk_records_transfer_new",
    "desk_records_transfer_package",
}

REACHED = {
    Role.REGISTRAR: SHELL | READING | WORKING | CORRECTING | COUNTER | PAPERS,
    Role.OFFICER: SHELL | READING | WORKING | {"desk_letter"},
    Role.HEAD: SHELL | READING | WORKING | CORRECTING | LEADING | STATISTICS | DISPOSAL_LISTS | {"desk_letter"},
    Role.EXECUTIVE: (
        SHELL | READING | WORKING | LEADING | STATISTICS | DISPOSAL_LISTS | TRANSFER_LISTS | {"desk_letter"}
    ),
    Role.ARCHIVIST: SHELL | READING | PAPERS | BACK_FILE | KEEPING | PLAN | DISPOSAL_LISTS | TRANSFER_LISTS,
    Role.ADMINISTRATOR: (
        SHELL | USERS | INSTITUTION | JOBS | PACKAGES | RULES | LETTER_TEXTS | STATISTICS | PLAN | BACK_FILE
    ),
    Role.PROCESS_OWNER: (
        SHELL | PACKAGES | PROCEDURES | EDITING_SESSIONS | RULES | LETTER_TEXTS | SERVICES | STATISTICS
    ),
}
NEVER_FOR_EDITORS = ("desk_", "assisted", "wagtailusers", "wagtailsites", "wagtailadmin_reports:site_history")
PERSON_OF_ROLE = {
    Role.REGISTRAR: "rita",
    Role.OFFICER: "alice",
    Role.HEAD: "helen",
    Role.EXECUTIVE: "dora",
    Role.ARCHIVIST: "victor",
    Role.ADMINISTRATOR: "adam",
}
SAMPLES = {"int": "1", "slug": "x", "str": "x", "path": "x"}


def office_addresses() -> list[tuple[str, str]]:
    """Name and an example of every address under /office/."""
    office = next(part for part in get_resolver().url_patterns if str(part.pattern) == "office/")
    return [(name, f"/office/{route}") for name, route in _walk(office, "")]


def _walk(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, str]]:
    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            inner = ":".join(filter(None, [namespace, part.namespace or ""]))
            for name, route in _walk(part, inner):
                yield name, f"{_example(part)}{route}"
        elif part.name:
            yield ":".join(filter(None, [namespace, part.name])), _example(part)


def _example(part: URLPattern | URLResolver) -> str:
    """The route with something in place of each variable; regular expressions are left out of the examples."""
    route = str(part.pattern)
    for name, converter in part.pattern.converters.items():
        for kind, sample in SAMPLES.items():
            route = route.replace(f"<{kind}:{name}>", sample)
        route = route.replace(f"<{name}>", "1" if type(converter).__name__ == "IntConverter" else "x")
    return route.removeprefix("^")


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


def person_with(role: Role, town: Town) -> User:
    if role in (Role.EDITOR, Role.PROCESS_OWNER):
        return town.hire("edith", unit=town.registry, role=role)
    return town.person(PERSON_OF_ROLE[role])


@pytest.mark.parametrize("role", REACHED)
def test_an_office_role_reaches_exactly_the_addresses_on_its_list(role: Role) -> None:
    names = {name for name, _address in office_addresses()}

    reached = {name for name in names if may_reach(User(), [role], name)}

    assert reached == REACHED[role]


def test_an_editor_reaches_pages_and_never_a_case_a_person_or_the_site_history() -> None:
    names = {name for name, _address in office_addresses()}

    reached = {name for name in names if may_reach(User(), [Role.EDITOR], name)}

    assert [name for name in reached if name.startswith(NEVER_FOR_EDITORS)] == []
    assert {"wagtailadmin_pages:edit", "wagtailimages:add", "wagtaildocs:index", "wagtailadmin_explore"} <= reached
    assert {"services:list", "services:add", "services:edit", "services:state"} <= reached


def test_whoever_installed_registra_reaches_no_case_either() -> None:
    names = {name for name, _address in office_addresses()}

    reached = {name for name in names if may_reach(User(is_superuser=True), [], name)}

    assert {name for name in reached if name.startswith(("desk_", "assisted"))} == JOBS


def test_somebody_without_a_role_reaches_the_shell_only() -> None:
    names = {name for name, _address in office_addresses()}

    assert {name for name in names if may_reach(User(), [], name)} == SHELL


def test_lists_name_no_address_that_does_not_exist() -> None:
    names = {name for name, _address in office_addresses()}
    namespaces = {f"{name.rpartition(':')[0]}:*" for name in names}

    listed = frozenset().union(*REACHES.values())

    assert listed - names - namespaces == set()


def shut_to(role: Role) -> dict[str, str]:
    """Name and example of what the role does not reach."""
    return {
        name: address
        for name, address in office_addresses()
        if "(" not in address and not may_reach(User(), [role], name)
    }


@pytest.mark.parametrize("role", [*REACHED, Role.EDITOR])
def test_every_shut_address_answers_like_one_that_does_not_exist(role: Role, town: Town, client: Client) -> None:
    client.force_login(person_with(role, town))
    nothing = client.get("/office/there-is-nothing-here/")
    shut = shut_to(role)

    answers = {name: client.get(address) for name, address in shut.items()}
    posted = {name: client.post(address) for name, address in shut.items() if name.startswith("wagtail")}

    assert nothing.status_code == 404
    assert len(shut) > 100
    assert {name for name, answer in answers.items() if answer.content != nothing.content} == set()
    assert {answer.status_code for answer in [*answers.values(), *posted.values()]} == {404}


def test_neither_viewflows_screens_nor_djangos_admin_are_mounted() -> None:
    modules = {part.callback.__module__ for part in patterns_in(get_resolver())}

    assert any(module.startswith("cases.desk") for module in modules)
    assert [module for module in modules if module.startswith(("viewflow", "django.contrib.admin"))] == []


def patterns_in(resolver: URLResolver) -> Iterator[URLPattern]:
    for part in resolver.url_patterns:
        yield from patterns_in(part) if isinstance(part, URLResolver) else [part]


def test_whoever_has_not_signed_in_is_sent_to_the_sign_in_page(client: Client, db: None) -> None:
    answer = client.get("/office/register/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/office/login/")


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.REGISTRAR, "desk_tasks"),
        (Role.OFFICER, "desk_tasks"),
        (Role.HEAD, "desk_tasks"),
        (Role.EXECUTIVE, "desk_tasks"),
        (Role.ARCHIVIST, "desk_archive"),
        (Role.ADMINISTRATOR, "desk_jobs"),
        (Role.PROCESS_OWNER, "procedures:list"),
    ],
)
def test_the_first_page_leads_to_where_the_day_begins(role: Role, first: str, town: Town, client: Client) -> None:
    client.force_login(person_with(role, town))

    answer = client.get("/office/")

    assert answer["Location"] == reverse(first)


def test_an_editor_begins_on_the_page_of_the_pages(town: Town, client: Client) -> None:
    client.force_login(person_with(Role.EDITOR, town))

    answer = client.get("/office/")

    assert answer.status_code == 200
    assert begins_at([Role.EDITOR, Role.OFFICER]) is None


def test_two_posts_open_both_lists(town: Town, client: Client) -> None:
    rita = town.hire("rosa", unit=town.registry, role=Role.REGISTRAR)
    assert not may_reach(rita, [Role.REGISTRAR], "desk_letter")

    assert may_reach(rita, [Role.REGISTRAR, Role.HEAD], "desk_letter")


def test_the_public_site_is_no_business_of_the_gate(town: Town, client: Client) -> None:
    client.force_login(UserFactory())

    answer = client.get("/t/", follow=True)

    assert answer.status_code == 200
    assert Gate(lambda request: answer).office == "/office/"
