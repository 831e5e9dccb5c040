"""The services that ship with Registra: a folder of readable JSON for each."""

from functools import cache
from pathlib import Path

from portal_pages.packaging.package import Package, package_of

FOLDER = Path(__file__).parent.parent / "packages"


def shipped_codes() -> list[str]:
    return sorted(folder.name for folder in FOLDER.iterdir() if (folder / "service.json").is_file())


@cache
def shipped(code: str) -> Package:
    """The package of this code. Raises KeyError."""
    if code not in shipped_codes():
        raise KeyError(code)
    return package_in_folder(FOLDER / code)


def package_in_folder(folder: Path) -> Package:
    """The package whose members lie unpacked in a folder. Raises PackageRefused."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return package_of({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})
