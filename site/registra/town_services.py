"""The demo town's services: it offers the eight that ship, brought in as any town would bring them in."""

import datetime as dt
import json

from django.utils.translation import override

from cases.models import Institution, Service
from cases.ruling import today_at
from portal_pages.demo_texts import WAYS_TO_FILE
from portal_pages.models import HomePage, ServicePage
from portal_pages.packaging.importing import take_in
from portal_pages.packaging.mapping import local_codes, proposed
from portal_pages.packaging.shipped import shipped, shipped_codes
from registra.town import FOUNDED

# Its pages come first: those of the others say how to file as this one's do.
FIRST = "complaint"


def bring_services(institution: Institution, *, at: dt.datetime) -> None:
    """Bring in what is not here yet; a service that somebody changed since is left alone."""
    local = local_codes(institution)
    here = set(
        Service.objects.filter(institution=institution, form_versions__isnull=False).values_list("code", flat=True)
    )
    with_rules = set(Service.objects.filter(institution=institution).values_list("code", flat=True))
    for code in sorted(set(shipped_codes()) - here, key=lambda code: (code != FIRST, code)):
        package = shipped(code)
        day = today_at(institution, at) if code in with_rules else FOUNDED
        mapped = proposed(package, local)
        take_in(package, institution, mapped, by=None, at=at, is_published=True, rules_from=day)
        if code == FIRST:
            _say_how_to_file(institution)


def _say_how_to_file(institution: Institution) -> None:
    for home in HomePage.objects.filter(institution=institution, locale__language_code__in=WAYS_TO_FILE):
        language = home.locale.language_code
        for page in ServicePage.objects.descendant_of(home).filter(service_code=FIRST, alias_of__isnull=True):
            page.ways = json.dumps(WAYS_TO_FILE[language])
            with override(language):
                page.save_revision().publish()
