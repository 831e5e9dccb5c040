"""A small proxy on loopback in front of the real Elasticsearch, for what a network or a busy cluster answers."""

import http.server
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.search_server import ElasticsearchServer


class Trouble:
    """``answers``: what the next requests to a matching path get instead of an answer; then they go through."""

    def __init__(self) -> None:
        self.address = ""
        self.path = ""
        self.answers: list[int] = []
        self.refused = 0

    def comes(self, path: str, *answers: int) -> None:
        self.path, self.answers, self.refused = path, list(answers), 0


@contextmanager
def troubled(server: ElasticsearchServer) -> Iterator[Trouble]:
    trouble = Trouble()
    context = ssl.create_default_context(cafile=str(server.authority))

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if trouble.answers and trouble.path in self.path:
                trouble.refused += 1
                self.give(trouble.answers.pop(0), {"X-Elastic-Product": "Elasticsearch"}, b"{}")
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            asked = urllib.request.Request(
                server.address + self.path, data=body or None, headers=headers, method=self.command
            )
            try:
                with urllib.request.urlopen(asked, context=context) as reply:
                    self.give(reply.status, reply.headers, reply.read())
            except urllib.error.HTTPError as error:
                self.give(error.code, error.headers, error.read())

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer

        def give(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
            self.send_response(status)
            for name in ("X-Elastic-Product", "Content-Type"):
                if value := headers.get(name):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as proxy:
        proxy.daemon_threads = True
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        trouble.address = f"http://127.0.0.1:{proxy.server_port}"
        yield trouble
        proxy.shutdown()
