"""What the public site adds to the office: its forms, filled in at the counter and designed by editors."""

from django.urls import URLPattern
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from portal_pages.designer.viewset import ServiceFormViewSet
from portal_pages.views.counter import AtTheCounter
from portal_pages.views.filing import filing_paths


@hooks.register("register_admin_urls")
def assisted_forms() -> list[URLPattern]:
    return filing_paths(AtTheCounter(), prefix="counter/forms/")


register_snippet(ServiceFormViewSet)
