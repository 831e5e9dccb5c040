"""A draft that the editor saved in the background, and that arrives after "Publish", doesn't take the page back."""

import pytest

from portal_pages.models import ArticlePage, HomePage

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(pages) -> ArticlePage:
    page = ArticlePage(title="Market days", live=False)
    HomePage.objects.first().add_child(instance=page)
    page.save_revision()
    return page


def stored(page: ArticlePage) -> ArticlePage:
    return ArticlePage.objects.get(pk=page.pk)


def test_a_draft_saved_late_leaves_the_page_published_and_stays_as_a_revision(article):
    saved_late = stored(article).get_latest_revision_as_object()
    on_screen = stored(article).get_latest_revision_as_object()
    on_screen.title = "Market days in winter"
    on_screen.save_revision().publish()

    saved_late.title = "Market days in wint"
    saved_late.save()
    revision = saved_late.save_revision(clean=False)

    page = stored(article)
    assert page.live
    assert page.title == "Market days in winter"
    assert page.live_revision_id != revision.pk
    assert page.has_unpublished_changes
    assert page.get_latest_revision_as_object().title == "Market days in wint"


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
