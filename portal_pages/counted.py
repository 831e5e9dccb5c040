"""The questions that officials filter and count by: those that the newest form marks, with the answers of all forms."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.answered import AnswerType, CountedQuestion
from cases.models import Service
from cases.texts import Texts, in_language
from portal_pages.forms.definition import Form, Question
from portal_pages.forms.kinds import Calculated, Choice, DecimalNumber, Gives, Kind, Money, Option, Several, WholeNumber
from portal_pages.offered import forms_of

TYPES = {
    Gives.CODE: AnswerType.CHOICE,
    Gives.CODES: AnswerType.CHOICES,
    Gives.YES: AnswerType.YES_NO,
    Gives.DAY: AnswerType.DAY,
    Gives.NUMBER: AnswerType.NUMBER,
    Gives.TEXT: AnswerType.TEXT,
}


def counted_questions(service: Service) -> list[CountedQuestion]:
    """In the order of the newest form and in the reader's language; none while nothing was published."""
    forms = forms_of(service)
    reader = _Reader(get_language() or "en", service.institution.main_language)
    return [reader.read(question, forms[1:]) for form in forms[:1] for question in form.questions() if question.counted]


class _Reader:
    """Who reads: the words of questions and answers are theirs."""

    def __init__(self, language: str, main: str) -> None:
        self.language, self.main = language, main

    def read(self, question: Question, older: Iterable[Form]) -> CountedQuestion:
        kind = question.kind
        return CountedQuestion(
            key=question.key,
            label=self.words(question.labels) or question.key,
            type=TYPES[kind.gives],
            options=self.options(question, older),
            unit=self.unit(kind),
            places=_places(kind),
        )

    def words(self, texts: Texts) -> str:
        return in_language(texts, self.language, main=self.main).words

    def options(self, question: Question, older: Iterable[Form]) -> tuple[tuple[str, str], ...]:
        """The answers to choose from; those that only older forms offered come last, and say so."""
        if question.kind.gives is Gives.YES:
            return (("true", _("Yes")), ("false", _("No")))
        offered = {option.value: self.words(option.labels) or option.value for option in _options(question.kind)}
        for form in older:
            for option in _options(next((one.kind for one in form.questions() if one.key == question.key), None)):
                words = _("{answer} (no longer offered)").format(answer=self.words(option.labels) or option.value)
                offered.setdefault(option.value, words)
        return tuple(offered.items())

    def unit(self, kind: Kind) -> str:
        match kind:
            case Money():
                return kind.currency
            case Calculated():
                return kind.currency or self.words(kind.units)
            case WholeNumber() | DecimalNumber():
                return self.words(kind.units)
        return ""


def _options(kind: Kind | None) -> Iterable[Option]:
    match kind:
        case Choice():
            return kind.options
        case Several():
            return kind.offered
    return ()


def _places(kind: Kind) -> int:
    return 2 if isinstance(kind, Money) else getattr(kind, "places", 0)
