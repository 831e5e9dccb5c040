"""What Wagtail's migrations put into an empty SQLite database.

Only for tables that were made without going through the migrations (settings_without_history).
"""

from importlib import import_module

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, migrations
from wagtail.models import Collection, Locale, Page, Site

SEARCH_TABLES = "wagtail.search.migrations.0006_customise_indexentry"


def put_search_tables() -> None:
    """The full-text tables are virtual ones with triggers: the migration's own statements make them."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS wagtailsearch_indexentry_fts")
        for operation in import_module(SEARCH_TABLES).Migration.operations:
            for statement in getattr(operation, "database_operations", []):
                if isinstance(statement, migrations.RunSQL):
                    cursor.execute(statement.sql)


def put_first_rows() -> None:
    locale = Locale.objects.create(language_code="en")
    root = Page.add_root(instance=Page(title="Root", slug="root", locale=locale))
    home = root.add_child(instance=Page(title="Welcome", slug="home", locale=locale))
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    Collection.add_root(name="Root")
    office, _is_new = ContentType.objects.get_or_create(app_label="wagtailadmin", model="admin")
    Permission.objects.get_or_create(
        content_type=office, codename="access_admin", defaults={"name": "Can access Wagtail admin"}
    )
