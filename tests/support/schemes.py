"""Schemes and cohorts for tests: the reference, changed copies of it, and small ones made to order."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.engines import scoring
from app.engines.scoring import documents

REFERENCE = Path(scoring.__file__).parent / "schemes" / "reference.yaml"


@cache
def _data() -> Any:
    return documents.load(REFERENCE.read_bytes())


def reference() -> Any:
    """The data of the reference scheme with its worked examples, free to be changed."""
    return copy.deepcopy(_data())


@cache
def reference_scheme() -> scoring.Scheme:
    return scoring.read_scheme(REFERENCE.read_bytes())


def indicator(data: Any, code: str) -> Any:
    """One indicator of the data of a scheme."""
    return next(one for block in data["indicators"] for one in block["children"] if one["code"] == code)  # fmt: skip


def item(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "type": "number", **more}


def small(
    indicators: list[dict[str, Any]], items: list[dict[str, Any]] | None = None, **more: Any
) -> dict[str, Any]:
    """A scheme of one block over the items ``x`` and ``y``; what is left to 100 is nobody's."""
    own = [{"max_score": "10", **one} for one in indicators]
    left = 100 - sum(float(one["max_score"]) for one in own)
    rest = {"code": "rest", "value": "x", "max_score": str(left), "rule": NOTHING}
    blocks = [{"code": "A", "max_score": str(100 - left), "children": own}] if own else []
    if left:
        blocks.append({"code": "Z", "max_score": str(left), "children": [rest]})
    return {
        "scoring": {
            "item_round": {"digits": "2", "mode": "HALF_UP"},
            "final_round": {"digits": "2", "mode": "HALF_UP"},
            "formula": "clamp(base + min(bonus, bonus_cap) - min(deduction, deduction_cap), 0, 110)",
            "bonus_cap": "10",
            "deduction_cap": "20",
        },
        "grades": {"bands": [{"code": "top", "min": "90"}, {"code": "low", "min": "0"}]},
        "vetoes": [{"code": "V", "set_by": "system"}],
        "data_items": items or [item("x"), item("y")],
        "indicators": blocks,
        **more,
    }


NOTHING = {"type": "per_unit", "points": "0"}


def scored(
    data: Mapping[str, Any], *values: Mapping[str, Any], explain: bool = False, **more: Any
) -> list[scoring.Outcome]:
    """Outcomes of parks 1, 2, … with these values; ``more`` goes into each subject."""
    scheme = scoring.read_scheme(data)
    subjects = [{"id": str(n), "values": dict(one), **more} for n, one in enumerate(values, 1)]
    cohort = scoring.read_cohort(scheme, {"subjects": subjects})
    return list(scoring.score(scheme, cohort, explain=explain).values())


def points(data: Mapping[str, Any], code: str, **values: Any) -> str | None:
    """Points of one indicator for one park alone."""
    return scored(data, values)[0].as_json()["items"][code]


def faults(source: Any) -> list[tuple[str, str]]:
    """Place and code of everything that is wrong with a scheme."""
    try:
        scoring.read_scheme(source)
    except scoring.Refused as refused:
        return [(one.path, one.code) for one in refused.faults]
    return []
