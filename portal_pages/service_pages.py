"""The public pages of a service: one in each language of the site, below the list of services."""

from collections.abc import Iterator

from django.utils.text import slugify

from cases.models import Institution, Service, User
from cases.texts import in_language
from portal_pages.models import HomePage, ServiceIndexPage, ServicePage


def pages_of(institution: Institution, code: str) -> Iterator[tuple[ServiceIndexPage, ServicePage | None]]:
    """The list of services in each language, with the service's page below it if there is one."""
    for home in HomePage.objects.filter(institution=institution).select_related("locale"):
        index = ServiceIndexPage.objects.child_of(home).select_related("locale").first()
        if index is not None:
            yield index, ServicePage.objects.child_of(index).filter(service_code=code).first()


def begin_pages(service: Service, *, by: User) -> list[ServicePage]:
    """A draft in each language that has none yet, with what is known: name, sentence, and the town's ways to file.

    Nobody outside sees a draft; editors write the rest and publish each language when it is ready.
    """
    pages = list(pages_of(service.institution, service.code))
    key = next((page.translation_key for _index, page in pages if page), None)
    begun = []
    for index, page in pages:
        if page is None:
            begun.append(_begin(service, index, by=by, key=key))
            key = key or begun[-1].translation_key
    return begun


def _begin(service: Service, index: ServiceIndexPage, *, by: User, key: object) -> ServicePage:
    language, main = index.locale.language_code, service.institution.main_language
    page = ServicePage(
        title=in_language(service.names, language, main=main).words,
        introduction=in_language(service.summaries, language, main=main).words,
        service_code=service.code,
        slug=free_slug(index, service.code),
        locale=index.locale,
        live=False,
        ways=ways_of_the_town(index),
        owner=by,
        **({"translation_key": key} if key else {}),
    )
    index.add_child(instance=page)
    page.save_revision(user=by, clean=False)  # what is missing is asked for when it is published
    return page


def free_slug(index: ServiceIndexPage, wanted: object, *, but: int | None = None) -> str:
    """The wanted last part of the address, with a number where another page below the list has it already."""
    slug = slugify(str(wanted))[:80] or "service"
    taken = set(index.get_children().exclude(pk=but).values_list("slug", flat=True))
    return next(name for number in range(1, 1000) if (name := f"{slug}-{number}" if number > 1 else slug) not in taken)


def ways_of_the_town(index: ServiceIndexPage) -> object:
    """Counter, post and telephone are those of the other services' pages."""
    other = ServicePage.objects.child_of(index).live().order_by("path").first()
    return other.ways.get_prep_value() if other else []
