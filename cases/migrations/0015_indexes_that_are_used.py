"""Indexes that other indexes stand for go, and those of foreign keys that are mostly empty hold only what is there."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cases.migrations._indexes import DropIndexOfField, drop_pattern_indexes

HASHES = (
    "accesslog.stored_file",
    "case.public_id",
    "componentfile.stored_file",
    "destruction.stored_file",
    "document.public_id",
    "outsideaccess.secret_hash",
    "party.identifier_hash",
    "preview.stored_file",
    "signature.signed_file",
    "signaturecheck.stored_file",
    "storedfile.sha256",
)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0014_what_kills_its_worker"),
    ]

    operations = [
        DropIndexOfField(
            model_name="answer",
            name="transcribed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        DropIndexOfField(
            model_name="case",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="cases.institution",
            ),
        ),
        DropIndexOfField(
            model_name="casereader",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.unit",
            ),
        ),
        DropIndexOfField(
            model_name="casereader",
            name="user",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        DropIndexOfField(
            model_name="component",
            name="document",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="components",
                to="cases.document",
            ),
        ),
        DropIndexOfField(
            model_name="componentfile",
            name="added_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        DropIndexOfField(
            model_name="componentfile",
            name="superseded_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="supersedes",
                to="cases.componentfile",
            ),
        ),
        DropIndexOfField(
            model_name="document",
            name="captured_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        DropIndexOfField(
            model_name="document",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="cases.case"
            ),
        ),
        DropIndexOfField(
            model_name="event",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        DropIndexOfField(
            model_name="event",
            name="actor_post",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.post",
            ),
        ),
        DropIndexOfField(
            model_name="event",
            name="case",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="cases.case",
            ),
        ),
        DropIndexOfField(
            model_name="eventplace",
            name="institution",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.institution"
            ),
        ),
        DropIndexOfField(
            model_name="eventvalue",
            name="event",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="values", to="cases.event"
            ),
        ),
        DropIndexOfField(
            model_name="party",
            name="mandate_document",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.document",
            ),
        ),
        DropIndexOfField(
            model_name="party",
            name="represents",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="representatives",
                to="cases.party",
            ),
        ),
        DropIndexOfField(
            model_name="registerentry",
            name="register",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="cases.register"
            ),
        ),
        DropIndexOfField(
            model_name="registerentry",
            name="registered_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        DropIndexOfField(
            model_name="task",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        DropIndexOfField(
            model_name="task",
            name="post",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tasks",
                to="cases.post",
            ),
        ),
        DropIndexOfField(
            model_name="task",
            name="sent_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(("transcribed_by__isnull", False)),
                fields=["transcribed_by"],
                name="answer_transcribed_by",
            ),
        ),
        migrations.AddIndex(
            model_name="componentfile",
            index=models.Index(
                condition=models.Q(("added_by__isnull", False)), fields=["added_by"], name="file_added_by"
            ),
        ),
        migrations.AddIndex(
            model_name="componentfile",
            index=models.Index(
                condition=models.Q(("superseded_by__isnull", False)),
                fields=["superseded_by"],
                name="file_superseded_by",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("captured_by__isnull", False)), fields=["captured_by"], name="document_captured_by"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(condition=models.Q(("actor__isnull", False)), fields=["actor"], name="event_actor"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("actor_post__isnull", False)), fields=["actor_post"], name="event_actor_post"
            ),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(
                condition=models.Q(("represents__isnull", False)), fields=["represents"], name="party_represents"
            ),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(
                condition=models.Q(("mandate_document__isnull", False)),
                fields=["mandate_document"],
                name="party_mandate",
            ),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(
                condition=models.Q(("registered_by__isnull", False)),
                fields=["registered_by"],
                name="entry_registered_by",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(condition=models.Q(("post__isnull", False)), fields=["post"], name="task_of_post"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(condition=models.Q(("sent_by__isnull", False)), fields=["sent_by"], name="task_sent_by"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("ended_by__isnull", False)), fields=["ended_by"], name="task_ended_by"
            ),
        ),
        drop_pattern_indexes("cases", *HASHES),
    ]
