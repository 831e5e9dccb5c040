"""Statistics of a service: how many were filed, when and by which way, and what they answered.

The database counts; no case is read, so that a year of a capital costs as many queries as a day of a village. Whoever
may not see the cases is not told the small numbers either: they would point at people.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.db.models import Avg, Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Substr, TruncMonth
from django.utils import formats
from django.utils.translation import gettext as _

from cases.answered import DAY, AnswerType, CountedQuestion, Has, Said, amount
from cases.clock import zone_of
from cases.models import Answer, Channel, Institution, RegisterEntry, Service, User

SMALL: Final = 3
_CHOSEN_ALONE = (AnswerType.CHOICE, AnswerType.YES_NO)


@dataclass(frozen=True)
class Line:
    """A number with its words. ``code``: the answer that leads to its cases.

    ``is_small``: there are some, and too few to be told. ``is_covered``: not told either, because a small number
    beside it could be worked out from it.
    """

    words: str
    number: int
    code: str = ""
    is_small: bool = False
    is_covered: bool = False

    @property
    def is_told(self) -> bool:
        return not (self.is_small or self.is_covered)

    @property
    def number_told(self) -> int:
        """For the words after it: what is not told has no singular that gives it away."""
        return self.number if self.is_told else SMALL

    @property
    def in_words(self) -> str:
        if self.is_small:
            return _("fewer than {number}").format(number=SMALL)
        return _("not shown") if self.is_covered else str(self.number)


@dataclass(frozen=True)
class Numbers:
    """What numbers come to; nothing of it while there are none, or too few to be told."""

    total: Decimal
    mean: Decimal
    smallest: Decimal
    largest: Decimal


@dataclass(frozen=True)
class Distribution:
    """What was answered to one question: a line for each answer or month, or what the numbers come to.

    ``base``: of how many the lines are shares; nothing where they are no parts of a whole.
    """

    question: CountedQuestion
    answered: Line
    not_answered: Line
    lines: Sequence[Line] = ()
    numbers: Numbers | None = None
    base: int = 0

    def share(self, line: Line) -> Decimal | None:
        """In percent, with one digit behind the point; of those who answered."""
        if not (self.base and line.is_told and self.answered.is_told):
            return None
        return _rounded(Decimal(100) * line.number / self.base, 1)


@dataclass(frozen=True)
class Statistics:
    filed: Line
    months: Sequence[Line]
    channels: Sequence[Line]
    distributions: Sequence[Distribution]
    is_discreet: bool


def filings_of(service: Service, *, first: dt.date, last: dt.date) -> QuerySet[RegisterEntry]:
    """The lines that cases of the service began with in these days; void ones don't count."""
    entries = RegisterEntry.objects.filter(case__service=service)
    return _between(entries, first, last, zone_of(service.institution.time_zone))


def _between(
    entries: QuerySet[RegisterEntry], first: dt.date, last: dt.date, zone: dt.tzinfo
) -> QuerySet[RegisterEntry]:
    began = dt.datetime.combine(first, dt.time(), zone)
    ended = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone)
    return entries.filter(registered_at__gte=began, registered_at__lt=ended).filings()  # type: ignore[attr-defined]


def statistics_of(
    service: Service, questions: Sequence[CountedQuestion], *, first: dt.date, last: dt.date, reader: User
) -> Statistics:
    """Always the same number of queries, however many cases and questions there are."""
    filings = filings_of(service, first=first, last=last)
    filed = filings.count()
    is_discreet = filed > filings.visible_to(reader).count()  # type: ignore[attr-defined]
    found = Statistics(
        filed=Line("", filed),
        months=_months(filings, service, first, last),
        channels=_channels(filings),
        distributions=_distributions(filings, questions, filed),
        is_discreet=is_discreet,
    )
    return _discreetly(found) if is_discreet else found


# -- filings


