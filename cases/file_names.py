"""Names of files as people sent them, made safe to show, print and offer for download."""

import unicodedata

LONGEST = 180
_UNWANTED = set('/\\:*?"<>|')


def cleaned(name: str) -> str:
    """Without folders, line breaks, control and direction marks; at most 180 characters, ending kept.

    Right-to-left marks can make ``exe.pdf`` read like ``fdp.exe``, so every format character goes.
    """
    kept = "".join(
        "_" if character in _UNWANTED else character
        for character in unicodedata.normalize("NFC", name)
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    kept = " ".join(kept.split()).strip(". ")
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > 8:
        stem, ending = kept, ""
    room = LONGEST - len(ending) - 1
    return f"{stem[:room]}.{ending}" if ending else kept[:LONGEST] or "file"
