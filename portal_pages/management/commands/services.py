"""``manage.py services list|export|import|test``: whole services as files, and the tests that they keep."""

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cases.models import Institution, Service
from cases.texts import in_language
from portal_pages.packaging.differences import Difference
from portal_pages.packaging.exporting import package_of_service
from portal_pages.packaging.importing import NothingFits, judge, take_in
from portal_pages.packaging.mapping import CodeKind, Mapped, local_codes, proposed
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.shipped import package_in_folder, shipped, shipped_codes
from portal_pages.packaging.testing import walks_run
from portal_pages.packaging.zipped import LARGEST_FILE, package_of_zip, zip_of

KINDS = {"unit": CodeKind.UNIT, "post": CodeKind.POST, "register": CodeKind.REGISTER, "class": CodeKind.RECORD_CLASS}


class Command(BaseCommand):
    help = "Lists, exports, imports and tests services."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        listed = acts.add_parser("list", help="the services of the institution, and those that ship")
        export = acts.add_parser("export", help="write a service into one file")
        export.add_argument("code")
        export.add_argument("--to", type=Path, help="the file; <code>.zip in this folder when not given")
        bring = acts.add_parser("import", help="show what a package would change; with --yes bring it in")
        bring.add_argument("package", help="a file, a folder, or the code of a service that ships")
        bring.add_argument("--yes", action="store_true", help="bring it in")
        bring.add_argument("--publish", action="store_true", help="published at once, not as drafts")
        bring.add_argument("--map", action="append", default=[], metavar="KIND:THERE=HERE", help=_kinds_in_words())
        bring.add_argument("--from", dest="rules_from", type=_day, help="first day of new rules of record; today")
        test = acts.add_parser("test", help="run the kept walks of services; fails when one ends otherwise")
        test.add_argument("codes", nargs="*", help="all services when none is given")
        for act in (listed, export, bring, test):
            act.add_argument("--institution", default="", help="its short name; needed where there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        acts = {"list": self._list, "export": self._export, "import": self._import, "test": self._test}
        try:
            acts[options["act"]](_institution(options["institution"]), options)
        except PackageRefused as refused:
            raise CommandError(str(refused)) from None

    def _list(self, institution: Institution, options: dict[str, Any]) -> None:
        here = {service.code: service for service in Service.objects.filter(institution=institution).order_by("code")}
        for code, service in here.items():
            self.stdout.write(f"{code:<24} {'offered' if service.is_offered else 'draft':<10} {service.name}")
        for code in shipped_codes():
            if code not in here:
                name = in_language(shipped(code).service["names"], "en").words
                self.stdout.write(f"{code:<24} {'ships':<10} {name}")

    def _export(self, institution: Institution, options: dict[str, Any]) -> None:
        raw = zip_of(package_of_service(_service(institution, options["code"])))
        file: Path = options["to"] or Path(f"{options['code']}.zip")
        file.write_bytes(raw)
        self.stdout.write(f"{file}: {len(raw)} bytes")

    def _import(self, institution: Institution, options: dict[str, Any]) -> None:
        package = _package(options["package"])
        mapped = {**proposed(package, local_codes(institution)), **_mapped(options["map"])}
        how: dict[str, Any] = {
            "by": None,
            "at": timezone.now(),
            "is_published": options["publish"],
            "rules_from": options["rules_from"],
        }
        try:
            if options["yes"]:
                self._say(take_in(package, institution, mapped, **how))
            else:
                self._say(judge(package, institution, mapped, **how).changes)
                self.stdout.write("Nothing was changed. With --yes the package comes in.")
        except NothingFits as refused:
            words = [
                f"--map {_kind_name(one.kind)}:{one.code}=… ({in_language(one.names).words})" for one in refused.codes
            ]
            raise CommandError("\n".join([str(refused), *words])) from None

    def _say(self, changes: list[Difference]) -> None:
        for found in changes:
            self.stdout.write(f"{found.part}: {found.change_in_words}")
            for line in found.lines:
                self.stdout.write(f"  {line.place}: {line.before or '—'} → {line.after or '—'}")
            if found.more:
                self.stdout.write(f"  … {found.more}")
        if not changes:
            self.stdout.write("The same already stands here.")

    def _test(self, institution: Institution, options: dict[str, Any]) -> None:
        services = [_service(institution, code) for code in options["codes"]] or list(
            Service.objects.filter(institution=institution).order_by("code")
        )
        failed = 0
        for service in services:
            for result in walks_run(service):
                self.stdout.write(f"{'ok    ' if result.passed else 'FAILED'} {service.code}: {result.name}")
                for words in result.differences:
                    self.stdout.write(f"       {words}")
                failed += not result.passed
        if failed:
            raise CommandError(f"{failed} kept walks end otherwise than they should.")


def _kinds_in_words() -> str:
    return f"what takes the place of a code, for example unit:ROADS=D1; KIND is {', '.join(KINDS)}"


def _kind_name(kind: CodeKind) -> str:
    return next(name for name, one in KINDS.items() if one is kind)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as 2026-03-27") from None


def _institution(slug: str) -> Institution:
    known = list(Institution.objects.filter(slug=slug) if slug else Institution.objects.all()[:2])
    if len(known) != 1:
        names = ", ".join(Institution.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"Name the institution with --institution. There are: {names}.")
    return known[0]


def _service(institution: Institution, code: str) -> Service:
    service = Service.objects.select_related("institution", "unit").filter(institution=institution, code=code).first()
    if service is None:
        raise CommandError(f"There is no service with the code {code}.")
    return service


def _package(name: str) -> Package:
    path = Path(name)
    if path.is_dir():
        return package_in_folder(path)
    if path.is_file():
        if path.stat().st_size > LARGEST_FILE:
            raise CommandError(f"{name} is larger than {LARGEST_FILE // 1_000_000} MB.")
        return package_of_zip(path.read_bytes())
    if name in shipped_codes():
        return shipped(name)
    raise CommandError(f"{name} is neither a file, nor a folder, nor the code of a service that ships.")


def _mapped(said: list[str]) -> Mapped:
    found = {}
    for one in said:
        kind, colon, codes = one.partition(":")
        there, equals, here = codes.partition("=")
        if kind not in KINDS or not colon or not equals:
            raise CommandError(f"{one}: write it as unit:ROADS=D1.")
        found[KINDS[kind], there] = here
    return found
