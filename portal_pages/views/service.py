"""A service by itself, in the office: what it is called, whose it is, and which procedure its cases go through."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic.edit import FormMixin

from cases.desk.blocks.texts import TextsFormField
from cases.desk.page import DeskPage
from cases.models import Institution, Service, Unit, User
from cases.ruling import missing_in_rules, today_at
from flows.designer.kept_walks import run_one
from flows.models import KeptWalk, Procedure, ProcedureVersion
from flows.procedures.publishing import current_version
from portal_pages.offered import forget_service
from portal_pages.service_pages import begin_pages
from portal_pages.views.passport import OfService
from search.scans import LANGUAGES

MAY_NAME = "portal_pages.change_serviceform"
MAY_STEER = "flows.change_procedure"


class _ProcedureChoice(forms.ModelChoiceField):
    """Says of a procedure that is not published yet what happens meanwhile."""

    def label_from_instance(self, obj: Any) -> str:
        if obj.is_published:
            return str(obj)
        return _("{procedure} (not published yet: the general procedure stands in)").format(procedure=obj)


class ServiceSettings(forms.Form):
    """Editors name a service, process owners choose its procedure; each sees only what is theirs to change."""

    names = TextsFormField(label=gettext_lazy("Name"), help_text=gettext_lazy("As a resident would look for it."))
    summaries = TextsFormField(label=gettext_lazy("In one sentence"), max_length=300, required=False)
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=gettext_lazy("Owning unit"),
        help_text=gettext_lazy("Where new cases arrive. Those that run stay where they are."),
    )
    scan_language = forms.ChoiceField(
        label=gettext_lazy("Language of scans"),
        required=False,
        help_text=gettext_lazy(
            "In which the text of scanned papers and photos is read first. Where that makes no sense, the language is"
            " found out. It counts for what is read from now on."
        ),
    )
    procedure = _ProcedureChoice(
        Procedure.objects.none(),
        to_field_name="key",
        empty_label=None,
        label=gettext_lazy("Procedure"),
        help_text=gettext_lazy(
            "The steps that new cases go through, with the letters that they write. Cases that run stay on theirs."
        ),
    )

    def __init__(self, *args: Any, service: Service, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service = service
        institution = service.institution
        if not user.has_perm(MAY_NAME):
            for name in ("names", "summaries", "unit", "scan_language"):
                del self.fields[name]
        else:
            self.fields["unit"].queryset = Unit.objects.filter(institution=institution).order_by("code")  # type: ignore[attr-defined]
            self.fields["scan_language"].choices = _languages_of_scans()  # type: ignore[attr-defined]
        if not user.has_perm(MAY_STEER):
            del self.fields["procedure"]
        else:
            self.fields["procedure"].queryset = _procedures_of(institution)  # type: ignore[attr-defined]

    def clean_names(self) -> dict[str, str]:
        names: dict[str, str] = self.cleaned_data["names"]
        if not names.get(self.service.institution.main_language):
            raise forms.ValidationError(_("The name is needed in the main language of the institution at least."))
        return names

    def save(self) -> None:
        for name, said in self.cleaned_data.items():
            setattr(self.service, name, said.key if name == "procedure" else said)
        self.service.save(update_fields=list(self.cleaned_data))


def _languages_of_scans() -> list[tuple[str, str]]:
    names = [(language, str(get_language_info(language)["name_translated"])) for language in LANGUAGES]
    return [("", _("As each document says")), *sorted(names, key=lambda one: one[1])]


def _procedures_of(institution: Institution) -> Any:
    published = Exists(ProcedureVersion.objects.filter(procedure=OuterRef("pk")))
    return Procedure.objects.filter(institution=institution).annotate(is_published=published).order_by("key")


class ServiceView(FormMixin, OfService, DeskPage):
    form_class = ServiceSettings
    template_name = "desk/portal/service.html"
    header_icon = "cog"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (self.user.has_perm(MAY_NAME) or self.user.has_perm(MAY_STEER)):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Settings: {service}").format(service=self.service)

    def get_initial(self) -> dict[str, Any]:
        names = ("names", "summaries", "unit", "scan_language", "procedure")
        return {name: getattr(self.service, name) for name in names}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"service": self.service, "user": self.user}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def form_valid(self, form: ServiceSettings) -> HttpResponse:
        with transaction.atomic():
            form.save()
        forget_service(self.service.pk)
        messages.success(self.request, _("Saved: it counts for what is filed from now on."))
        if "procedure" in form.changed_data:
            self._walk_again()
        return HttpResponseRedirect(self.address_of_passport)

    def _walk_again(self) -> None:
        """The kept walks of the service belong to what it does: they are run through the other procedure at once."""
        version = current_version(self.institution, self.service.procedure)
        walks = KeptWalk.objects.filter(service=self.service).select_related("service__institution")
        failed = [walk for walk in walks if version and not run_one(walk, version.definition, at=self.at).passed]
        for walk in failed:
            words = _("The kept walk “{walk}” ends otherwise with this procedure. Keep it anew, or choose another one.")
            messages.warning(self.request, words.format(walk=walk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "service": self.service,
            "media": context["form"].media,
            "address_of_passport": self.address_of_passport,
            "to_put_right": missing_in_rules(self.service, today=today_at(self.institution, self.at)),
        }


class BeginPagesView(OfService):
    """Make the public pages of the service as drafts; the passport then leads to each."""

    permission = MAY_NAME
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        with transaction.atomic():
            begun = begin_pages(self.service, by=self.user)
        if not begun:
            messages.info(request, _("There is a page in every language already."))
            return HttpResponseRedirect(self.address_of_passport)
        messages.success(
            request, _("The pages are there as drafts, one in each language. Write what is missing and publish them.")
        )
        return HttpResponseRedirect(self.address_of_passport)
