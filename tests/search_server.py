"""A real Elasticsearch for tests: one node on loopback, with TLS and an API key, gone at the end."""

import base64
import contextlib
import datetime as dt
import fcntl
import hashlib
import ipaddress
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

from tests.servers import ServerMissing, free_port, is_running, processes_below, wait_until

SCRIPT = Path(__file__).parents[1] / "deploy" / "elasticsearch"
PATIENCE_SECONDS = 240
START = "start"
CHOSEN = os.environ.get("REGISTRA_TEST_ELASTICSEARCH", START if os.environ.get("CI") == "true" else "")
CANNOT_BE_HAD = "Elasticsearch can't be had"
_ADMINISTRATOR = "administrator"
_SECURED = """
xpack.security.enabled: true
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: server.key
xpack.security.http.ssl.certificate: server.crt
xpack.security.transport.ssl.enabled: false
"""
# What docs/administration.md asks an administrator to permit; index names of the tests begin with "registra".
_PERMITTED = {
    "registra": {
        "cluster": ["monitor"],
        "indices": [{"names": ["registra*"], "privileges": ["all"]}],
    }
}


class ElasticsearchServer:
    """Answers a little after ``begin``; can be killed and started again on the same data and port.

    ``life``: it ends when nobody holds the other end of this pipe any more.
    """

    def __init__(self, folder: Path | None = None, *, life: Path | None = None) -> None:
        self.life = life
        if folder is not None:
            self.folder = folder
            self.port, self.password = json.loads((folder / "about.json").read_text())
            return
        self.folder = Path(tempfile.mkdtemp(prefix="registra-elasticsearch-"))
        self.folder.chmod(0o755)
        self.port, self.password = free_port(), secrets.token_urlsafe(16)
        (self.folder / "about.json").write_text(json.dumps([self.port, self.password]))
        config = self.folder / "config"
        config.mkdir()
        (config / "elasticsearch.yml").write_text(_SECURED)
        (config / "users").write_text(f"{_ADMINISTRATOR}:{_hashed(self.password)}\n")
        (config / "users_roles").write_text(f"superuser:{_ADMINISTRATOR}\n")
        _write_certificate(self.authority, config / "server.key")

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def authority(self) -> Path:
        """The certificate that vouches for the server: its own."""
        return self.folder / "config" / "server.crt"

    @cached_property
    def superuser(self) -> Elasticsearch:
        return Elasticsearch(
            self.address, ca_certs=str(self.authority), basic_auth=(_ADMINISTRATOR, self.password), request_timeout=30
        )

    @cached_property
    def api_key(self) -> str:
        return str(self.superuser.security.create_api_key(name="registra", role_descriptors=_PERMITTED)["encoded"])

    @property
    def environment(self) -> dict[str, str]:
        """How Registra is told of it."""
        return {
            "REGISTRA_SEARCH_ENGINE": "elasticsearch",
            "REGISTRA_ELASTICSEARCH": self.address,
            "REGISTRA_ELASTICSEARCH_CA": str(self.authority),
            "REGISTRA_ELASTICSEARCH_API_KEY": self.api_key,
        }

    @property
    def cluster(self) -> dict[str, Any]:
        """The same as settings.SEARCH_CLUSTER has it."""
        return {"nodes": [self.address], "authority": str(self.authority), "api_key": self.api_key}

    def begin(self) -> Self:
        """Start it and don't wait; the first time on a machine it is fetched."""
        stdin = os.open(self.life, os.O_RDONLY) if self.life else None
        with (self.folder / "output").open("wb") as output:
            process = subprocess.Popen(
                [SCRIPT, "run", str(self.folder), str(self.port)],
                stdin=subprocess.PIPE if stdin is None else stdin,
                stdout=output,
                stderr=output,
                env={"REGISTRA_ELASTICSEARCH_JAVA": "-XX:TieredStopAtLevel=1", **os.environ},
            )
        if stdin is not None:
            os.close(stdin)
        _started.append(process)
        (self.folder / "pid").write_text(str(process.pid))
        return self

    def wait(self) -> Self:
        wait_until(self._answers, "The start of Elasticsearch", seconds=PATIENCE_SECONDS)
        return self

    def start(self) -> Self:
        return self.begin().wait()

    def kill(self) -> None:
        """Pull the plug: neither the server nor what started it gets a word in."""
        if not self._is_running():
            return
        victims = [self._pid, *processes_below(self._pid)]
        for victim in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        wait_until(lambda: not any(is_running(victim) for victim in victims), "The end of Elasticsearch")

    def discard(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.discard()
            raise

    def __exit__(self, *_problem: object) -> None:
        self.discard()

    @property
    def _pid(self) -> int:
        return int((self.folder / "pid").read_text())

    def _is_running(self) -> bool:
        return (self.folder / "pid").exists() and is_running(self._pid)

    def _answers(self) -> bool:
        if not self._is_running():
            said = (self.folder / "output").read_text()
            if CANNOT_BE_HAD in said:
                raise ServerMissing(said.strip().splitlines()[-1])
            raise RuntimeError(f"Elasticsearch ended: {said[-3000:]}")
        with contextlib.suppress(TransportError, ApiError):
            return not self.superuser.cluster.health(wait_for_status="yellow", timeout="1s")["timed_out"]
        return False


# Held, so that nobody complains of processes that still run; they end with the run.
_started: list[subprocess.Popen[bytes]] = []


class SharedElasticsearch:
    """One server for all processes of a test run. Whoever needs it first starts it; the run's first process ends it.

    ``run_dir``: a folder that all of them know. REGISTRA_TEST_ELASTICSEARCH is "start", as `make test` has it, or the
    folder of a server that runs already (`python -m tests.search_server`), to spare its start again and again.
    """

    def __init__(self, run_dir: Path) -> None:
        self.run_dir = run_dir
        self.worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._held: int | None = None

    def hold(self) -> None:
        """In the first process of the run, before the others begin: the server lives as long as this one."""
        os.mkfifo(self.run_dir / "life")
        self._held = os.open(self.run_dir / "life", os.O_RDWR)

    def end(self) -> None:
        if (self.run_dir / "server").exists():
            ElasticsearchServer(Path((self.run_dir / "server").read_text())).discard()
        if self._held is not None:
            os.close(self._held)

    def begin(self) -> None:
        """Start it, unless another process did."""
        if CHOSEN != START:
            return
        with (self.run_dir / "server.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self.run_dir / "server").exists():
                server = ElasticsearchServer(life=self.run_dir / "life").begin()
                (self.run_dir / "server").write_text(str(server.folder))

    @cached_property
    def server(self) -> ElasticsearchServer:
        """Once it answers."""
        self.begin()
        if not CHOSEN:
            raise ServerMissing("REGISTRA_TEST_ELASTICSEARCH=start starts Elasticsearch, and make test does.")
        folder = Path((self.run_dir / "server").read_text() if CHOSEN == START else CHOSEN)
        return ElasticsearchServer(folder, life=self.run_dir / "life").wait()

    @contextlib.contextmanager
    def use(self, *, alone: bool = False) -> Iterator[ElasticsearchServer]:
        """``alone``: while no other process uses it, to kill it."""
        server = self.server
        with (self.run_dir / "use.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield server


def _hashed(password: str) -> str:
    """As the server's file of users has it: PBKDF2 over SHA-512, 256 bits."""
    salt, rounds = secrets.token_bytes(32), 1_000
    hashed = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds, dklen=32)
    return f"{{PBKDF2}}{rounds}${base64.b64encode(salt).decode()}${base64.b64encode(hashed).decode()}"


def _write_certificate(certificate_file: Path, key_file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Elasticsearch of the tests")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
                key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


if __name__ == "__main__":
    with ElasticsearchServer() as running:
        print(f"export REGISTRA_TEST_ELASTICSEARCH={running.folder}")
        print("Ctrl-C ends it.", file=sys.stderr, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
