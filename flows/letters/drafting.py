"""Drafts of decision letters: begun with a standard text, saved with a revision, checked for gaps."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.acting import Actor
from cases.clock import local_date
from cases.dispatching import addressees
from cases.models import Case, LetterDraft, Signature, Task, User
from flows.letters.definition import Letter
from flows.letters.filling import Filling, facts_of, filling_of
from flows.letters.placeholders import Gap, gaps_in, names_in
from flows.letters.publishing import letter_numbered, pin, version_for
from flows.letters.standard import DECISION, DecisionOutcome
from flows.taking import TaskRefused, lock_case, may_do

KIND = "DECISION"
WRITING_STEPS = ("handle", "draft")


class DraftChanged(TaskRefused):
    """Somebody saved the draft meanwhile. ``draft`` is how it is now."""

    def __init__(self, draft: LetterDraft) -> None:
        self.draft = draft
        super().__init__(
            _(
                "{who} saved this draft while you were writing. Your words are still below: compare them with "
                "the saved version, then save again."
            ).format(who=draft.written_by)
        )


class DraftClosed(TaskRefused):
    def __init__(self) -> None:
        super().__init__(
            _("The draft can't be changed at this step. It can be sent back with remarks, or called back.")
        )


class DraftHasGaps(TaskRefused):
    def __init__(self, gaps: list[Gap]) -> None:
        self.gaps = gaps
        super().__init__(
            _("Some words are still missing in the letter: {names}.").format(
                names=", ".join(f"{{{gap.name}}}" for gap in gaps)
            )
        )


def current_draft(case: Case) -> LetterDraft | None:
    """The decision under work, or the one that was sent."""
    drafts = case.drafts.filter(kind=KIND).select_related("written_by", "document")
    return drafts.order_by("-pk").first()


def draft_under_work(case: Case) -> LetterDraft | None:
    """The letter that is not signed yet; after a signed one the next step of writing begins another."""
    draft = current_draft(case)
    is_signed = draft and Signature.objects.filter(request__document=draft.document_id or 0).exists()
    return None if is_signed else draft


def writing_task(case: Case) -> Task | None:
    """The open task that lets its holder change the draft."""
    task = case.tasks.open().filter(step__in=WRITING_STEPS).select_related("unit", "holder").order_by("pk").first()
    if task:
        task.case = case
    return task


def language_for(case: Case, letter: Letter) -> str:
    """The applicant's language if the letter is written in it, else the institution's."""
    parties = addressees(case)
    wanted = (parties[0].language if parties else case.language).split("-")[0]
    return wanted if wanted in letter.languages() else case.institution.main_language


def letter_of(draft: LetterDraft) -> Letter:
    """The version of the letter that the draft was begun with."""
    key, _slash, number = draft.template.partition("/")
    letter, _number = letter_numbered(draft.case, key, int(number or 0))
    return letter


@transaction.atomic
def begin_draft(
    case: Case, *, outcome: str, actor: Actor, at: dt.datetime, language: str = "", key: str = DECISION
) -> LetterDraft:
    """Begin the decision with the letter's text for its outcome. One that was begun already is returned.

    The draft keeps the version that it began with, and the case pins it.
    """
    case = lock_case(case.pk)
    writer = _writer(case, actor=actor, at=at)
    if draft := draft_under_work(case):
        return draft
    letter, number = version_for(case, key)
    language = language or language_for(case, letter)
    title, body = _texts_for(case, letter, language, outcome)
    pin(case, key, number)
    return LetterDraft.objects.create(
        case=case,
        kind=KIND,
        template=f"{key}/{number}",
        language=language,
        title=title,
        body=body,
        outcome=outcome,
        written_by=writer,
        changed_at=at,
    )


def _texts_for(case: Case, letter: Letter, language: str, outcome: str) -> tuple[str, str]:
    facts, main = facts_of(case, outcome=outcome, asked=letter.asked()), case.institution.main_language
    return letter.subject_in(language, facts, main=main)[:300], letter.body_in(language, facts, main=main)


@transaction.atomic
def save_draft(
    draft: LetterDraft, *, revision: int, title: str, body: str, outcome: str, actor: Actor, at: dt.datetime
) -> LetterDraft:
    """Save what was typed, if nobody saved since ``revision`` was read."""
    case = lock_case(draft.case_id)
    writer = _writer(case, actor=actor, at=at)
    current = LetterDraft.objects.select_related("written_by", "document").get(pk=draft.pk)
    current.case = case
    if current.document and current.document.locked_at:
        raise DraftClosed
    if current.revision != revision:
        raise DraftChanged(current)
    if outcome not in DecisionOutcome.values:
        raise TaskRefused(_("Choose what is decided."))
    current.title, current.body, current.outcome = title.strip()[:300], body.replace("\r\n", "\n").strip(), outcome
    current.revision += 1
    current.written_by, current.changed_at = writer, at
    current.save(update_fields=["title", "body", "outcome", "revision", "written_by", "changed_at"])
    return current


@transaction.atomic
def use_standard_text(draft: LetterDraft, *, revision: int, outcome: str, actor: Actor, at: dt.datetime) -> LetterDraft:
    """Start over with the letter's text for another outcome."""
    title, body = _texts_for(draft.case, letter_of(draft), draft.language, outcome)
    return save_draft(draft, revision=revision, title=title, body=body, outcome=outcome, actor=actor, at=at)


def _writer(case: Case, *, actor: Actor, at: dt.datetime) -> User:
    """Who writes: the person whose task it is."""
    task = writing_task(case)
    if task is None or actor.user is None:
        raise DraftClosed
    if not may_do(task, actor.user, on=local_date(case, at)):
        raise TaskRefused(_("{whom} writes the decision in this case.").format(whom=task.holder or task.unit))
    return actor.user


def filling_for(draft: LetterDraft, *, at: dt.datetime) -> Filling:
    """What the placeholders of the draft and of its letter stand for on that day."""
    letter = letter_of(draft)
    words = [draft.title, draft.body, *letter.salutation.values(), *letter.closing.values()]
    return filling_of(
        draft.case,
        language=draft.language,
        today=local_date(draft.case, at),
        outcome=draft.outcome,
        names=names_in("\n".join(words)),
    )


def gaps_of(draft: LetterDraft, *, at: dt.datetime) -> list[Gap]:
    """What is still missing before the letter can be sent on: unknown or empty placeholders."""
    return gaps_in(f"{draft.title}\n{draft.body}", filling_for(draft, at=at).values)


def check_finished(draft: LetterDraft, *, at: dt.datetime) -> None:
    if gaps := gaps_of(draft, at=at):
        raise DraftHasGaps(gaps)
    if not draft.title or not draft.body:
        raise TaskRefused(_("The letter has no title or no text yet."))
