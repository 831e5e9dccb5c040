"""Nearly all events are of one institution: its index led nowhere, and each event was added to it."""

import django.db.models.deletion
from django.db import migrations, models

from cases.migrations._indexes import DropIndexOfField


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_indexes_that_are_used")]

    operations = [
        DropIndexOfField(
            model_name="event",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="cases.institution",
            ),
        )
    ]
