"""Procedures as hypothesis draws them: any shape of steps and blocks, right or wrong."""

from typing import Any

from hypothesis import strategies as st

from tests.flows.procedures.drawing import TITLES

OUTCOMES = [{"code": "YES", "titles": {"en": "Yes"}}, {"code": "NO", "titles": {"en": "No"}}]
KINDS = [
    "CHECK_COMPLETENESS", "RESOLVE", "HANDLE", "ASK_OPINIONS", "DRAFT", "AGREE", "APPROVE", "SIGN", "DISPATCH",
    "WAIT", "VISIT", "DECIDE", "AUTOMATIC", "PUBLISH", "CLOSE",
]  # fmt: skip
# What nobody has to do in a certain order: most of these trees are accepted.
EASY = ["CHECK_COMPLETENESS", "RESOLVE", "HANDLE", "ASK_OPINIONS", "VISIT", "DECIDE", "AUTOMATIC", "PUBLISH", "WAIT"]


class _Draw:
    """One procedure: ids are given in the order of drawing, so that conditions and ways back can name them."""

    def __init__(self, draw: Any, kinds: list[str]) -> None:
        self.draw, self.kinds, self.ids = draw, kinds, list[tuple[str, str]]()

    def new_id(self, kind: str) -> str:
        step_id = f"step{len(self.ids):03}"
        self.ids.append((step_id, kind))
        return step_id

    def places(self, depth: int, least: int = 0) -> list[dict[str, Any]]:
        return [self.place(depth) for _number in range(self.draw(st.integers(least, 3)))]

    def place(self, depth: int) -> dict[str, Any]:
        kinds = [*self.kinds, "SIDE_BY_SIDE", "REPEAT", "IF"] if depth < 3 else self.kinds
        kind = self.draw(st.sampled_from(kinds))
        made: dict[str, Any] = {"id": self.new_id(kind), "kind": kind}
        if kind == "SIDE_BY_SIDE":
            return {**made, "branches": [{"steps": self.places(depth + 1, 1)} for _branch in range(2)]}
        if kind == "IF":
            branches = [{"when": self.condition(), "steps": self.places(depth + 1, 1)}]
            return {**made, "branches": branches, "otherwise": self.places(depth + 1)}
        if kind == "REPEAT":
            steps = self.places(depth + 1, 1)
            return {**made, "steps": steps, "until": self.condition(), "at_most": self.draw(st.integers(1, 3))}
        return {**made, **self.options(kind)}

    def condition(self) -> dict[str, Any]:
        decided = [step_id for step_id, kind in self.ids if kind == "DECIDE"]
        if decided and self.draw(st.booleans()):
            return {"answer": f"step:{self.draw(st.sampled_from(decided))}", "comparison": "IS", "value": "YES"}
        return {"answer": "area", "comparison": "AT_LEAST", "value": self.draw(st.integers(0, 3))}

    def options(self, kind: str) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if kind in ("VISIT", "DECIDE", "HANDLE", "APPROVE", "SIGN") and self.draw(st.booleans()):
            options["back_to"] = [self.draw(st.sampled_from([step_id for step_id, _kind in self.ids]))]
        match kind:
            case "ASK_OPINIONS":
                options["units"] = ["ROAD", "MAY"]
                options["until"] = self.draw(st.sampled_from(["ALL", "FIRST", {"quorum": 2}]))
            case "AGREE":
                options |= {
                    "units": ["PARK", "ROAD"],
                    "order": self.draw(st.sampled_from(["ONE_BY_ONE", "SIDE_BY_SIDE"])),
                }
            case "DECIDE":
                options["outcomes"] = OUTCOMES
            case "AUTOMATIC":
                options |= {"do": "SET_VALUE", "name": "colour", "value": 1}
            case "WAIT":
                options |= self.draw(
                    st.sampled_from(
                        [
                            {"for": "PAYMENT"},
                            {"for": "DATE", "deadline": {"amount": 3}},
                            {"for": "APPLICANT", "deadline": {"amount": 3}, "message": {"en": "?"}},
                        ]
                    )
                )
        return options


@st.composite
def definitions(draw: Any, kinds: list[str] | None = None) -> dict[str, Any]:
    """A definition of any shape; it begins with a person's step and ends with closing, as nearly all do."""
    drawing = _Draw(draw, kinds or KINDS)
    begin = {"id": drawing.new_id("HANDLE"), "kind": "HANDLE"}
    steps = [begin, *drawing.places(0, 1)]
    return {
        "key": "drawn",
        "version": 1,
        "titles": TITLES,
        "steps": [*steps, {"id": drawing.new_id("CLOSE"), "kind": "CLOSE"}],
    }
