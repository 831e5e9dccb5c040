"""The institution's letterhead and signature block in the office: what stands on every paper that it makes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.blocks.texts import TextsFormField
from cases.desk.page import DeskPage
from cases.models import Institution

PERMISSION = "cases.change_institution"


class LetterheadForm(forms.ModelForm):
    """Address and reach at the head, words at the signature and at the foot; the name itself is set at install."""

    address = TextsFormField(
        label=gettext_lazy("Address"), required=False, help_text=gettext_lazy("At the head, beneath the name.")
    )
    signature_words = TextsFormField(
        label=gettext_lazy("Words above the signature"),
        required=False,
        help_text=gettext_lazy("For example: On behalf of the municipality."),
    )
    letter_note = TextsFormField(
        label=gettext_lazy("Note at the foot of letters"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Small, after the signature: account, opening hours, how data are handled."),
    )

    class Meta:
        model = Institution
        fields = ("address", "phone", "email", "signature_words", "letter_note")


class LetterheadView(DeskPage):
    permission = PERMISSION
    page_title = gettext_lazy("Letterhead")
    header_icon = "mail"
    template_name = "desk/cases/letterhead.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.setdefault("form", LetterheadForm(instance=self.institution))
        return super().get_context_data(institution=self.institution, media=form.media, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        institution = Institution.objects.get(pk=self.institution.pk)
        form = LetterheadForm(request.POST, instance=institution)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        institution.save(update_fields=list(form.Meta.fields))
        messages.success(request, _("Saved. Papers made from now on bear it."))
        return HttpResponseRedirect(reverse("desk_letterhead"))
