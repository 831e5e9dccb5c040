"""The archivist's day: an old register comes in, is searched, looked at, kept and exported; every desk is in order."""

import re

from playwright.sync_api import expect

from tests.journeys.papers import expert_opinion
from tests.journeys.people import file
from tests.journeys.test_looking_around import addresses

TABLE = """number,date,title,sender,unit,class,language,files
48-00-34/20.10.2011,20.10.2011,Kiosk in front of the market hall,Georgi Dimitrov,,,en,opinion.pdf
12a,about 2009,Permit for placing a kiosk by the school,Georgi Dimitrov,,,en,
,03.1998,Petition of the kiosk keepers,Ivan Petrov,,,bg,
17,1999,The scan was lost,,,,,missing.pdf
"""


def test_an_old_register_comes_in_and_is_found_looked_at_kept_and_exported(official):
    asen = official("archivist")
    page = asen.page

    # The table is checked first: one row says what is wrong with it, the others come in.
    asen.open("/office/archive/imports/")
    page.get_by_label("Table (CSV or XLSX)").set_input_files(file("old.csv", TABLE.encode(), "text/csv"))
    page.get_by_label("Scanned files").set_input_files(file("opinion.pdf", expert_opinion()))
    asen.press("Check the rows")
    asen.looks_until_seeing("3 rows can be taken over.")
    asen.sees("The file “missing.pdf” is not in the folder.")
    asen.press("Take them over")
    asen.looks_until_seeing(re.compile("^Done"))

    # Found in another form of the word, looked at beside the list, closed by a key.
    asen.open("/office/archive/?q=kiosks")
    asen.looks_until_seeing("3 documents")
    first = page.locator(".archive-result").filter(has_text="48-00-34/20.10.2011")
    first.locator(".archive-result__title a").click()
    look = page.get_by_role("article", name="Kiosk in front of the market hall")
    expect(look).to_be_visible()
    asen.look()
    page.keyboard.press("Escape")
    expect(look).to_have_count(0)

    # Narrowed, kept under a name, exported.
    asen.follow(re.compile("^1998"), within=page.locator(".archive-facets"))
    asen.sees("1 document")
    page.locator("summary", has_text="Save the search").click()
    page.get_by_label("Name", exact=True).fill("Kiosks of 1998")
    asen.press("Save")
    asen.open("/office/archive/searches/")
    asen.follow("Kiosks of 1998")
    asen.sees("1 document")
    page.locator("summary", has_text="Export").click()
    page.get_by_label("CSV").check()
    asen.press("Export")
    asen.looks_until_seeing("Download")
    exported = asen.download(page.get_by_role("link", name=re.compile("^Download")).first).decode("utf-8-sig")
    assert "Petition of the kiosk keepers" in exported
    assert "market hall" not in exported


def test_every_page_of_the_archivists_desk_is_in_order(official):
    asen = official("archivist")

    assert asen.open("/office/archive/help/") == 200
    assert asen.open("/office/archive/unread/") == 200
    assert asen.open("/office/archive/papers/mine/") == 200
    assert asen.open("/office/archive/place/") == 200
    assert asen.open("/office/archive/records/") == 200
    desks = [address for address in addresses(asen, "main") if address.startswith("/office/archive/records/")]
    assert len(desks) >= 4
    for desk in desks:
        assert asen.open(desk) == 200
