"""Makes the demo town, its pages and the plain form page: `python -m benchmarks.town` under the stock settings."""

import sys

import django

django.setup()

from django.contrib.auth.models import Permission  # noqa: E402 (Django must be set up first)
from django.utils import timezone  # noqa: E402
from wagtail.models import Site  # noqa: E402

from benchmarks.stock.beginnings import put_first_rows, put_search_tables  # noqa: E402
from benchmarks.stock.models import UploadField, UploadPage  # noqa: E402
from cases.models import User  # noqa: E402
from portal_pages.demo import build_demo_pages  # noqa: E402
from registra.town import build_town  # noqa: E402
from registra.town_services import bring_forms  # noqa: E402


def make_plain_form() -> None:
    """Put the form at /plain-form/, below the page that stands at the root of the site."""
    root = Site.objects.get(is_default_site=True).root_page
    page = UploadPage(title="Plain form", slug="plain-form", locale=root.locale)
    fields = [("Name", "singleline"), ("E-mail", "email"), ("Sketch", "file")]
    page.form_fields = [
        UploadField(label=label, field_type=kind, sort_order=order) for order, (label, kind) in enumerate(fields)
    ]
    root.add_child(instance=page)
    page.save_revision().publish()


def let_officer_see_flows() -> None:
    """Viewflow's own front end asks for permissions of its own."""
    officer = User.objects.get(username="officer")
    officer.user_permissions.add(*Permission.objects.filter(codename__in=["view_process", "view_caseprocess"]))


if __name__ == "__main__":
    if "--first-rows" in sys.argv:
        put_search_tables()
        put_first_rows()
    town = build_town()
    bring_forms(town, at=timezone.now())
    build_demo_pages(town)
    make_plain_form()
    let_officer_see_flows()
