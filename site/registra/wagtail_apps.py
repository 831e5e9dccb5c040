"""Wagtail's apps without its third API: no address leads to it, and building it took 0.4 s of each start.

While they get ready they find empty modules in place of the API's. Where Wagtail asks for others, it builds the API
again, and no harm is done but the time.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Self

from django.apps import AppConfig
from wagtail.documents.apps import WagtailDocsAppConfig
from wagtail.images.apps import WagtailImagesAppConfig
from wagtail.locales.apps import WagtailLocalesAppConfig
from wagtail.snippets.apps import WagtailSnippetsAppConfig


class _Nothing:
    """Has every attribute and does nothing when called."""

    def __getattr__(self, name: str) -> Self:
        return self

    def __call__(self, *args: Any) -> None:
        return None


class _EmptyModule(ModuleType):
    api = router = register_content_types = _Nothing()


@contextmanager
def _no_api_of(app: str) -> Iterator[None]:
    own = f"{app}.api.v3"
    places = ("wagtail.api.v3.api", own, f"{own}.registry", f"{own}.router")
    names = [name for name in places if name not in sys.modules]
    sys.modules.update({name: _EmptyModule(name) for name in names})
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]


class WithoutApi(AppConfig):
    def ready(self) -> None:
        with _no_api_of(self.name):
            super().ready()


class Snippets(WithoutApi, WagtailSnippetsAppConfig):
    pass


class Documents(WithoutApi, WagtailDocsAppConfig):
    pass


class Images(WithoutApi, WagtailImagesAppConfig):
    pass


class Locales(WithoutApi, WagtailLocalesAppConfig):
    pass
