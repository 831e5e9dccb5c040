"""A draft that the editor saved in the background, and that arrives after "Publish", doesn't take the page back."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import User
from portal_pages.models import ArticlePage, HomePage
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(pages) -> ArticlePage:
    page = ArticlePage(title="Market days", live=False)
    HomePage.objects.first().add_child(instance=page)
    page.save_revision()
    return page


def stored(page: ArticlePage) -> ArticlePage:
    return ArticlePage.objects.get(pk=page.pk)


@pytest.fixture
def editors() -> tuple[User, User]:
    return UserFactory(username="alice"), UserFactory(username="bob")


def test_a_draft_saved_late_leaves_the_page_published_and_what_was_published_the_latest(article, editors):
    alice, _bob = editors
    saved_late = stored(article).get_latest_revision_as_object()
    on_screen = stored(article).get_latest_revision_as_object()
    on_screen.title = "Market days in winter"
    on_screen.save_revision(user=alice).publish()

    saved_late.title = "Market days in wint"
    saved_late.save()
    revision = saved_late.save_revision(user=alice, clean=False)

    page = stored(article)
    assert (page.live, page.title, page.draft_title) == (True, "Market days in winter", "Market days in winter")
    assert (page.has_unpublished_changes, page.latest_revision_id) == (False, page.live_revision_id)
    assert page.get_latest_revision_as_object().title == "Market days in winter"
    assert page.revisions.get(pk=revision.pk).content["title"] == "Market days in wint"


def test_a_late_draft_that_is_written_over_an_earlier_one_is_not_the_latest_either(article, editors):
    alice, _bob = editors
    first = stored(article).save_revision(user=alice, clean=False)
    saved_late = stored(article).get_latest_revision_as_object()
    stored(article).get_latest_revision_as_object().save_revision(user=alice).publish()

    saved_late.title = "Market days in wint"
    saved_late.save_revision(user=alice, clean=False, overwrite_revision=first)

    assert stored(article).latest_revision_id == stored(article).live_revision_id


def test_a_draft_of_a_published_page_that_comes_late_is_not_the_latest_either(article, editors):
    alice, _bob = editors
    stored(article).save_revision(user=alice).publish()
    saved_late = stored(article).get_latest_revision_as_object()
    on_screen = stored(article).get_latest_revision_as_object()
    on_screen.title = "Market days in winter"
    on_screen.save_revision(user=alice).publish()

    saved_late.save_revision(user=alice, clean=False)

    assert stored(article).get_latest_revision_as_object().title == "Market days in winter"


def test_what_somebody_else_wrote_meanwhile_is_the_latest_draft(article, editors):
    alice, bob = editors
    of_bob = stored(article).get_latest_revision_as_object()
    stored(article).get_latest_revision_as_object().save_revision(user=alice).publish()

    of_bob.title = "Market days in spring"
    of_bob.save()
    of_bob.save_revision(user=bob, clean=False)

    page = stored(article)
    assert (page.live, page.title, page.has_unpublished_changes) == (True, "Market days", True)
    assert page.get_latest_revision_as_object().title == "Market days in spring"


def test_a_draft_that_was_begun_after_the_publication_is_the_latest(article, editors):
    alice, _bob = editors
    stored(article).save_revision(user=alice).publish()

    draft = stored(article).get_latest_revision_as_object()
    draft.title = "Market days in spring"
    draft.save_revision(user=alice, clean=False)

    assert stored(article).get_latest_revision_as_object().title == "Market days in spring"
    assert stored(article).has_unpublished_changes


def test_what_is_taken_back_on_purpose_is_taken_back(article):
    article.save_revision().publish()

    stored(article).unpublish()

    assert not stored(article).live


def test_what_was_taken_back_is_edited_as_a_draft_and_goes_out_again(article):
    article.save_revision().publish()
    stored(article).unpublish()

    draft = stored(article).get_latest_revision_as_object()
    draft.title = "Market days, new"
    draft.save()
    assert stored(article).title == "Market days, new"
    assert not stored(article).live

    draft.save_revision().publish()
    assert stored(article).live


LOCKS = re.compile(r'^UPDATE "(\w+)"|^SELECT .* FROM "(\w+)".* FOR UPDATE')


@pytest.mark.postgresql
@pytest.mark.parametrize("deed", ["publish", "save over"])
def test_whoever_saves_or_publishes_locks_the_page_before_its_revisions(article, editors, deed):
    """In two orders, two people at the same moment would wait for each other."""
    alice, _bob = editors
    first = stored(article).save_revision(user=alice, clean=False)
    page = stored(article).get_latest_revision_as_object()

    with CaptureQueriesContext(connection) as asked:
        if deed == "publish":
            first.publish()
        else:
            page.save_revision(user=alice, overwrite_revision=first)

    locked = [found[1] or found[2] for query in asked if (found := LOCKS.match(query["sql"]))]
    assert locked.index("wagtailcore_page") < locked.index("wagtailcore_revision")
