"""The stock parts that Registra is measured against, on the same database and the same web server settings.

Everything comes from the product's settings, except what the product replaced: Django's own upload handlers.
"""

from django.conf import global_settings

from registra.settings import *  # noqa: F403
from registra.settings import INSTALLED_APPS, MIDDLEWARE, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "wagtail.contrib.forms", "benchmarks.stock"]
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith(("registra.", "portal_pages.", "cases."))]
ROOT_URLCONF = "benchmarks.stock.urls"
FILE_UPLOAD_HANDLERS = global_settings.FILE_UPLOAD_HANDLERS
FILE_UPLOAD_TEMP_DIR = None
# The product's manifest leaves Viewflow's own pictures and scripts out.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LOGIN_REDIRECT_URL = "/flows/"
