"""Lists of what is destroyed or handed over: who proposed, reviewed, approved and carried it out, case by case."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.documents import Document
from cases.models.institutions import Institution
from cases.models.lean import LeanModel
from cases.models.people import Unit, User
from cases.models.services import RecordClass
from cases.rights import scope_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class OfUnitQuerySet(models.QuerySet):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Lists of the units that the person sees; the archivist's and the executive's are the whole institution's."""
        scope = scope_of(user)
        if scope.is_empty:
            return self.none()
        return self.filter(
            Q(unit_id__in=scope.unit_ids)
            | Q(institution_id__in=scope.whole_institutions | scope.closed_in_institutions)
        )


class DisposalListState(models.TextChoices):
    REVIEW = "REVIEW", _("With the unit, for review")
    REVIEWED = "REVIEWED", _("Reviewed; the archivist approves")
    APPROVED = "APPROVED", _("Approved; a second person carries it out")
    EXECUTING = "EXECUTING", _("Being carried out")
    EXECUTED = "EXECUTED", _("Carried out")
    WITHDRAWN = "WITHDRAWN", _("Taken back")


class DisposalList(LeanModel):
    """What a unit may destroy, up to a year (MoReq2010: disposal; the protocol is sealed at its end)."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="disposal_lists")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="disposal_lists", verbose_name=_("Unit"))
    year = models.PositiveSmallIntegerField(_("Year"))
    state = models.CharField(_("State"), max_length=10, choices=DisposalListState, default=DisposalListState.REVIEW)
    proposed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: the yearly job."
    )
    proposed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    consent = models.CharField(
        _("Consent of the state archive"), max_length=200, blank=True, help_text=_("Number and date, where asked for.")
    )
    executed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    executed_at = models.DateTimeField(null=True, blank=True, help_text="When the second person began.")
    finished_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(_("Why it was taken back"), max_length=300, blank=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("disposal list")
        verbose_name_plural = _("disposal lists")
        permissions = [
            ("review_disposal", _("Can review disposal lists of the own unit")),
            ("execute_disposal", _("Can carry out approved disposal lists")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DisposalListState.values), name="disposal_list_state_known"),
            models.CheckConstraint(
                condition=Q(executed_by__isnull=True) | Q(approved_by__isnull=True) | ~Q(executed_by=F("approved_by")),
                name="disposal_list_four_eyes",
            ),
        ]
        indexes = [models.Index(fields=["institution", "-proposed_at"], name="disposal_list_newest")]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}"

    @property
    def is_open(self) -> bool:
        return self.state not in (DisposalListState.EXECUTED, DisposalListState.WITHDRAWN)


class DisposalItemState(models.TextChoices):
    PROPOSED = "PROPOSED", _("On the list")
    EXCLUDED = "EXCLUDED", _("Excluded by the unit")
    LEFT_OUT = "LEFT_OUT", _("Left out")
    FAILED = "FAILED", _("Failed")
    DESTROYED = "DESTROYED", _("Destroyed")


class DisposalItem(LeanModel):
    """One case on a list, with what it was when it was put there."""

    disposal_list = models.ForeignKey(DisposalList, models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, models.PROTECT, related_name="disposal_items")
    goes_with = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_along",
        help_text="The line of the case that it was joined into.",
    )
    state = models.CharField(_("State"), max_length=10, choices=DisposalItemState, default=DisposalItemState.PROPOSED)
    is_open = models.BooleanField(default=True, help_text="Its list still goes on: no other list may take the case.")
    due_date = models.DateField(_("May be destroyed from"))
    closed_at = models.DateTimeField(help_text="When the case was closed; another moment now means it was reopened.")
    documents = models.PositiveIntegerField(help_text="How many documents it had.")
    reason = models.CharField(_("Reason"), max_length=300, blank=True, help_text="Of the exclusion or the failure.")
    begun = models.PositiveSmallIntegerField(default=0, help_text="Tries that began and never ended, in a row.")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("line of a disposal list")
        verbose_name_plural = _("lines of disposal lists")
        constraints = [
            models.UniqueConstraint(fields=["disposal_list", "case"], name="disposal_item_once_per_list"),
            models.UniqueConstraint(fields=["case"], condition=Q(is_open=True), name="disposal_item_on_one_list"),
            models.CheckConstraint(condition=Q(state__in=DisposalItemState.values), name="disposal_item_state_known"),
            models.CheckConstraint(
                condition=~Q(state=DisposalItemState.EXCLUDED) | ~Q(reason=""), name="disposal_exclusion_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.disposal_list_id}: {self.case_id}"


class CaseTombstone(LeanModel):
    """What stays of a destroyed case in one line. Never changed; triggers refuse it."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="tombstone")
    disposal_list = models.ForeignKey(DisposalList, models.PROTECT, related_name="tombstones")
    number = models.CharField(_("Number"), max_length=80)
    record_class = models.ForeignKey(RecordClass, models.PROTECT, null=True, related_name="+")
    opened_date = models.DateField(_("Opened"))
    closed_date = models.DateField(_("Closed"))
    due_date = models.DateField(_("May be destroyed from"))
    rule = models.CharField(_("Rule"), max_length=300)
    documents = models.PositiveIntegerField()
    files = models.PositiveIntegerField()
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    destroyed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    destroyed_at = models.DateTimeField()
    event_hash = models.CharField(max_length=64, help_text="The end of the case's chain of events.")

    class Meta:
        verbose_name = _("tombstone of a case")
        verbose_name_plural = _("tombstones of cases")

    def __str__(self) -> str:
        return self.number


