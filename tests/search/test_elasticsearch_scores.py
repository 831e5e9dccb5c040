"""What Elasticsearch is asked in fewer words weighs as what was asked in many."""

import random

import pytest

from search.engines import Order
from search.engines.elasticsearch import ElasticsearchEngine, _any_of, _Translator
from search.parser import And, Or, Query, parse
from search.vague import looser, meant
from tests.search.entries import ALICE, entry, keep_all

pytestmark = pytest.mark.elasticsearch

WORDS = ["lamp", "street", "lime", "school", "kiosk"]
QUESTION = parse("the broken lamp in the lime street by the school, about 2009")


@pytest.fixture
def archive(cluster, archive_folder):
    """Sixty papers with some of the words, of years around 2009."""
    chance = random.Random(9)
    engine = ElasticsearchEngine(cluster, lock=archive_folder)
    engine.wipe()
    with_some = (" ".join(chance.choices(WORDS, k=chance.randint(1, 6))) for _paper in range(60))
    days = (chance.randint(730_000, 736_000) for _paper in range(60))
    keep_all(
        engine,
        [
            entry(number, texts=(text,), headings=(text.split()[0],), days=(day, day + 30))
            for number, (text, day) in enumerate(zip(with_some, days, strict=True), 1)
        ],
    )
    return engine


def scores(archive: ElasticsearchEngine, query: Query) -> dict[str, float]:
    body = archive._asked(query, ALICE, Order.RELEVANCE).extra(size=100).to_dict()
    hits = archive.client.search(index=archive.alias, body=body)["hits"]["hits"]
    return {hit["_id"]: hit["_score"] for hit in hits}


@pytest.mark.parametrize(
    "query",
    [
        meant(parse("lamp street about 2009")),
        *looser(QUESTION),
        *looser(parse("lamp lime school")),
        Or((parse("lamp"), And((parse("lamp"), parse("street"))))),
        Or((parse("lamp"), parse("street"), parse("lamp street"))),
    ],
)
def test_scores_are_those_of_the_query_as_it_was_put_together(archive, monkeypatch, query):
    in_few_words = scores(archive, query)

    monkeypatch.setattr(_Translator, "_any_of", lambda self, parts: _any_of([self._translate(part) for part in parts]))

    assert in_few_words
    assert in_few_words == pytest.approx(scores(archive, query), rel=1e-5)


def test_a_question_names_each_word_a_few_times_only(archive):
    for query in (meant(QUESTION), *looser(QUESTION)):
        body = str(archive._asked(query, ALICE, Order.RELEVANCE).to_dict())
        assert 0 < body.count("'text': {'value': 'school'") <= 3
