"""What the values of filters are called that come from no table of the town."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.models import AccessLevel

KINDS: dict[str, str | Promise] = {
    "APPLICATION": pgettext_lazy("document", "Application"),
    "SUPPLEMENT": gettext_lazy("Supplement"),
    "MESSAGE": gettext_lazy("Message"),
    "RECEIPT": gettext_lazy("Receipt"),
    "DECISION": gettext_lazy("Decision"),
    "OPINION": gettext_lazy("Opinion"),
    "LETTER": gettext_lazy("Letter"),
    "NOTICE": gettext_lazy("Notice"),
    "COMPLAINT": gettext_lazy("Complaint"),
    "INVOICE": gettext_lazy("Invoice"),
    "OTHER": gettext_lazy("Other"),
}
ACCESS: dict[str, str | Promise] = {
    AccessLevel.INTERNAL: gettext_lazy("Internal"),
    AccessLevel.RESTRICTED: gettext_lazy("Restricted"),
}
