"""Processes fetch the dictionaries of the archive search when they start, unless told not to."""

import runpy

import pytest
from celery.signals import worker_process_init

from cases import outbox
from search import warming, words


@pytest.fixture
def begun(monkeypatch):
    begun = []
    monkeypatch.setattr(words, "load_dictionaries_meanwhile", lambda: begun.append(True))
    return begun


def test_a_process_of_the_web_server_fetches_them(begun, settings, monkeypatch):
    monkeypatch.setattr(outbox, "gather_messages", lambda: begun.append(True))
    settings.SEARCH_WORDS_AT_START = True
    hooks = runpy.run_path(str(settings.BASE_DIR / "deploy" / "gunicorn.conf.py"))

    hooks["post_worker_init"](None)

    assert begun == [True, True]  # the second is the thread that gathers messages


def test_a_process_of_the_worker_fetches_them(begun, settings):
    settings.SEARCH_WORDS_AT_START = True

    assert warming.begin in [receiver() for _key, receiver, *_rest in worker_process_init.receivers]
    warming.begin(sender=None)

    assert begun == [True]


def test_who_must_not_is_not_made_to(begun, settings):
    settings.SEARCH_WORDS_AT_START = False

    warming.begin()

    assert begun == []
