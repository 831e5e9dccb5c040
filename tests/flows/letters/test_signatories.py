"""Who is going to sign: by the procedure, not by habit."""

import pytest

from cases.models import Case
from flows import tasks
from flows.letters.setting import Signatory
from flows.letters.signatories import signatory_of
from tests.flows.procedures.drawing import LETTER, condition
from tests.flows.procedures.running import case_through
from tests.flows.town import NOON, Town
from tests.flows.walking import approved, drafted

pytestmark = pytest.mark.django_db

DRAFT, SIGN, SEND = LETTER


def signed_by(who: str, **changes: str) -> dict:
    return {**SIGN, "who": {"post": who}, **changes}


def signatory(case: Case, outcome: str = "GRANTED") -> Signatory:
    return signatory_of(case, outcome=outcome, language="en", today=NOON.date())


def of(town: Town, name: str) -> Signatory:
    return Signatory.of(town.people[name], town.posts[name], "en")


def test_where_the_procedure_says_nothing_else_the_executive_signs(town: Town):
    case = town.file()
    drafted(town, case)

    assert signatory(case) == of(town, "dora")


def test_whoever_the_step_of_signing_names_signs(town: Town):
    case = case_through(town, DRAFT, signed_by(town.posts["rada"].code), SEND)

    assert signatory(case) == of(town, "rada")


def test_another_person_may_sign_a_refusal(town: Town):
    refusal = [signed_by(town.posts["dora"].code, id="refusing")]
    grant = [signed_by(town.posts["rada"].code, id="granting")]
    choice = {
        "id": "choice",
        "kind": "IF",
        "branches": [{"when": condition("case:outcome", "REFUSED"), "steps": refusal}],
        "otherwise": grant,
    }

    case = case_through(town, DRAFT, choice, SEND)

    assert [signatory(case, outcome) for outcome in ("REFUSED", "GRANTED")] == [of(town, "dora"), of(town, "rada")]


def test_the_nearest_signature_counts_where_there_are_several(town: Town):
    case = case_through(
        town, DRAFT, signed_by(town.posts["rada"].code), {**DRAFT, "id": "draft2"}, {**SIGN, "id": "sign2"}, SEND
    )

    assert signatory(case) == of(town, "rada")


def test_a_letter_that_waits_is_signed_by_whoever_it_waits_for(town: Town):
    case = town.file()
    sign = approved(town, case)
    sign.holder, sign.post = town.rada, town.posts["rada"]
    sign.save()

    assert signatory(case) == of(town, "rada")


def test_without_a_step_of_signing_nobody_stands_beneath(town: Town):
    case = case_through(town, {"id": "telling", "kind": "PUBLISH"})

    assert signatory(case) == Signatory("", "")


def test_what_was_signed_is_not_signed_again_by_the_one_before(town: Town):
    case = town.file()
    sign = approved(town, case)
    tasks.sign(sign, **town.acts("dora", sign))

    assert signatory(case) == Signatory("", "")
