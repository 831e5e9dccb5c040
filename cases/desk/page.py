"""What the records office's pages have in common: Wagtail's shell, the person, the moment, and who is let in."""

import datetime as dt
import hashlib
from abc import abstractmethod
from functools import cache, lru_cache
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cases.acting import Actor
from cases.models import Case, Institution, User


class Admitted(View):
    """Lets in whoever has the permission; to everybody else the page does not exist."""

    permission = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.permission and not self.user.has_perm(self.permission):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def user(self) -> User:
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 (the admin lets nobody else in)
        return user

    @cached_property
    def at(self) -> dt.datetime:
        return timezone.now()

    @cached_property
    def today(self) -> dt.date:
        return timezone.localdate(self.at)

    @cached_property
    def actor(self) -> Actor:
        return Actor.of(self.user, on=self.today)

    @property
    def institution(self) -> Institution:
        if self.user.institution is None:
            raise Http404
        return self.user.institution


class DeskPage(WagtailAdminTemplateMixin, Admitted):
    """A page in Wagtail's shell."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render_to_response(self.get_context_data(**kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**kwargs)
        crumbs = tuple((str(one["url"]), str(one["label"])) for one in shown["breadcrumbs_items"])
        shown["header_html"] = _header_html(get_language(), str(shown["header_title"]), shown["header_icon"], crumbs)
        return shown

    @property
    def shell_key(self) -> str:
        """What the shell depends on: the person, their name, whether they use keys, and what they may do."""
        user = self.user
        uses_keys = getattr(getattr(user, "wagtail_userprofile", None), "keyboard_shortcuts", True)
        about = [str(user.pk), str(user), str(user.is_superuser), str(uses_keys)]
        seen_by = [*about, *sorted(user.get_all_permissions())]
        return hashlib.sha256("\n".join(seen_by).encode()).hexdigest()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]


@lru_cache(maxsize=200)
def _header_html(_language: str | None, title: str, icon: str, crumbs: tuple[tuple[str, str], ...]) -> SafeString:
    """Wagtail's header with the way to the page, drawn once for each page."""
    way = [{"url": url, "label": label} for url, label in crumbs]
    shown = {"title": title, "icon_name": icon, "breadcrumbs_items": way}
    return render_to_string("wagtailadmin/shared/headers/slim_header.html", shown) if way else mark_safe("")


class CaseAct(Admitted):
    """A verb on one case: a short POST that makes one operation call and goes back to the case."""

    http_method_names = ["post"]
    refusals: tuple[type[Exception], ...] = ()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        case = case_to_open(self.user, kwargs["public_id"])
        try:
            if said := self.act(case):
                messages.success(request, said)
        except self.refusals as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(address_of(case))

    @abstractmethod
    def act(self, case: Case) -> str:
        """Do it; returns what the person is told."""


def case_to_open(user: User, public_id: str) -> Case:
    """The case if the person may open it now; else it does not exist."""
    case = Case.objects.readable_by(user).select_related("institution", "service__institution", "unit", "holder")
    return get_object_or_404(case, public_id=public_id)


def address_of(case: Case) -> str:
    return case_address(case.public_id)


def case_address(public_id: str) -> str:
    return _case_addresses().format(public_id)


@cache
def _case_addresses() -> str:
    """The address with a gap for the case: a list of fifty would look fifty addresses up."""
    return reverse("desk_case", args=["-"]).replace("/-/", "/{}/")


def address_with(query: QueryDict, **changes: str) -> str:
    """The page's address with other values: filters live in it."""
    changed = query.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}"
