"""Registra's settings: production-safe defaults, read from the environment (table in README.md)."""

import secrets
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from django.utils.csp import CSP

from registra import environment as env

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env.text("REGISTRA_DATA_DIR", str(BASE_DIR / "var")))
DEMO = env.flag("REGISTRA_DEMO", default=False)


def _folder(*names: str) -> Path:
    """A folder among our data, made if it is not there yet."""
    folder = DATA_DIR.joinpath(*names)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _key(variable: str, demo_file: str) -> str:
    """A key from the environment; a demo makes one of its own and keeps it beside its data."""
    if not DEMO:
        return env.text(variable)
    key_file = _folder() / demo_file
    if not key_file.exists():
        key_file.touch(mode=0o600)
        key_file.write_text(secrets.token_urlsafe(48))
    return key_file.read_text().strip()


SECRET_KEY = _key("REGISTRA_SECRET_KEY", "secret-key")
# Under this key lie the digits on printed receipts and the hashes of personal numbers: it is never changed.
RECORDS_KEY = _key("REGISTRA_RECORDS_KEY", "records-key")
SECRET_KEY_FALLBACKS = env.words("REGISTRA_OLD_SECRET_KEYS")
DEBUG = env.flag("REGISTRA_DEBUG", default=False)
ALLOWED_HOSTS = env.words("REGISTRA_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("REGISTRA_TRUSTED_ORIGINS")

# Where the public site lives, and the host of the short addresses that get printed and mailed.
SITE_ADDRESS = env.text("REGISTRA_SITE_ADDRESS", "http://localhost:8000").rstrip("/")
SHORT_ADDRESS = env.text("REGISTRA_SHORT_ADDRESS", SITE_ADDRESS).rstrip("/")
WAGTAILADMIN_BASE_URL = SITE_ADDRESS

INSTALLED_APPS = [
    "registra",
    "cases",
    "flows",
    "search",
    "portal_pages",
    "viewflow",
    "viewflow.workflow",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "registra.wagtail_apps.Snippets",
    "registra.wagtail_apps.Documents",
    "registra.wagtail_apps.Images",
    "wagtail.search",
    "wagtail.admin",
    "registra.wagtail_apps.Locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "registra.static_files.StaticFilesConfig",
    "django.contrib.humanize",
    "django.contrib.postgres",  # the types of columns that Wagtail's search has on PostgreSQL
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "registra.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "registra.gate.Gate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "registra.urls"
WSGI_APPLICATION = "registra.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal_pages.context.portal",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.database("REGISTRA_DATABASE", f"sqlite:///{_folder() / 'registra.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.text("REGISTRA_CACHE")}
    if env.text("REGISTRA_CACHE", "")
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# People
AUTH_USER_MODEL = "cases.User"
AUTHENTICATION_BACKENDS = ["registra.signing_in.OfficeBackend"]
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = 60 * 60 * 10  # one working day
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal_pages.views.errors.form_expired"

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("bg", "Български"), ("pl", "Polski"), ("ro", "Română")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
WAGTAILSIMPLETRANSLATION_SYNC_PAGE_TREE = True  # a new page at once has a marked stand-in in each other language
# Our own words, and those that Wagtail says in the office and has no translation for yet.
LOCALE_PATHS = [BASE_DIR / "site" / "registra" / "locale", BASE_DIR / "site" / "registra" / "locale_of_wagtail"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
FORMAT_MODULE_PATH = ["registra.formats"]
USE_TZ = True
TIME_ZONE = env.text("REGISTRA_TIME_ZONE", "Europe/Sofia")

# Static files and the communications staff's media (never citizens' papers: those are REGISTRA_ORIGINALS)
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # Bytes under their SHA-256, durable before the database commits, never changed.
    "originals": {
        "BACKEND": "cases.originals.ContentAddressedStorage",
        "OPTIONS": {"location": DATA_DIR / "originals"},
    },
    # Whatever can be made again from the truth: page images.
    "derived": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "derived"},
    },
}
# Uploads of unfinished forms. On the same disk as the originals, so that filing renames instead of copying.
STAGING_DIR = _folder("originals", "staging")
FILE_UPLOAD_TEMP_DIR = STAGING_DIR
# Tables and scans of old registers: those that were uploaded, and a folder of the server that archivists may name.
BACKFILE_DIR = DATA_DIR / "back-file"
BACKFILE_SERVER_DIR = env.text("REGISTRA_BACKFILE_DIR", "")
FILE_UPLOAD_HANDLERS = ["portal_pages.uploads.HashingUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o644
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a procedure of a hundred steps in its designer has some 5,000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
UPLOAD_MAX_BYTES = env.whole_number("REGISTRA_UPLOAD_MAX_MB", 100) * 1024 * 1024

# E-mail: a folder of messages for the demo, SMTP elsewhere
if env.choice("REGISTRA_MAIL", "folder" if DEMO else "smtp", choices=["folder", "smtp"]) == "folder":
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(_folder("mail"))},
        }
    }
else:
    _SMTP_SECURITY = env.choice("REGISTRA_SMTP_SECURITY", "starttls", choices=["starttls", "tls", "none"])
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": env.text("REGISTRA_SMTP_HOST", "localhost"),
                "port": env.whole_number("REGISTRA_SMTP_PORT", 465 if _SMTP_SECURITY == "tls" else 587),
                "username": env.text("REGISTRA_SMTP_USER", ""),
                "password": env.text("REGISTRA_SMTP_PASSWORD", ""),
                "use_tls": _SMTP_SECURITY == "starttls",
                "use_ssl": _SMTP_SECURITY == "tls",
                "timeout": 20,
            },
        }
    }
