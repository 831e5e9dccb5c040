"""What was published stays published, also beside the editor's own savings in the background."""

from typing import Any

from django.db import models, transaction

PUBLICATION = ("live", "live_revision_id", "first_published_at", "last_published_at", "expired")


class StaysPublished(models.Model):
    """First base of what Wagtail publishes: a draft that is saved late can't take back what went out meanwhile.

    Wagtail's editor keeps what is typed every half second, as a whole row while nothing is published. Such a
    saving that was under way when "Publish" was pressed holds the row as it was before: written, it would make the
    page a draft again right after its editor read "has been published".
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not self.live and kwargs.get("update_fields") is None:  # type: ignore[attr-defined]
            with transaction.atomic():
                if not self._was_published_meanwhile():
                    super().save(*args, **kwargs)
        else:
            super().save(*args, **kwargs)

    def _was_published_meanwhile(self) -> bool:
        """Whether the row went out after this instance was read; the instance then knows so, and stays a revision.

        Who takes a page back read it when it was public already: both tell the same moment of publication.
        """
        holder = self._meta.get_field("live").model
        row = holder._base_manager.filter(pk=self.pk).select_for_update().values(*PUBLICATION).first()
        if row is None or not row["live"] or row["last_published_at"] == self.last_published_at:  # type: ignore[attr-defined]
            return False
        for name, value in row.items():
            setattr(self, name, value)
        return True
