"""The house keeps the shape that docs/decisions/0001 gives it."""

import re
import site
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_site_folder_never_shadows_the_standard_library():
    assert not (ROOT / "site" / "__init__.py").exists()
    assert ROOT not in Path(site.__file__).resolve().parents


def test_the_readme_explains_every_setting():
    settings = (ROOT / "site" / "registra" / "settings.py").read_text()

    explained = set(re.findall(r"`(REGISTRA_\w+)`", (ROOT / "README.md").read_text()))

    assert set(re.findall(r'"(REGISTRA_\w+)"', settings)) == explained
