"""The archive's search on the command line."""

import json

import pytest
from django.core.management import call_command

from search.engines import engine
from search.indexing import index_waiting
from search.jobs import read_texts
from tests.search.town import Town
from tests.search.written_documents import pdf


def search(capsys, *arguments):
    call_command("archive_search", *arguments)
    return capsys.readouterr().out


def refusal(capsys, *arguments):
    with pytest.raises(SystemExit) as ending:
        call_command("archive_search", *arguments)
    return ending.value.code, capsys.readouterr().err.strip()


@pytest.fixture
def case(town: Town):
    case = town.file(pdf("first page", "The limes by the school are ill."), subject="Sick limes")
    town.file(subject="Old oaks")
    index_waiting()
    read_texts()
    index_waiting()
    return case


def test_the_answer_is_one_json_object(town, case, capsys):
    found = json.loads(search(capsys, "ill lime", "--as", "alice", "--json"))

    result = found["results"][0]
    document = case.documents.get(title="Sick limes")
    assert found["count"] == len(found["results"]) == 1
    assert result["number"] == document.entry.number
    assert result["title"] == "Sick limes"
    assert result["document"] == document.public_id
    assert result["case"] == str(case)
    assert result["page"] == 2
    assert result["unit"] == "PARK"
    assert result["date"] == "2026-11-23"
    assert result["passages"][0]["text"] == "The limes by the school are ill."
    assert result["passages"][0]["marked"] == ["limes", "ill"]
    assert found["facets"]["unit"] == {"park": 1}


def test_nobody_finds_more_than_on_the_page(town, case, capsys):
    assert json.loads(search(capsys, "limes", "--as", "charlie", "--json"))["count"] == 0
    assert json.loads(search(capsys, "limes", "--as", "dora", "--json"))["count"] > 0


def test_filters_order_and_pages_are_options(town, case, capsys):
    newest = ["--as", "dora", "--json", "--kind", "application", "--order", "newest", "--limit", "1"]

    first = json.loads(search(capsys, *newest))
    second = json.loads(search(capsys, *newest, "--page", "2"))
    none = json.loads(search(capsys, *newest, "--to", "2009"))

    assert (first["count"], first["pages"], none["count"]) == (2, 2, 0)
    assert {first["results"][0]["title"], second["results"][0]["title"]} == {"Sick limes", "Old oaks"}


def test_without_json_it_is_a_table(town, case, capsys):
    lines = search(capsys, "lime", "ill", "--as", "alice").splitlines()

    assert "Sick limes" in lines[0]
    assert lines[1].strip() == "page 2: The limes by the school are ill."
    assert lines[-1] == "1 found; page 1 of 1."


def test_what_stands_in_the_way_is_said_in_words(town, case, capsys):
    assert refusal(capsys, "lime", "--as", "nobody") == (2, "There is no user nobody, or the account is closed.")
    assert refusal(capsys, "(" * 10_240, "--as", "alice")[0] == 2
    assert refusal(capsys, "lime", "--as", "alice", "--from", "soon")[0] == 2


def test_a_missing_index_is_told_apart(town, capsys):
    engine.cache_clear()

    status, words = refusal(capsys, "lime", "--as", "alice")

    assert status == 3
    assert "reindex" in words
