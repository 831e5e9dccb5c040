"""Nobody looks for the beginning of a hash."""

from django.db import migrations

from cases.migrations._indexes import drop_pattern_indexes


class Migration(migrations.Migration):
    dependencies = [("search", "0004_places_of_words")]

    operations = [drop_pattern_indexes("search", "filetext.stored_file", "filetext.searchable")]