DEFAULT_FROM_EMAIL = env.text("REGISTRA_MAIL_FROM", "registra@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Jobs
CELERY_BROKER_URL = env.text("REGISTRA_BROKER", "filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_folder("queue", "messages")),
        "data_folder_out": str(_folder("queue", "messages")),
        "control_folder": str(_folder("queue", "control")),
        "polling_interval": 0.1,
    }
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
    # Finished jobs are confirmed between two looks into the folder; with one in hand a worker would mostly wait.
    CELERY_WORKER_PREFETCH_MULTIPLIER = 16
else:
    CELERY_WORKER_PREFETCH_MULTIPLIER = 1
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "socket_connect_timeout": 2, "socket_timeout": 5}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 600
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "scheduler")
CELERY_BEAT_SCHEDULE = {
    "run what was missed": {"task": "cases.jobs.sweep_outbox", "schedule": 60.0},
    "fire due timers": {"task": "flows.jobs.fire_due_timers", "schedule": 60.0},
    "order events": {"task": "cases.jobs.order_events", "schedule": 10.0},
    "order late events": {"task": "cases.jobs.order_late_events", "schedule": crontab(hour=2, minute=10)},
    "index what waits": {"task": "search.jobs.drain_index", "schedule": 30.0},
    "compare the index": {"task": "search.jobs.compare_index", "schedule": crontab(hour=2, minute=30)},
    "write exports": {"task": "search.jobs.write_exports", "schedule": 60.0},
    "forget old exports": {"task": "search.jobs.forget_old", "schedule": crontab(hour=3, minute=45)},
    "publish scheduled pages": {"task": "portal_pages.jobs.publish_scheduled_pages", "schedule": 60.0},
    "forget expired drafts": {
        "task": "portal_pages.jobs.forget_expired_drafts",
        "schedule": crontab(hour=3, minute=15),
    },
    "count how long cases are kept": {"task": "cases.jobs.keep_up_retention", "schedule": crontab(minute=20)},
    "propose disposal lists": {"task": "cases.jobs.propose_yearly_lists", "schedule": crontab(hour=4, minute=40)},
    "remind of late papers": {"task": "cases.jobs.remind_of_late_papers", "schedule": crontab(hour=6, minute=10)},
    "forget unbegun imports": {"task": "cases.jobs.forget_unbegun_imports", "schedule": crontab(hour=3, minute=55)},
    "learn how tables are filled": {"task": "cases.jobs.refresh_statistics", "schedule": crontab(minute=50)},
    "keep roles in step with posts": {"task": "cases.jobs.refresh_roles", "schedule": crontab(hour=0, minute=5)},
}

# Archive search
SEARCH_ENGINE = env.choice("REGISTRA_SEARCH_ENGINE", "embedded", choices=["embedded", "elasticsearch"])
SEARCH_WORDS_AT_START = env.flag("REGISTRA_SEARCH_WORDS_AT_START", default=True)
# Can be made anew at any time, like the index.
SEARCH_WORDS_DIR = DATA_DIR / "words"
SEARCH_INDEX_DIR = DATA_DIR / "index"
SEARCH_CLUSTER: dict[str, Any] = {
    "nodes": env.words("REGISTRA_ELASTICSEARCH", ["http://localhost:9200"]),
    "prefix": env.text("REGISTRA_ELASTICSEARCH_PREFIX", "registra"),
    "authority": env.text("REGISTRA_ELASTICSEARCH_CA", ""),
    "api_key": env.text("REGISTRA_ELASTICSEARCH_API_KEY", ""),
    "shards": env.whole_number("REGISTRA_ELASTICSEARCH_SHARDS", 1),
    "replicas": env.text("REGISTRA_ELASTICSEARCH_REPLICAS", "0-1"),
    "is_by_year": env.flag("REGISTRA_ELASTICSEARCH_BY_YEAR", default=False),
}

# Signing: the demo authority's keys live here; only the owner may read them
SIGNING_DIR = DATA_DIR / "signing"

# Wagtail
WAGTAIL_SITE_NAME = "Registra"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # an institution's moments are all in its own zone
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_BASE_PATH = "office"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "txt", "xlsx"]
WAGTAIL_PASSWORD_RESET_ENABLED = True
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_UNSAFE_PAGE_DELETION_LIMIT = 5

# Security
SECURE_CSP = {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    # The nonce is only given out in the office, whose text editor writes style sheets of its own.
    "style-src": ["'self'", CSP.NONCE],
    "img-src": ["'self'", "data:", "blob:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'self'"],
}
HTTPS = env.flag("REGISTRA_HTTPS", default=SITE_ADDRESS.startswith("https://"))
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("REGISTRA_BEHIND_PROXY", default=False) else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail shows previews in a frame of its own
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # the same

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # One line for a job is enough: how it ended. Wagtail's own small tasks run inside the request.
    "loggers": {
        "celery.worker.strategy": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "elastic_transport": {"level": "WARNING"},
    },
    "root": {"handlers": ["console"], "level": env.text("REGISTRA_LOG_LEVEL", "INFO")},
}
