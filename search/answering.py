"""A question put to the engine as it was meant; and once more, less strictly, when hardly a paper answers it."""

from collections.abc import Collection

from search.engines import FACETS, Answer, Order, engine
from search.parser import Query
from search.vague import looser, meant

FEW = 10


def answered(
    query: Query,
    *,
    reader_terms: Collection[str],
    facets: Collection[str] = FACETS,
    order: Order = Order.RELEVANCE,
    offset: int,
    limit: int,
) -> tuple[Answer, Query]:
    """The answer, and the query that was asked in the end. Raises IndexUnavailable.

    Papers with all words come first; where they are few, those that lack one of three words or more follow.
    """
    understood = meant(query)

    def ask(question: Query) -> Answer:
        return engine().search(
            question, reader_terms=reader_terms, facets=facets, order=order, offset=offset, limit=limit
        )

    answer = ask(understood)
    if order != Order.RELEVANCE:
        return answer, understood
    for question in looser(query):
        if answer.count >= FEW:
            break
        answer = ask(question)
    return answer, understood
