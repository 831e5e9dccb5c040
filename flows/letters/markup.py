"""The words of a draft as pieces of the paper: paragraphs, lists, headings, tables, ``*strong*`` and ``_emphasis_``.

Marks are read before placeholders are filled: what a citizen typed is words, whatever it looks like.
"""

import re
from collections.abc import Iterator, Mapping

from cases.typesetting import Heading, Items, Paragraph, Run, Table
from flows.letters.placeholders import PLACEHOLDER, fill, name_of

type Piece = Heading | Paragraph | Items | Table

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n")
_INSIDE = r"(?:\{[^{}\n]*\}|[^\n])"
_MARKED = re.compile(
    PLACEHOLDER.pattern.replace("(", "(?P<placeholder>", 1)
    + rf"|(?<![\w*])\*(?=\S)(?P<strong>{_INSIDE}+?)(?<=\S)\*(?![\w*])"
    + rf"|(?<![\w_])_(?=\S)(?P<emphasis>{_INSIDE}+?)(?<=\S)_(?![\w_])"
)


def pieces_of(words: str, values: Mapping[str, str], tables: Mapping[str, Table]) -> list[Piece]:
    """Blank lines divide paragraphs; lines that begin with - are a list, a line that begins with # is a heading."""
    pieces: list[Piece] = []
    for part in _BLANK_LINES.split(words.strip()):
        pieces += _pieces([line.strip() for line in part.splitlines() if line.strip()], values, tables)
    return pieces


def _pieces(lines: list[str], values: Mapping[str, str], tables: Mapping[str, Table]) -> Iterator[Piece]:
    waiting: list[str] = []
    for line in [*lines, ""]:
        is_item = line.startswith("-")
        if waiting and (waiting[0].startswith("-") != is_item or not line or _stands_alone(line)):
            yield _together(waiting, values)
            waiting = []
        if not line:
            continue
        if line.startswith("# "):
            yield Heading(text=fill(line.removeprefix("# "), values))
        elif (name := _table_name(line)) and name in tables:
            yield tables[name]
        else:
            waiting.append(line)


def _stands_alone(line: str) -> bool:
    return line.startswith("# ") or bool(_table_name(line))


def _table_name(line: str) -> str:
    found = PLACEHOLDER.fullmatch(line)
    name = name_of(found) if found else ""
    return name if name.startswith("table:") else ""


def _together(lines: list[str], values: Mapping[str, str]) -> Piece:
    if lines[0].startswith("-"):
        return Items(items=[runs_of(line.removeprefix("-").strip(), values) for line in lines])
    return Paragraph(text=runs_of("\n".join(lines), values))


def runs_of(words: str, values: Mapping[str, str]) -> str | list[Run]:
    """The words with their placeholders filled; plain words where nothing is marked."""
    runs: list[Run] = []
    end = 0
    for found in _MARKED.finditer(words):
        if found["placeholder"] is not None:
            continue
        runs.append(Run(text=fill(words[end : found.start()], values)))
        is_strong = found["strong"] is not None
        inner = found["strong"] if is_strong else found["emphasis"]
        runs.append(Run(text=fill(inner, values), strong=is_strong, emphasis=not is_strong))
        end = found.end()
    runs.append(Run(text=fill(words[end:], values)))
    runs = [run for run in runs if run.text]
    if not any(run.strong or run.emphasis for run in runs):
        return "".join(run.text for run in runs)
    return runs
