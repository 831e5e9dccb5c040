"""The institution in the office: what it is called, when it is open, where it is in charge, and what its maps show."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.areas import LARGEST_TEXT, AreaUnreadable, area_from_text, drawing_of, rings_of
from cases.desk.blocks.texts import TextsFormField
from cases.desk.page import DeskPage
from cases.models import Institution
from cases.tiles import TileSourceRefused, checked_tile_source

PERMISSION = "cases.set_up_institution"
DRAWN_WIDTH = 320


class InstitutionForm(forms.ModelForm):
    """Country, languages and time zone are chosen at founding: numbers and terms hang on them."""

    names = TextsFormField(
        label=gettext_lazy("Names"), help_text=gettext_lazy("The official name, as it stands on papers and pages.")
    )
    opening_hours = TextsFormField(
        label=gettext_lazy("Opening hours"),
        required=False,
        help_text=gettext_lazy("At the foot of every page of the public site."),
    )
    area_file = forms.FileField(
        label=gettext_lazy("Area, from a file"),
        required=False,
        widget=forms.FileInput({"accept": ".geojson,.json,application/geo+json"}),
        help_text=gettext_lazy("GeoJSON of the border, in degrees (WGS 84): most map programs export it."),
    )
    area_text = forms.CharField(
        label=gettext_lazy("Area, pasted"),
        required=False,
        max_length=LARGEST_TEXT,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Draw it generously: a point outside is not taken. Left empty, points are taken from everywhere, "
            "and forms have no map."
        ),
    )

    class Meta:
        model = Institution
        fields = ("names", "opening_hours", "tile_source", "tile_attribution")
        labels = {
            "tile_source": gettext_lazy("Address of map tiles"),
            "tile_attribution": gettext_lazy("Whose tiles they are"),
        }
        help_texts = {
            "tile_source": gettext_lazy(
                "For example https://tiles.example.org/{z}/{x}/{y}.png. The browsers of people who fill in a form then "
                "call this host. Left empty, the map shows the border alone and calls nobody."
            ),
            "tile_attribution": gettext_lazy("Shown on the map, in the words that its makers want."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["area_text"] = _as_text(self.instance.area)

    def clean_names(self) -> dict[str, str]:
        names: dict[str, str] = self.cleaned_data["names"]
        needed = {self.instance.main_language, *self.instance.obligatory_languages}
        if missing := sorted(needed - names.keys()):
            words = _("The name is missing in an obligatory language: {languages}")
            raise ValidationError(words.format(languages=", ".join(missing)))
        return names

    def clean_tile_source(self) -> str:
        address: str = self.cleaned_data["tile_source"]
        try:
            return checked_tile_source(address) if address else ""
        except TileSourceRefused as refusal:
            raise ValidationError(str(refusal)) from None

    def clean_area_file(self) -> str:
        file: UploadedFile | None = self.cleaned_data["area_file"]
        if file is None:
            return ""
        if (file.size or 0) > LARGEST_TEXT:
            raise ValidationError(_("This is too long for an area. Export it with fewer corners."))
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(_("This is no GeoJSON: it is not written in UTF-8.")) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("tile_source") and not cleaned.get("tile_attribution"):
            self.add_error("tile_attribution", _("Say whose tiles they are: their makers ask for it."))
        self._read_area("area_file" if cleaned.get("area_file") else "area_text", cleaned)
        return cleaned

    def _read_area(self, name: str, cleaned: dict[str, Any]) -> None:
        text = cleaned.get(name, "")
        try:
            cleaned["area"] = area_from_text(text) if text.strip() else None
        except AreaUnreadable as error:
            self.add_error(name, str(error))


def _as_text(area: Any) -> str:
    """The area as GeoJSON; a box of older days as the polygon that it is."""
    if isinstance(area, list):
        area = {"type": "Polygon", "coordinates": rings_of(area)}
    return json.dumps(area) if area else ""


class InstitutionView(DeskPage):
    permission = PERMISSION
    page_title = gettext_lazy("Institution")
    header_icon = "globe"
    template_name = "desk/cases/institution.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.setdefault("form", InstitutionForm(instance=self.institution))
        outline, height = drawing_of(self.institution.area, width=DRAWN_WIDTH)
        return super().get_context_data(
            institution=self.institution,
            media=form.media,
            outline=outline,
            box=f"-4 -4 {DRAWN_WIDTH + 8} {height + 8}",
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        institution = Institution.objects.get(pk=self.institution.pk)
        form = InstitutionForm(request.POST, request.FILES, instance=institution)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        institution.area = form.cleaned_data["area"]
        institution.save(update_fields=[*form.Meta.fields, "area"])
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("desk_institution"))
