"""What the archive keeps in the database: the text of originals by page, and which cases wait for the index.

All of it is a reading of the originals and can be made again.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, StoredFile, Unit, User


class TextState(models.TextChoices):
    """How far we got with the text of a file, in words for the person who wonders why it isn't found."""

    WAITING = "WAITING", _("The text will be read shortly.")
    SCAN = "SCAN", _("It is a scan; its text will be recognised shortly.")
    READ = "READ", _("The text was read.")
    CUT_SHORT = "CUT_SHORT", _("Only the first part of the text was read; the file is very long.")
    TOO_DEEP = "TOO_DEEP", _("Only the outer parts were read; files lie too deep in one another.")
    NO_TEXT = "NO_TEXT", _("No text: there are only pictures in it, without words.")
    NO_TEXT_KIND = "NO_TEXT_KIND", _("No text: files of this kind have none.")
    NO_OCR = "NO_OCR", _("No text: OCR is not installed.")
    NO_LANGUAGE = "NO_LANGUAGE", _("No text: OCR is not installed for the language of this scan.")
    LOCKED = "LOCKED", _("No text: the file is locked with a password.")
    DAMAGED = "DAMAGED", _("No text: the file is damaged.")
    TOO_LARGE = "TOO_LARGE", _("No text: unpacked, the file is larger than we allow.")
    TOO_SLOW = "TOO_SLOW", _("No text: reading it took longer than we allow.")
    MISSING = "MISSING", _("No text: the file is not in the store.")
    FAILED = "FAILED", _("No text: reading it broke off again and again.")


# A worker has these before it; whatever else a file is, somebody may look at it.
UNREAD_STATES = (TextState.WAITING, TextState.SCAN)
WITHOUT_OCR = (TextState.NO_OCR, TextState.NO_LANGUAGE)
# What a person is shown because the archive can't find all that is in the file. A picture without words is no fault.
TROUBLE_STATES = (
    TextState.NO_OCR,
    TextState.NO_LANGUAGE,
    TextState.LOCKED,
    TextState.DAMAGED,
    TextState.TOO_LARGE,
    TextState.TOO_SLOW,
    TextState.TOO_DEEP,
    TextState.CUT_SHORT,
    TextState.MISSING,
    TextState.FAILED,
)


class FileText(models.Model):
    """What is known of the text of one original."""

    stored_file = models.OneToOneField(StoredFile, models.CASCADE, primary_key=True, related_name="text")
    state = models.CharField(_("Text"), max_length=12, choices=TextState, default=TextState.WAITING)
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="A worker reads it until then.")
    claims = models.PositiveSmallIntegerField(default=0, help_text="How often a worker began to read it.")
    read_at = models.DateTimeField(_("Read"), null=True, blank=True)
    scans = models.PositiveIntegerField(default=0, help_text="How many pages are pictures.")
    is_signed = models.BooleanField(default=False, help_text="The PDF itself has a signature: it is never rewritten.")
    ocr_language = models.CharField(
        max_length=12, blank=True, help_text="Of the recognised text, as tesseract names it."
    )
    searchable = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", help_text="The searchable copy of a scan."
    )

    class Meta:
        verbose_name = _("text of a file")
        verbose_name_plural = _("texts of files")
        constraints = [models.CheckConstraint(condition=Q(state__in=TextState.values), name="text_state_known")]
        indexes = [
            models.Index(fields=["stored_file"], name="text_waiting", condition=Q(state=TextState.WAITING)),
            models.Index(fields=["state"], name="text_not_read", condition=~Q(state="READ")),
        ]

    def __str__(self) -> str:
        return f"{self.stored_file_id[:12]} {self.state}"


class PageText(models.Model):
    """The text of one page of an original, as people read it."""

    stored_file = models.ForeignKey(StoredFile, models.CASCADE, related_name="pages", db_index=False)
    page = models.PositiveIntegerField(_("Page"))
    text = models.TextField(_("Text"))
    words = models.JSONField(
        null=True,
        blank=True,
        help_text="Where its words stand, as search.page_words says it, if the file itself doesn't say: a signed scan.",
    )

    class Meta:
        verbose_name = _("text of a page")
        verbose_name_plural = _("texts of pages")
        constraints = [models.UniqueConstraint(fields=["stored_file", "page"], name="page_text_once")]

    def __str__(self) -> str:
        return f"{self.stored_file_id[:12]} {self.page}"


