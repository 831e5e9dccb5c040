"""BPMN 2.0 of a procedure, valid against the schema of the Object Management Group, with its diagram.

Viewflow has an export of its own; this one adds terms, instructions and titles in a chosen language, and escapes by
building a tree.
"""

from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from viewflow.workflow import chart

from cases.texts import Texts, in_language
from flows.models import ProcedureVersion
from flows.nodes import Deadline, PersonTask
from flows.procedures import charting  # noqa: F401 (its search for splits is the quick one)
from flows.procedures.compiler import ProcedureFlow, compile_procedure
from flows.procedures.tree import DayUnit, Procedure, Term, from_json
from flows.steps import outcome_words

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TARGET = "https://registra.example/procedures"
for _prefix, _namespace in (("bpmn", MODEL), ("bpmndi", DIAGRAM), ("dc", DC), ("di", DI), ("xsi", XSI)):
    register_namespace(_prefix, _namespace)


def bpmn_of(version: ProcedureVersion, *, language: str = "en") -> bytes:
    return bpmn_of_procedure(from_json(version.definition), language=language)


def bpmn_of_procedure(procedure: Procedure, *, language: str = "en") -> bytes:
    """The procedure as an XML file, its words in one language."""
    with override(language):
        root = _definitions(procedure, compile_procedure(procedure, "Exported"))
    indent(root)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _definitions(procedure: Procedure, flow_class: type[ProcedureFlow]) -> Element:
    root = Element(f"{{{MODEL}}}definitions", {"targetNamespace": TARGET, "id": "definitions"})
    grid = chart.calc_layout_data(flow_class)
    process_id = f"process_{procedure.key}"
    name = in_language(procedure.titles).words or procedure.key
    process = SubElement(root, f"{{{MODEL}}}process", {"id": process_id, "name": _clean(name), "isExecutable": "false"})
    cells = list(grid.cells)
    for cell in cells:
        _node(process, cell.node)
    for edge in grid.edges:
        values = {"id": _edge_id(edge), "sourceRef": _node_id(edge.src), "targetRef": _node_id(edge.dst)}
        if edge.label:
            values["name"] = _clean(force_str(outcome_words(edge.label)))
        SubElement(process, f"{{{MODEL}}}sequenceFlow", values)
    _diagram(root, process_id, cells, grid.edges)
    return root


def _node_id(node: Any) -> str:
    return f"node_{node.name}"


def _edge_id(edge: Any) -> str:
    return f"edge_{edge.src.name}__{edge.dst.name}"


def _clean(words: str) -> str:
    """XML has no place for control characters."""
    return "".join(letter for letter in words if letter >= " " or letter in "\t\n")


def _node(process: Element, node: Any) -> None:
    values = {"id": _node_id(node)}
    if node.task_title:
        values["name"] = _clean(force_str(node.task_title))
    values |= {name: str(value).replace("id_node_", "node_") for name, value in node.bpmn_attrs().items()}
    element = SubElement(process, f"{{{MODEL}}}{node.bpmn_element}", values)
    if words := _documentation(node):
        SubElement(element, f"{{{MODEL}}}documentation").text = _clean(words)
    if not isinstance(node, Deadline):
        for edge in node._incoming():
            SubElement(element, f"{{{MODEL}}}incoming").text = _edge_id(edge)
        for edge in node._outgoing():
            SubElement(element, f"{{{MODEL}}}outgoing").text = _edge_id(edge)
    if node.bpmn_element in ("boundaryEvent", "intermediateCatchEvent"):
        timer = SubElement(element, f"{{{MODEL}}}timerEventDefinition")
        if term := _term(node):
            duration = SubElement(timer, f"{{{MODEL}}}timeDuration", {f"{{{XSI}}}type": "bpmn:tFormalExpression"})
            duration.text = f"P{term.amount}D"


def _term(node: Any) -> Term | None:
    host = node._attached_to if isinstance(node, Deadline) else node
    term: Term | None = getattr(host, "term", None)
    return term


def _documentation(node: Any) -> str:
    """Instructions, and how a term is counted, which the standard's durations cannot say."""
    parts: list[str] = []
    if isinstance(node, PersonTask):
        instructions: Texts = node.drawn.instructions
        parts += [in_language(instructions).words] if instructions else []
        parts.append(_days(node.term))
    return "\n".join(parts)


def _days(term: Term) -> str:
    if term.unit is DayUnit.WORKING_DAYS:
        words = ngettext("{number} working day", "{number} working days", term.amount)
    else:
        words = ngettext("{number} calendar day", "{number} calendar days", term.amount)
    return _("Term: {days}").format(days=words.format(number=term.amount))


def _diagram(root: Element, process_id: str, cells: list[Any], edges: list[Any]) -> None:
    diagram = SubElement(root, f"{{{DIAGRAM}}}BPMNDiagram", {"id": "diagram"})
    plane = SubElement(diagram, f"{{{DIAGRAM}}}BPMNPlane", {"id": "plane", "bpmnElement": process_id})
    for cell in cells:
        shape = SubElement(
            plane, f"{{{DIAGRAM}}}BPMNShape", {"id": f"shape_{cell.node.name}", "bpmnElement": _node_id(cell.node)}
        )
        bounds = {name: f"{getattr(cell.shape, name):.0f}" for name in ("x", "y", "width", "height")}
        SubElement(shape, f"{{{DC}}}Bounds", bounds)
    for edge in edges:
        line = SubElement(
            plane, f"{{{DIAGRAM}}}BPMNEdge", {"id": f"line_{_edge_id(edge)}", "bpmnElement": _edge_id(edge)}
        )
        points = edge.segments if len(edge.segments) > 1 else [(0, 0), (0, 0)]
        for x, y in points:
            SubElement(line, f"{{{DI}}}waypoint", {"x": f"{x:.0f}", "y": f"{y:.0f}"})
