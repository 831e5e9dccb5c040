"""Who is signed in and what they may: asked by each request of the office, so in short questions put together once."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from cases.known_queries import KnownQuery
from cases.models import User

# Wagtail asks each page for the profile.
_signed_in = KnownQuery(
    lambda user: User.objects.filter(pk=user).select_related("institution", "wagtail_userprofile"), int
)


def _named(permissions: QuerySet[Permission]) -> QuerySet[Permission, tuple[str, str]]:
    return permissions.values_list("content_type__app_label", "codename").order_by()


_PERMISSIONS = {
    "user": KnownQuery(lambda user: _named(Permission.objects.filter(user=user)), int),
    "group": KnownQuery(lambda user: _named(Permission.objects.filter(group__user=user)), int),
}


class OfficeBackend(ModelBackend):
    """Django's own, by name and password."""

    def get_user(self, user_id: int) -> User | None:
        user = _signed_in.first(user_id)
        return user if user and self.user_can_authenticate(user) else None

    def _get_permissions(self, user_obj: Any, obj: Any, from_name: str) -> set[str]:
        """Django's, which keeps on the person what it has asked; only asked in another way."""
        kept = f"_{from_name}_perm_cache"
        is_plain = obj is None and user_obj.is_active and not user_obj.is_anonymous and not user_obj.is_superuser
        if is_plain and not hasattr(user_obj, kept):
            setattr(user_obj, kept, {f"{app}.{name}" for app, name in _PERMISSIONS[from_name](user_obj.pk)})
        permissions: set[str] = super()._get_permissions(user_obj, obj, from_name)  # type: ignore[misc]
        return permissions
