"""Pages that are the same for everybody but for a few words: drawn once, then the words are put into their gaps.

Drawing the page that answers a filing was a tenth of what the whole filing cost.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import escape

from portal_pages.portal import KEPT_SECONDS, Portal

# Of Unicode's private use: no keyboard has them.
_OPENING, _CLOSING = "\ue0a0", "\ue0a1"
_GAP = re.compile(f"{_OPENING}([^{_CLOSING}]*){_CLOSING}")


class Gaps:
    """Words of one reader, by name. Called with both it remembers the words and returns what the template shows."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}

    def __call__(self, name: str, words: str) -> str:
        """A gap; nothing where there are no words, so that templates may ask whether there are."""
        if not words:
            return ""
        self.words[name] = words
        return f"{_OPENING}{name}{_CLOSING}"


def draw_kept(request: HttpRequest, template: str, context: Mapping[str, Any], gaps: Gaps) -> str:
    """The page with the reader's words, escaped.

    ``context``: plain values only, the reader's own as gaps: what it says is what the page is kept by, beside the
    frame of the site, the language and the address. A change of the site shows after `KEPT_SECONDS` at the latest.
    """
    portal = Portal(request)
    known_by = (template, sorted(context.items()), portal.frame, portal.theme_address, request.get_full_path())
    key = f"portal-kept-{hashlib.sha256(repr(known_by).encode()).hexdigest()}"
    pieces = cache.get(key)
    if pieces is None:
        pieces = _GAP.split(render_to_string(template, dict(context), request))
        cache.set(key, pieces, KEPT_SECONDS)
    filled = list(pieces)
    filled[1::2] = [escape(gaps.words[name]) for name in pieces[1::2]]
    return "".join(filled)
