"""How the web server runs; PORT, BIND, WEB_PROCESSES and WEB_THREADS change it."""

import gc
import os

from gunicorn.http.unreader import SocketUnreader

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Long enough for 100 MB over a slow line.
timeout = 120
graceful_timeout = 4
# The program is read once for all processes: half the time until the first answer, and they share its memory.
preload_app = True
# Uploads are read in pieces of 256 KB: in its own of 8 KB a file of 1 MB cost a tenth of its whole filing.
SocketUnreader.__init__.__defaults__ = (262_144,)
# Addresses of tracking pages are secrets: no log of requests.
accesslog = None
control_socket_disable = True
# Folders that the heartbeat file may be in without touching the disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None


def when_ready(server: object) -> None:
    """What the program consists of stays: no process needs to look through it again for what may go."""
    from django.urls import get_resolver  # noqa: PLC0415 (Django is not set up before)

    from cases.signing import sign_with_server_key, verify  # noqa: F401, PLC0415 (commands load it late, or never)

    # Else each process would read all views at its first request.
    get_resolver().url_patterns  # noqa: B018
    gc.collect()
    gc.freeze()


def post_worker_init(worker: object) -> None:
    """Fetch the dictionaries of the archive search beside the first requests: 60 MB, and some seconds once."""
    from search import warming  # noqa: PLC0415 (Django is not set up before)

    warming.begin()
