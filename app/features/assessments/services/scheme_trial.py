"""What does 72 score? One rule by itself, whatever is still wrong with the rest of the draft."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.engines import scoring

#: Rules over one number of the park's own.
NUMBERED = frozenset(
    {"bands", "linear", "piecewise", "per_unit", "select_count", "threshold_step", "count_map", "expert"}
)  # fmt: skip
_REST = {"code": "rest", "name": "rest", "value": "value", "rule": {"type": "linear", "zero_at": "0", "full_at": "1"}}  # fmt: skip


def points(node: Mapping[str, Any], rounding: Any, value: Decimal) -> Decimal | None:
    """Points of a value under the node's rule; ``None``: one number does not decide it.

    Raises ``scoring.Refused`` with what is wrong with the rule.
    """
    rule = node.get("rule")
    if not isinstance(rule, Mapping) or rule.get("type") not in NUMBERED:
        return None
    full = str(node.get("max_score") or node.get("cap") or "0")
    bare = {key: one for key, one in rule.items() if key != "base_zero"}
    scheme = scoring.read_scheme(_around(bare, full, rounding))
    return scoring.points_for(scheme, "tried", value)


def _around(rule: Mapping[str, Any], full: str, rounding: Any) -> dict[str, Any]:
    """A whole small scheme with this one rule."""
    expert = rule.get("type") == "expert"
    tried = {
        "code": "tried",
        "name": "tried",
        "max_score": full,
        "value": "material" if expert else "value",
        "rule": dict(rule),
    }
    try:
        rest = Decimal(100) - Decimal(full)
    except ArithmeticError:
        rest = Decimal(0)
    children = [tried, {**_REST, "max_score": f"{rest:f}"}] if rest else [tried]
    digits = rounding if isinstance(rounding, Mapping) else {"digits": "2", "mode": "HALF_UP"}
    return {
        "scoring": {
            "item_round": digits,
            "final_round": digits,
            "formula": "clamp(base + min(bonus, bonus_cap) - min(deduction, deduction_cap), 0, 100)",
            "bonus_cap": "0",
            "deduction_cap": "0",
        },
        "grades": {"bands": [{"code": "all", "name": "all", "min": "0"}]},
        "tie_break": ["final_score"],
        "gates": [],
        "vetoes": [{"code": "none", "name": "none", "set_by": "system"}],
        "data_items": [
            {"code": "value", "name": "value", "type": "number"},
            {"code": "material", "name": "material", "type": "text_and_files"},
        ],
        "indicators": [{"code": "all", "name": "all", "max_score": "100", "children": children}],
        "bonus": [],
        "deductions": [],
    }
