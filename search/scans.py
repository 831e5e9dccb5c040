"""Recognises the text of scans, photos and faxes, and puts a searchable copy beside the untouched original."""

import datetime as dt
import json
import math
import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases import media_types, outbox
from cases.acting import Actor
from cases.capturing import BytesDestroyed, FileToKeep, KeptFile, keep_files, store_rows
from cases.models import ComponentFile, FileRole
from cases.originals import Kept, store
from cases.previews import readable_path
from cases.scratch import remove_left_behind, scratch_folder
from cases.searchable import NotCopied, add_searchable_copy, copy_to_keep
from search.dictionaries import lookup
from search.extraction import LIMITS, Extracted, recognise, words_on_page
from search.models import WITHOUT_OCR, FileText, TextState
from search.page_texts import GIVEN, PICTURES_READ, SEARCHABLE, TOO_SLOW, Order
from search.reading import CLAIM, claim_next, keep_text, put_pages
from search.texts import COPIES

# Our languages as tesseract names them.
LANGUAGES = {"bg": "bul", "pl": "pol", "ro": "ron", "en": "eng"}
OURS = {named: own for own, named in LANGUAGES.items()}
# By what tesseract knows which side of a page is up.
TURNING = "osd"
# A page takes two to five seconds; a file of three hundred may go on for hours, but not for ever. Whoever asks for
# another try of a page that took longer than the first of these gets the second.
SECONDS_A_PAGE, SECONDS_ANOTHER_TIME = 60, 240
SECONDS_AT_LEAST, SECONDS_AT_MOST = 120, 3 * 3600
# In running text of a language four words of five are known; read as another language one of three at most.
ENOUGH_KNOWN = 0.4
# Upside down hardly one of ten is a word by chance.
NONSENSE = 0.2
WORDS_TO_JUDGE = 5
COMPLETE = {TextState.READ, TextState.NO_TEXT}
_WORD = re.compile(r"[^\W\d_]{3,}")


def installed_languages() -> frozenset[str]:
    """What tesseract on this machine can read, and TURNING where it can tell how a page lies; nothing where it is not
    installed.
    """
    program = shutil.which("tesseract")
    if program is None:
        return frozenset()
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    return frozenset(listed.stdout.split("\n")[1:]) & {*OURS, TURNING}


def let_scans_wait_again() -> int:
    """Scans that lay aside without OCR are recognised once it is installed."""
    aside = FileText.objects.filter(state__in=WITHOUT_OCR)
    if not aside.exists():
        return 0
    installed = installed_languages() - {TURNING}
    if not installed:
        return 0
    if len(installed) < len(OURS):
        aside = aside.filter(state=TextState.NO_OCR)
    return aside.update(state=TextState.SCAN, claimed_until=None, claims=0)


