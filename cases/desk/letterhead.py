"""The institution's letterhead and look in the office: what stands on every paper and on the public site."""

import base64
import datetime as dt
import html
from io import BytesIO
from typing import Any

import pypdfium2
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.acting import Actor
from cases.colours import COLOUR, LEAST_CONTRAST, contrast_with_white, readable
from cases.crests import LARGEST, CrestRefused, choose_look, crest_from
from cases.desk.blocks.texts import TextsFormField
from cases.desk.page import DeskPage
from cases.letterheads import letterhead_of
from cases.models import Crest, Institution
from cases.texts import in_language
from cases.typesetting import LetterPaper, Paragraph, Stamp, typeset
from cases.typesetting.papers import DEFAULT_ACCENT

PERMISSION = "cases.change_institution"
LOOK = ("accent", "crest_file", "without_crest")
SAMPLE_DOTS_PER_INCH = 96


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
    accent = forms.CharField(
        label=gettext_lazy("Main colour"),
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=gettext_lazy("Of lines and stamps on papers, of buttons and links on the public site."),
    )
    crest_file = forms.FileField(
        label=gettext_lazy("Crest"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp"}),
        help_text=gettext_lazy("A PNG, JPEG or WebP of at most 5 MB, best with nothing behind the crest."),
    )
    without_crest = forms.BooleanField(label=gettext_lazy("Take the crest away"), required=False)

    class Meta:
        model = Institution
        fields = ("address", "phone", "email", "signature_words", "letter_note")

    def __init__(self, *args: Any, actor: Actor, at: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.at = actor, at
        self.initial["accent"] = letterhead_of(self.instance, self.instance.main_language).accent
        if self.instance.crest_id is None:
            del self.fields["without_crest"]

    def clean_accent(self) -> str:
        colour: str = self.cleaned_data["accent"].strip().lower()
        if not colour:
            return ""
        if not COLOUR.fullmatch(colour):
            raise forms.ValidationError(_("Write the colour as # and six digits or letters from a to f: #1d4f91."))
        if (found := contrast_with_white(colour)) < LEAST_CONTRAST:
            raise forms.ValidationError(
                _(
                    "White words on this colour, and words of this colour on white, are hard to read: the contrast is "
                    "{found} to 1, and people with weak eyes need {least} to 1. This darker one can be read: {darker}."
                ).format(
                    found=number_format(int(found * 10) / 10, 1),
                    least=number_format(LEAST_CONTRAST, 1),
                    darker=readable(colour),
                )
            )
        return colour

    def clean_crest_file(self) -> Crest | None:
        file = self.cleaned_data["crest_file"]
        if file is None:
            return None
        try:
            return crest_from(file.read(LARGEST + 1), actor=self.actor, at=self.at)
        except CrestRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    @property
    def crest(self) -> Crest | None:
        """The crest that is wished: the uploaded one, else the one that is there unless it is to go."""
        if uploaded := self.cleaned_data["crest_file"]:
            return uploaded
        return None if self.cleaned_data.get("without_crest") else self.instance.crest


class LetterheadView(DeskPage):
    permission = PERMISSION
    page_title = gettext_lazy("Letterhead")
    header_icon = "mail"
    template_name = "desk/cases/letterhead.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        institution = kwargs.pop("shown", None) or Institution.objects.get(pk=self.institution.pk)
        form = kwargs.setdefault("form", LetterheadForm(instance=institution, actor=self.actor, at=self.at))
        return super().get_context_data(
            institution=self.institution,
            media=form.media,
            letter=_sample_letter(institution, at=self.at),
            site=_sample_of_site(institution),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        institution = Institution.objects.get(pk=self.institution.pk)
        form = LetterheadForm(request.POST, request.FILES, instance=institution, actor=self.actor, at=self.at)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        accent, crest = form.cleaned_data["accent"], form.crest
        if "preview" in request.POST:
            institution.theme = institution.theme | ({"accent": accent} if accent else {})
            institution.crest = crest
            return self.render_to_response(self.get_context_data(form=form, shown=institution, is_preview=True))
        with transaction.atomic():
            institution.save(update_fields=list(form.Meta.fields))
            choose_look(institution, accent=accent, crest=crest)
        messages.success(request, _("Saved. Papers made from now on bear it; the public site shows it in a minute."))
        return HttpResponseRedirect(reverse("desk_letterhead"))


def _sample_letter(institution: Institution, *, at: dt.datetime) -> str:
    """The head of a letter as a picture inside the page."""
    main = institution.main_language
    words = in_language(institution.signature_words, main, main=main).words
    paper = LetterPaper(
        institution=letterhead_of(institution, main),
        title=_("Sample of a letter"),
        reference="…",
        page_label=_("Page {page} of {pages}"),
        watermark=_("SAMPLE"),
        references=[],
        delivery=None,
        addressee=[],
        place_and_date="",
        salutation=None,
        body=[Paragraph(text=_("The words of the letter stand here."))],
        closing=None,
        signature_words=words or None,
        signatory=[],
        stamp=Stamp(
            label=_("Signed electronically"), name=f"[{_('Name of whoever signs')}]", office=f"[{_('Office')}]",
            moment="",
        ),
        closing_note=in_language(institution.letter_note, main, main=main).words or None,
    )  # fmt: skip
    document = pypdfium2.PdfDocument(typeset("letter", paper, language=main, at=at))
    try:
        picture = document[0].render(scale=SAMPLE_DOTS_PER_INCH / 72).to_pil()
    finally:
        document.close()
    out = BytesIO()
    picture.crop((0, 0, picture.width, picture.height // 2)).save(out, "PNG")
    return _inside_the_page(out.getvalue(), "image/png")


def _sample_of_site(institution: Institution) -> str:
    """The head of the public site, drawn: a button and a link in the colour."""
    accent = institution.theme.get("accent")
    colour = readable(accent) if isinstance(accent, str) and COLOUR.fullmatch(accent) else DEFAULT_ACCENT
    crest = ""
    if institution.crest:
        png = _inside_the_page(bytes(institution.crest.png), "image/png")
        crest = f'<image x="16" y="14" width="60" height="44" href="{png}"/>'
    name, start, more = (html.escape(str(words)) for words in (institution.name, _("Start now"), _("All services")))
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 130" font-family="sans-serif">'
        f'<rect width="420" height="130" fill="#fff"/><rect y="70" width="420" height="2" fill="{colour}"/>{crest}'
        f'<text x="{88 if crest else 16}" y="42" font-size="18" font-weight="bold" fill="#1b2a3a">{name}</text>'
        f'<rect x="16" y="86" width="120" height="32" rx="3" fill="{colour}"/>'
        f'<text x="76" y="107" font-size="14" text-anchor="middle" fill="#fff">{start}</text>'
        f'<text x="156" y="107" font-size="14" fill="{colour}" text-decoration="underline">{more}</text></svg>'
    )
    return _inside_the_page(drawing.encode(), "image/svg+xml")


def _inside_the_page(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