def _months(filings: QuerySet[RegisterEntry], service: Service, first: dt.date, last: dt.date) -> list[Line]:
    """Every month of the time, those without a filing too."""
    month = TruncMonth("registered_at", tzinfo=zone_of(service.institution.time_zone))
    rows = filings.order_by().annotate(month=month).values_list("month").annotate(number=Count("pk"))
    counts = {f"{began:%Y-%m}": number for began, number in rows}
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    months = [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers]
    return [Line(month_in_words(month), counts.get(month, 0), month) for month in months]


def month_in_words(month: str) -> str:
    """ "2026-11" as people call it; what is no month stays as it is."""
    try:
        return formats.date_format(dt.date.fromisoformat(f"{month}-01"), "YEAR_MONTH_FORMAT")
    except ValueError:
        return month


def _channels(filings: QuerySet[RegisterEntry]) -> list[Line]:
    rows = filings.order_by().values_list("channel").annotate(number=Count("pk")).order_by("-number", "channel")
    words = dict(Channel.choices)
    return [Line(str(words.get(channel, channel)), number, channel) for channel, number in rows]


# -- answers


def _distributions(
    filings: QuerySet[RegisterEntry], questions: Sequence[CountedQuestion], filed: int
) -> list[Distribution]:
    """Four queries for all questions together."""
    by_type: dict[AnswerType, list[str]] = {}
    for question in questions:
        by_type.setdefault(question.type, []).append(question.key)
    kept = Answer.objects.filter(case__in=filings.order_by().values("case"), replaced_at__isnull=True)
    answered = _answered(kept, [question.key for question in questions])
    lines = {
        **_chosen(kept, [key for one in _CHOSEN_ALONE for key in by_type.get(one, ())]),
        **_listed(kept, [question for question in questions if question.type is AnswerType.CHOICES]),
        **_days(kept, by_type.get(AnswerType.DAY, ())),
    }
    numbers = _numbers(kept, by_type.get(AnswerType.NUMBER, ()))
    return [
        Distribution(
            question=question,
            answered=Line(_("Answered"), answered.get(question.key, 0)),
            not_answered=Line(_("Not answered"), filed - answered.get(question.key, 0)),
            lines=_in_order(question, lines.get(question.key, {})),
            numbers=_as_asked(question, numbers.get(question.key)),
            base=answered.get(question.key, 0),
        )
        for question in questions
    ]


def _answered(kept: QuerySet[Answer], keys: Sequence[str]) -> dict[str, int]:
    return dict(kept.filter(key__in=keys).order_by().values_list("key").annotate(number=Count("pk")))


type _Counts = dict[str, dict[str, int]]


def _grouped(rows: Iterable[tuple[str, str, int]]) -> _Counts:
    counts: _Counts = {}
    for key, said, number in rows:
        counts.setdefault(key, {})[said] = number
    return counts


def _chosen(kept: QuerySet[Answer], keys: Sequence[str]) -> _Counts:
    """How often each answer was chosen, where one is chosen alone."""
    if not keys:
        return {}
    rows = kept.filter(key__in=keys).annotate(said=Said()).order_by()
    return _grouped(rows.values_list("key", "said").annotate(number=Count("pk")))


def _listed(kept: QuerySet[Answer], questions: Sequence[CountedQuestion]) -> _Counts:
    """How often each answer was chosen, where several may be."""
    if not questions:
        return {}
    asked = [(question.key, code) for question in questions for code, _words in question.options]
    counts = {f"n{place}": Count("pk", filter=Q(key=key) & Q(Has(code))) for place, (key, code) in enumerate(asked)}
    found = kept.filter(key__in=[question.key for question in questions]).aggregate(**counts)
    return _grouped((key, code, found[f"n{place}"]) for place, (key, code) in enumerate(asked))


def _days(kept: QuerySet[Answer], keys: Sequence[str]) -> _Counts:
    """How many days of each month were answered."""
    if not keys:
        return {}
    days = kept.filter(key__in=keys).annotate(said=Said()).filter(said__regex=DAY).annotate(month=Substr("said", 1, 7))
    return _grouped(days.order_by().values_list("key", "month").annotate(number=Count("pk")))


