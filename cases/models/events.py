"""Events: everything that happens to a case, append-only, each carrying the hash of the one before."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.documents import Document
from cases.models.institutions import Institution
from cases.models.lean import LeanModel, where_given
from cases.models.people import Post, User


class Capacity(models.TextChoices):
    """In what capacity somebody acted."""

    OWN_POST = "OWN_POST", _("in their own post")
    SUBSTITUTE = "SUBSTITUTE", _("as substitute")
    AT_COUNTER = "AT_COUNTER", _("at the counter for the applicant")
    APPLICANT = "APPLICANT", _("as applicant")
    ADMINISTRATOR = "ADMINISTRATOR", _("as administrator")
    JOB = "JOB", _("automatically")


class Event(LeanModel):
    """One line of a case's history. Triggers refuse any change to it.

    ``hash`` is SHA-256 over the canonical JSON (RFC 8785) of what ``cases.history.chained`` returns.
    ``payload`` holds nothing personal: personal values are salted hashes in ``personal``, with the
    values in EventValue, so that they can be erased without breaking the chain.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="events", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    actor_post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    capacity = models.CharField(max_length=16, choices=Capacity)
    capacity_note = models.CharField(max_length=200, blank=True, help_text="Substitute of which post, which job.")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="events")
    is_public = models.BooleanField(default=False, help_text="The applicant sees it.")
    payload = models.JSONField(default=dict)
    personal = models.JSONField(default=dict, help_text="Name of the value to its salted hash.")
    schema_version = models.PositiveSmallIntegerField(default=1)
    hash_algorithm = models.CharField(max_length=10, default="sha256")
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="event_one_place_in_its_case"),
            models.UniqueConstraint(
                fields=["institution", "seq"], condition=Q(case__isnull=True), name="event_one_place_without_case"
            ),
            models.CheckConstraint(condition=Q(capacity__in=Capacity.values), name="event_capacity_known"),
        ]
        indexes = [where_given("actor", name="event_actor"), where_given("actor_post", name="event_actor_post")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.kind}"


class EventValue(LeanModel):
    """A personal value that an event refers to by salted hash; erasing it leaves the chain whole."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="values", db_index=False)
    name = models.CharField(max_length=40)
    salt = models.CharField(max_length=32)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "name"], name="event_value_once")]

    def __str__(self) -> str:
        return self.name


class EventPlace(LeanModel):
    """An event's place in the one order over the institution, given by a job within seconds."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="place")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveBigIntegerField()
    placed_at = models.DateTimeField()
    hash = models.CharField(max_length=64, help_text="SHA-256 of the hash before it and the event's hash.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "position"], name="event_place_once")]

    def __str__(self) -> str:
        return f"{self.position}"


class AccessKind(models.TextChoices):
    OPENED_CASE = "OPENED_CASE", _("opened the case")
    OPENED_DOCUMENT = "OPENED_DOCUMENT", _("looked at a document")
    DOWNLOADED = "DOWNLOADED", _("downloaded a file")
    GAVE_REASON = "GAVE_REASON", _("gave a reason for opening")


class AccessLog(LeanModel):
    """Who opened or downloaded what (reading is no event of the case). Append-only."""

    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    party = models.ForeignKey("cases.Party", models.PROTECT, null=True, blank=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="openings")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="openings")
    stored_file = models.ForeignKey("cases.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=16, choices=AccessKind)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        indexes = [models.Index(fields=["case", "user", "at"], name="access_of_case")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.case_id}"
