"""A browser as small as it can be: one connection kept open, cookies, redirects, hidden fields of forms.

Written on a bare socket, because client and server share the machine: a heavy client would be measured too.
"""

import html
import re
import secrets
import socket
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

_COOKIE = re.compile(rb"\r\nset-cookie: ([^=\r]+)=([^;\r]*)", re.IGNORECASE)
_HEADER = re.compile(rb"\r\n(content-length|location|connection): ([^\r]*)", re.IGNORECASE)
_HIDDEN = re.compile(rb'<input type="hidden" name="([^"]+)"[^>]* value="([^"]*)"')

PATIENCE_SECONDS = 300

type Fields = list[tuple[str, str]]


class Unexpected(AssertionError):
    """The server answered something else than the story goes on with."""


@dataclass
class Answer:
    status: int
    location: str
    body: bytes

    def hidden(self) -> Fields:
        """The hidden fields of the page's forms, the CSRF token among them: a browser sends them back."""
        fields = [(name.decode(), html.unescape(value.decode())) for name, value in _HIDDEN.findall(self.body)]
        if not any(name == "csrfmiddlewaretoken" for name, _value in fields):
            raise Unexpected(f"No form in {self.body[:2000]!r}")
        return fields


class Browser:
    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[bytes, bytes] = {}
        self.requests = 0
        self._socket: socket.socket | None = None

    def get(self, address: str) -> Answer:
        return self._ask(b"GET", address, b"", b"")

    def post(self, address: str, fields: Fields) -> Answer:
        return self._ask(b"POST", address, urlencode(fields).encode(), b"application/x-www-form-urlencoded")

    def upload(self, address: str, fields: Fields, name: str = "", file_name: str = "", content: bytes = b"") -> Answer:
        """Send a form with a file field; without a name no file was chosen."""
        boundary = secrets.token_hex(16).encode()
        parts = [
            b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
            % (boundary, key.encode(), value.encode())
            for key, value in fields
        ]
        head = (
            b'--%b\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\nContent-Type: application/pdf\r\n\r\n'
        )
        if name:
            parts += [head % (boundary, name.encode(), file_name.encode()), content, b"\r\n"]
        body = b"".join([*parts, b"--%b--\r\n" % boundary])
        return self._ask(b"POST", address, body, b"multipart/form-data; boundary=" + boundary)

    def follow(self, answer: Answer) -> Answer:
        """Go where a redirect leads; anything else than a redirect is not what the story expects."""
        if answer.status != 302:
            raise Unexpected(f"{answer.status} instead of a redirect: {answer.body.decode(errors='replace')[:4000]}")
        return self.page(answer.location)

    def page(self, address: str) -> Answer:
        answer = self.get(address)
        if answer.status != 200:
            raise Unexpected(f"{address}: {answer.status} {answer.location} {answer.body[:500]!r}")
        return answer

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, method: bytes, address: str, body: bytes, kind: bytes) -> Answer:
        parts = urlsplit(address)
        target = (parts.path + (f"?{parts.query}" if parts.query else "")).encode()
        head = b"%b %b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept-Language: en\r\n" % (method, target, self.port)
        if self.cookies:
            head += b"Cookie: " + b"; ".join(b"%b=%b" % cookie for cookie in self.cookies.items()) + b"\r\n"
        if method == b"POST":
            head += b"Content-Type: %b\r\nContent-Length: %d\r\n" % (kind, len(body))
            head += b"Referer: http://127.0.0.1:%d%b\r\n" % (self.port, target)
        self.requests += 1
        return self._exchange(head + b"\r\n", body)

    def _exchange(self, head: bytes, body: bytes) -> Answer:
        """A kept connection may have been closed by the server meanwhile: then once more on a new one."""
        is_kept = self._socket is not None
        try:
            return self._send(head, body)
        except (ConnectionError, EOFError):
            self.close()
            if not is_kept:
                raise
            return self._send(head, body)

    def _send(self, head: bytes, body: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(head + body)
        return self._receive(self._socket)

    def _receive(self, connection: socket.socket) -> Answer:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._some(connection)
        head, _blank, content = received.partition(b"\r\n\r\n")
        headers = {name.lower(): value for name, value in _HEADER.findall(head)}
        length = int(headers.get(b"content-length", 0))
        pieces, missing = [content], length - len(content)
        while missing > 0:
            pieces.append(self._some(connection))
            missing -= len(pieces[-1])
        for name, value in _COOKIE.findall(head):
            self.cookies[name] = value
        if headers.get(b"connection", b"").lower() == b"close":
            self.close()
        return Answer(int(head[9:12]), headers.get(b"location", b"").decode(), b"".join(pieces))

    @staticmethod
    def _some(connection: socket.socket) -> bytes:
        piece = connection.recv(262_144)
        if not piece:
            raise EOFError("The server closed the connection.")
        return piece
