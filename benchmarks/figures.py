"""Medians, percentiles and the table."""

import statistics
from collections.abc import Iterable, Mapping


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def p95(values: Iterable[float]) -> float:
    """The time that 95 of 100 did not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


def rounded(value: float) -> float:
    """Three figures are more than the machine is good for."""
    return float(f"{value:.3g}")


def table(title: str, rows: Mapping[str, object]) -> str:
    width = max(len(name) for name in rows)
    lines = [f"{name:<{width}}  {value}" for name, value in rows.items()]
    return "\n".join([title, "-" * len(title), *lines, ""])
