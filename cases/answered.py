"""What was answered, asked of the database: conditions that lists are narrowed by, without reading a single case.

An answer is JSON, which SQLite and PostgreSQL keep differently: the expressions here say the same to both.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.db.models import BooleanField, DecimalField, Exists, F, Func, OuterRef, QuerySet, TextField, When
from django.db.models import Case as Either
from django.db.models.functions import Cast
from django.db.models.lookups import Regex

from cases.models import Answer, Case, User

DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
NUMBER: Final = r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"


class AnswerType(StrEnum):
    """What can be asked of an answer: to be this one, to have it among others, to lie between, to say these words."""

    CHOICE = "CHOICE"
    CHOICES = "CHOICES"
    YES_NO = "YES_NO"
    DAY = "DAY"
    NUMBER = "NUMBER"
    TEXT = "TEXT"


@dataclass(frozen=True)
class CountedQuestion:
    """A question that editors marked for lists and statistics, in the reader's language.

    ``options``: code and words of each answer to choose from; yes and no are ``true`` and ``false``. ``unit`` stands
    behind a number that has so many ``places``. The public site tells them through the Wagtail hook
    ``registra_counted_questions``: ``function(service) -> list[CountedQuestion]``.
    """

    key: str
    label: str
    type: AnswerType
    options: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    places: int = 0


# -- an answer as a value of the database


class Said(Func):
    """An answer that is one value, as text: codes, days and numbers as they are; true and false as these words."""

    output_field = TextField()

    def __init__(self) -> None:
        super().__init__(F("value"))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        template = (
            "(CASE JSON_TYPE(%(expressions)s) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
            "ELSE CAST(JSON_EXTRACT(%(expressions)s, '$') AS TEXT) END)"
        )
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="(%(expressions)s #>> '{}')", **context)


class Has(Func):
    """Whether an answer is this code, or lists it among others."""

    output_field = BooleanField()

    def __init__(self, code: str) -> None:
        super().__init__(F("value"))
        self.code = code

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        column, params = compiler.compile(self.source_expressions[0])
        sql = f"EXISTS (SELECT 1 FROM JSON_EACH({column}) AS one WHERE one.type = 'text' AND one.value = %s)"  # noqa: S608
        return sql, (*params, self.code)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        column, params = compiler.compile(self.source_expressions[0])
        return f"({column} @> TO_JSONB(%s::text))", (*params, self.code)


def amount() -> Either:
    """The number that an answer is; none for whatever isn't one."""
    number = Cast(Said(), DecimalField(max_digits=30, decimal_places=6))
    return Either(When(Regex(Said(), NUMBER), then=number))


# -- conditions on the rows of a list


@dataclass(frozen=True)
class Answered:
    """Conditions on one question, for rows whose case ``case_ref`` leads to ("pk" on cases, "case_id" on tasks)."""

    key: str
    case_ref: str

    def answers(self) -> QuerySet[Any]:
        """The answer that counts; one that was replaced doesn't."""
        kept = Answer.objects.filter(case=OuterRef(self.case_ref), key=self.key, replaced_at__isnull=True)
        return kept.annotate(said=Said())

    def at_all(self) -> Exists:
        return Exists(self.answers())

    def with_code(self, code: str) -> Exists:
        return Exists(self.answers().filter(Has(code)))

    def saying(self, text: str) -> Exists:
        """Exactly this, in small or capital letters alike."""
        return Exists(self.answers().filter(said__iexact=text))

    def containing(self, text: str) -> Exists:
        return Exists(self.answers().filter(said__icontains=text))

    def on_days(self, *, first: dt.date | None = None, last: dt.date | None = None) -> Exists:
        """On these days and between them; days are kept as text that sorts like days."""
        found = self.answers().filter(said__regex=DAY)
        found = found.filter(said__gte=first.isoformat()) if first else found
        return Exists(found.filter(said__lte=last.isoformat()) if last else found)

    def of_numbers(self, *, least: Decimal | None = None, most: Decimal | None = None) -> Exists:
        found = self.answers().annotate(amount=amount())
        found = found.filter(amount__gte=least) if least is not None else found
        return Exists(found.filter(amount__lte=most) if most is not None else found)


def readable(user: User, case_ref: str) -> Exists:
    """Whether the person may open the row's case now.

    A restricted case may stand in a list for whoever may not open it yet: a filter by its answers would tell them.
    """
    return Exists(Case.objects.readable_by(user).filter(pk=OuterRef(case_ref)))
