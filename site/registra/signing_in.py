"""Who is signed in: asked by each request of the office, so in one short query with the institution."""

from django.contrib.auth.backends import ModelBackend

from cases.known_queries import KnownQuery
from cases.models import User

_signed_in = KnownQuery(lambda user: User.objects.filter(pk=user).select_related("institution"), int)


class OfficeBackend(ModelBackend):
    """Django's own, by name and password."""

    def get_user(self, user_id: int) -> User | None:
        user = _signed_in.first(user_id)
        return user if user and self.user_can_authenticate(user) else None
