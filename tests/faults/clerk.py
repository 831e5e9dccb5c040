"""A clerk with the product's own settings: reads deeds from standard input and does each in a process of its own.

The clerk loads the product once and forks for each deed, so that a test can have many real processes, and kill any of
them, without paying for each start: what every deed would load anew lies ready. It never opens the database itself.
``python -m tests.faults.clerk``
"""

import gc
import importlib
import json
import os
import sys
import traceback
from typing import Any

import django
from django.conf import settings
from django.urls import get_resolver
from django.utils import timezone
from django.utils.translation import gettext, override

# What a worker loads when it starts, before it has a job.
WORKER = (
    "celery.app.amqp",
    "celery.app.events",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "celery.worker.consumer",
    "celery.worker.strategy",
    "registra.folder_queue",
    "search.engines.embedded",
)


def main() -> None:
    django.setup()
    from tests.faults import archive_deeds, deeds  # noqa: PLC0415 (they need the models)

    make_ready()
    answer({"ready": os.getpid()})
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer(ended(order["wait"]))
            continue
        if "fetch" in order:
            fetch_dictionaries()
            answer({"fetched": order["fetch"]})
            continue
        known = deeds if hasattr(deeds, order["deed"]) else archive_deeds
        pid = do(getattr(known, order["deed"]), order["values"])
        answer({"pid": pid})


def make_ready() -> None:
    """Load what is the same in every process of the product, and what one loads when it first needs it."""
    from cases.calendar import holidays_of  # noqa: PLC0415 (it needs the settings)
    from cases.signing import sign_with_server_key, verify  # noqa: F401, PLC0415 (the same)
    from registra.celery import app  # noqa: PLC0415 (the same)

    for module in WORKER:
        importlib.import_module(module)
    app.loader.import_default_modules()
    app.finalize()
    for language, _name in settings.LANGUAGES:
        with override(language):
            gettext("Number")
            get_resolver().reverse_dict  # noqa: B018 (asking fills it, for each language)
    holidays_of("BG", timezone.localdate().year)  # the package's three hundred modules
    keep_all_that_is_loaded()


def fetch_dictionaries() -> None:
    """Seconds, which only deeds with the archive's memory are worth."""
    from search import words  # noqa: PLC0415 (it needs the settings)

    words.load_dictionaries()
    keep_all_that_is_loaded()


def keep_all_that_is_loaded() -> None:
    """The collector of waste would look through it again in each deed, and copy it so."""
    gc.collect()
    gc.freeze()


def do(deed: Any, values: dict[str, Any]) -> int:
    """Do a deed in a process of its own; its result goes into a file that bears the process's number."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setsid()
        # What the deed prints is not an answer of the clerk's.
        os.dup2(2, 1)
        result = {"result": deed(**values)}
        status = 0
    except BaseException:
        result = {"error": traceback.format_exc()}
    with open(result_file(os.getpid()), "w") as target:
        json.dump(result, target)
    os._exit(status)


def result_file(pid: int) -> str:
    return os.path.join(os.environ["FAULTS_RESULTS"], f"deed-{pid}.json")


def ended(pid: int) -> dict[str, Any]:
    """How a process ended: its result, its error, or the signal that killed it."""
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status < 0:
        return {"signal": -status}
    with open(result_file(pid)) as source:
        return json.load(source)


def answer(words: dict[str, Any]) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    main()
