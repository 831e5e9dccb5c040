"""What the office changes in Wagtail's shell, beside the templates in templates/wagtailadmin/."""

import json
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.admin.widgets.workflows import AdminTaskChooser


def chooser_without_script(
    widget: BaseChooser, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
) -> SafeString:
    """A chooser started by templates/static/desk/widgets.js.

    Wagtail 8 writes an inline script behind each chooser, which our Content-Security-Policy refuses.
    """
    target = (attrs or {})["id"]
    chosen = widget.get_value_data(value)
    kind = "TaskChooser" if isinstance(widget, AdminTaskChooser) else widget.js_constructor
    options = widget.get_js_init_options(target, name, chosen)
    starter = {"kind": kind, "target": target, "options": json.dumps(options)}
    return widget.render_html(name, chosen, attrs) + render_to_string("desk/components/widget.html", starter)
