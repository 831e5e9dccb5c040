"""Documents, their components, and the files that hold them. Bytes are stored once and never change."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.lean import LeanModel, where_given
from cases.models.people import User
from cases.models.services import AccessLevel
from cases.rights import DocumentQuerySet


class StoredFile(LeanModel):
    """Bytes under their SHA-256 in the originals' store. A row is never changed or deleted, not even by destruction."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    media_type = models.CharField(max_length=120, help_text="Found from the content, not from the name.")
    stored_at = models.DateTimeField()

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return self.sha256[:12]


class Direction(models.TextChoices):
    IN = "IN", _("Incoming")
    OUT = "OUT", _("Outgoing")
    INTERNAL = "INTERNAL", _("Internal")


WHY_NO_FILE = {
    "SEALED": _("Registered without opening."),
    "ON_PAPER": _("On paper only."),
    "TOLD": _("Told by word of mouth."),
}


class Document(LeanModel):
    """Something captured into a case (MoReq: record). It may have no file, with the reason."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents", db_index=False)
    entry = models.ForeignKey(
        "cases.RegisterEntry", models.PROTECT, null=True, blank=True, related_name="documents", help_text="Its number."
    )
    public_id = models.CharField(max_length=16, unique=True, editable=False, help_text="In /d/…, the document check.")
    direction = models.CharField(_("Direction"), max_length=8, choices=Direction)
    kind = models.CharField(
        _("Kind"), max_length=30, help_text="APPLICATION, SUPPLEMENT, MESSAGE, RECEIPT, DECISION, OPINION, LETTER …"
    )
    title = models.CharField(_("Title"), max_length=300)
    language = models.CharField(_("Language"), max_length=8, blank=True)
    access_level = models.CharField(_("Access"), max_length=12, choices=AccessLevel, default=AccessLevel.INTERNAL)
    is_for_applicant = models.BooleanField(_("The applicant may read it"), default=False)
    missing_reason = models.CharField(_("Why there is no file"), max_length=200, blank=True)
    captured_at = models.DateTimeField(_("Captured"))
    captured_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    locked_at = models.DateTimeField(_("Locked"), null=True, blank=True, help_text=_("Since then only signatures."))

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="document_direction_known"),
            models.CheckConstraint(condition=Q(access_level__in=AccessLevel.values), name="document_access_known"),
        ]
        indexes = [
            models.Index(fields=["case", "captured_at"], name="document_of_case"),
            where_given("captured_by", name="document_captured_by"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def why_no_file(self) -> str:
        """In words, where there is none."""
        if self.entry and self.entry.paper_place and not self.entry.is_sealed:
            return str(_("On paper: {place}")).format(place=self.entry.paper_place)
        return str(WHY_NO_FILE.get(self.missing_reason, _("No file.")))


class ComponentRole(models.TextChoices):
    LETTER = "LETTER", _("Letter")
    ANSWERS = "ANSWERS", _("Answers as sent")
    ANNEX = "ANNEX", _("Annex")
    ENVELOPE = "ENVELOPE", _("Envelope")


class Component(LeanModel):
    """A part of a document: the letter itself, an annex, the envelope."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="components", db_index=False)
    role = models.CharField(_("Part"), max_length=10, choices=ComponentRole)
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("Title"), max_length=300, blank=True)
    question_key = models.CharField(max_length=60, blank=True, help_text="The question that asked for it.")

    class Meta:
        verbose_name = _("part of a document")
        verbose_name_plural = _("parts of documents")
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="component_has_its_position"),
            models.CheckConstraint(condition=Q(role__in=ComponentRole.values), name="component_role_known"),
        ]

    def __str__(self) -> str:
        return self.title


class FileRole(models.TextChoices):
    ORIGINAL = "ORIGINAL", _("Original")
    SCAN = "SCAN", _("Scan")
    SEARCHABLE = "SEARCHABLE", _("Searchable copy")
    REDACTED = "REDACTED", _("Redacted copy")
    FOR_SIGNATURE = "FOR_SIGNATURE", _("Copy for signature")
    SIGNED = "SIGNED", _("Signed")
    PAGE_IMAGES = "PAGE_IMAGES", _("Page images")


class ComponentFile(LeanModel):
    """A file of a component, by role. A better scan supersedes the worse; nothing is overwritten."""

    component = models.ForeignKey(Component, models.PROTECT, related_name="files")
    stored_file = models.ForeignKey(StoredFile, models.PROTECT, related_name="uses")
    role = models.CharField(_("Role"), max_length=14, choices=FileRole)
    name = models.CharField(_("File name"), max_length=255)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes", db_index=False
    )

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [models.CheckConstraint(condition=Q(role__in=FileRole.values), name="file_role_known")]
        indexes = [
            where_given("added_by", name="file_added_by"),
            where_given("superseded_by", name="file_superseded_by"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def office_name(self) -> str:
        return office_name_of(self.name, self.role, part=self.component.role)


def office_name_of(name: str, role: str, *, part: str) -> str:
    """What officials call a file; what was typed into a form is kept in one whose name says nothing to them.

    ``part``: the role of the component that it is a file of.
    """
    if part != ComponentRole.ANSWERS:
        return name
    return str(_("What was typed, as a paper") if role == FileRole.PAGE_IMAGES else _("What was typed"))
