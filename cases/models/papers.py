"""Where the paper of a case is kept, and who has borrowed it. A change is a new row, never another value."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.lean import LeanModel
from cases.models.people import User


class PaperPlaceQuerySet(models.QuerySet):
    def current(self) -> "PaperPlaceQuerySet":
        """Where papers are now: of each case the latest row."""
        later = PaperPlace.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later))


class PaperPlace(LeanModel):
    """Room, shelf and box of a case's paper, since a moment. The first may be what the counter wrote."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="paper_places")
    room = models.CharField(_("Room"), max_length=60, blank=True)
    shelf = models.CharField(_("Shelf"), max_length=60, blank=True)
    box = models.CharField(_("Box"), max_length=60, blank=True)
    noted_at = models.DateTimeField(_("Since"))
    noted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PaperPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place of a paper")
        verbose_name_plural = _("places of papers")
        permissions = [("keep_papers", _("Can place, lend and take back papers"))]
        constraints = [
            models.CheckConstraint(condition=~Q(room="", shelf="", box=""), name="paper_place_says_where"),
        ]
        indexes = [
            models.Index(fields=["case", "-id"], name="paper_place_of_case"),
            models.Index(fields=["box"], name="paper_place_by_box"),
        ]

    def __str__(self) -> str:
        return " / ".join(part for part in (self.room, self.shelf, self.box) if part)


class LoanQuerySet(models.QuerySet):
    def out(self) -> "LoanQuerySet":
        return self.filter(returned_at__isnull=True)


class Loan(LeanModel):
    """The paper of a case is with somebody: an official, or a court or another body by name."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="loans")
    borrower = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="loans")
    borrower_name = models.CharField(_("Borrower"), max_length=200, blank=True)
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    due_date = models.DateField(_("Back by"))
    lent_at = models.DateTimeField(_("Lent"))
    lent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reminded_at = models.DateTimeField(_("Reminded"), null=True, blank=True)
    reminded_again_at = models.DateTimeField(_("Reminded again"), null=True, blank=True)
    returned_at = models.DateTimeField(_("Returned"), null=True, blank=True)
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    prolongs = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="prolonged_by", help_text="The term before."
    )

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan of a paper")
        verbose_name_plural = _("loans of papers")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(returned_at__isnull=True), name="paper_lent_once"),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gte=F("lent_at")), name="paper_back_after_lent"
            ),
        ]
        indexes = [
            models.Index(fields=["due_date"], name="loan_due", condition=Q(returned_at__isnull=True)),
            models.Index(fields=["borrower", "due_date"], name="loan_of_person", condition=Q(returned_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.who}"

    @property
    def who(self) -> str:
        return str(self.borrower) if self.borrower else self.borrower_name
