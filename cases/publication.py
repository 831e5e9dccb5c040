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

    Whoever saves or publishes locks the row before its revisions. Wagtail publishes in the other order: of a saving and
    a publication at the same moment PostgreSQL then ended one ("deadlock detected").
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
        if not self.pk:
            return super().save_revision(*args, **kwargs)  # type: ignore[misc]
        with transaction.atomic():
            row = self._locked(*self._names_of_latest(), "live", "last_published_at", "live_revision_id")
            is_draft = not kwargs.get("clean", True)
            latest = self._overtaken_by(row, kwargs.get("user")) if row and is_draft else {}
            revision = super().save_revision(*args, **kwargs)  # type: ignore[misc]
            if latest:
                self._row().update(**latest)
                for name, value in latest.items():
                    setattr(self, name, value)
        return revision

    def publish(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            self._locked("live")
            return super().publish(*args, **kwargs)  # type: ignore[misc]

    def _overtaken_by(self, row: dict[str, Any], user: models.Model | None) -> dict[str, Any]:
        """Which draft is the latest, if this person published it after this instance was read."""
        if not row["live"]:
            return {}
        is_late = self._is_late or row["last_published_at"] != self.last_published_at  # type: ignore[attr-defined]
        published = self.revisions.filter(pk=row["live_revision_id"])  # type: ignore[attr-defined]
        is_own = published.filter(user_id=user and user.pk).exists()
        return {name: row[name] for name in self._names_of_latest()} if is_late and is_own else {}

    def _names_of_latest(self) -> list[str]:
        """Of what says which draft is the latest, the columns that this model has."""
        known = {field.name for field in self._holder()._meta.fields}
        return [name for name in LATEST if name.removesuffix("_id") in known]

    def _holder(self) -> type[models.Model]:
        return self._meta.get_field("live").model

    def _row(self) -> models.QuerySet:
        return self._holder()._base_manager.filter(pk=self.pk)

    def _locked(self, *names: str) -> dict[str, Any] | None:
        """These columns of the row as it is now; nobody else changes it until this transaction ends."""
        return self._row().select_for_update().values(*names).first()

    def _was_published_meanwhile(self) -> bool:
        """Whether the row went out after this instance was read; the instance then knows so, and stays a revision.

        Who takes a page back read it when it was public already: both tell the same moment of publication.
        """
        row = self._locked(*PUBLICATION)
        if row is None or not row["live"] or row["last_published_at"] == self.last_published_at:  # type: ignore[attr-defined]
            return False
        for name, value in row.items():
            setattr(self, name, value)
        self._is_late = True
        return True
