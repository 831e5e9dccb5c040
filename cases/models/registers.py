"""Registers, their counters, and the entries that they number."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.institutions import Institution
from cases.models.lean import LeanModel, where_given
from cases.models.people import Unit
from cases.models.services import Channel
from cases.rights import EntryQuerySet
from cases.texts import Text, TextsField, in_language


class CounterScope(models.TextChoices):
    """What the running number restarts for, beside the year."""

    NONE = "NONE", _("One series")
    UNIT = "UNIT", _("A series for each unit")
    CLASS = "CLASS", _("A series for each class")
    UNIT_AND_CLASS = "UNIT_AND_CLASS", _("A series for each unit and class")
    INDEX_GROUP = "INDEX_GROUP", _("A series for each index group")


class RegisterKind(models.TextChoices):
    INCOMING = "INCOMING", _("Incoming items")
    OUTGOING = "OUTGOING", _("Outgoing items")
    CASE_SIGNS = "CASE_SIGNS", _("Case signs")
    IMPORTED = "IMPORTED", _("Imported, closed")


class Register(LeanModel):
    """An ordered list that gives numbers: without gaps, without twins, in order of time."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="registers")
    code = models.SlugField(_("Code"), max_length=40)
    names = TextsField(_("Names"))
    kind = models.CharField(_("Kind"), max_length=12, choices=RegisterKind, default=RegisterKind.INCOMING)
    pattern = models.CharField(
        _("Number pattern"),
        max_length=80,
        default="{yyyy}-{seq:06}",
        help_text=_("Parts: {seq}, {seq:06}, {yyyy}, {date}, {unit}, {class}, {group}."),
    )
    scope = models.CharField(_("Series"), max_length=16, choices=CounterScope, default=CounterScope.NONE)
    index_group = models.CharField(_("Index group"), max_length=20, blank=True)
    is_closed = models.BooleanField(_("Closed"), default=False)

    class Meta:
        verbose_name = _("register")
        verbose_name_plural = _("registers")
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="register_code_once_per_institution"),
            models.CheckConstraint(condition=Q(scope__in=CounterScope.values), name="register_scope_known"),
            models.CheckConstraint(condition=Q(kind__in=RegisterKind.values), name="register_kind_known"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def name(self) -> Text:
        return in_language(self.names)


class Counter(LeanModel):
    """The last number given in one block: a register, a scope key and a year."""

    register = models.ForeignKey(Register, models.PROTECT, related_name="counters")
    scope_key = models.CharField(max_length=60, blank=True)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True, help_text="No number is given at an earlier moment than the one before.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "scope_key", "year"], name="counter_once_per_block")]

    def __str__(self) -> str:
        return f"{self.register_id}/{self.scope_key}/{self.year}: {self.last}"


class EntryKind(models.TextChoices):
    GIVEN = "GIVEN", _("Given")
    VOID = "VOID", _("Void")
    RESERVED = "RESERVED", _("Reserved for an outage")
    LOST = "LOST", _("Lost in a restore")
    IMPORTED = "IMPORTED", _("Imported")


class RegisterEntry(LeanModel):
    """One line of a register: a number with its moments. Numbers are never reused, lines never deleted."""

    register = models.ForeignKey(Register, models.PROTECT, related_name="entries", db_index=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="entries")
    scope_key = models.CharField(max_length=60, blank=True)
    year = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField(null=True, blank=True, help_text="Empty for imported numbers.")
    number = models.CharField(_("Number"), max_length=80)
    kind = models.CharField(_("Kind"), max_length=10, choices=EntryKind, default=EntryKind.GIVEN)
    void_reason = models.CharField(_("Why it is void"), max_length=300, blank=True)

    channel = models.CharField(_("Channel"), max_length=20, choices=Channel)
    sender = models.ForeignKey("cases.Party", models.PROTECT, null=True, blank=True, related_name="entries")
    subject = models.CharField(_("Subject"), max_length=300)
    sender_reference = models.CharField(_("Sender's number"), max_length=80, blank=True)
    sheets = models.PositiveSmallIntegerField(_("Sheets"), null=True, blank=True)
    annexes = models.PositiveSmallIntegerField(_("Annexes"), null=True, blank=True)
    paper_place = models.CharField(_("Place of the paper"), max_length=120, blank=True)
    is_sealed = models.BooleanField(_("Registered without opening"), default=False)

    # When the item was written may be known only roughly: kept as earliest, latest and as written.
    written_earliest = models.DateField(null=True, blank=True)
    written_latest = models.DateField(null=True, blank=True)
    written_as = models.CharField(_("Date on the item"), max_length=60, blank=True)
    posted_date = models.DateField(_("Posted"), null=True, blank=True)
    received_at = models.DateTimeField(_("Received"))
    registered_at = models.DateTimeField(_("Registered"), help_text=_("When the number was given."))
    entered_at = models.DateTimeField(_("Entered"), help_text=_("When the data was typed in."))

    registered_by = models.ForeignKey(
        "cases.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    submission_key = models.CharField(max_length=64, help_text="The same submission sent twice is one entry.")
    event_hash = models.CharField(max_length=64, blank=True, help_text="Hash of the registration event, as printed.")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("register entry")
        verbose_name_plural = _("register entries")
        permissions = [
            ("register_document", _("Can register items")),
            ("void_entry", _("Can void a register entry")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["register", "scope_key", "year", "seq"], name="entry_no_twins"),
            models.UniqueConstraint(fields=["register", "submission_key"], name="entry_once_per_submission"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.IMPORTED) | Q(seq__isnull=False), name="entry_has_its_place_in_the_block"
            ),
            models.CheckConstraint(
                condition=~Q(kind=EntryKind.VOID) | ~Q(void_reason=""), name="void_entry_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["register", "-registered_at"], name="entry_by_day"),
            models.Index(fields=["number"], name="entry_by_number"),
            where_given("registered_by", name="entry_registered_by"),
        ]

    def __str__(self) -> str:
        return self.number


class CaseSign(LeanModel):
    """The sign of a case in its unit's list of cases; a working folder has none yet (Poland)."""

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="sign")
    register = models.ForeignKey(Register, models.PROTECT, related_name="signs")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    scope_key = models.CharField(max_length=60, blank=True)
    year = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField()
    sign = models.CharField(_("Case sign"), max_length=80, db_index=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "scope_key", "year", "seq"], name="sign_no_twins")]

    def __str__(self) -> str:
        return self.sign
