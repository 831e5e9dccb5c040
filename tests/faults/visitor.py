"""Somebody with a browser that knows no JavaScript, over HTTP."""

import html
import re
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from http.cookiejar import CookieJar
from itertools import chain
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

PATIENCE_SECONDS = 120


@dataclass
class Answer:
    status: int
    address: str
    words: str

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.words)
        return found[1] if found else ""

    def all_hidden(self) -> dict[str, str]:
        """What a page offers to be sent again."""
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.words)
        return {name: html.unescape(value) for name, value in fields}


class Visitor:
    def __init__(self, site: str) -> None:
        self.site = site
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(f"{self.site}{path}"))

    def send(self, path: str, values: dict[str, Any]) -> Answer:
        """Open a page and send its form; what follows a redirect is the answer."""
        page = self.open(path)
        hidden = {name: page.hidden(name) for name in ("csrfmiddlewaretoken", "key") if page.hidden(name)}
        return self.send_again(path, hidden | values)

    def send_again(self, path: str, values: dict[str, Any]) -> Answer:
        body = encode_multipart(BOUNDARY, values)
        return self._ask(
            urllib.request.Request(f"{self.site}{path}", data=body, headers={"Content-Type": MULTIPART_CONTENT})
        )

    def send_long(self, path: str, field: str, files: dict[str, tuple[int, Iterable[bytes]]]) -> Answer:
        """Send files by themselves; each is a size and the pieces that make it, and none is held in memory."""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n'
        token = self.open(path).hidden("csrfmiddlewaretoken")
        parts: list[tuple[int, Iterable[bytes]]] = []

        def add(words: str) -> None:
            parts.append((len(words.encode()), [words.encode()]))

        add(head.format("csrfmiddlewaretoken", "") + token + "\r\n")
        for name, file in files.items():
            add(head.format(field, f'; filename="{name}"'))
            parts.append(file)
            add("\r\n")
        add(f"--{BOUNDARY}--\r\n")
        headers = {"Content-Type": MULTIPART_CONTENT, "Content-Length": str(sum(size for size, _pieces in parts))}
        body = chain.from_iterable(pieces for _size, pieces in parts)
        return self._ask(urllib.request.Request(f"{self.site}{path}", data=body, headers=headers))

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            with self.opener.open(request, timeout=PATIENCE_SECONDS) as response:
                # The answer to a press may be the page of another address.
                address = urljoin(response.url, response.headers.get("Content-Location", ""))
                return Answer(response.status, address, response.read().decode())
        except HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, str(refusal.url), refusal.read().decode())
