"""The whole main job: from a resident's form to the archivist's find, through everybody's own browser."""

import datetime as dt
import re

from cryptography import x509
from playwright.sync_api import expect

from cases.signing import Verdict, verify
from tests.journeys.office import CONDITIONS, REASONS
from tests.journeys.papers import RARE_WORD, expert_opinion, photo
from tests.journeys.people import answers, file
from tests.journeys.running import RunningTown

# Hers alone: what others of the same town file goes to the usual one.
EMAIL = "stanka.by.the.limes@example.org"


def checked(pdf: bytes, town: RunningTown) -> Verdict:
    """The signatures, judged with the town's own authority."""
    root = x509.load_pem_x509_certificate((town.folder / "signing" / "demo-authority.pem").read_bytes())
    return verify(pdf, at=dt.datetime.now(dt.UTC), trusted=[root])


def test_a_request_is_filed_decided_signed_answered_and_found_again(resident, office, town):
    # Stanka finds the service and files, with a photo and an expert's opinion of two pages.
    stanka = resident()
    stanka.open("/")
    stanka.follow("All services", within=stanka.page.locator("footer"))
    stanka.page.get_by_role("searchbox", name="Find a service").fill("tree")
    stanka.press("Find")
    stanka.follow("Permit to fell or prune a tree")
    stanka.follow("Start now")
    stanka.follow("Start")
    papers = {
        "trees": {"photos": [file("lime.jpg", photo(), "image/jpeg")]},
        "papers": {"sketch": [file("expert opinion.pdf", expert_opinion())]},
    }
    stanka.fill_in(answers(contact={"email": EMAIL}), papers)
    filed = stanka.sends()
    assert re.fullmatch(r"94-00-\d+/\d\d\.\d\d\.\d{4}", filed.number)
    stanka.sees("expert opinion.pdf")
    stanka.sees("lime.jpg")
    expect(stanka.page).to_have_url(re.compile("/done/$"))
    stanka.page.reload()
    stanka.sees(filed.number)
    receipt = town.mail_to(EMAIL, about=filed.number)
    assert [part.get_content_type() for part in receipt.iter_attachments()] == ["application/pdf"]

    # The office: completeness, resolution, handling, another unit's opinion.
    office.checks_completeness(filed.number)
    office.resolves(filed.number)
    office.asks_opinion(filed.number, unit="Roads and lighting", question="Does a cable lie under it?")
    office["officer2"].opens_case(filed.number)
    office["officer2"].sees("Does a cable lie under it?")
    office.gives_opinion(filed.number, words="No cable of ours lies there.")
    office["officer"].opens_case(filed.number)
    office["officer"].sees("No cable of ours lies there.")

    # The decision is written, seen, agreed, approved, signed and sent.
    office.begins_decision(filed.number, outcome="Granted")
    office["officer"].sees("Still missing in the letter")
    office.writes_decision("Permit to fell one lime tree", {"conditions": CONDITIONS, "reasons": REASONS})
    office["officer"].does_not_see("Still missing in the letter")
    assert office["officer"].page.get_by_alt_text("Page 1 of the letter").is_visible()
    office.sends_draft_on("Roads and lighting")
    office.agrees(filed.number, by="head2")
    office.approves(filed.number)
    office.signs(filed.number)
    office.dispatches(filed.number)

    # Stanka is told, follows the link in the mail, and has the signed answer.
    told = town.mail_to(EMAIL, about="The answer is ready")
    [link] = re.findall(r"http\S+/c/\S+", told.get_body().get_content())
    at_home = resident()
    at_home.open(link)
    at_home.sees_heading("Your case is decided")
    assert "/c/" not in at_home.page.url
    answer = at_home.page.locator(".of-document").filter(has_text="Permit to fell one lime tree").get_by_role("link")
    signed = at_home.download(answer.first)
    verdict = checked(signed, town)
    assert [signature.name for signature in verdict.signatures] == ["Dora Marinova"], verdict
    assert verdict.is_valid, verdict.reason

    # The archivist knows one word of the second page of what was attached.
    asen = office["archivist"]
    asen.open("/office/archive/")
    asen.page.get_by_role("searchbox", name="Search the archive").fill(RARE_WORD)
    asen.press("Search", within=asen.page.locator(".archive-form"))
    asen.looks_until_seeing(filed.number)
    asen.sees(re.compile(r"expert opinion\.pdf, page 2"))
    found = asen.page.locator(".archive-result").filter(has_text=filed.number)
    found.locator(".archive-result__title a").first.click()
    expect(asen.page.get_by_role("img", name="Page 2 of expert opinion.pdf")).to_be_visible()
    asen.follow(re.compile("Open the case"), within=found)
    asen.sees("Permit to fell one lime tree")
