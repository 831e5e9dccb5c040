"""Wagtail's pages, and Viewflow's own front end over the product's procedure."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from viewflow.contrib.auth import AuthViewset
from viewflow.urls import Site
from viewflow.workflow.flow import FlowAppViewset
from wagtail import urls as wagtail_urls

from flows import compiled
from flows.nodes import PersonTask
from flows.procedures.publishing import class_name_of
from flows.procedures.shipped import shipped

GENERAL = class_name_of(shipped("general"))
procedure = compiled.built_from(shipped("general"), GENERAL)


def task_page(request: HttpRequest, process_pk: int, task_pk: int) -> HttpResponse:
    """Where a row of the inbox leads; nobody goes there."""
    return HttpResponse()


# The product mounts none of Viewflow's pages, so its nodes have no address that a row could lead to.
for node in procedure.instance.nodes():
    if isinstance(node, PersonTask):
        node.urlpatterns = [path(f"<int:process_pk>/{node.name}/<int:task_pk>/", task_page, name="index")]

site = Site(title="Stock", viewsets=[FlowAppViewset(procedure, app_name="general", icon="assignment")])

urlpatterns = [
    path("accounts/", AuthViewset(with_profile_view=False).urls),
    path("flows/", site.urls),
    path("", include(wagtail_urls)),
]
