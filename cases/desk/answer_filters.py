"""Filters by answers: a list that shows the cases of one service can be narrowed by what its form asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import django_filters
from django.db.models import Exists, QuerySet
from django.forms import BoundField, CheckboxInput, NumberInput
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from cases.answered import Answered, AnswerType, CountedQuestion, readable
from cases.desk.fields import DateInput
from cases.models import Service, User

HOOK = "registra_counted_questions"
# In an address: the question was not answered. A form that offers "-" as an answer keeps it for that.
NOT_ANSWERED: Final = "-"

# The controls of a question that has more than one, and what stands beside each.
PARTS: Final[dict[AnswerType, dict[str, str | Promise]]] = {
    AnswerType.DAY: {"from": _("from"), "to": _("until")},
    AnswerType.NUMBER: {"from": _("from"), "to": _("to")},
    AnswerType.TEXT: {"": "", "exactly": _("exactly these words")},
}

type Condition = Callable[[Any], Any]


def services_of(user: User) -> QuerySet[Service]:
    """What a list's filter offers: the services of the person's institution."""
    services = Service.objects.filter(institution_id=user.institution_id or 0)
    return services.select_related("institution").order_by("code")


def counted_questions(service: Service) -> list[CountedQuestion]:
    """The questions of the service's form that editors marked for lists and statistics."""
    return [question for hook in hooks.get_hooks(HOOK) for question in hook(service)]


def name_in_address(key: str, part: str = "") -> str:
    return f"answer-{key}-{part}" if part else f"answer-{key}"


@dataclass(frozen=True)
class AnswerFields:
    """The controls of one question; ``labels`` stand beside them where there are two."""

    label: str
    fields: list[tuple[Any, BoundField]]


class AnswerFilters(django_filters.FilterSet):
    """A list's filters, and those by answers as soon as ``service`` is one service."""

    case_ref = "pk"  # leads from a row to its case
    data: Any

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.filters["service"].queryset = services_of(user)
        self.questions = self._questions()
        for question in self.questions:
            self._ask(question)
        self._forget_unknown_answers()

    def _questions(self) -> list[CountedQuestion]:
        asked = str(self.data.get("service") or "")
        if not asked.isdecimal() or len(asked) > 18:
            return []
        service = services_of(self.user).filter(pk=asked).first()
        return counted_questions(service) if service else []

    def _ask(self, question: CountedQuestion) -> None:
        answered = Answered(question.key, self.case_ref)
        match question.type:
            case AnswerType.DAY:
                self._add(question, "from", _day_filter(), lambda day: answered.on_days(first=day))
                self._add(question, "to", _day_filter(), lambda day: answered.on_days(last=day))
            case AnswerType.NUMBER:
                self._add(question, "from", _number_filter(), lambda least: answered.of_numbers(least=least))
                self._add(question, "to", _number_filter(), lambda most: answered.of_numbers(most=most))
            case AnswerType.TEXT:
                self._add(question, "", django_filters.CharFilter(max_length=200), self._words(question, answered))
                exactly = django_filters.BooleanFilter(widget=CheckboxInput)
                self._add(question, "exactly", exactly, lambda _ticked: None)
            case AnswerType.YES_NO:
                self._add(question, "", _choice_filter(question), _choice(answered, answered.saying))
            case _:
                self._add(question, "", _choice_filter(question), _choice(answered, answered.with_code))

    def _words(self, question: CountedQuestion, answered: Answered) -> Condition:
        def condition(words: str) -> Exists:
            text = " ".join(words.replace("\x00", "").split())
            exactly = self.form.cleaned_data.get(name_in_address(question.key, "exactly"))
            return answered.saying(text) if exactly else answered.containing(text)

        return condition

    def _add(self, question: CountedQuestion, part: str, made: django_filters.Filter, condition: Condition) -> None:
        name = name_in_address(question.key, part)
        made.field_name, made.label = name, question.label
        made.parent, made.model = self, self.queryset.model
        made.method = self._by_answer(condition)
        self.filters[name] = made

    def _by_answer(self, condition: Condition) -> Callable[..., QuerySet[Any]]:
        def narrow(rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
            found = condition(value)
            return rows if found is None else rows.filter(found, readable(self.user, self.case_ref))

        return narrow

    def _forget_unknown_answers(self) -> None:
        """What the address kept from another service, whose form offered other answers, is no filter here."""
        known = {
            name: {code for code, _words in one.extra["choices"]}
            for name, one in self.filters.items()
            if name.startswith("answer-") and isinstance(one, django_filters.ChoiceFilter)
        }
        unknown = [name for name, codes in known.items() if self.data.get(name, "") not in {"", *codes}]
        if unknown:
            data = self.data.copy()
            for name in unknown:
                del data[name]
            self.data = data

    @property
    def answer_fields(self) -> list[AnswerFields]:
        """The controls, question by question."""
        return [
            AnswerFields(
                f"{question.label}, {question.unit}" if question.unit else question.label,
                [
                    (label, self.form[name_in_address(question.key, part)])
                    for part, label in PARTS.get(question.type, {"": ""}).items()
                ],
            )
            for question in self.questions
        ]

    @property
    def other_fields(self) -> list[BoundField]:
        """The controls that every list has."""
        return [field for field in self.form if not field.name.startswith("answer-")]

    @property
    def answers_in_use(self) -> int:
        """How many questions the list is narrowed by."""
        names = {name.split("-")[1] for name in self.filters if name.startswith("answer-") and self.data.get(name)}
        return len(names)


def _choice(answered: Answered, with_code: Callable[[str], Exists]) -> Condition:
    return lambda code: ~answered.at_all() if code == NOT_ANSWERED else with_code(code)


def _choice_filter(question: CountedQuestion) -> django_filters.ChoiceFilter:
    choices: list[tuple[str, Any]] = [*question.options]
    if NOT_ANSWERED not in dict(choices):
        choices.append((NOT_ANSWERED, _("not answered")))
    return django_filters.ChoiceFilter(choices=choices, empty_label=_("All"), null_value=None)


def _day_filter() -> django_filters.DateFilter:
    return django_filters.DateFilter(widget=DateInput)


def _number_filter() -> django_filters.NumberFilter:
    return django_filters.NumberFilter(widget=NumberInput(attrs={"step": "any", "inputmode": "decimal"}))
