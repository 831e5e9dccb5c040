"""Services as residents read about them; the rules of record stand in `cases.Service`."""

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index

from cases.models import DeadlineUnit, Service, ServiceRules
from cases.ruling import SILENCE_TOLD, today_at
from cases.texts import Text, in_language
from portal_pages.blocks import WayToFileBlock
from portal_pages.blocks.story import SHORT_TEXT_FEATURES
from portal_pages.blocks.ways import CHANNELS
from portal_pages.experience import experience_in_words
from portal_pages.finding import best_matches
from portal_pages.models.base import PortalPage

LONGEST_QUERY = 100


class ServicePage(PortalPage):
    """One service: what it is, who may ask, what is needed, what it costs, how long it takes, how to file."""

    service_code = models.SlugField(
        _("Service"),
        max_length=40,
        help_text=_("The code of the service in the list of services. Deadline, fee and legal basis come from there."),
    )
    search_words = models.CharField(
        _("Words people search for"),
        max_length=300,
        blank=True,
        help_text=_("Other words for the same thing, with commas: branch, dangerous tree, pruning."),
    )
    what_it_is = RichTextField(_("What it is"), features=SHORT_TEXT_FEATURES)
    who_may = RichTextField(_("Who may ask"), features=SHORT_TEXT_FEATURES)
    what_you_need = RichTextField(
        _("What you need"),
        features=SHORT_TEXT_FEATURES,
        help_text=_("A list. Never ask for what another public office already has."),
    )
    fee_note = RichTextField(
        _("Fee: more"),
        features=SHORT_TEXT_FEATURES,
        blank=True,
        help_text=_("How to pay, who is exempt. The amount itself comes from the service."),
    )
    deadline_note = RichTextField(
        _("Deadline: more"),
        features=SHORT_TEXT_FEATURES,
        blank=True,
        help_text=_("What can make it longer, and what silence means. The deadline itself comes from the service."),
    )
    ways = StreamField(
        [("way", WayToFileBlock())],
        blank=True,
        verbose_name=_("How to file"),
        help_text=_("One for each channel. Paper, telephone and counter always stay possible."),
    )
    what_happens_next = RichTextField(
        _("What happens next"),
        features=["ol", "ul", "bold", "link"],
        help_text=_("The steps after filing; shown here and on the confirmation page."),
    )

    parent_page_types = ["portal_pages.ServiceIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *PortalPage.content_panels,
        FieldPanel("service_code"),
        MultiFieldPanel(
            [FieldPanel("what_it_is"), FieldPanel("who_may"), FieldPanel("what_you_need")],
            heading=_("Before filing"),
        ),
        MultiFieldPanel([FieldPanel("fee_note"), FieldPanel("deadline_note")], heading=_("Fee and deadline")),
        FieldPanel("ways"),
        FieldPanel("what_happens_next"),
        FieldPanel("search_words"),
    ]
    search_fields = [
        *PortalPage.search_fields,
        index.SearchField("search_words"),
        index.SearchField("what_it_is"),
        index.FilterField("service_code"),
    ]
    template = "portal/pages/service.html"

    class Meta:
        verbose_name = _("service page")
        verbose_name_plural = _("service pages")

    @cached_property
    def service(self) -> Service | None:
        """The service that this page is about, as the institution of the home page above offers it."""
        homes = apps.get_model("portal_pages", "HomePage").objects.ancestor_of(self)
        return (
            Service.objects.filter(code=self.service_code, institution__in=homes.values("institution"))
            .select_related("institution", "unit")
            .first()
        )

    def clean(self) -> None:
        super().clean()
        if not Service.objects.filter(code=self.service_code).exists():
            raise ValidationError({"service_code": _("There is no service with this code.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["ways"] = [(dict(CHANNELS)[way.value["channel"]], way.value["text"]) for way in self.ways]
        service = self.service
        if service:
            rules = service.rules_on(today_at(service.institution, timezone.now()))
            main = service.institution.main_language
            context |= {
                "service": service,
                "rules": rules,
                "deadlines": deadlines_in_words(rules) if rules else [],
                "silence": SILENCE_TOLD.get(rules.silence, "") if rules else "",
                "experience": experience_in_words(service, at=timezone.now()),
                "fee": in_language(rules.fees if rules else {}, main=main),
                "fees": fees_in_words(rules, main=main) if rules else [],
                "unit": in_language(service.unit.names, main=main),
            }
        return context


def deadlines_in_words(rules: ServiceRules) -> list[str]:
    """The statutory term as people say it, and that of each speed: 14 days; fast: 3 working days."""
    main = rules.service.institution.main_language
    tiers = [(in_language(tier["names"], main=main).words, tier["amount"], tier["unit"]) for tier in rules.tiers]
    ordinary = term_in_words(rules.deadline_amount, rules.deadline_unit)
    return [f"{name}: {term_in_words(amount, unit)}" for name, amount, unit in tiers] or [ordinary]


def term_in_words(amount: int, unit: str) -> str:
    words = {
        DeadlineUnit.CALENDAR_DAYS: ngettext("{number} day", "{number} days", amount),
        DeadlineUnit.WORKING_DAYS: ngettext("{number} working day", "{number} working days", amount),
        DeadlineUnit.MONTHS: ngettext("{number} month", "{number} months", amount),
    }
    return words[DeadlineUnit(unit)].format(number=amount)


def fees_in_words(rules: ServiceRules, *, main: str) -> list[tuple[Text, str]]:
    """The lines of the fee table, and what each speed costs."""
    rows = [(row["names"], row["amount"]) for row in rules.fee_table]
    rows += [(tier["names"], tier["fee"]) for tier in rules.tiers if tier.get("fee")]
    return [(in_language(names, main=main), f"{number_format(amount)} {rules.currency}") for names, amount in rows]


class ServiceIndexPage(PortalPage):
    """All services with a search that forgives endings and typing errors."""

    parent_page_types = ["portal_pages.HomePage"]
    subpage_types = ["portal_pages.ServicePage"]
    max_count_per_parent = 1
    content_panels = [
        *PortalPage.content_panels,
        HelpPanel(_("The services below this page are listed by themselves, in the order of the page tree.")),
    ]
    template = "portal/pages/service_index.html"

    class Meta:
        verbose_name = _("list of services")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        query = request.GET.get("q", "")[:LONGEST_QUERY].replace("\x00", "").strip()
        context["query"] = query
        context["services"] = self._services(query)
        return context

    def _services(self, query: str) -> list[ServicePage]:
        pages = list(
            ServicePage.objects.child_of(self)
            .live()
            .public()
            .select_related("locale", "alias_of__locale")
            .order_by("path")
        )
        if not query:
            return pages
        return best_matches(query, pages, words=lambda page: (page.title, page.search_words, page.introduction))
