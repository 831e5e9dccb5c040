"""The diagram of a procedure: Viewflow's own chart of the compiled class, drawn with classes only (no inline style).

Viewflow finds the split before a join by trying every path, which takes exponential time where steps send back; here
each node is looked at once.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from django.utils.encoding import force_str
from django.utils.html import escape
from django.utils.safestring import SafeString
from viewflow.workflow import chart
from viewflow.workflow.models import Task as EngineTask
from viewflow.workflow.status import STATUS

from cases.models import Case
from flows import compiled
from flows.models import CaseProcess, ProcedureVersion
from flows.nodes import ALIVE, Deadline
from flows.procedures.compiler import ProcedureFlow, compile_procedure
from flows.procedures.plan import SENT_BACK
from flows.procedures.tree import Procedure
from flows.steps import outcome_words

type Edges = Mapping[Any, Sequence[Any]]

_drawings = count(1)


def find_prev_split(nodes: Sequence[Any], incoming_edges: Edges, outgoing_edges: Edges, join: Any) -> Any:
    """The nearest split that every way into the join comes through, or None."""
    before = [dict.fromkeys(_splits_before(source, incoming_edges, outgoing_edges)) for source in incoming_edges[join]]
    if not before:
        return None
    first, *others = before
    return next((split for split in first if all(split in other for other in others)), None)


def _splits_before(source: Any, incoming_edges: Edges, outgoing_edges: Edges) -> Iterator[Any]:
    """The splits on the ways to a node, nearest first; a split itself is its own nearest and only one."""
    if len(outgoing_edges[source]) > 1:
        yield source
        return
    seen, waiting = {source}, deque([source])
    while waiting:
        for before in incoming_edges[waiting.popleft()]:
            if before not in seen:
                seen.add(before)
                waiting.append(before)
                if len(outgoing_edges[before]) > 1:
                    yield before


chart.find_prev_split = find_prev_split


def chart_of(version: ProcedureVersion, case: Case | None = None) -> SafeString:
    """The diagram of a published version; with a case where it has been and where it stands."""
    flow_class = compiled.load(version.class_name)
    return draw(flow_class, places_of(case) if case else {})


def chart_of_procedure(procedure: Procedure) -> SafeString:
    """The diagram of a procedure that is not published."""
    return draw(compile_procedure(procedure, "Draft"), {})


def chart_of_case(case: Case) -> SafeString | None:
    """The diagram of the procedure that the case goes or went through; None where none was started."""
    process = CaseProcess.objects.of(case).order_by("-pk").first()
    if process is None or not isinstance(process.flow_class, type):
        return None
    return draw(process.flow_class, places_of(case)) if issubclass(process.flow_class, ProcedureFlow) else None


def places_of(case: Case) -> dict[str, str]:
    """For each node of the case's procedure ``now`` or ``was``; what it never came to is missing."""
    process = CaseProcess.objects.of(case).order_by("-pk").first()
    places: dict[str, str] = {}
    if process is None:
        return places
    rows = EngineTask.objects.filter(process=process).exclude(status=STATUS.CANCELED).order_by("pk")
    for task in rows.exclude(flow_task_type="TIMER", status=STATUS.SCHEDULED).only("flow_task", "status"):
        places[task.flow_task.name] = "now" if task.status in ALIVE else "was"
    for timer in rows.filter(flow_task_type="TIMER", status=STATUS.SCHEDULED).only("flow_task"):
        if not isinstance(timer.flow_task, Deadline):
            places[timer.flow_task.name] = "now"
    return places


def draw(flow_class: type[ProcedureFlow], places: Mapping[str, str]) -> SafeString:
    grid = chart.calc_layout_data(flow_class)
    marker = f"chart-end-{next(_drawings)}"
    title = escape(force_str(flow_class.process_title))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="{title}"'
        f' width="{grid.width:.0f}" height="{grid.height:.0f}" viewBox="0 0 {grid.width:.0f} {grid.height:.0f}">',
        f'<defs><marker id="{marker}" markerWidth="8" markerHeight="8" refX="6" refY="4" orient="auto">'
        '<path class="chart-arrow" d="M0,0 8,4 0,8z"/></marker></defs>',
    ]
    parts += [_edge(edge, marker) for edge in grid.edges]
    parts += [_cell(cell, places) for cell in grid.cells]
    return SafeString("".join([*parts, "</svg>"]))


def _cell(cell: Any, places: Mapping[str, str]) -> str:
    name = cell.node.name
    state = f" chart-node--{places[name]}" if name in places else ""
    kind = " chart-node--deadline" if isinstance(cell.node, Deadline) else ""
    step = escape(getattr(getattr(cell.node, "drawn", None), "id", ""))
    texts = "".join(
        f'<text class="chart-text" font-size="{size}" text-anchor="middle" x="{x:.0f}" y="{y:.0f}">'
        f"{escape(words)}</text>"
        for words, _class, size, x, y in cell.shape.text
    )
    title = f"<title>{escape(force_str(cell.title))}</title>" if cell.title else ""
    place = f"translate({cell.shape.x:.0f},{cell.shape.y:.0f})"
    return (
        f'<g class="chart-node{kind}{state}" data-step="{step}" transform="{place}">{title}{cell.shape.svg}{texts}</g>'
    )


def _edge(edge: Any, marker: str) -> str:
    points = " ".join(f"{x:.0f},{y:.0f}" for x, y in edge.segments)
    is_back = str(edge.label or "").startswith(SENT_BACK)
    kind = " chart-edge--back" if is_back else ""
    line = f'<polyline class="chart-edge{kind}" points="{points}" fill="none" marker-end="url(#{marker})"/>'
    if not edge.label or not edge.label_pos:
        return line
    words = outcome_words(SENT_BACK if is_back else edge.label)
    x, y = edge.label_pos
    return f'{line}<text class="chart-label" font-size="11" x="{x:.0f}" y="{y:.0f}">{escape(force_str(words))}</text>'
