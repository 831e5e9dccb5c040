"""The Elasticsearch that is measured: the one REGISTRA_ELASTICSEARCH names, else one for as long as it is needed."""

import contextlib
import os
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.servers import free_port, wait_until

SCRIPT = Path(__file__).resolve().parents[1] / "deploy" / "elasticsearch"
VARIABLE = "REGISTRA_ELASTICSEARCH"
# A town that has a cluster gives it room, and the collector that Elasticsearch comes with (its jvm.options).
ROOM = {
    "REGISTRA_ELASTICSEARCH_HEAP": "2g",
    "REGISTRA_ELASTICSEARCH_JAVA": "-XX:-UseSerialGC -XX:+UseG1GC"
    " -XX:G1ReservePercent=25 -XX:InitiatingHeapOccupancyPercent=30",
}
# The first time on a machine it is fetched.
PATIENCE_SECONDS = 600


class NoCluster(Exception):
    """It can't be had here: no Java, or nowhere to fetch it from."""


@contextlib.contextmanager
def cluster(keep: Path | None) -> Iterator[None]:
    """One node on loopback with its data in a folder that stays, or in one that goes with it. Raises NoCluster."""
    if VARIABLE in os.environ:
        yield
        return
    with contextlib.ExitStack() as ending:
        place = keep or Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="registra-elasticsearch-")))
        folder, port = place.resolve() / "cluster", free_port()
        folder.mkdir(parents=True, exist_ok=True)
        place.chmod(0o755)
        output = ending.enter_context((place / "output").open("wb"))
        command = [SCRIPT, "run", str(folder), str(port)]
        # It ends when this end of the pipe is closed.
        variables = {**ROOM, **os.environ}
        server = ending.enter_context(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, env=variables)
        )
        address = f"http://127.0.0.1:{port}"
        wait_until(
            lambda: server.poll() is not None or _answers(address), "Elasticsearch's start", seconds=PATIENCE_SECONDS
        )
        if server.poll() is not None:
            raise NoCluster((place / "output").read_text()[-300:])
        ending.callback(os.environ.pop, VARIABLE)
        os.environ[VARIABLE] = address
        yield


def _answers(address: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
        return bool(answer.status == 200)
    return False
