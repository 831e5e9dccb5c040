"""The letter designer: the list, one letter with its paper and its problems beside the texts, its versions."""

import base64
import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.blocks.texts import TextsFormField
from cases.desk.page import Admitted, DeskPage
from cases.models import Case
from cases.ruling import today_at
from cases.typesetting import TypesettingFailed
from flows.letters.checker import Problem, errors_in, problems_of
from flows.letters.definition import LetterUnreadable, letter_from_json
from flows.letters.designer.choices import Offered, offered_for
from flows.letters.designer.sample import Shown, pages_of
from flows.letters.publishing import LetterRefused, definition_of, publish_letter, take_over
from flows.letters.standard import DecisionOutcome, shipped
from flows.models import LetterTemplate, LetterVersion

PERMISSION = "flows.change_lettertemplate"
MAY_PUBLISH = "flows.publish_lettertemplate"


class NewLetterForm(forms.Form):
    """The key and the name; the texts come next."""

    key = forms.SlugField(
        label=gettext_lazy("Key"),
        max_length=60,
        help_text=gettext_lazy("Small Latin letters and hyphens: notice-of-defects. Procedures name the letter by it."),
    )
    titles = TextsFormField(label=gettext_lazy("Name for the office"))
    begin_with = forms.ModelChoiceField(
        LetterTemplate.objects.none(),
        label=gettext_lazy("Begin with the texts of"),
        required=False,
        empty_label=gettext_lazy("Nothing: an empty letter"),
    )

    def __init__(self, *args: Any, templates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.templates = templates
        self.fields["begin_with"].queryset = templates  # type: ignore[attr-defined]

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"].lower()
        if not key[0].isalpha() or "_" in key:
            raise forms.ValidationError(_("Begin with a letter; use hyphens and no underscores."))
        if self.templates.filter(key=key).exists():
            raise forms.ValidationError(_("There is a letter with this key already."))
        return key


class LetterForm(forms.ModelForm):
    """One letter in the editor."""

    titles = TextsFormField(label=gettext_lazy("Name for the office"), required=False)
    subject = TextsFormField(
        label=gettext_lazy("Subject"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Stands above the text, in large letters."),
    )
    salutation = TextsFormField(
        label=gettext_lazy("Salutation"),
        required=False,
        help_text=gettext_lazy("Left out when the case has no name for it."),
    )
    closing = TextsFormField(label=gettext_lazy("Closing words"), required=False)

    class Meta:
        model = LetterTemplate
        fields = ("titles", "subject", "salutation", "body", "closing", "signature_block")


class ShownForm(forms.Form):
    """How the letter is looked at."""

    language = forms.ChoiceField(label=gettext_lazy("Language"))
    outcome = forms.ChoiceField(label=gettext_lazy("Decision"), choices=DecisionOutcome.choices)
    number = forms.CharField(
        label=gettext_lazy("Number of a case"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Left empty: a sample. Only a case that you may read."),
    )

    def __init__(self, *args: Any, languages: list[str], user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, names = user, dict(settings.LANGUAGES)
        self.fields["language"].choices = [(code, names.get(code, code)) for code in languages]  # type: ignore[attr-defined]

    def clean_number(self) -> Case | None:
        """The case of that number, if the person may read it; else it does not exist."""
        number = self.cleaned_data["number"].strip()
        if not number:
            return None
        cases = Case.objects.readable_by(self.user).select_related("institution", "service", "unit", "holder", "place")
        if found := cases.filter(number=number).first():
            return found
        raise forms.ValidationError(_("There is no case with this number that you may read."))


class LettersPage(DeskPage):
    permission = PERMISSION
    header_icon = "doc-full"

    @property
    def own(self) -> Any:
        return LetterTemplate.objects.filter(institution=self.institution).select_related("institution")

    @property
    def may_publish(self) -> bool:
        return bool(self.user.has_perm(MAY_PUBLISH))


class LetterListView(LettersPage):
    """All letters of the institution; the shipped one stands in until it has its own."""

    page_title = gettext_lazy("Letters")
    template_name = "desk/flows/letters/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        letters = self.own.annotate(newest=Max("versions__number"), published=Max("versions__published_at"))
        return super().get_context_data(
            letters=letters.select_related("latest_revision").order_by("key"), may_publish=self.may_publish, **kwargs
        )


class NewLetterView(LettersPage):
    page_title = gettext_lazy("New letter")
    template_name = "desk/flows/letters/new.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self._form(initial={"begin_with": self.request.GET.get("copy", "")}))
        return super().get_context_data(institution=self.institution, media=kwargs["form"].media, **kwargs)

    def _form(self, *args: Any, **kwargs: Any) -> NewLetterForm:
        return NewLetterForm(*args, templates=self.own, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        return [*items[:-1], _list_crumb(), items[-1]]

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        letter = LetterTemplate(institution=self.institution, key=form.cleaned_data["key"], live=False)
        if pattern := form.cleaned_data["begin_with"]:
            take_over(letter, definition_of(as_edited(pattern)))
        letter.titles = form.cleaned_data["titles"]
        letter.save()
        letter.save_revision(user=self.user, clean=False)
        return redirect("desk_letter_edit", pk=letter.pk)


def script_json(value: Any) -> str:
    """JSON that can stand inside a script element: no name or label can end it."""
    said = json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)
    return said.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def as_edited(letter: LetterTemplate) -> LetterTemplate:
    """The letter as it was last saved in the editor."""
    return letter.get_latest_revision_as_object() if letter.latest_revision_id else letter


def _list_crumb() -> dict[str, Any]:
    return {"url": reverse("desk_letter_list"), "label": _("Letters")}


class OneLetter(LettersPage):
    @cached_property
    def letter(self) -> LetterTemplate:
        return as_edited(get_object_or_404(self.own, pk=self.kwargs["pk"]))

    @cached_property
    def offered(self) -> Offered:
        return offered_for(self.institution, on=today_at(self.institution, self.at))

    def problems(self, letter: LetterTemplate) -> list[Problem]:
        institution = self.institution
        return problems_of(
            definition_of(letter),
            languages=institution.languages,
            obligatory=institution.obligatory_languages or [institution.main_language],
            questions=self.offered.questions,
            units=self.offered.units,
        )

    def shown_form(self, data: Any = None) -> ShownForm:
        first = self.institution.languages[:1] or [self.institution.main_language]
        initial = {"language": first[0], "outcome": DecisionOutcome.GRANTED}
        languages = self.institution.languages or [self.institution.main_language]
        return ShownForm(data, languages=languages, user=self.user, initial=initial, prefix="shown")

    def beside(self, letter: LetterTemplate, shown: ShownForm) -> dict[str, Any]:
        """What stands beside the editor: problems, and the pages."""
        return {"problems": self.problems(letter), "shown": shown, **self._pages(letter, shown)}

    def _pages(self, letter: LetterTemplate, shown: ShownForm) -> dict[str, Any]:
        values = shown.cleaned_data if shown.is_bound and shown.is_valid() else shown.initial
        if shown.is_bound and not shown.is_valid():
            return {"pages": []}
        looked = Shown(values["language"], values["outcome"], values.get("number") or None)
        try:
            said = letter_from_json(definition_of(letter))
            pictures = pages_of(said, looked, institution=self.institution, at=self.at)
        except LetterUnreadable:
            return {"pages": []}
        except TypesettingFailed as failure:
            return {"pages": [], "failure": str(failure)}
        return {"pages": [f"data:image/png;base64,{base64.b64encode(one).decode()}" for one in pictures]}


class EditLetterView(OneLetter):
    """The texts on one side, the paper and what is wrong on the other."""

    template_name = "desk/flows/letters/edit.html"

    def get_page_title(self) -> str:
        return str(self.letter) or self.letter.key

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        return [*items[:-1], _list_crumb(), items[-1]]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.setdefault("form", LetterForm(instance=self.letter))
        versions = LetterVersion.objects.filter(template_id=self.letter.pk).select_related("published_by")
        return super().get_context_data(
            letter=self.letter,
            institution=self.institution,
            media=form.media,
            offered=self.offered,
            facts_json=script_json(self.offered.facts),
            versions=versions.order_by("-number")[:10],
            may_publish=self.may_publish,
            **{**self.beside(form.instance, self.shown_form()), **kwargs},
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = LetterForm(request.POST, instance=self.letter)
        if not form.is_valid():
            messages.error(request, _("Not saved yet: look at what is marked."))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        letter = form.instance
        revision = letter.save_revision(user=self.user, clean=False)
        if "publish" not in request.POST:
            messages.success(request, _("Saved as a draft. Cases still get the published version."))
            return HttpResponseRedirect(reverse("desk_letter_edit", args=[pk]))
        if not self.may_publish:
            raise Http404
        if errors := errors_in(self.problems(letter)):
            form.add_error(None, str(LetterRefused(errors)))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        with transaction.atomic():
            revision.publish(user=self.user)
            version = publish_letter(LetterTemplate.objects.get(pk=pk), actor=self.actor, at=self.at)
        said = _("Published as version {number}. Cases that were opened before keep theirs.")
        messages.success(request, said.format(number=version.number))
        return HttpResponseRedirect(reverse("desk_letter_edit", args=[pk]))


class LetterBesideView(OneLetter):
    """What stands beside the editor, for what was typed and not saved."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = LetterForm(request.POST, instance=self.letter)
        form.is_valid()
        beside = self.beside(form.instance, self.shown_form(request.POST))
        return render(request, "desk/flows/letters/beside.html", beside)


class LetterVersionView(OneLetter):
    """A published version as it is, on paper; it never changes."""

    template_name = "desk/flows/letters/version.html"

    @cached_property
    def version(self) -> LetterVersion:
        versions = LetterVersion.objects.filter(template__institution=self.institution)
        versions = versions.select_related("template__institution", "published_by")
        return get_object_or_404(versions, template_id=self.kwargs["pk"], number=self.kwargs["number"])

    def get_page_title(self) -> str:
        return f"{self.version.template}, {self.version.number}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        copy = LetterTemplate(institution=self.institution, key=self.version.template.key)
        take_over(copy, self.version.definition)
        shown = self.shown_form(self.request.GET if "shown-language" in self.request.GET else None)
        return super().get_context_data(version=self.version, shown=shown, **self._pages(copy, shown), **kwargs)


class TakeShippedView(Admitted):
    """Begin the institution's own letter of decision with the shipped one."""

    permission = PERMISSION
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        definition = shipped()
        letter = LetterTemplate.objects.filter(institution=self.institution, key=definition["key"]).first()
        if letter is None:
            letter = LetterTemplate(institution=self.institution, key=definition["key"], live=False)
            take_over(letter, definition)
            letter.save()
            letter.save_revision(user=self.user, clean=False)
        return redirect("desk_letter_edit", pk=letter.pk)
