"""Where a number leads: every number, sign and old number of a case leads to the case that is handled today."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, CaseSign, RegisterEntry, User


class NoSuchNumber(Exception):
    """No case that the person may see has this number; the same words whether it exists or not."""

    def __init__(self, number: str) -> None:
        super().__init__(_("There is no case with the number “{number}”.").format(number=number))


class SeveralCases(Exception):
    def __init__(self, number: str) -> None:
        super().__init__(
            _("The number “{number}” leads to several cases. Open the right one and add it from there.").format(
                number=number
            )
        )


def case_with_number(number: str, *, user: User) -> Case:
    """The case that a number leads to, as somebody reads it from a paper.

    Spaces and the case of letters do not matter. Raises NoSuchNumber or SeveralCases.
    """
    wanted = " ".join(number.split())
    spellings = {wanted, wanted.upper(), wanted.lower()} - {""}
    by_entry = RegisterEntry.objects.filter(number__in=spellings).values("case")
    by_sign = CaseSign.objects.filter(sign__in=spellings).values("case")
    same = Q(number__in=spellings) | Q(pk__in=by_entry) | Q(pk__in=by_sign)
    found = list(Case.objects.visible_to(user).filter(same).select_related("institution")[:2])
    if not found:
        raise NoSuchNumber(wanted)
    if len(found) > 1:
        raise SeveralCases(wanted)
    return found[0].handled_in()
