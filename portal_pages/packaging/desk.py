"""The office's pages about packages: what ships, a file to bring in with a look before, and a service to send out."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.menu import MenuItem

from cases.desk.page import Admitted, DeskPage
from cases.models import Service, User
from cases.texts import in_language
from portal_pages.packaging.exporting import package_of_service
from portal_pages.packaging.importing import Judged, NothingFits, judge, read, take_in
from portal_pages.packaging.mapping import KIND_WORDS, CodeKind, codes_of, local_codes, proposed
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.shipped import shipped, shipped_codes
from portal_pages.packaging.zipped import package_of_zip, zip_of

# Between looking and bringing in, the file travels in the page: nobody's package lies about on the server.
LARGEST_HERE = 1_500_000
MAY = ("flows.publish_procedure", "cases.staff_posts")


def may_bring(user: User) -> bool:
    """Process owners and administrators."""
    return any(user.has_perm(permission) for permission in MAY)


class PackagesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.institution_id is not None and may_bring(request.user)


class ForOwners(Admitted):
    """To everybody else the pages do not exist."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_bring(self.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class PackageListView(ForOwners, DeskPage):
    """The services of the institution, those that ship, and the way in for a file."""

    page_title = gettext_lazy("Services as packages")
    header_icon = "download"
    template_name = "desk/packages/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        services = Service.objects.filter(institution=self.institution).select_related("unit", "institution")
        here = {service.code: service for service in services.order_by("code")}
        ships = [_shipped_line(code, self.institution.main_language, here) for code in shipped_codes()]
        return super().get_context_data(services=list(here.values()), ships=ships, **kwargs)


def _shipped_line(code: str, main: str, here: dict[str, Service]) -> dict[str, Any]:
    service = shipped(code).service
    return {
        "code": code,
        "name": in_language(service["names"], main=main),
        "summary": in_language(service["summaries"], main=main),
        "is_here": code in here,
    }


class ExportView(ForOwners):
    http_method_names = ["get"]

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        services = Service.objects.select_related("institution", "unit")
        service = get_object_or_404(services, institution=self.institution, code=code)
        try:
            raw = zip_of(package_of_service(service))
        except PackageRefused as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(reverse("desk_packages"))
        answer = HttpResponse(raw, content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="{service.code}.zip"'
        return answer


class BringView(ForOwners, DeskPage):
    """Look at what a package would change, choose what takes the place of its codes, and bring it in."""

    page_title = gettext_lazy("Bring a service in")
    header_icon = "download"
    template_name = "desk/packages/bring.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        package = self._package()
        return self.show(package) if package else HttpResponseRedirect(reverse("desk_packages"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            package = self._package()
            if package is None:
                raise PackageRefused(_("Choose a file first."))
            read(package)
        except PackageRefused as refused:
            messages.error(request, _("The package can't be taken. {why}").format(why=refused))
            return HttpResponseRedirect(reverse("desk_packages"))
        return self.bring(package) if "bring" in request.POST else self.show(package)

    def _package(self) -> Package | None:
        """The shipped one that the address names, the file that was just sent, or the one that the page carries."""
        if code := self.kwargs.get("code"):
            if code not in shipped_codes():
                raise Http404
            return shipped(code)
        if file := self.request.FILES.get("file"):
            if file.size is None or file.size > LARGEST_HERE:
                raise PackageRefused(
                    _("The file is larger than {number} MB: bring it in with “manage.py services import”.").format(
                        number=LARGEST_HERE / 1_000_000
                    )
                )
            return package_of_zip(file.read())
        if carried := self.request.POST.get("package"):
            try:
                return package_of_zip(base64.b64decode(carried, validate=True))
            except binascii.Error:
                raise PackageRefused(_("The page did not come whole. Choose the file again.")) from None
        return None

    def bring(self, package: Package) -> HttpResponseBase:
        try:
            changes = take_in(
                package,
                self.institution,
                self._mapped(package),
                by=self.user,
                at=self.at,
                is_published=self._is_published(),
            )
        except PackageRefused as refused:
            return self.show(package, refused=refused)
        name = in_language(package.service["names"], main=self.institution.main_language).words
        if changes:
            words = ngettext("{name}: {number} part came in.", "{name}: {number} parts came in.", len(changes))
            messages.success(self.request, words.format(name=name, number=len(changes)))
        else:
            messages.info(self.request, _("{name}: the same already stands here.").format(name=name))
        return HttpResponseRedirect(reverse("desk_packages"))

    def show(self, package: Package, *, refused: PackageRefused | None = None) -> HttpResponseBase:
        judged: Judged | None = None
        mapped = self._mapped(package)
        try:
            judged = judge(
                package, self.institution, mapped, by=self.user, at=self.at, is_published=self._is_published()
            )
        except NothingFits as left:
            unmapped = {(one.kind, one.code) for one in left.codes}
        except PackageRefused as wrong:
            unmapped, refused = set(), refused or wrong
        else:
            unmapped = set()
        context = self.get_context_data(
            package=package,
            names=in_language(package.service["names"], main=self.institution.main_language),
            summaries=in_language(package.service["summaries"], main=self.institution.main_language),
            codes=list(self._choices(package, mapped, unmapped)),
            judged=judged,
            refused=refused,
            is_published=self._is_published(),
            carried="" if self.kwargs.get("code") else base64.b64encode(zip_of(package)).decode(),
        )
        return self.render_to_response(context)

    def _is_published(self) -> bool:
        return self.request.POST.get("publish") == "yes"

    def _mapped(self, package: Package) -> dict[tuple[CodeKind, str], str]:
        """What was chosen; where nothing was asked yet, what we propose."""
        found = proposed(package, local_codes(self.institution))
        for foreign in codes_of(package):
            name = _field(foreign.kind, foreign.code)
            if name in self.request.POST:
                found[foreign.kind, foreign.code] = self.request.POST[name]
        return found

    def _choices(
        self, package: Package, mapped: dict[tuple[CodeKind, str], str], unmapped: set[tuple[CodeKind, str]]
    ) -> Iterable[dict[str, Any]]:
        local = local_codes(self.institution)
        main = self.institution.main_language
        for foreign in codes_of(package):
            key = (foreign.kind, foreign.code)
            yield {
                "field": _field(*key),
                "kind": KIND_WORDS[foreign.kind],
                "code": foreign.code,
                "name": in_language(foreign.names, main=main),
                "chosen": mapped.get(key, ""),
                "is_missing": key in unmapped,
                "options": [(one.code, in_language(one.names, main=main)) for one in local[foreign.kind]],
            }


def _field(kind: CodeKind, code: str) -> str:
    return f"{kind}:{code}"
