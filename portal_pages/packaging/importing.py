"""Taking in a package: first what would change, then all of it in one transaction, or nothing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import Institution, User
from cases.ruling import today_at
from portal_pages.packaging.differences import Change, Difference, difference
from portal_pages.packaging.mapping import KIND_WORDS, ForeignCode, Mapped, local_codes, unmapped, with_local_codes
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.parts import PARTS, Coming, Part


class NothingFits(PackageRefused):
    """Codes of the package for which nothing of this institution was chosen."""

    def __init__(self, codes: Sequence[ForeignCode]) -> None:
        self.codes = codes
        named = ", ".join(f"{KIND_WORDS[one.kind]} {one.code}" for one in codes)
        super().__init__(_("Choose what takes their place here: {codes}.").format(codes=named))


@dataclass(frozen=True)
class Judged:
    """A package whose every part could be read, with its codes as they are here."""

    coming: Coming
    parts: Sequence[tuple[Part, object, Difference]]

    @property
    def differences(self) -> list[Difference]:
        return [found for _part, _wanted, found in self.parts]

    @property
    def changes(self) -> list[Difference]:
        return [found for found in self.differences if found.change != Change.SAME]


def judge(
    package: Package,
    institution: Institution,
    mapped: Mapped,
    *,
    by: User | None,
    at: dt.datetime,
    is_published: bool,
    rules_from: dt.date | None = None,
) -> Judged:
    """What would change if the package came in. Raises PackageRefused with the part that can't be read."""
    read(package)
    if left := unmapped(package, mapped, local_codes(institution)):
        raise NothingFits(left)
    here = with_local_codes(package, mapped)
    day = rules_from or today_at(institution, at)
    coming = Coming(here, institution, by=by, at=at, is_published=is_published, rules_from=day)
    found = []
    for part in PARTS:
        wanted = part.said(here)
        before = part.here(coming) if wanted is not None else None
        kept = Difference(str(part.name), Change.SAME)
        found.append((part, wanted, kept if wanted is None else difference(str(part.name), before, wanted)))
    return Judged(coming, found)


def read(package: Package) -> None:
    """Let every part be read by its own reader. Raises PackageRefused."""
    for part in PARTS:
        part.said(package)


def take_in(
    package: Package,
    institution: Institution,
    mapped: Mapped,
    *,
    by: User | None,
    at: dt.datetime,
    is_published: bool,
    rules_from: dt.date | None = None,
) -> list[Difference]:
    """Bring the service in, whole or not at all; what is the same already is left alone. Returns what changed.

    Raises PackageRefused; then nothing has changed.
    """
    with transaction.atomic():
        # The second of two people who bring the same package at once finds it here.
        Institution.objects.select_for_update().get(pk=institution.pk)
        judged = judge(package, institution, mapped, by=by, at=at, is_published=is_published, rules_from=rules_from)
        for part, wanted, found in judged.parts:
            if found.change != Change.SAME:
                part.bring(judged.coming, wanted)
    return judged.changes