def _numbers(kept: QuerySet[Answer], keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    if not keys:
        return {}
    rows = kept.filter(key__in=keys).annotate(amount=amount()).filter(amount__isnull=False).order_by().values("key")
    found = rows.annotate(total=Sum("amount"), mean=Avg("amount"), smallest=Min("amount"), largest=Max("amount"))
    return {row["key"]: row for row in found}


def _in_order(question: CountedQuestion, counts: Mapping[str, int]) -> list[Line]:
    """Answers as the form offers them, those that no version offers at the end; months one after the other."""
    if question.type in (AnswerType.NUMBER, AnswerType.TEXT):
        return []
    if question.type is AnswerType.DAY:
        return [Line(month_in_words(month), counts[month], month) for month in sorted(counts)]
    known = [Line(words, counts.get(code, 0), code) for code, words in question.options]
    unknown = sum(counts.values()) - sum(line.number for line in known)
    return [*known, *([Line(_("Something else"), unknown)] if unknown > 0 else [])]


def _as_asked(question: CountedQuestion, found: Mapping[str, Any] | None) -> Numbers | None:
    """Rounded as the question is; a mean has one digit more than a whole number."""
    if found is None:
        return None
    places = question.places
    return Numbers(
        total=_rounded(found["total"], places),
        mean=_rounded(found["mean"], max(places, 1)),
        smallest=_rounded(found["smallest"], places),
        largest=_rounded(found["largest"], places),
    )


def _rounded(number: Decimal, places: int) -> Decimal:
    return Decimal(number).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


# -- for whoever may not see the cases


def _discreetly(found: Statistics) -> Statistics:
    return replace(
        found,
        filed=_small(found.filed),
        months=_parts(found.months),
        channels=_parts(found.channels),
        distributions=[_distribution(one) for one in found.distributions],
    )


def _small(line: Line) -> Line:
    return replace(line, is_small=0 < line.number < SMALL)


def _parts(lines: Sequence[Line]) -> list[Line]:
    """The parts of a whole that is told: beside a single small one the next larger is not told either."""
    found = [_small(line) for line in lines]
    if sum(line.is_small for line in found) == 1:
        others = [line for line in found if line.number >= SMALL]
        covering = min(others, key=lambda line: line.number, default=None)
        found = [replace(line, is_covered=True) if line is covering else line for line in found]
    return found


def _distribution(one: Distribution) -> Distribution:
    answered, not_answered = _parts([one.answered, one.not_answered])
    if one.question.type in _CHOSEN_ALONE or one.question.type is AnswerType.DAY:
        *lines, not_answered = _parts([*one.lines, one.not_answered])
        answered = one.answered if not_answered.is_told else replace(one.answered, is_covered=True)
    else:
        lines = [_small(line) for line in one.lines]
    numbers = None if one.answered.number < SMALL else one.numbers
    return replace(one, answered=answered, not_answered=not_answered, lines=lines, numbers=numbers)


# -- all services


def filed_by_service(
    institution: Institution, *, first: dt.date, last: dt.date, reader: User
) -> list[tuple[Service, Line]]:
    """How many were filed for each service of the institution, in the order of their names."""
    zone = zone_of(institution.time_zone)
    filings = _between(RegisterEntry.objects.filter(case__service__institution=institution), first, last, zone)
    counts = _by_service(filings)
    seen = _by_service(filings.visible_to(reader))  # type: ignore[attr-defined]
    services = Service.objects.filter(institution=institution).select_related("institution", "unit")
    lines = {service: Line(str(service), counts.get(service.pk, 0)) for service in services}
    return sorted(
        (
            (service, line if line.number == seen.get(service.pk, 0) else _small(line))
            for service, line in lines.items()
        ),
        key=lambda row: row[1].words,
    )


def _by_service(filings: QuerySet[RegisterEntry]) -> dict[int, int]:
    return dict(filings.order_by().values_list("case__service").annotate(number=Count("pk")))
