"""Nobody looks for the beginning of a hash."""

from django.db import migrations

from cases.migrations._indexes import drop_pattern_indexes


class Migration(migrations.Migration):
    dependencies = [("portal_pages", "0003_files_of_services")]

    operations = [
        drop_pattern_indexes(
            "portal_pages", "draft.submission_key", "draft.token_hash", "formversion.sha256", "stagedfile.stored_as"
        ),
    ]
