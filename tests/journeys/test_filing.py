"""As far as the receipt: in four languages, on a telephone, and without JavaScript."""

import pytest
from django.conf import settings

from tests.journeys.conftest import PHONE
from tests.journeys.papers import expert_opinion, photo
from tests.journeys.people import answers, file

PAPERS = {"trees": {"photos": [file("tree.jpg", photo(), "image/jpeg")]}}


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_resident_files_in_their_own_language_as_far_as_the_receipt(resident, town, language):
    stanka = resident(PHONE, has_touch=True, is_mobile=True)
    email = f"stanka-{language}@example.org"

    stanka.begins(language=language)
    stanka.fill_in(answers(contact={"email": email}), PAPERS)
    filed = stanka.sends()

    assert stanka.page.locator("html").get_attribute("lang") == language
    mail = town.mail_to(email, about=filed.number)
    assert mail["Content-Language"] == language
    [receipt] = mail.iter_attachments()
    assert receipt.get_content_type() == "application/pdf"
    stanka.looks_until_seeing("PDF")
    on_page = stanka.download(stanka.page.locator("main a.button[href$='/receipt/']"))
    assert on_page.startswith(b"%PDF-")


def test_a_form_is_filed_and_followed_without_javascript(resident):
    stanka = resident(java_script_enabled=False)

    stanka.begins()
    stanka.fill_in(answers(), PAPERS | {"papers": {"sketch": [file("opinion.pdf", expert_opinion())]}})
    filed = stanka.sends()
    stanka.tracks(filed)

    stanka.sees_heading("Your case is with: Environment")
    stanka.sees("opinion.pdf")
    stanka.page.locator("[name=message]").fill("The branches fall on the path.")
    stanka.press("Send")
    stanka.sees("We received it and put it into your case.")
    stanka.sees("The branches fall on the path.")
