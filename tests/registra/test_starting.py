import json
import os
import subprocess
import sys

from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models.reference_index import ReferenceIndex
from wagtail.permissions import policy_registry
from wagtail.snippets.models import get_snippet_models

from portal_pages.models import HomePage
from tests.settings import BASE_DIR

# Each takes a tenth of a second or more, and most commands never ask for it.
LATE = {"pyhanko", "aiohttp", "openpyxl", "tantivy", "elasticsearch", "ocrmypdf", "pikepdf", "ninja", "pydantic"}


def test_a_start_leaves_out_what_takes_long_and_is_seldom_needed() -> None:
    asked = "import json, sys, django; django.setup(); print(json.dumps(sorted(sys.modules)))"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "registra.settings", "PYTHONPATH": str(BASE_DIR / "site")}
    said = subprocess.run(
        [sys.executable, "-c", asked], env=environment, cwd=BASE_DIR, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(said.stdout))
    assert "cases.signing" in loaded
    assert loaded & LATE == set()


def test_wagtails_apps_get_ready_without_their_api() -> None:
    for model in (get_image_model(), get_document_model()):
        assert model in ReferenceIndex.tracked_models
        assert policy_registry.get_by_type(model, fallback=False)
    assert get_snippet_models()
    assert HomePage in ReferenceIndex.indexed_models
