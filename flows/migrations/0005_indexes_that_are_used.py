"""What Viewflow could keep with a task and we never do needs no index, nor does what another index begins with."""

from django.db import migrations

from cases.migrations._indexes import drop_indexes_of_others


class Migration(migrations.Migration):
    dependencies = [
        ("flows", "0004_letters"),
        ("cases", "0015_indexes_that_are_used"),
        ("viewflow", "0015_task_scheduled"),
    ]

    operations = [
        drop_indexes_of_others(
            "viewflow",
            "task.external_task_id",
            "task.owner_permission_content_type",
            "task.artifact_content_type",
            "task.seed_content_type",
            "task_previous.from_task",
            "process.artifact_content_type",
            "process.seed_content_type",
        )
    ]
