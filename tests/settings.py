"""Settings of a test run: the real ones, with everything that is kept put into a folder of this process.

REGISTRA_TEST_DATABASE chooses the database: "sqlite" (default) or "postgresql" (tests/servers.py starts one).
"""

import os
import tempfile
from pathlib import Path

ON_POSTGRESQL = os.environ.get("REGISTRA_TEST_DATABASE", "sqlite") == "postgresql"
# The first process of the run makes the folder and removes it at the end; workers get one of their own inside.
RUN_DIR = Path(os.environ.setdefault("REGISTRA_TEST_DIR", "") or tempfile.mkdtemp(prefix="registra-tests-"))
os.environ["REGISTRA_TEST_DIR"] = str(RUN_DIR)
WORKER_DIR = RUN_DIR / os.environ.get("PYTEST_XDIST_WORKER", "main")
WORKER_DIR.mkdir(parents=True, exist_ok=True)

os.environ["REGISTRA_DATA_DIR"] = str(WORKER_DIR)
os.environ["REGISTRA_SECRET_KEY"] = "only-for-tests-and-long-enough-to-pass-every-check-of-django"
os.environ["REGISTRA_RECORDS_KEY"] = "only-for-tests-and-never-changed-while-they-run"
os.environ["REGISTRA_BROKER"] = "memory://"
if ON_POSTGRESQL:
    os.environ["REGISTRA_DATABASE"] = os.environ.get(
        "REGISTRA_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:0/registra"
    )
else:
    os.environ["REGISTRA_DATABASE"] = f"sqlite:///{WORKER_DIR / 'registra.sqlite3'}"

from registra.settings import *  # noqa: E402, F403 (the environment comes first)
from registra.settings import BASE_DIR, DATABASES, STORAGES  # noqa: E402

if ON_POSTGRESQL:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
else:
    # A file, because threads and second connections must see the same rows as in production.
    DATABASES["default"]["TEST"] = {"NAME": str(WORKER_DIR / "test.sqlite3")}

# The same for all workers and runs.
SEARCH_WORDS_DIR = BASE_DIR / ".pytest_cache" / "words"
# A second for a password is right for people and wrong for a thousand tests.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Names with hashes need collectstatic, which tests of pages do not.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
