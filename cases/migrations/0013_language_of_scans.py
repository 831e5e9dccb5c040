"""A service may say in which language the scans are that come with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_what_the_archivist_follows_up")]

    operations = [
        migrations.AddField(
            model_name="service",
            name="scan_language",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Of the papers and photos that people send in; empty: the language of each document.",
                max_length=12,
                verbose_name="Language of scans",
            ),
            preserve_default=False,
        ),
    ]
