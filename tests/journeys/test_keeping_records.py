"""What an archivist decides over old cases: narrowed by every value, kept until a year, destroyed with what was joined.

Each page and state is judged by itself: the judge of a run looks at an address only once.
"""

import re

from playwright.sync_api import expect

# Four cases of a unit that nobody leads, closed long ago; one of them was joined into the first.
OLD_CASES = """
import datetime as dt
from django.db import transaction
from django.utils import timezone
from cases import corrections, retaining
from cases.acting import Actor
from cases.models import Case, Institution, Service, Task, Unit, User
from cases.registration import PartyAsFiled, Submission, register

now = timezone.now()
closed_at = now.replace(year=now.year - 9)
institution = Institution.objects.get()
registrar = Actor.at_counter(User.objects.get(username="registrar"))

def file(subject):
    case = register(Submission(
        institution=institution, service=Service.objects.get(code="complaint"), unit=Unit.objects.get(code="COM"),
        channel="COUNTER", submission_key=f"old {subject}", subject=subject, language="en", received_at=now,
        parties=[PartyAsFiled(name="Vasil Penev")],
    ), actor=registrar, at=now).case
    Task.objects.filter(case=case).delete()
    return case

with transaction.atomic():
    cases = [file(f"Crooked signpost {number}") for number in range(3)]
    corrections.join_cases(file("The same signpost again"), into=cases[0], actor=registrar, at=now)
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(state="CLOSED", closed_at=closed_at)
    retaining.count_cases([case.pk for case in cases], at=now)
"""


def test_old_cases_are_narrowed_kept_and_destroyed_without_a_barrier(office, town, axe):
    town.undergoes(OLD_CASES)
    asen, dora = office["archivist"], office["mayor"]
    page = asen.page

    # All values of a filter, and none.
    asen.open("/office/archive/filters/unit/")
    asen.looks_until_seeing("Communications")
    assert axe(page) == []
    page.get_by_label("Unit: type to narrow").fill("zzz")
    asen.press("Narrow")
    asen.sees("No value has these letters.")
    assert axe(page) == []

    # Kept until a year, with nothing but the keyboard; what the chosen deed doesn't need isn't asked.
    asen.open("/office/archive/records/cases/?q=signpost+2")
    page.get_by_role("checkbox", name=re.compile("^Select 94")).focus()
    page.keyboard.press("Space")
    page.get_by_role("combobox", name="What to do").select_option("UNTIL")
    expect(page.locator("[name=class]").last).to_be_hidden()
    assert axe(page) == []
    page.get_by_role("textbox", name="Keep until").fill("2199")
    page.get_by_role("textbox", name="Reason").fill("The signpost is a monument")
    page.keyboard.press("Enter")
    asen.sees("1 case is kept until 31/12/2199.")

    # A unit without a head: said before, reviewed by the executive, destroyed with what was joined.
    asen.open("/office/archive/records/lists/")
    asen.sees("Where it says “no head”")
    assert axe(page) == []
    asen.press("Propose lists")
    asen.sees_heading("No head reviews this list")
    asen.sees("The same signpost again")
    assert axe(page) == []
    one = page.url

    dora.open(one)
    dora.sees("You review it in the head’s stead.")
    assert axe(dora.page) == []
    dora.press("The review is finished")
    asen.open(one)
    asen.press("Approve")
    dora.page.on("dialog", lambda dialog: dialog.accept())
    dora.open(one)
    dora.press("Carry the list out")
    asen.open(one)
    asen.looks_until_seeing("3 destroyed, 0 kept.")
    assert axe(page) == []
    asen.leave_by(page.locator(".desk-what a").first)
    asen.sees("no longer kept")
    expect(page.get_by_role("link", name=re.compile("^Download"))).to_have_count(0)
    assert axe(page) == []
