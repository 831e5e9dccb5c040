"""Who holds which post: appointments, mandates, and the groups that follow from them."""

import datetime as dt

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Mandate, Membership, Post, Role, Unit, User

LETTERS = [
    "change_institution",
    "flows.add_lettertemplate",
    "flows.change_lettertemplate",
    "flows.publish_lettertemplate",
]

# What each role may do. Permissions are named for verbs; which rows follows from cases.rights. One that is not of this
# app carries the name of its app.
ROLE_PERMISSIONS: dict[str, list[str]] = {
    Role.REGISTRAR: [
        "register_document",
        "void_entry",
        "check_completeness",
        "dispatch_document",
        "correct_case",
        "search_archive",
        "keep_papers",
    ],
    Role.OFFICER: ["check_completeness", "handle_case", "give_opinion", "search_archive"],
    Role.HEAD: [
        "check_completeness",
        "resolve_case",
        "handle_case",
        "give_opinion",
        "agree_decision",
        "approve_decision",
        "hand_over_case",
        "correct_case",
        "search_archive",
        "review_disposal",
    ],
    Role.EXECUTIVE: [
        "resolve_case",
        "give_opinion",
        "agree_decision",
        "approve_decision",
        "sign_decision",
        "hand_over_case",
        "search_archive",
        "execute_disposal",
    ],
    Role.ARCHIVIST: [
        "search_archive",
        "dispose_case",
        "execute_disposal",
        "change_recordclass",
        "import_backfile",
        "keep_papers",
    ],
    Role.ADMINISTRATOR: [
        "staff_posts",
        "set_up_institution",
        "run_outbox",
        "import_backfile",
        "change_servicerules",
        "change_ownday",
        "change_recordclass",
        *LETTERS,
    ],
    Role.EDITOR: [],
    Role.PROCESS_OWNER: [
        "flows.add_procedure",
        "flows.change_procedure",
        "flows.publish_procedure",
        "flows.lock_procedure",
        "flows.unlock_procedure",
        "change_servicerules",
        "change_ownday",
        *LETTERS,
    ],
}
OUR_APPS = ["cases", "flows", "wagtailadmin"]
OFFICE_PERMISSION = "access_admin"  # Wagtail's own: may enter the admin at all


class AppointmentOverlaps(Exception):
    def __init__(self, user: User, post: Post) -> None:
        super().__init__(_("{user} already holds the post {post} in that time.").format(user=user, post=post))


def group_name(role: str) -> str:
    return Role(role).name.capitalize().replace("_", " ")


@transaction.atomic
def ensure_groups() -> None:
    """Make a group for each role with its permissions; safe to run again.

    Permissions of our apps that no role has any more are taken away, those of other packages are left alone.
    """
    roles = {group_name(role): names for role, names in ROLE_PERMISSIONS.items()}
    Group.objects.bulk_create([Group(name=name) for name in roles], ignore_conflicts=True)
    known = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    permissions = {f"{app}.{codename}": pk for app, codename, pk in known}
    wanted = {
        (group.pk, permissions[name])
        for group in Group.objects.filter(name__in=roles)
        for name in [f"wagtailadmin.{OFFICE_PERMISSION}", *map(_with_app, roles[group.name])]
        if name in permissions
    }
    held = Group.permissions.through.objects.filter(group__name__in=roles)
    ours = held.filter(permission__content_type__app_label__in=OUR_APPS).values_list("pk", "group", "permission")
    held.filter(pk__in=[pk for pk, *pair in ours if tuple(pair) not in wanted]).delete()
    missing = wanted - set(held.values_list("group", "permission"))
    held.model.objects.bulk_create(
        [held.model(group_id=group, permission_id=permission) for group, permission in missing], ignore_conflicts=True
    )


def _with_app(permission: str) -> str:
    return permission if "." in permission else f"cases.{permission}"


def found_unit(**values: object) -> Unit:
    """Add a unit to the tree; its path follows from its parent."""
    unit = Unit.objects.create(path="", **values)
    unit.path = f"{unit.parent.path if unit.parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


@transaction.atomic
def appoint(user: User, post: Post, *, valid_from: dt.date, valid_to: dt.date | None = None) -> Membership:
    """Give a person a post from a day; their groups follow on that day, today if it has come."""
    overlapping = Membership.objects.filter(user=user, post=post).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from)
    )
    if valid_to:
        overlapping = overlapping.filter(valid_from__lte=valid_to)
    if overlapping.exists():
        raise AppointmentOverlaps(user, post)
    membership = Membership.objects.create(user=user, post=post, valid_from=valid_from, valid_to=valid_to)
    refresh_roles(user, on=timezone.localdate())
    return membership


@transaction.atomic
def give_mandate(
    post: Post, substitute: User, *, given_by: User, valid_from: dt.date, valid_to: dt.date | None, reason: str = ""
) -> Mandate:
    """Let a person stand in for the holder of a post."""
    mandate = Mandate.objects.create(
        post=post, substitute=substitute, given_by=given_by, valid_from=valid_from, valid_to=valid_to, reason=reason
    )
    refresh_roles(substitute, on=timezone.localdate())
    return mandate


def refresh_roles(user: User, *, on: dt.date) -> None:
    """Put the person into the groups of the posts held or stood in for on that day, and out of the others."""
    now = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    posts = Post.objects.on(on).filter(
        Q(memberships__in=user.memberships.filter(now, valid_from__lte=on))
        | Q(mandates__in=user.mandates.filter(now, valid_from__lte=on))
    )
    wanted = {group_name(role) for role in posts.values_list("role", flat=True)}
    all_names = {group_name(role) for role in Role.values}
    user.groups.remove(*Group.objects.filter(name__in=all_names - wanted))
    user.groups.add(*Group.objects.filter(name__in=wanted))


def refresh_all_roles(*, on: dt.date) -> None:
    """A membership or mandate that began or ended today takes effect."""
    for user in User.objects.filter(is_active=True):
        refresh_roles(user, on=on)
