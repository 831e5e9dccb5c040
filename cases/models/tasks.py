"""Tasks belong to people: addressed to a post, held by a person. Resolutions say who does what by when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.lean import LeanModel, where_given
from cases.models.people import Post, Unit, User
from cases.texts import TextsField


class Rerouted(models.TextChoices):
    """Why a task is not with whom the procedure names: seen on the task and told in the history."""

    TO_SUBSTITUTE = "TO_SUBSTITUTE", _("Nobody is there: the substitute has it.")
    TO_HEAD = "TO_HEAD", _("Nobody is there: the head has it.")
    NOBODY = "NOBODY", _("Nobody is there to do it. An administrator appoints somebody.")
    LATE_TO_HEAD = "LATE_TO_HEAD", _("It was late: the head has it.")


class TaskQuerySet(models.QuerySet):
    def open(self) -> "TaskQuerySet":
        return self.filter(ended_at__isnull=True)


class Task(LeanModel):
    """One piece of work for one post or unit. Receiving it in the platform is acknowledgement.

    ``delivered_at`` is when it stood in the holder's list, ``opened_at`` when they first opened it.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="tasks")
    step = models.CharField(max_length=40, help_text="Key of what is done, e.g. resolve.")
    procedure_step = models.CharField(max_length=12, blank=True, help_text="Id of the step in its procedure.")
    titles = TextsField(_("Titles"), blank=True, help_text="The step's own title; empty means the standard words.")
    rerouted = models.CharField(max_length=20, choices=Rerouted, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="tasks")
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="tasks", db_index=False)
    holder = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="tasks")
    permission = models.CharField(max_length=60, help_text="Who of the unit may do it, e.g. cases.resolve_case.")
    instruction = models.TextField(_("What to do"), blank=True)
    sent_at = models.DateTimeField(_("Sent"))
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    delivered_at = models.DateTimeField(_("Delivered"), null=True, blank=True)
    opened_at = models.DateTimeField(_("Opened"), null=True, blank=True)
    due_at = models.DateTimeField(_("Due"))
    ended_at = models.DateTimeField(_("Ended"), null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    outcome = models.CharField(_("Outcome"), max_length=40, blank=True, help_text="Empty while open.")
    remarks = models.TextField(_("Remarks"), blank=True)
    flow_task_id = models.BigIntegerField(null=True, blank=True, unique=True, help_text="The engine's row.")

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="task_ends_with_an_outcome",
            ),
            models.CheckConstraint(condition=Q(rerouted__in=["", *Rerouted.values]), name="task_rerouted_known"),
        ]
        indexes = [
            # The task lists: open ones, overdue first.
            models.Index(fields=["holder", "due_at", "id"], name="task_of_holder", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["unit", "due_at", "id"], name="task_of_unit", condition=Q(ended_at__isnull=True)),
            where_given("post", name="task_of_post"),
            where_given("sent_by", name="task_sent_by"),
            where_given("ended_by", name="task_ended_by"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.case_id}"


class Resolution(LeanModel):
    """An official's instruction: which unit, which officer, what, by when."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="resolutions")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("Unit"))
    officer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Officer")
    )
    instruction = models.TextField(_("What to do"), blank=True)
    due_date = models.DateField(_("By when"))
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.unit_id}"
