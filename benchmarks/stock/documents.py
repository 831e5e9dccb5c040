"""Stored Wagtail documents by the thousand, with their rows in Wagtail's search index."""

from itertools import batched
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from wagtail.documents.models import Document
from wagtail.models import Collection
from wagtail.search.backends import get_search_backend

AT_ONCE = 5_000


def make_documents(amount: int) -> None:
    """Write the rows that so many saved uploads leave behind; nobody opens their bytes."""
    collection = Collection.get_first_root_node()
    index = get_search_backend().get_index_for_model(Document)
    # Its scan of the whole index after each batch is done once, at the end.
    weigh_titles, index._refresh_title_norms = index._refresh_title_norms, lambda: None
    for numbers in batched(range(amount), AT_ONCE):
        with transaction.atomic():
            documents = Document.objects.bulk_create(_document(number, collection) for number in numbers)
            _add_to_index(index, documents)
    weigh_titles(full=True)


def _document(number: int, collection: Collection) -> Document:
    return Document(
        title=f"sketch-{number}.pdf",
        file=f"documents/sketch_{number:07}.pdf",
        file_size=1_000_000,
        file_hash=f"{number:040x}",
        collection=collection,
    )


def _add_to_index(index: Any, documents: list[Document]) -> None:
    """The row that Wagtail makes for the first, and for the others copies of it: Wagtail's own way takes minutes."""
    index.add_items(Document, documents[:1])
    of_documents = index.entries.filter(content_type=ContentType.objects.get_for_model(Document))
    entry = of_documents.get(object_id=str(documents[0].pk))
    index.entries.bulk_create(_like(entry, documents[0], document) for document in documents[1:])


def _like(entry: models.Model, of: Document, document: Document) -> models.Model:
    fields = {field.attname: getattr(entry, field.attname) for field in entry._meta.concrete_fields}
    for name in ("title", "autocomplete", "body"):
        fields[name] = (fields[name] or "").replace(of.title, document.title)
    return type(entry)(**fields | {"id": None, "object_id": str(document.pk)})
