"""A form page as Wagtail's own documentation makes one, with one field that saves a file as a document."""

from typing import Any

from django import forms
from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.contrib.forms.forms import BaseForm, FormBuilder
from wagtail.contrib.forms.models import FORM_FIELD_CHOICES, AbstractEmailForm, AbstractFormField
from wagtail.documents.models import Document


class UploadField(AbstractFormField):
    page = ParentalKey("UploadPage", on_delete=models.CASCADE, related_name="form_fields")
    field_type = models.CharField(max_length=16, choices=[*FORM_FIELD_CHOICES, ("file", "File")])


class UploadFormBuilder(FormBuilder):
    def create_file_field(self, field: UploadField, options: dict[str, Any]) -> forms.FileField:
        return forms.FileField(**options)


class UploadPage(AbstractEmailForm):
    form_builder = UploadFormBuilder
    template = "stock/upload_page.html"
    landing_page_template = "stock/upload_page_landing.html"

    def process_form_submission(self, form: BaseForm) -> models.Model:
        for name, value in form.cleaned_data.items():
            if hasattr(value, "chunks"):
                document = Document.objects.create(title=value.name, file=value)
                form.cleaned_data[name] = document.pk
        return super().process_form_submission(form)
