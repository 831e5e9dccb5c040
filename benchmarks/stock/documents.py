"""Stored Wagtail documents by the thousand, with their rows in Wagtail's search index.

Run as `python -m benchmarks.stock.documents 100000` under the stock settings.
"""

import sys
from itertools import batched

import django

django.setup()

from django.db import transaction  # noqa: E402 (Django must be set up first)
from django.db.models import prefetch_related_objects  # noqa: E402
from wagtail.documents.models import Document  # noqa: E402
from wagtail.models import Collection  # noqa: E402
from wagtail.search.backends import get_search_backend  # noqa: E402

AT_ONCE = 5_000


def make_documents(amount: int) -> None:
    """Write the rows that so many saved uploads leave behind; nobody opens their bytes."""
    collection = Collection.get_first_root_node()
    index = get_search_backend().get_index_for_model(Document)
    weigh_titles, index._refresh_title_norms = index._refresh_title_norms, lambda: None
    for numbers in batched(range(amount), AT_ONCE):
        with transaction.atomic():
            documents = Document.objects.bulk_create(
                Document(
                    title=f"sketch-{number}.pdf",
                    file=f"documents/sketch_{number:07}.pdf",
                    file_size=1_000_000,
                    file_hash=f"{number:040x}",
                    collection=collection,
                )
                for number in numbers
            )
            prefetch_related_objects(documents, "tags")
            index.add_items(Document, documents)
    weigh_titles(full=True)


if __name__ == "__main__":
    make_documents(int(sys.argv[1]))
