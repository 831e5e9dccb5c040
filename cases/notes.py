"""Notes and messages: a telephone note in one line, words to the applicant."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.dispatching import tell
from cases.models import Case, Event


class NothingSaid(Exception):
    def __init__(self) -> None:
        super().__init__(_("Write a few words first."))


@transaction.atomic
def add_phone_note(case: Case, *, words: str, actor: Actor, at: dt.datetime) -> Event:
    """Keep what was said on the telephone; only the office reads it."""
    words = " ".join(words.split())
    if not words:
        raise NothingSaid
    return history.record(case, "NOTE", actor=actor, at=at, personal={"note": words})


@transaction.atomic
def send_message(case: Case, *, words: str, actor: Actor, at: dt.datetime) -> Event:
    """Write to the applicant: on the tracking page, and by mail or letter that there is something to read."""
    if not words.strip():
        raise NothingSaid
    event = history.record(
        case, "MESSAGE_SENT", actor=actor, at=at, is_public=True, personal={"message": words.strip()}
    )
    tell(case, "MESSAGE", at=at, words=words.strip())
    return event
