"""Units in a tree, posts, the people who hold them, and their substitutes. All have dates."""

import datetime as dt

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.institutions import Institution
from cases.models.lean import LeanModel
from cases.texts import Text, TextsField, in_language


class User(AbstractUser):
    """A person who works with Registra: an official, an editor or an administrator."""

    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, related_name="people")
    language = models.CharField(_("Language"), max_length=8, blank=True)
    phone = models.CharField(_("Telephone"), max_length=40, blank=True)
    tasks_seen_at = models.DateTimeField(_("Last looked at the task list"), null=True, blank=True)

    class Meta(AbstractUser.Meta):
        permissions = [
            ("staff_posts", _("Can appoint people to posts")),
            ("run_outbox", _("Can see failed jobs and run them again")),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class DatedQuerySet(models.QuerySet):
    """Rows that are valid from a day (included) to a day (included); an open end means until further notice."""

    def on(self, day: dt.date) -> "DatedQuerySet":
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class Dated(LeanModel):
    valid_from = models.DateField(_("From"))
    valid_to = models.DateField(_("Until"), null=True, blank=True, help_text=_("The last day; empty means open."))

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    def is_valid_on(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def _ends_after_it_begins(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=f"{name}_ends_after_it_begins"
    )


class Unit(Dated):
    """An organisational unit (ISO 15489: agent) with a short symbol that may be part of case signs."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="units")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    code = models.CharField(_("Symbol"), max_length=20)
    names = TextsField(_("Names"))
    path = models.CharField(max_length=255, editable=False, db_index=True, help_text="Ids from the root, /1/4/9/.")
    is_intake = models.BooleanField(_("Registry"), default=False, help_text=_("Incoming items begin here."))

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="unit_code_once_per_institution"),
            _ends_after_it_begins("unit"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def name(self) -> Text:
        return in_language(self.names)


class Role(models.TextChoices):
    """What a post lets its holder do. Each role is also a group with permissions."""

    REGISTRAR = "REGISTRAR", _("Registrar")
    OFFICER = "OFFICER", _("Officer")
    HEAD = "HEAD", _("Head of unit")
    EXECUTIVE = "EXECUTIVE", _("Executive")
    ARCHIVIST = "ARCHIVIST", _("Archivist")
    ADMINISTRATOR = "ADMINISTRATOR", _("Administrator")
    EDITOR = "EDITOR", _("Editor")
    PROCESS_OWNER = "PROCESS_OWNER", _("Process owner")


class Post(Dated):
    """A position in a unit. Tasks are addressed to posts and held by people."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    code = models.CharField(_("Code"), max_length=40)
    titles = TextsField(_("Titles"))
    role = models.CharField(_("Role"), max_length=20, choices=Role)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["unit", "code"], name="post_code_once_per_unit"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="post_role_known"),
            _ends_after_it_begins("post"),
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> Text:
        return in_language(self.titles)


class Membership(Dated):
    """A person holds a post from a day until a day."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    post = models.ForeignKey(Post, models.PROTECT, related_name="memberships")

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [_ends_after_it_begins("membership")]

    def __str__(self) -> str:
        return f"{self.user} / {self.post}"


class Mandate(Dated):
    """A person stands in for the holder of a post; every act says "substitute of"."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="mandates")
    substitute = models.ForeignKey(User, models.PROTECT, related_name="mandates")
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(_("Reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [_ends_after_it_begins("mandate")]

    def __str__(self) -> str:
        return f"{self.substitute} for {self.post}"
