"""The container image holds all that a start needs; whom it runs as may write nothing beside our files."""

import re

from django.conf import settings

LINES = (settings.BASE_DIR / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
NOT_IN_THE_PRODUCT = {"tests", "benchmarks"}


def test_every_folder_of_the_product_is_compiled_in_the_image_before_it_becomes_read_only():
    places = [place for place, line in enumerate(LINES) if "compileall" in line]

    assert len(places) == 1
    assert LINES.index("COPY . .") < places[0] < LINES.index("USER registra")
    [compiled] = re.findall(r"compileall -q ([^&]+)", LINES[places[0]])
    packages = {folder.parent.name for folder in settings.BASE_DIR.glob("*/__init__.py")} - NOT_IN_THE_PRODUCT
    assert set(compiled.split()) == {*packages, "site", "manage.py"}
