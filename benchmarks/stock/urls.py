"""Wagtail's pages, and Viewflow's own front end over the product's procedure."""

from django.urls import include, path
from viewflow.contrib.auth import AuthViewset
from viewflow.urls import Site
from viewflow.workflow.flow import FlowAppViewset
from wagtail import urls as wagtail_urls

from flows.general import GeneralProcedure

site = Site(title="Stock", viewsets=[FlowAppViewset(GeneralProcedure, icon="assignment")])

urlpatterns = [
    path("accounts/", AuthViewset(with_profile_view=False).urls),
    path("flows/", site.urls),
    path("", include(wagtail_urls)),
]
