"""A question put to the engine as it was meant; and once more, less strictly, when hardly a paper answers it."""

from collections.abc import Collection
from typing import NamedTuple

from search.engines import FACETS, MOST_FACET_VALUES, Answer, Order, engine
from search.parser import Query
from search.vague import looser, meant

FEW = 10


class Answered(NamedTuple):
    """``understood``: the query without little words; ``is_loosened``: papers that lack one of its words came too.

    ``asked``: the query that gave the answer.
    """

    answer: Answer
    understood: Query
    is_loosened: bool
    asked: Query


def answered(
    query: Query,
    *,
    reader_terms: Collection[str],
    facets: Collection[str] = FACETS,
    order: Order = Order.RELEVANCE,
    offset: int,
    limit: int,
    most_values: int = MOST_FACET_VALUES,
) -> Answered:
    """The answer to a query as it was typed. Raises IndexUnavailable.

    Papers with all words come first; where they are few, those that lack one of three words or more follow.
    """
    understood = meant(query)

    def ask(question: Query, *, fewest: int) -> Answer:
        return engine().search(
            question,
            reader_terms=reader_terms,
            facets=facets,
            order=order,
            offset=offset,
            limit=limit,
            most_values=most_values,
            fewest=fewest,
        )

    questions = [understood, *(looser(query) if order == Order.RELEVANCE else ())]
    asked, answer = understood, ask(understood, fewest=FEW if len(questions) > 1 else 0)
    strict = answer.count
    for question in questions[1:]:
        if answer.count >= FEW:
            break
        asked, answer = question, ask(question, fewest=FEW if question is not questions[-1] else 0)
    return Answered(answer, understood, answer.count > strict, asked)
