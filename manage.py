#!/usr/bin/env python
"""Registra's command line."""

import os
import sys
from pathlib import Path


def main() -> None:
    # site/ is a shelf that holds the package registra; see docs/decisions/0001.
    sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registra.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 (the path comes first)

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
