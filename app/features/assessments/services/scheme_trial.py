"""What does a value score? One rule by itself, whatever is still wrong with the rest of the draft."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from app.engines import scoring

#: Rules over one number of the park's own.
NUMBERED = frozenset(
    {"bands", "linear", "piecewise", "per_unit", "select_count", "threshold_step", "count_map", "expert"}
)  # fmt: skip
_REST = {"code": "rest", "name": "rest", "value": "value", "rule": {"type": "linear", "zero_at": "0", "full_at": "1"}}  # fmt: skip


def start(node: Mapping[str, Any]) -> str:
    """A value to begin with that tells something under the node's rule: the middle of its bands,
    halfway to the full marks. Empty where none can be named."""
    rule = node.get("rule")
    pick = STARTS.get(str(rule.get("type"))) if isinstance(rule, Mapping) else None
    if pick is None or not isinstance(rule, Mapping):
        return ""
    try:
        found = pick(rule)
    except (ArithmeticError, LookupError, TypeError, AttributeError):
        return ""  # the rule is not written to its end yet
    return f"{found.normalize():f}" if found.is_finite() and abs(found.adjusted()) < FAR else ""


def _middle(many: Iterable[Any]) -> Decimal:
    known = sorted(Decimal(str(one)) for one in many)
    return known[len(known) // 2]


def _edge(band: Mapping[str, Any]) -> Any:
    return band["min"] if "min" in band else band["max"]


def _half_the_units(rule: Mapping[str, Any]) -> Decimal:
    """As many units as make half of the limit; without one a single unit more than the least."""
    least = Decimal(str(rule.get("min_units") or "0"))
    if not rule.get("cap"):
        return least + 1
    whole = Decimal(str(rule["cap"])) / Decimal(str(rule["points"])) / 2
    return max(whole.to_integral_value(ROUND_CEILING), least)


STARTS: Mapping[str, Callable[[Mapping[str, Any]], Decimal]] = {
    "bands": lambda rule: _middle(_edge(one) for one in rule["bands"]),
    "linear": lambda rule: (Decimal(str(rule["zero_at"])) + Decimal(str(rule["full_at"]))) / 2,
    "piecewise": lambda rule: _middle(at for at, _points in rule["points"]),
    "per_unit": _half_the_units,
    "select_count": _half_the_units,
    "threshold_step": lambda rule: Decimal(str(rule["threshold"])),
    "count_map": lambda rule: _middle(rule["map"]),
    "expert": lambda rule: Decimal(str(rule.get("scale") or "100")) / 2,
}
FAR = 18


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
