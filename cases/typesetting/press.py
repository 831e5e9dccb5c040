"""The typesetting itself. The only place that imports Typst."""

import json
import logging
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import local
from typing import Any

import typst
from django.utils.translation import gettext as _

from cases.typesetting.papers import Paper
from cases.typesetting.words import printable_data

TEMPLATES = Path(__file__).parent / "templates"

log = logging.getLogger(__name__)
_presses = local()


class TypesettingFailed(Exception):
    """The paper could not be made."""


def typeset(template: str, data: Paper | Mapping[str, Any], *, language: str, at: datetime) -> bytes:
    """Make a paper and return it as PDF/A-3a and PDF/UA-1 bytes.

    `template` names a file of typesetting/templates without its ending; `data` has the shape of the paper of that
    name in `papers`. Data is never markup: what a citizen typed stays words. The same data, language and `at`
    always give the same bytes; `at` becomes the document's date of creation.
    """
    content = {**_as_mapping(data), "language": language}
    try:
        pdf = _press(template).compile(
            format="pdf",
            sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
            pdf_standards=["a-3a", "ua-1"],
            timestamp=at.astimezone(UTC).replace(microsecond=0),
        )
    except typst.TypstError as error:
        log.exception("Typst refused the paper %s.", template)
        raise TypesettingFailed(_refusal(template)) from error
    except BaseException as error:
        # A defect inside Typst arrives as a PanicException, which is no Exception: uncaught it would end the worker.
        if type(error).__name__ != "PanicException":
            raise
        _presses.__dict__.clear()
        raise TypesettingFailed(_refusal(template)) from error
    return bytes(pdf)  # type: ignore[arg-type]  # one file: only images come as several


def _refusal(template: str) -> str:
    return _(
        "The paper “{template}” could not be made. Its words and files are safe; an administrator sees the cause."
    ).format(template=template)


def _as_mapping(data: Paper | Mapping[str, Any]) -> dict[str, Any]:
    if not (is_dataclass(data) or isinstance(data, Mapping)):
        raise TypeError(f"A paper's data is a Paper or a mapping, not {type(data).__name__}.")
    content = printable_data(data)
    if not isinstance(content, dict):
        raise TypeError("A paper's data has named values.")
    # An accessible document has a title; a draft may not have one yet.
    content["title"] = content["title"].strip() or content["reference"].strip() or "—"
    return content


def _press(template: str) -> typst.Compiler:
    """One compiler per template and thread: making one costs more than setting a page."""
    presses: dict[str, typst.Compiler] = _presses.__dict__
    if template not in presses:
        source = TEMPLATES / f"{template}.typ"
        if source.parent != TEMPLATES or not source.is_file():
            raise TypesettingFailed(_("There is no paper called “{template}”.").format(template=template))
        presses[template] = typst.Compiler(
            input=str(source), root=str(TEMPLATES), font_paths=typst.Fonts(include_system_fonts=False)
        )
    return presses[template]