def is_room_for_a_scan(*, at: dt.datetime) -> bool:
    """Half of the processors are for scans."""
    at_once = max(1, (os.cpu_count() or 1) // 2)
    return FileText.objects.filter(state=TextState.SCAN, claimed_until__gt=at).count() < at_once


def recognise_next_scan(*, at: dt.datetime) -> bool:
    """Recognise the text of one scan. False when none waits, or others are at it."""
    text = claim_next(TextState.SCAN, at=at)
    if text is None:
        return False
    if text.claims:
        # Whoever claimed it before was killed.
        remove_left_behind()
    with scratch_folder("scan") as folder:
        recognised = _recognised(text, folder)
        copy = _kept_copy(text, recognised)
        words = {} if copy else _places_of_words(text, recognised)
    extracted = recognised.to_keep
    with transaction.atomic():
        if keep_text(text, extracted, at=at, words=words):
            FileText.objects.filter(pk=text.pk).update(ocr_language=recognised.language)
            if copy:
                _know_copy(text, copy, extracted, at=at)
    if copy:
        add_copies({"files": [text.pk]}, at=at)
    return True


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was read and in which language; ``folder`` holds the PDF that was read and the same with its text."""

    extracted: Extracted
    language: str = ""
    folder: Path = Path("/nonexistent")
    too_slow: frozenset[int] = frozenset()

    @property
    def to_keep(self) -> Extracted:
        """What was read. A page that took too long is there without text, and the file says so."""
        if not self.too_slow:
            return self.extracted
        end = TextState.TOO_SLOW if self.extracted.end in COMPLETE else self.extracted.end
        return replace(self.extracted, pages=dict.fromkeys(self.too_slow, "") | self.extracted.pages, end=end)

    @property
    def known(self) -> float | None:
        return known_share(self.extracted, self.language)

    def is_nonsense_somewhere(self, *, apart_from: Collection[int]) -> bool:
        """Whether a page among others that make sense makes none: it may lie upside down."""
        shares = (
            _share_of(text, self.language) for page, text in self.extracted.pages.items() if page not in apart_from
        )
        return any(share is not None and share < NONSENSE for share in shares)


def _recognised(text: FileText, folder: Path) -> Recognised:
    installed = installed_languages()
    if not installed - {TURNING}:
        return Recognised(_as_it_was(text, TextState.NO_OCR))
    order = [language for language in languages_of(text.pk) if language in installed]
    if not order:
        return Recognised(_as_it_was(text, TextState.NO_LANGUAGE))
    try:
        with readable_path(text.pk) as path:
            run = partial(_run, text, path, folder)
            return _best(run, order, had_text=_pages_with_text(text), can_turn=TURNING in installed)
    except FileNotFoundError:
        return Recognised(Extracted({}, TextState.MISSING))


def _pages_with_text(text: FileText) -> set[int]:
    """Pages that are no pictures, as they were read before."""
    return set(text.stored_file.pages.exclude(text="").values_list("page", flat=True))


def _as_it_was(text: FileText, end: str) -> Extracted:
    """Pages that have text of their own stay as they were read."""
    return Extracted(dict(text.stored_file.pages.values_list("page", "text")), end)


def languages_of(sha256: str) -> list[str]:
    """The languages that the file may be in, likeliest first: what its service says of scans, then that of its
    document, its case, its town, and ours.
    """
    uses = ComponentFile.objects.filter(stored_file=sha256).order_by("-pk")
    said = uses.values_list(
        "component__document__case__service__scan_language",
        "component__document__language",
        "component__document__case__language",
        "component__document__case__institution__main_language",
    )[:5]
    ours = [language for row in said for language in row]
    return list(dict.fromkeys(LANGUAGES[language] for language in (*ours, *LANGUAGES) if language in LANGUAGES))


def _best(
    run: Callable[..., Recognised], order: Sequence[str], *, had_text: Collection[int], can_turn: bool
) -> Recognised:
    """Read in the likeliest language; where that makes no sense, the first page in the others, and turned round."""
    read = run(order[0])
    if read.extracted.end not in COMPLETE:
        return read
    if read.known is None or read.known < ENOUGH_KNOWN:
        better = _best_trial(run, order, than=read, can_turn=can_turn)
        if better is None:
            return read
        language, is_turned = better
        read = run(language, may_be_turned=is_turned)
        if is_turned:
            return read
    if can_turn and read.is_nonsense_somewhere(apart_from=had_text):
        turned = run(read.language, may_be_turned=True)
        return turned if (turned.known or 0.0) > (read.known or 0.0) else read
    return read


def _best_trial(
    run: Callable[..., Recognised], order: Sequence[str], *, than: Recognised, can_turn: bool
) -> tuple[str, bool] | None:
    """The language in which the first page makes more sense, and whether it had to be turned; None if none does.

    Where hardly a word was read, it may lie on its side; no other language would find more.
    """

    def tried(language: str, is_turned: bool) -> tuple[float, str, bool]:
        trial = run(language, is_trial=True, may_be_turned=is_turned)
        return trial.known or 0.0, language, is_turned

    trials = [tried(language, False) for language in order[1:]] if than.known is not None else []
    if can_turn and max(trials, default=(0.0,))[0] < ENOUGH_KNOWN:
        trials += [tried(language, True) for language in (order[:1] if than.known is None else order)]
    share, language, is_turned = max(trials, default=(0.0, "", False))
    return (language, is_turned) if share > (than.known or 0.0) else None


def known_share(extracted: Extracted, language: str) -> float | None:
    """How many of the words are words of the language; None where there are too few to tell."""
    return _share_of(" ".join(extracted.pages.values())[:20_000], language)


def _share_of(text: str, language: str) -> float | None:
    words = _WORD.findall(unicodedata.normalize("NFC", text))[:400]
    own = OURS.get(language)
    if len(words) < WORDS_TO_JUDGE or own is None:
        return None
    return sum(lookup.get_lemma(word.lower(), own) is not None for word in words) / len(words)


def _run(
    text: FileText,
    path: Path,
    folder: Path,
    language: str,
    *,
    is_trial: bool = False,
    may_be_turned: bool = False,
) -> Recognised:
    own = Path(tempfile.mkdtemp(dir=folder))
    patience = SECONDS_ANOTHER_TIME if text.ocr_language else SECONDS_A_PAGE
    order = Order(
        LIMITS,
        (language,),
        is_trial=is_trial,
        may_be_turned=may_be_turned,
        at_once=os.cpu_count() or 1,
        patience=patience,
    )
    pages = 1 if is_trial else min(text.scans, order.scans)
    # A little more than the pages may take, so that one that takes too long doesn't cost the text of all others.
    seconds = min(SECONDS_AT_MOST, max(SECONDS_AT_LEAST, math.ceil(patience * (1 + pages / order.at_once))))
    beat = partial(_still_at_it, text)
    extracted = recognise(path, folder=own, order=order, seconds=seconds, scratch=folder, beat=beat)
    return Recognised(extracted, language, own, _too_slow_in(own))


def _too_slow_in(folder: Path) -> frozenset[int]:
    """As the recogniser wrote down; nothing where it was stopped before."""
    told = folder / TOO_SLOW
    return frozenset(json.loads(told.read_text())) if told.exists() else frozenset()


def _still_at_it(text: FileText) -> None:
    FileText.objects.filter(pk=text.pk).update(claimed_until=timezone.now() + CLAIM)


# -- The searchable copy


def _kept_copy(text: FileText, recognised: Recognised) -> KeptFile | None:
    """The copy's bytes in the store, unless there is none or one already: what is signed is never rewritten.

    Where pages took too long there is none yet, since another try may read them: a copy is made once.
    """
    extracted, made = recognised.extracted, recognised.folder / SEARCHABLE
    if (
        text.is_signed
        or text.searchable_id
        or recognised.too_slow
        or extracted.end not in {"READ", "CUT_SHORT"}
        or not extracted.pages
        or not made.exists()
    ):
        return None
    with made.open("rb") as stream:
        [kept] = keep_files([FileToKeep(SEARCHABLE, stream=stream, media_type=media_types.PDF)])
    return kept


def _places_of_words(text: FileText, recognised: Recognised) -> dict[int, list]:
    """Where the words stand on pages whose own file says nothing of it and gets no copy: a signed scan above all."""
    made = next((one for name in (SEARCHABLE, PICTURES_READ) if (one := recognised.folder / name).exists()), None)
    if made is None or text.searchable_id:
        return {}
    new = sorted(set(recognised.extracted.pages) - _pages_with_text(text))
    return {page: words_on_page(made, page, lying_as=recognised.folder / GIVEN) for page in new}


def _know_copy(text: FileText, copy: KeptFile, extracted: Extracted, *, at: dt.datetime) -> None:
    """What the copy says is known already, so that the file never drops out of what is found."""
    store_rows([copy], at=at)
    FileText.objects.update_or_create(
        pk=copy.kept.sha256, defaults={"state": extracted.end, "read_at": at, "claimed_until": None}
    )
    put_pages(copy.kept.sha256, extracted.pages)
    FileText.objects.filter(pk=text.pk).update(searchable=copy.kept.sha256)


@outbox.handler(COPIES)
def add_copies(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Put the searchable copies of these files (hashes) beside each of their uses that has none."""
    for text in FileText.objects.filter(pk__in=payload["files"], searchable__isnull=False).select_related("searchable"):
        copy = text.searchable
        if copy is None:
            continue
        if not store().exists(copy.pk):
            FileText.objects.filter(pk=text.pk).update(searchable=None, state=TextState.SCAN, claims=0)
            continue
        kept = KeptFile(FileToKeep(SEARCHABLE), Kept(copy.sha256, copy.size), copy.media_type)
        for scan in uses_without_copy(text.pk):
            try:
                add_searchable_copy(scan, copy_to_keep(scan, kept), actor=Actor.job(COPIES), at=at)
            except (NotCopied, BytesDestroyed):
                continue


def uses_without_copy(sha256: str) -> QuerySet[ComponentFile]:
    living = ComponentFile.objects.filter(superseded_by__isnull=True, destruction__isnull=True)
    uses = living.filter(stored_file=sha256, role__in=(FileRole.ORIGINAL, FileRole.SCAN))
    copied = living.filter(role=FileRole.SEARCHABLE).values("component")
    return uses.exclude(component__in=copied).select_related("component__document")
