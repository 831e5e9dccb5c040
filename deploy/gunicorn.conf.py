"""How the web server runs; PORT, BIND, WEB_PROCESSES and WEB_THREADS change it."""

import ctypes
import gc
import os

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import ThreadWorker

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"


class WhoeverIsFree(ThreadWorker):
    """Takes a new connection only while one of its threads is free.

    Else one process takes several, which wait behind each other while the threads of another have nothing to do. Where
    none is free they wait with the system, first come first served, for whichever process is free first.
    """

    @property
    def worker_connections(self) -> int:
        """How many connections it may have: those that rest between two requests, and one for each thread."""
        return min(self._most, len(self.keepalived_conns) + len(self.pending_conns) + self.cfg.threads)

    @worker_connections.setter
    def worker_connections(self, most: int) -> None:
        self._most = most


worker_class = WhoeverIsFree
# One more than the machine can run at a time: while one waits for the disk or the database, another computes. With two
# processes of four threads on two processors one often had all the work: 12 % fewer filings, the slowest 20 % slower.
workers = int(os.environ.get("WEB_PROCESSES", (os.cpu_count() or 1) + 1))
threads = int(os.environ.get("WEB_THREADS", "3"))
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


# Names of glibc's settings (malloc.h), and what they are set to.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT_BYTES, LARGEST_KEPT_PIECE = 64 * 1024 * 1024, 32 * 1024 * 1024


def keep_freed_memory() -> None:
    """What a thread freed it needs again for the next request: giving it back to the system and taking it anew was a
    twelfth of a filing on SQLite, which forgets its pages whenever another process has written.
    """
    # Other libraries than glibc do without.
    setting = getattr(ctypes.CDLL(None), "mallopt", None)
    if setting is not None:
        setting(M_TRIM_THRESHOLD, KEPT_BYTES)
        setting(M_MMAP_THRESHOLD, LARGEST_KEPT_PIECE)


def when_ready(server: object) -> None:
    """What the program consists of stays: no process needs to look through it again for what may go."""
    keep_freed_memory()
    from django.urls import get_resolver  # noqa: PLC0415 (Django is not set up before)

    from cases.signing import sign_with_server_key, verify  # noqa: F401, PLC0415 (commands load it late, or never)

    # Else each process would read all views at its first request.
    get_resolver().url_patterns  # noqa: B018
    gc.collect()
    gc.freeze()


def post_worker_init(worker: object) -> None:
    """Fetch the dictionaries of the archive search beside the first requests: 60 MB, and some seconds once.

    And let filings of the same moment share their message to the workers.
    """
    from cases import outbox  # noqa: PLC0415 (Django is not set up before)
    from search import warming  # noqa: PLC0415

    outbox.gather_messages()
    warming.begin()
