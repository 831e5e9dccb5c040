"""Case signs: a working folder gets its place in the list of cases when the handler opens the matter (Poland)."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.models import Case, CaseSign, Register
from cases.numbering import give_number
from cases.signals import case_changed


class SignRefused(Exception):
    """The case can't get a sign; the message says why."""


@transaction.atomic
def give_sign(case: Case, register: Register, *, actor: Actor, at: dt.datetime) -> CaseSign:
    """Give the case its sign, once; from then on it is known by it, and its entry's number still leads here."""
    Case.objects.select_for_update().get(pk=case.pk)
    if CaseSign.objects.filter(case=case).exists():
        raise SignRefused(_("The case has its sign already: {sign}.").format(sign=case.sign.sign))
    if register.kind != "CASE_SIGNS":
        raise SignRefused(_("“{register}” is not a list of cases.").format(register=register))
    number = give_number(register, at=at, unit=case.unit, record_class=case.record_class)
    sign = CaseSign.objects.create(
        case=case,
        register=register,
        unit=case.unit,
        scope_key=number.scope_key,
        year=number.year,
        seq=number.seq,
        sign=number.text,
        given_at=number.given_at,
    )
    case.number = sign.sign
    Case.objects.filter(pk=case.pk).update(number=sign.sign)
    history.record(case, "SIGN_GIVEN", actor=actor, at=at, payload={"sign": sign.sign})
    case_changed.send(sender=Case, case=case, at=at)
    return sign
