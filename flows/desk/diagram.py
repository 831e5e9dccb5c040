"""The procedure of a case as a diagram with its present place lit, and the same in words."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise, cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.page import DeskPage, case_to_open
from cases.models import Case
from flows.designer.judging import name_of
from flows.desk.panels import Panel
from flows.models import CaseProcess
from flows.procedures.charting import draw, places_of
from flows.procedures.compiler import ProcedureFlow
from flows.procedures.tree import Step

STATES: dict[str, str | Promise] = {
    "now": gettext_lazy("the case stands here"),
    "was": gettext_lazy("done"),
    "": gettext_lazy("still to come, if the case comes here"),
}


@dataclass(frozen=True)
class Place:
    """A step of the procedure, and where the case stands to it."""

    name: str
    state: str

    @property
    def words(self) -> str | Promise:
        return STATES[self.state]


def diagram_panel(request: HttpRequest, case: Case) -> Panel:
    """Folded together until somebody wants it: only then it is asked for and drawn (`CaseDiagramView`)."""
    return Panel(SafeString(render_to_string("desk/flows/diagram_panel.html", {"case": case}, request)), "main")


class CaseDiagramView(DeskPage):
    """The way of a case on a page of its own; the case page shows the same in place."""

    template_name = "desk/flows/diagram_page.html"
    header_icon = "folder-open-1"

    def get_page_title(self) -> str:
        return _("The way of case {number}").format(number=self.case)

    @cached_property
    def case(self) -> Case:
        return case_to_open(self.user, self.kwargs["public_id"])

    def get_template_names(self) -> list[str]:
        is_part = self.request.headers.get("X-Requested-With") == "XMLHttpRequest"
        return ["desk/flows/diagram.html" if is_part else self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(case=self.case, **way_of(self.case), **kwargs)


def way_of(case: Case) -> dict[str, Any]:
    """The drawing and the steps in words; neither for a case that no procedure was started for."""
    process = CaseProcess.objects.of(case).order_by("-pk").first()
    flow_class = process.flow_class if process else None
    if not isinstance(flow_class, type) or not issubclass(flow_class, ProcedureFlow):
        return {"places": []}
    lit = places_of(case)
    return {"drawing": draw(flow_class, lit), "places": places_in_words(flow_class, lit)}


def places_in_words(flow_class: type[ProcedureFlow], lit: dict[str, str]) -> list[Place]:
    """Every step in the order of the telling; several spots of one step count as one."""
    states: dict[str, str] = {}
    for name, state in lit.items():
        if (spot := flow_class.plan.spots.get(name)) and spot.place is not None:
            states[spot.place.id] = "now" if "now" in (state, states.get(spot.place.id)) else "was"
    steps = [place for place in flow_class.drawn.walk() if isinstance(place, Step)]
    return [Place(name_of(step), states.get(step.id, "")) for step in steps]
