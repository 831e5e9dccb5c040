"""The file that towns exchange: a zip with a manifest that names every member with its hash.

Reading trusts nothing: not the name of a member, not the size that the zip tells of itself, not the order. Nothing is
ever unpacked to a disk. Writing the same service twice gives the same bytes.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal_pages.packaging.package import (
    LARGEST_MEMBER,
    Package,
    PackageRefused,
    json_of_member,
    member_bytes,
    package_of,
)

FORMAT, FORMAT_VERSION = "registra-service", 1
MANIFEST = "manifest.json"
LARGEST_FILE = 20_000_000
LARGEST_UNPACKED = 40_000_000
MOST_MEMBERS = 400
# A JSON text shrinks to a tenth; a thousandth is no text but a trap.
STEEPEST = 200
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
SAFE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)?")
# The first moment that a zip can tell: when a package was made is no part of it.
NO_MOMENT = (1980, 1, 1, 0, 0, 0)


def zip_of(package: Package) -> bytes:
    """The package as one file."""
    members = {name: member_bytes(data) for name, data in package.members()}
    members |= {f"attachments/{name}": raw for name, raw in sorted(package.attachments.items())}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in {MANIFEST: member_bytes(manifest_of(package, members)), **members}.items():
            entry = zipfile.ZipInfo(name, date_time=NO_MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, raw)
    return out.getvalue()


def manifest_of(package: Package, members: Mapping[str, bytes]) -> dict[str, Any]:
    versions = {
        name: part["version"] for name, part in (("form", package.form), ("procedure", package.procedure)) if part
    }
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "code": package.code,
        "versions": versions,
        "members": {
            name: {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()} for name, raw in members.items()
        },
    }


def package_of_zip(raw: bytes) -> Package:
    """The package in a file. Raises PackageRefused with what is wrong, in words."""
    if len(raw) > LARGEST_FILE:
        raise PackageRefused(_("The file is larger than {number} MB.").format(number=LARGEST_FILE // 1_000_000))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = _unpacked(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError, OSError) as error:
        if isinstance(error, PackageRefused):
            raise
        raise PackageRefused(_("The file is not a package: it can't be opened as a zip, or it is damaged.")) from None
    return _checked(members)


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        raise PackageRefused(_("The package holds more than {number} files.").format(number=MOST_MEMBERS))
    seen: set[str] = set()
    for entry in entries:
        _refuse_entry(entry)
        if entry.filename in seen:
            raise PackageRefused(_("Two files in the package have this name."), entry.filename)
        seen.add(entry.filename)
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        number = LARGEST_UNPACKED // 1_000_000
        raise PackageRefused(_("Unpacked, the package is larger than {number} MB.").format(number=number))
    return {entry.filename: _read(archive, entry) for entry in entries}


def _refuse_entry(entry: zipfile.ZipInfo) -> None:
    # zipfile cuts a name at a zero byte: what the file says is in orig_filename.
    if entry.orig_filename != entry.filename or not SAFE_NAME.fullmatch(entry.filename):
        raise PackageRefused(_("The name of a file leads out of the package: nothing was read."), entry.filename[:100])
    if entry.flag_bits & 0x1:
        raise PackageRefused(_("This file is locked with a password."), entry.filename)
    if entry.compress_type not in METHODS:
        raise PackageRefused(_("This file is packed in a way that packages don't use."), entry.filename)
    if entry.file_size > LARGEST_MEMBER or entry.file_size > STEEPEST * max(entry.compress_size, 100):
        raise PackageRefused(_("This file would unpack to far more than a service needs."), entry.filename)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as member:
        raw = member.read(entry.file_size + 1)
    if len(raw) != entry.file_size:
        raise PackageRefused(_("This file is longer or shorter than the package says."), entry.filename)
    return raw


def _checked(members: dict[str, bytes]) -> Package:
    """The members, each with the hash that the manifest gives it, and nothing beside them."""
    if MANIFEST not in members:
        raise PackageRefused(_("The file manifest.json is missing: this is no package of a service."))
    manifest = json_of_member(members.pop(MANIFEST), MANIFEST)
    listed = _listed(manifest)
    for name in listed:
        if name not in members:
            raise PackageRefused(_("The manifest names this file, but the package does not hold it."), name[:100])
    for name, raw in members.items():
        if name not in listed:
            raise PackageRefused(_("The package holds this file, but the manifest does not name it."), name)
        if hashlib.sha256(raw).hexdigest() != listed[name]:
            raise PackageRefused(_("This file was changed after the package was made: its hash is wrong."), name)
    package = package_of(members)
    if manifest.get("code") != package.code:
        raise PackageRefused(_("The manifest is of another service than service.json."), MANIFEST)
    return package


def _listed(manifest: dict[str, Any]) -> dict[str, str]:
    version = manifest.get("format_version")
    if manifest.get("format") != FORMAT or not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise PackageRefused(_("This is no package of a service."), MANIFEST)
    if version > FORMAT_VERSION:
        raise PackageRefused(
            _("The package was made by a newer Registra (format {number}). Update this one first.").format(
                number=version
            ),
            MANIFEST,
        )
    members = manifest.get("members")
    if not isinstance(members, dict):
        raise PackageRefused(_("The manifest does not list the files."), MANIFEST)
    hashes: dict[str, str] = {}
    for name, said in members.items():
        sha256 = said.get("sha256") if isinstance(said, dict) else None
        if not isinstance(sha256, str):
            raise PackageRefused(_("The manifest gives no hash for a file."), MANIFEST)
        hashes[name] = sha256
    return hashes
