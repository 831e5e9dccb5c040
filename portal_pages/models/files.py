"""The files that belong to a service, as documents to download."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import Document

from cases.models import Service


class ServiceFile(models.Model):
    """A file that came with the package of a service, under the name that it has there."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="files")
    name = models.CharField(_("File name"), max_length=90)
    document = models.ForeignKey(Document, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("file of a service")
        verbose_name_plural = _("files of services")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["service", "name"], name="service_file_name_once")]

    def __str__(self) -> str:
        return self.name
