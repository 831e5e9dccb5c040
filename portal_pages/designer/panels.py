"""Beside the questions in the editor: what is wrong, all rules in words, where answers are used, what was published."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList, Panel, PublishingPanel, TabbedInterface

from cases.desk.refused_plans import refused_plans
from cases.models import Question
from cases.texts import in_language
from portal_pages.designer.keys import COMMON_PAGES, KEYS_OF_OTHERS
from portal_pages.designer.problems import shown
from portal_pages.designer.usage import missed, used_by
from portal_pages.forms.definition import Page as AskedPage
from portal_pages.forms.definition import Question as AskedQuestion
from portal_pages.forms.kinds import Choice, Declaration, Information, YesNo
from portal_pages.forms.rules import rules_in_words
from portal_pages.models.forms import FormVersion, ServiceForm
from portal_pages.publishing import problems_of_form

LATEST_VERSIONS = 20


class StatePanel(Panel):
    """A panel that reads the form and has no field of its own."""

    def __init__(self, template: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.template = template

    def clone_kwargs(self) -> dict[str, Any]:
        return super().clone_kwargs() | {"template": self.template}

    class BoundPanel(Panel.BoundPanel):
        instance: ServiceForm
        request: HttpRequest

        @cached_property
        def template_name(self) -> str:
            return str(self.panel.template)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return super().get_context_data(parent_context) | state_of(self.instance)


def state_of(form: ServiceForm) -> dict[str, Any]:
    """What the panels show of a form, as it stands in the editor's newest draft."""
    kept: dict[str, Any] | None = form.__dict__.get("_shown_beside")
    if kept is None:
        kept = form.__dict__["_shown_beside"] = _read_state(form)
    return kept


def _read_state(form: ServiceForm) -> dict[str, Any]:
    language = get_language() or form.institution.main_language
    definition = form.definition
    found = [*problems_of_form(form.service, definition), *missed(form.service, definition)]
    problems = shown(found, form.pages, language=language)
    return {
        "form_shown": form,
        "institution": form.institution,
        "has_pages": bool(form.pages),
        "refused": refused_plans([form]).get(form.pk),
        "problems": problems,
        "errors": sum(1 for problem in problems if problem.is_error),
        "warnings": sum(1 for problem in problems if not problem.is_error),
        "rules": rules_in_words(definition, language, main_language=form.institution.main_language),
        "used_by": {
            key: [asdict(use) for use in uses]
            for key, uses in used_by(form.service, definition, language=language).items()
        },
        "common_facts": common_facts(language),
        "taken_keys": sorted(KEYS_OF_OTHERS | _given_keys(form)),
        "versions": FormVersion.objects.filter(service=form.service)
        .select_related("published_by")
        .order_by("-number")[:LATEST_VERSIONS],
    }


def common_facts(language: str) -> dict[str, list[dict[str, Any]]]:
    """What conditions may ask about on the pages that every service shares."""
    return {
        page.key.upper(): [_fact(question, page, language) for question in page.questions if _type_of(question)]
        for page in COMMON_PAGES
    }


def _type_of(question: AskedQuestion) -> str:
    """As templates/static/desk/blocks.js calls it; empty for what nobody asks about."""
    if isinstance(question.kind, Choice):
        return "CHOICE"
    if isinstance(question.kind, YesNo | Declaration):
        return "YES_NO"
    return "" if isinstance(question.kind, Information) else "TEXT"


def _fact(question: AskedQuestion, page: AskedPage, language: str) -> dict[str, Any]:
    options = question.kind.offered if isinstance(question.kind, Choice) else ()
    return {
        "key": question.key,
        "label": in_language(question.labels, language).words,
        "group": in_language(page.titles, language).words,
        "type": _type_of(question),
        "options": [{"value": one.value, "label": in_language(one.labels, language).words} for one in options],
    }


def _given_keys(form: ServiceForm) -> set[str]:
    return set(Question.objects.filter(service=form.service).values_list("key", flat=True))


def edit_handler(form_class: type[WagtailAdminModelForm]) -> TabbedInterface:
    """The editor of a form: its questions, all rules, what was published."""
    return TabbedInterface(
        [
            ObjectList(
                [
                    StatePanel("desk/designer/problems_panel.html", heading=_("What is missing or wrong")),
                    FieldPanel("pages", heading=_("Pages")),
                    FieldPanel("tables", heading=_("Tables of rates")),
                    PublishingPanel(),
                ],
                heading=_("Questions"),
            ),
            ObjectList([StatePanel("desk/designer/rules_panel.html")], heading=_("All rules")),
            ObjectList([StatePanel("desk/designer/versions_panel.html")], heading=_("Versions")),
        ],
        base_form_class=form_class,
    )
