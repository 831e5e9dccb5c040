"""Forms of all sorts with rules between their questions, and what somebody might type into them."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from tests.portal_pages.forms.asking import definition, question

CODES = ["A", "B", "C"]
OPTIONS = [{"code": code, "labels": {"en": code}} for code in CODES]
NUMBERS = ["0", "3", "-2", "+7", "1 000", "12", " 5 ", "many", "3.5", ""]
DECIMALS = ["0", "3", "2,5", "-0.125", "10.005", "1 234,5678", "x", "0.115", ""]
WORDS = ["TREE", "tree", " a  b ", "3", "2026-03-27", ""]
TIMES = ["8", "8:30", "08.30", "17:59", "24:00", ""]
DAYS = [("1", "3", "2026"), ("29", "2", "2028"), ("31", "2", "2026"), ("", "", ""), ("9", "12", "1999")]
TABLES = {
    "zones": {"titles": {}, "rows": [{"for": ["A"], "rate": "1.80"}, {"for": ["B"], "rate": "0.333"}]},
    "bands": {"titles": {}, "bands": [{"up_to": "3", "rate": "2"}, {"up_to": "12.5", "rate": "-1"}, {"rate": "0.1"}]},
}
KINDS: Mapping[str, Mapping[str, Any]] = {
    "YES_NO": {},
    "CHOICE": {"options": OPTIONS, "other": {"en": "Other"}},
    "SEVERAL": {"options": OPTIONS, "other": {"en": "Other"}},
    "WHOLE_NUMBER": {"least": -(10**9), "most": 10**9},
    "DECIMAL": {"least": "-1000000", "places": 3},
    "MONEY": {"least": "-1000000"},
    "DATE": {"future_allowed": True},
    "TIME": {},
    "SHORT_TEXT": {},
    "ADDRESS": {},
    "PERSON_ID": {},
    "PARCEL": {},
    "PLACE": {"asks_address": True},
    "LINE": {},
}
ADDRESSES = [("ul. Lipa 4", "Bela Reka"), ("ul. Lipa 4", ""), ("", "Bela Reka"), ("", "")]
VALUES = [*CODES, "OTHER", True, False, 3, "3", "2.500", "TREE", "a b", "2026-03", "2026-03-01", "08:30", ""]
OPERATIONS = ["SUM", "PRODUCT", "DIFFERENCE", "QUOTIENT", "SMALLEST", "LARGEST", "ROUNDED"]
OPERATIONS += ["DAYS", "LOOKUP", "EITHER", "COUNT", "SUM_OF"]
COMPARISONS = ["IS", "IS_NOT", "CONTAINS", "AT_LEAST", "AT_MOST", "ANSWERED", "NOT_ANSWERED"]


class Generator:
    """The same seed makes the same forms."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def form(self) -> dict[str, Any]:
        questions: list[dict[str, Any]] = []
        for number in range(self.random.randint(2, 9)):
            known = [one["key"] for one in questions]
            questions.append(self.question(f"q{number}", known, [one for one in questions if one["kind"] == "GROUP"]))
        return definition(*questions, tables=TABLES)

    def question(self, key: str, known: Sequence[str], groups: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        chance = self.random.random()
        if chance < 0.2:
            calculation = self.calculation(known, groups, 3)
            said = question(key, "CALCULATED", calculation=calculation, places=self.random.randint(0, 4))
        elif chance < 0.35 and not key.startswith("c"):
            said = self.group(key, known)
        else:
            kind = self.random.choice(list(KINDS))
            said = question(key, kind, **KINDS[kind])
        for name in ("show_when", "required_when"):
            if known and self.random.random() < 0.5 and said["kind"] != "CALCULATED":
                said[name] = self.condition(known, 2)
        return said

    def group(self, key: str, known: Sequence[str]) -> dict[str, Any]:
        columns: list[dict[str, Any]] = []
        for number in range(self.random.randint(1, 4)):
            seen = [*known, *(column["key"] for column in columns)]
            columns.append(self.question(f"c{key}_{number}", seen, ()))
        return question(key, "GROUP", questions=columns, most=4)

    def condition(self, known: Sequence[str], floor: int) -> dict[str, Any]:
        if floor and self.random.random() < 0.3:
            parts = [self.condition(known, floor - 1) for _part in range(self.random.randint(1, 3))]
            return {self.random.choice(["all", "any"]): parts}
        if self.random.random() < 0.15:
            values = self.random.sample(VALUES, 3)
            return {"answer": self.random.choice(known), "comparison": "ONE_OF", "value": values}
        value = self.random.choice(VALUES)
        return {"answer": self.random.choice(known), "comparison": self.random.choice(COMPARISONS), "value": value}

    def calculation(self, known: Sequence[str], groups: Sequence[Mapping[str, Any]], floor: int) -> dict[str, Any]:
        if not floor or not known or self.random.random() < 0.3:
            if known and self.random.random() < 0.8:
                return {"answer": self.random.choice(known)}
            return {"constant": self.random.choice(["0", "1", "-2.5", "0.001", "100"])}

        def part() -> dict[str, Any]:
            return self.calculation(known, groups, floor - 1)

        name = self.random.choice(OPERATIONS)
        match name:
            case "ROUNDED":
                return {"op": name, "of": part(), "places": self.random.randint(0, 3)}
            case "DAYS":
                start, end = ({"answer": self.random.choice(known)} for _end in range(2))
                return {"op": name, "from": start, "to": end} | (
                    {"inclusive": True} if self.random.random() < 0.5 else {}
                )
            case "LOOKUP":
                return {"op": name, "table": self.random.choice(["zones", "bands"]), "by": part()}
            case "EITHER":
                return {"op": name, "when": self.condition(known, 1), "then": part(), "otherwise": part()}
            case "COUNT" | "SUM_OF":
                return self.of_rows(name, groups) or part()
        return {"op": name, "of": [part(), part()]}

    def of_rows(self, name: str, groups: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
        if not groups:
            return None
        group = self.random.choice(groups)
        columns = [column["key"] for column in group["questions"]]
        when = {"when": self.condition(columns, 1)} if self.random.random() < 0.5 else {}
        column = {"column": self.random.choice(columns)} if name == "SUM_OF" else {}
        return {"op": name, "group": group["key"], **column, **when}

    def typed(self, said: Mapping[str, Any]) -> dict[str, list[str]]:
        """What a browser sends, every control of the page included."""
        typed: dict[str, list[str]] = {}
        for asked in said["pages"][0]["questions"]:
            if asked["kind"] == "GROUP":
                rows = self.random.randint(1, 3)
                typed[f"{asked['key']}-rows"] = [str(rows)]
                for row in range(rows):
                    for column in asked["questions"]:
                        typed |= self.typed_into(column["kind"], f"{asked['key']}-{row}-{column['key']}")
            else:
                typed |= self.typed_into(asked["kind"], asked["key"])
        return typed

    def typed_into(self, kind: str, name: str) -> dict[str, list[str]]:
        choice = self.random.choice
        match kind:
            case "YES_NO":
                return {name: [choice(["yes", "no"])]} if self.random.random() < 0.8 else {}
            case "CHOICE":
                chosen = {name: [choice([*CODES, "OTHER"])]} if self.random.random() < 0.8 else {}
                return {**chosen, f"{name}-other": [choice(["", "", "own  words"])]}
            case "SEVERAL":
                chosen = [code for code in [*CODES, "OTHER"] if self.random.random() < 0.4]
                return {name: chosen, f"{name}-other": [choice(["", "", "own  words"])]}
            case "DATE":
                return {
                    f"{name}-{part}": [text] for part, text in zip(("day", "month", "year"), choice(DAYS), strict=True)
                }
            case "ADDRESS" | "PLACE":
                street, town = choice(ADDRESSES)
                words = {f"{name}-words": [choice(WORDS)]} if kind == "PLACE" else {}
                return {**words, f"{name}-street": [street], f"{name}-town": [town]}
            case "PERSON_ID":
                return {f"{name}-scheme": ["EGN"], f"{name}-number": [choice(["7501020018", " "])]}
            case "PARCEL":
                return {f"{name}-number": [choice(["68134.905.123", ""])]}
            case "LINE":
                return {f"{name}-words": [choice(WORDS)], f"{name}-points": [""]}
            case "CALCULATED":
                return {}
        texts = {"WHOLE_NUMBER": NUMBERS, "DECIMAL": DECIMALS, "MONEY": DECIMALS, "TIME": TIMES, "SHORT_TEXT": WORDS}
        return {name: [choice(texts[kind])]}
