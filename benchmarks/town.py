"""Makes the demo town, its pages and the plain form page, under the stock settings: asked of benchmarks/prepared.py."""

from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Site

from cases.models import User
from portal_pages.demo import build_demo_pages
from registra.town import build_town
from registra.town_services import bring_forms


def found(has_history: bool) -> None:
    call_command("migrate", run_syncdb=not has_history, verbosity=0)
    if not has_history:
        from benchmarks.stock.beginnings import put_first_rows, put_search_tables  # noqa: PLC0415 (stock settings only)

        put_search_tables()
        put_first_rows()
    town = build_town()
    bring_forms(town, at=timezone.now())
    build_demo_pages(town)
    make_plain_form()
    let_officer_see_flows()


def collect() -> None:
    """The static files, under the product's settings."""
    call_command("collectstatic", interactive=False, verbosity=0)


def make_plain_form() -> None:
    """Put the form at /plain-form/, below the page that stands at the root of the site."""
    from benchmarks.stock.models import UploadField, UploadPage  # noqa: PLC0415 (stock settings only)

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
