"""Pages of the public site, and the unfinished forms of residents."""

from portal_pages.models.articles import AccessibilityStatementPage, ArticlePage, ContactPage, TrackingPage
from portal_pages.models.base import PortalPage
from portal_pages.models.drafts import Draft, StagedFile
from portal_pages.models.files import ServiceFile
from portal_pages.models.forms import FormVersion, ServiceForm
from portal_pages.models.home import HomePage
from portal_pages.models.services import ServiceIndexPage, ServicePage

__all__ = [
    "AccessibilityStatementPage",
    "ArticlePage",
    "ContactPage",
    "Draft",
    "FormVersion",
    "HomePage",
    "PortalPage",
    "ServiceFile",
    "ServiceForm",
    "ServiceIndexPage",
    "ServicePage",
    "StagedFile",
    "TrackingPage",
]
