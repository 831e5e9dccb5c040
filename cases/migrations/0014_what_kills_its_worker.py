"""Counts the workers that die at one thing, so that it is left alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0013_language_of_scans"),
    ]

    operations = [
        migrations.AddField(
            model_name="backfileimport",
            name="killed",
            field=models.PositiveSmallIntegerField(default=0, help_text="Workers that died since it last got further."),
        ),
        migrations.AddField(
            model_name="backfileimport",
            name="row_alone",
            field=models.PositiveIntegerField(blank=True, help_text="The row that is entered by itself.", null=True),
        ),
        migrations.AddField(
            model_name="disposalitem",
            name="begun",
            field=models.PositiveSmallIntegerField(default=0, help_text="Tries that began and never ended, in a row."),
        ),
        migrations.AddField(
            model_name="outboxrow",
            name="killed",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Workers that died in it, one after the other."
            ),
        ),
    ]