class WaitReason(models.TextChoices):
    CHANGE = "CHANGE", _("The case changed")
    REBUILD = "REBUILD", _("The index is built again")


class WaitingCase(models.Model):
    """A case whose documents the index doesn't know in their present state yet.

    Written in the transaction of the change, always as a row of its own: two transactions never wait for each other.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    reason = models.CharField(max_length=8, choices=WaitReason, default=WaitReason.CHANGE)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("case that waits for the index")
        verbose_name_plural = _("cases that wait for the index")
        constraints = [models.CheckConstraint(condition=Q(reason__in=WaitReason.values), name="wait_reason_known")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.reason}"


class SavedSearch(models.Model):
    """A search that a person keeps under a name: the parameters of its address, never what it found.

    Whoever runs it finds what they may see themselves; so it can be shared with a unit.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("Name"), max_length=80)
    parameters = models.JSONField(default=dict)
    shared_with = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(_("Saved"))
    looked_at = models.DateTimeField(_("Last looked"))
    count_seen = models.PositiveIntegerField(default=0, help_text="How many documents the owner was shown then.")
    removed_at = models.DateTimeField(null=True, blank=True, help_text="It can be brought back until the day is over.")

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(removed_at__isnull=True), name="saved_search_has_its_own_name"
            )
        ]
        indexes = [
            models.Index(fields=["shared_with"], name="saved_search_shared", condition=Q(shared_with__isnull=False))
        ]

    def __str__(self) -> str:
        return self.name


class ExportFormat(models.TextChoices):
    CSV = "CSV", _("CSV, for any program")
    XLSX = "XLSX", _("XLSX, for spreadsheets")


class ExportContent(models.TextChoices):
    LIST = "LIST", _("The list: a line for each document")
    COUNTS = "COUNTS", _("The counts: how many by unit, year and so on")


class ExportState(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    RUNNING = "RUNNING", _("Being written")
    READY = "READY", _("Ready")
    FAILED = "FAILED", _("Failed")
    STOPPED = "STOPPED", _("Stopped")
    EXPIRED = "EXPIRED", _("No longer kept")


class Export(models.Model):
    """A file with what a search finds, written by a worker for one person; and afterwards the trace of it.

    ``reach`` stands for what the person might see when it was written: a file that holds more than its owner may
    see today is not handed out.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="exports")
    parameters = models.JSONField(default=dict)
    content = models.CharField(_("What"), max_length=8, choices=ExportContent, default=ExportContent.LIST)
    format = models.CharField(_("Format"), max_length=8, choices=ExportFormat, default=ExportFormat.CSV)
    language = models.CharField(_("Language"), max_length=8)
    state = models.CharField(_("State"), max_length=8, choices=ExportState, default=ExportState.WAITING)
    asked_at = models.DateTimeField(_("Asked for"))
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="A worker writes it until then.")
    tries = models.PositiveSmallIntegerField(default=0)
    rows_expected = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(_("Finished"), null=True, blank=True)
    file_name = models.CharField(max_length=120, blank=True, help_text="Where it lies in the storage of what is made.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    reach = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="export_state_known"),
            models.CheckConstraint(condition=Q(format__in=ExportFormat.values), name="export_format_known"),
            models.CheckConstraint(condition=Q(content__in=ExportContent.values), name="export_content_known"),
        ]
        indexes = [
            models.Index(fields=["owner", "-asked_at"], name="export_of_owner"),
            models.Index(fields=["asked_at"], name="export_waiting", condition=Q(state__in=["WAITING", "RUNNING"])),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.format} {self.state}"

    @property
    def is_under_way(self) -> bool:
        return self.state in {ExportState.WAITING, ExportState.RUNNING}

    @property
    def percent(self) -> int:
        """How much of it is written; never all before it is ready."""
        return min(99, self.rows_done * 100 // self.rows_expected) if self.rows_expected else 0
