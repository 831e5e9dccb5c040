"""Of a recognised page whose file gets no searchable copy it is kept where its words stand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0003_scans_and_their_copies")]

    operations = [
        migrations.AddField(
            model_name="pagetext",
            name="words",
            field=models.JSONField(
                blank=True,
                help_text=(
                    "Where its words stand, as search.page_words says it, if the file itself doesn't say: a signed scan."
                ),
                null=True,
            ),
        ),
    ]
