"""The case: one matter from its start to its result."""

import secrets
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.institutions import Institution
from cases.models.lean import LeanModel
from cases.models.people import Unit, User
from cases.models.places import Place
from cases.models.services import AccessLevel, RecordClass, Service
from cases.rights import CaseQuerySet


def new_public_id() -> str:
    """Sixteen letters and digits (64 bits) that say nothing about the case."""
    return secrets.token_hex(8)


class CaseState(models.TextChoices):
    """Where the matter stands (OpenZaak: status)."""

    OPEN = "OPEN", _("In progress")
    WAITING = "WAITING", _("Waiting: the clock is stopped")
    CLOSED = "CLOSED", _("Closed")
    JOINED = "JOINED", _("Joined to another case")
    TRANSFERRED = "TRANSFERRED", _("Transferred to the state archive")
    DESTROYED = "DESTROYED", _("Destroyed by rule")


# The matter is at an end: closed, and whatever became of its papers since.
ENDED = (CaseState.CLOSED, CaseState.TRANSFERRED, CaseState.DESTROYED)


class Case(LeanModel):
    """One matter. It begins as a working folder; numbers, signs, parties and documents hang on it."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="cases", db_index=False)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="cases")
    record_class = models.ForeignKey(RecordClass, models.PROTECT, null=True, blank=True, related_name="cases")
    number = models.CharField(
        _("Number"), max_length=80, blank=True, help_text=_("The number it began with, or its sign once it has one.")
    )
    subject = models.CharField(_("Subject"), max_length=300)
    language = models.CharField(_("Language"), max_length=8, help_text=_("The language of filing."))
    state = models.CharField(_("State"), max_length=12, choices=CaseState, default=CaseState.OPEN)
    stage = models.CharField(
        _("Step"), max_length=40, blank=True, help_text=_("Key of the procedure's step that it is in.")
    )
    outcome = models.CharField(_("Result"), max_length=40, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cases", verbose_name=_("Handling unit"))
    holder = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="held_cases")
    access_level = models.CharField(_("Access"), max_length=12, choices=AccessLevel, default=AccessLevel.INTERNAL)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="cases")
    opened_at = models.DateTimeField(_("Opened"))
    due_date = models.DateField(_("Due"), null=True, blank=True)
    closed_at = models.DateTimeField(_("Closed"), null=True, blank=True)
    # What the case was filed with, pinned (design: a service pins form and procedure by version).
    versions = models.JSONField(default=dict, blank=True, help_text="Versions of form, procedure and letters.")

    # The head of the case's event chain; its row lock orders the events.
    last_event_seq = models.PositiveIntegerField(default=0, editable=False)
    last_event_hash = models.CharField(max_length=64, blank=True, editable=False)
    last_event_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        permissions = [
            ("check_completeness", _("Can check whether a filing is complete")),
            ("resolve_case", _("Can decide who handles a case")),
            ("handle_case", _("Can handle a case")),
            ("give_opinion", _("Can give an opinion")),
            ("agree_decision", _("Can agree to a decision")),
            ("approve_decision", _("Can approve a decision")),
            ("sign_decision", _("Can sign a decision")),
            ("dispatch_document", _("Can send documents out")),
            ("hand_over_case", _("Can hand over cases and tasks")),
            ("correct_case", _("Can move, join and split cases and documents")),
            ("search_archive", _("Can search the archive")),
            ("dispose_case", _("Can hold and dispose of records")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_known"),
            models.CheckConstraint(condition=Q(access_level__in=AccessLevel.values), name="case_access_known"),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, closed_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(closed_at__isnull=True)),
                name="case_closed_means_a_moment",
            ),
        ]
        indexes = [
            # "My cases" and "my unit's": overdue first, without counting the table.
            models.Index(fields=["unit", "due_date", "id"], name="case_of_unit", condition=Q(closed_at__isnull=True)),
            models.Index(
                fields=["holder", "due_date", "id"], name="case_of_holder", condition=Q(closed_at__isnull=True)
            ),
            # "All that I may see": without it SQLite reads and sorts every open case.
            models.Index(
                fields=["institution", "due_date", "id"], name="case_open", condition=Q(closed_at__isnull=True)
            ),
            # How long cases of a service took: the newest closed ones.
            models.Index(
                fields=["service", "-closed_at"], name="case_ended_of_service", condition=Q(closed_at__isnull=False)
            ),
            models.Index(fields=["institution", "-opened_at"], name="case_by_age"),
            models.Index(fields=["number"], name="case_by_number"),
        ]

    def __str__(self) -> str:
        return self.number or self.public_id

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    def has_open_tasks(self) -> bool:
        return self.tasks.open().exists()

    def handled_in(self) -> "Case":
        """Where the matter is handled today: here, or in the case that took this one in."""
        case, seen = self, {self.pk}
        joined = CaseRelation.objects.joinings().select_related("other__institution")
        while (relation := joined.filter(case=case).first()) and relation.other_id not in seen:
            case = relation.other
            seen.add(case.pk)
        return case


class CaseReader(LeanModel):
    """A unit or person that a case is open to: what ``visible_to`` and the archive's rights filter read."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="readers")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "case"], condition=Q(unit__isnull=False), name="case_reader_unit_once"
            ),
            models.UniqueConstraint(
                fields=["user", "case"], condition=Q(user__isnull=False), name="case_reader_user_once"
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False, user__isnull=True) | Q(unit__isnull=True, user__isnull=False),
                name="case_reader_is_one_of_both",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.unit_id or self.user_id}"


class RelationKind(models.TextChoices):
    SAME_MATTER = "SAME_MATTER", _("Same matter")
    FOLLOW_UP = "FOLLOW_UP", _("Follow-up of")
    APPEAL = "APPEAL", _("Appeal against")
    JOINED_INTO = "JOINED_INTO", _("Joined into")
    SPLIT_FROM = "SPLIT_FROM", _("Split from")


class CaseRelationQuerySet(models.QuerySet):
    def joinings(self) -> Self:
        """Who was joined into what: ``case`` into ``other``."""
        return self.filter(kind=RelationKind.JOINED_INTO)


class CaseRelation(LeanModel):
    """Two cases that belong together; old numbers and accesses of a joined case lead on."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="relations")
    other = models.ForeignKey(Case, models.PROTECT, related_name="related_from")
    kind = models.CharField(max_length=12, choices=RelationKind)
    made_at = models.DateTimeField()

    objects = CaseRelationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other", "kind"], name="case_relation_once"),
            models.CheckConstraint(condition=~Q(case=models.F("other")), name="case_not_related_to_itself"),
            models.CheckConstraint(condition=Q(kind__in=RelationKind.values), name="case_relation_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.other_id}"
