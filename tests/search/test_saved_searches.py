"""Searches kept under a name, and shared without lending anybody's rights."""

import pytest
from django.test import Client

from search import saved_searches
from search.asking import Asked
from search.models import SavedSearch
from search.saved_searches import NotKept, keep, remove, searches_of, share
from tests.search.test_indexing import drain
from tests.search.town import NOON, again

ADDRESS = "/office/archive/searches/"


def office_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def kept(user, name="Trees", **asked) -> SavedSearch:
    return keep(Asked(**{"typed": "tree", **asked}), name=name, owner=user, count=0, at=NOON)


def test_a_search_is_kept_with_all_that_its_address_says(town):
    drain()
    client = office_of(town.alice)

    page = client.post(f"{ADDRESS}keep/?q=tree&unit=park&from=2009&sort=newest", {"name": "Old trees"}, follow=True)
    [search] = SavedSearch.objects.all()
    run = client.get(f"{ADDRESS}{search.pk}/")

    assert "The search was saved as “Old trees”." in page.content.decode()
    assert run.url == "/office/archive/?q=tree&unit=park&from=2009&sort=newest"


def test_two_searches_of_one_person_have_two_names(town):
    kept(town.alice)

    with pytest.raises(NotKept, match="already"):
        kept(town.alice)
    with pytest.raises(NotKept, match="name"):
        kept(town.alice, name="  ")
    assert kept(town.bob).name == "Trees"


def test_what_is_new_since_one_looked_is_counted(town):
    drain()
    search = kept(town.alice)
    town.file()
    drain()
    client = office_of(town.alice)

    before = client.get(ADDRESS).content.decode()
    client.get(f"{ADDRESS}{search.pk}/")
    after = client.get(ADDRESS).content.decode()

    assert ("1 new" in before, "1 new" in after) == (True, False)


def test_a_shared_search_finds_what_its_reader_may_see(town):
    search = kept(town.charlie, name="Walnuts")
    case = town.file(subject="Walnut tree")
    drain()
    share(search, unit=town.roads)
    colleague = town.hire("rada", town.roads, "OFFICER")

    page = office_of(colleague).get(f"{ADDRESS}{search.pk}/", follow=True).content.decode()

    assert [one.name for one in searches_of(again(colleague))] == ["Walnuts"]
    assert case.number not in page
    assert list(searches_of(again(town.alice))) == []
    assert office_of(town.alice).get(f"{ADDRESS}{search.pk}/").status_code == 404


def test_a_search_is_shared_with_a_unit_of_ones_own_only_and_changed_by_its_owner_only(town):
    search = kept(town.alice)

    with pytest.raises(NotKept):
        share(search, unit=town.roads)

    share(search, unit=town.parks)
    assert office_of(town.bob).post(f"{ADDRESS}{search.pk}/", {"do": "remove"}).status_code == 404


def test_a_search_is_renamed_removed_and_brought_back(town):
    drain()
    search = kept(town.alice)
    client = office_of(town.alice)

    client.post(f"{ADDRESS}{search.pk}/", {"do": "change", "name": "Lime trees", "unit": "PARK"})
    search.refresh_from_db()
    removed = client.post(f"{ADDRESS}{search.pk}/", {"do": "remove"}, follow=True).content.decode()
    none_left = list(searches_of(again(town.alice)))
    client.post(f"{ADDRESS}{search.pk}/", {"do": "bring back"})

    assert (search.name, search.shared_with) == ("Lime trees", town.parks)
    assert "Bring back" in removed
    assert none_left == []
    assert [one.name for one in searches_of(again(town.alice))] == ["Lime trees"]


def test_a_name_that_is_taken_is_refused_beside_its_field(town):
    drain()
    kept(town.alice, name="Oaks")
    search = kept(town.alice)

    page = office_of(town.alice).post(f"{ADDRESS}{search.pk}/", {"do": "change", "name": "Oaks"}).content.decode()

    assert "You keep a search named “Oaks” already." in page
    assert f'aria-describedby="refused-{search.pk}"' in page


def test_what_was_removed_yesterday_is_gone(town):
    remove(kept(town.alice), at=NOON)

    assert saved_searches.forget_removed(at=NOON) == 0
    assert saved_searches.forget_removed(at=NOON + saved_searches.BROUGHT_BACK_WITHIN * 2) == 1
