"""What all parts of a service share when they come in."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from cases.models import Institution, Service, User
from portal_pages.packaging.package import Package


@dataclass(frozen=True)
class Coming:
    """A package that comes in: to which institution, by whom and when, as drafts or published at once.

    ``rules_from``: the day from which rules of record are in force that come with it.
    """

    package: Package
    institution: Institution
    by: User | None
    at: dt.datetime
    is_published: bool
    rules_from: dt.date

    @property
    def found_service(self) -> Service:
        """The service, which came in before its form and its rules."""
        return Service.objects.get(institution=self.institution, code=self.package.code)

    @property
    def service(self) -> Service | None:
        return Service.objects.filter(institution=self.institution, code=self.package.code).first()


@dataclass(frozen=True)
class Part:
    """One part. ``said`` and ``here`` give the same plain JSON for the same thing; None for a part that is not there.

    ``said`` raises PackageRefused. ``bring`` writes what is said, and is called only where it differs from ``here``.
    """

    name: str | Promise
    said: Callable[[Package], Any]
    here: Callable[[Coming], Any]
    bring: Callable[[Coming, Any], None]
