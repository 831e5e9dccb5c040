"""Makes the demo town in an empty folder, in one process and with the settings of the product: ``python -m``."""

import json
import os
from importlib import import_module

import django
from django.conf import settings
from django.contrib.auth import login
from django.core.management import call_command
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registra.settings")
django.setup()

from cases.models import User  # noqa: E402
from cases.signing import ensure_demo_authority  # noqa: E402
from portal_pages.demo import build_demo_pages  # noqa: E402
from registra.town import build_town  # noqa: E402
from registra.town_services import bring_forms  # noqa: E402
from tests.journeys.running import SESSIONS  # noqa: E402

Session = import_module(settings.SESSION_ENGINE).SessionStore


def prepare() -> None:
    """Everything that ``make demo`` makes before it starts, without the sample cases."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    ensure_demo_authority(settings.SIGNING_DIR, at=timezone.now())
    # At once: a few hundred times the disk would be waited for.
    with transaction.atomic():
        institution = build_town()
        bring_forms(institution, at=timezone.now())
        build_demo_pages(institution)
    (settings.DATA_DIR / SESSIONS).write_text(
        json.dumps({user.username: signed_in(user) for user in User.objects.all()})
    )


def signed_in(user: User) -> str:
    """The session of somebody who signed in this morning: deriving a key from a password takes most of a second."""
    request = HttpRequest()
    request.session = Session()
    login(request, user, settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return str(request.session.session_key)


if __name__ == "__main__":
    prepare()
