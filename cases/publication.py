"""What was published stays published, also beside the editor's own savings in the background."""

from typing import Any

from django.db import models, transaction

LATEST = ("latest_revision_id", "latest_revision_created_at", "draft_title", "has_unpublished_changes")
PUBLICATION = ("live", "live_revision_id", "first_published_at", "last_published_at", "expired")


class StaysPublished(models.Model):
    """First base of what Wagtail publishes: a draft that is saved late can't take back what went out meanwhile.

    Wagtail's editor keeps what is typed every half second, as a whole row while nothing is published. Such a
    saving that was under way when "Publish" was pressed holds the row as it was before: written, it would make the
    page a draft again right after its editor read "has been published". What it brought is kept as a revision, but
    words older than those that the same person published are not what they go on writing at.
    """

    _is_late = False

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not self.live and kwargs.get("update_fields") is None:  # type: ignore[attr-defined]
            with transaction.atomic():
                if not self._was_published_meanwhile():
                    super().save(*args, **kwargs)
        else:
            super().save(*args, **kwargs)

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """Drafts come with ``clean=False``: only those may be late, and only behind their own writer's publication."""
        if not self.pk or kwargs.get("clean", True):
            return super().save_revision(*args, **kwargs)  # type: ignore[misc]
        with transaction.atomic():
            latest = self._overtaken_by(kwargs.get("user"))
            revision = super().save_revision(*args, **kwargs)  # type: ignore[misc]
            if latest:
                self._row().update(**latest)
                for name, value in latest.items():
                    setattr(self, name, value)
        return revision

    def _overtaken_by(self, user: models.Model | None) -> dict[str, Any]:
        """Which draft is the latest, if this person published it after this instance was read."""
        holder = self._holder()
        known = [name for name in LATEST if name.removesuffix("_id") in {field.name for field in holder._meta.fields}]
        row = self._row().select_for_update().values(*known, "live", "last_published_at", "live_revision_id").first()
        if row is None or not row["live"]:
            return {}
        is_late = self._is_late or row["last_published_at"] != self.last_published_at  # type: ignore[attr-defined]
        published = self.revisions.filter(pk=row["live_revision_id"])  # type: ignore[attr-defined]
        is_own = published.filter(user_id=user and user.pk).exists()
        return {name: row[name] for name in known} if is_late and is_own else {}

    def _holder(self) -> type[models.Model]:
        return self._meta.get_field("live").model

    def _row(self) -> models.QuerySet:
        return self._holder()._base_manager.filter(pk=self.pk)

    def _was_published_meanwhile(self) -> bool:
        """Whether the row went out after this instance was read; the instance then knows so, and stays a revision.

        Who takes a page back read it when it was public already: both tell the same moment of publication.
        """
        row = self._row().select_for_update().values(*PUBLICATION).first()
        if row is None or not row["live"] or row["last_published_at"] == self.last_published_at:  # type: ignore[attr-defined]
            return False
        for name, value in row.items():
            setattr(self, name, value)
        self._is_late = True
        return True