class DisposalProtocol(LeanModel):
    """The sealed protocol of a list that was carried out. Never changed; triggers refuse it."""

    disposal_list = models.OneToOneField(DisposalList, models.PROTECT, primary_key=True, related_name="protocol")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, help_text="Of the sealed paper.")
    list_sha256 = models.CharField(max_length=64, help_text="Of the list as JSON, as printed in the paper.")
    destroyed = models.PositiveIntegerField()
    left = models.PositiveIntegerField(help_text="Excluded, left out or failed.")
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("protocol of destruction")
        verbose_name_plural = _("protocols of destruction")

    def __str__(self) -> str:
        return f"{self.disposal_list_id}"


class TransferState(models.TextChoices):
    PREPARED = "PREPARED", _("Being prepared")
    PACKING = "PACKING", _("The package is being made")
    PACKED = "PACKED", _("The package is ready")
    ACCEPTED = "ACCEPTED", _("Accepted by the archive")
    WITHDRAWN = "WITHDRAWN", _("Taken back")


class TransferList(LeanModel):
    """Cases that are handed over to the state archive as one package (RFC 8493)."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="transfer_lists")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="transfer_lists", verbose_name=_("Unit"))
    year = models.PositiveSmallIntegerField(_("Year"))
    archive = models.CharField(_("Archive that takes it"), max_length=200)
    state = models.CharField(_("State"), max_length=10, choices=TransferState, default=TransferState.PREPARED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    package = models.CharField(max_length=120, blank=True, help_text="Name of the zip in the derived store.")
    package_sha256 = models.CharField(max_length=64, blank=True)
    package_size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    packed_items = models.PositiveIntegerField(default=0, help_text="How far the job is.")
    packed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(_("Why it could not be made"), max_length=300, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    acceptance = models.CharField(_("Number of the acceptance"), max_length=200, blank=True)
    acceptance_date = models.DateField(_("Accepted on"), null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True, help_text="When our copies began to be removed.")
    ended_reason = models.CharField(_("Why it was taken back"), max_length=300, blank=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer list")
        verbose_name_plural = _("transfer lists")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TransferState.values), name="transfer_list_state_known"),
            models.CheckConstraint(
                condition=Q(removed_by__isnull=True) | Q(accepted_by__isnull=True) | ~Q(removed_by=F("accepted_by")),
                name="transfer_list_four_eyes",
            ),
        ]
        indexes = [models.Index(fields=["institution", "-proposed_at"], name="transfer_list_newest")]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}"

    @property
    def is_open(self) -> bool:
        return self.state not in (TransferState.ACCEPTED, TransferState.WITHDRAWN)


class TransferItem(LeanModel):
    """One case on a transfer list."""

    transfer_list = models.ForeignKey(TransferList, models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, models.PROTECT, related_name="transfer_items")
    goes_with = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_along",
        help_text="The line of the case that it was joined into.",
    )
    position = models.PositiveIntegerField(help_text="Its place in the list and the name of its folder.")
    is_open = models.BooleanField(default=True, help_text="Its list still goes on: no other list may take the case.")
    event_hash = models.CharField(max_length=64, blank=True, help_text="The end of its chain when it was packed.")

    class Meta:
        verbose_name = _("line of a transfer list")
        verbose_name_plural = _("lines of transfer lists")
        constraints = [
            models.UniqueConstraint(fields=["transfer_list", "case"], name="transfer_item_once_per_list"),
            models.UniqueConstraint(fields=["transfer_list", "position"], name="transfer_item_has_its_place"),
            models.UniqueConstraint(fields=["case"], condition=Q(is_open=True), name="transfer_item_on_one_list"),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_list_id}/{self.position}"
