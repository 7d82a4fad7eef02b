"""Schemes and cohorts at random: every rule type, edges that meet values, missing values, ties."""

from __future__ import annotations

from random import Random
from typing import Any

LEVELS, OPTIONS = ("a", "ab", "b", "major"), ("none", "9610", "x_1")
NUMBERS = ("x", "x1", "x_1", "past", "people")
MODES = ("HALF_UP", "HALF_EVEN", "DOWN")
POINTS = ("0", "0.5", "1", "1.25", "0.3", "2", "3", "7", "0.333")


def amount(rnd: Random) -> str:
    """Small numbers so that parks tie and edges are hit; now and then one of 25 digits."""
    return rnd.choice(
        ["0", "1", "2", "3", "7", "10", "-2", "0.5", "33.33", "12345678901234567890.12345"]
    )


def scheme(rnd: Random) -> dict[str, Any]:
    weights = _shares(rnd, 100, rnd.randint(1, 4))
    blocks = [_block(rnd, number, weight) for number, weight in enumerate(weights)]
    indicators = [one for block in blocks for one in block["children"]]
    digits = {"digits": str(rnd.randint(0, 4)), "mode": rnd.choice(MODES)}
    low, high = rnd.choice([("0", "110"), ("-5", "100"), ("0", "12.345")])
    return {
        "scoring": {
            "item_round": digits,
            "final_round": {"digits": str(rnd.randint(0, 3)), "mode": rnd.choice(MODES)},
            "formula": f"clamp(base + min(bonus, bonus_cap) - min(deduction, deduction_cap), {low}, {high})",
            "bonus_cap": rnd.choice(["10", "0", "3.3333"]),
            "deduction_cap": rnd.choice(["20", "2.5"]),
        },
        "grades": _grades(rnd),
        "tie_break": _ties(rnd, blocks, indicators),
        "gates": [_gate(rnd, number) for number in range(rnd.randint(0, 3))],
        "vetoes": [{"code": "V1", "set_by": "operator"}, {"code": "V2", "set_by": "system"}],
        "data_items": _items(),
        "indicators": blocks,
        "bonus": [_adjustment(rnd, f"P{number}", "bonus") for number in range(3)] + _delta(rnd),
        "deductions": [_adjustment(rnd, f"N{number}", "deductions") for number in range(2)],
    }


def _shares(rnd: Random, whole: int, parts: int) -> list[int]:
    cuts = sorted(rnd.sample(range(1, whole), parts - 1)) if parts > 1 else []
    return [b - a for a, b in zip([0, *cuts], [*cuts, whole], strict=True)]


def _items() -> list[dict[str, Any]]:
    numbers = [{"code": code, "type": "number"} for code in NUMBERS]
    return [
        *numbers,
        {"code": "chosen", "type": "multi_choice", "options": ["p", "q", "r"]},
        {"code": "counts", "type": "level_count", "levels": list(LEVELS)},
        {"code": "option", "type": "choice", "options": list(OPTIONS)},
        {"code": "text", "type": "text_and_files"},
    ]


def _block(rnd: Random, number: int, weight: int) -> dict[str, Any]:
    shares = _shares(rnd, weight, min(weight, rnd.randint(1, 4)))
    children = [_indicator(rnd, f"{'ABCD'[number]}{at}", share) for at, share in enumerate(shares)]
    return {"code": "ABCD"[number], "max_score": str(weight), "children": children}


def _indicator(rnd: Random, code: str, share: int) -> dict[str, Any]:
    rule = rnd.choice(RULES)(rnd)
    one: dict[str, Any] = {"code": code, "max_score": str(share), "rule": rule}
    if rule["type"] in ("level_count", "highest_only"):
        one["value"] = "counts"
    elif rule["type"] == "choice_map":
        one["value"] = "option"
    elif rule["type"] == "expert":
        one["value"] = "text"
    elif "base_zero" in rule:
        one["value"] = rnd.choice(["(x / past - 1) * 100", "x1 / past", "x * 3 / (past + x1)"])
    else:
        one["value"] = rnd.choice(FORMULAS)
    if policy := rnd.choice(["", "zero", "not_applicable", "not_applicable"]):
        one["on_zero_denominator"] = policy
    if rnd.random() < 0.2:
        rule["cap"] = rnd.choice(POINTS)
    return one


FORMULAS = ("x", "x_1", "people", "chosen", "x / past * 100", "x1 / (x - people)", "-x + 2 * (x1 - 0.5)", "x / x1 / past", "(x / past - 1) * 100 - people / 3")  # fmt: skip


def _bands(rnd: Random) -> dict[str, Any]:
    edges = sorted(rnd.sample([-2, 0, 1, 2, 3, 7, 10, 50], rnd.randint(1, 4)))
    bounds, key = rnd.choice([("[)", "min"), ("(]", "max")])
    rows = [{key: str(edge), "score": rnd.choice(POINTS)} for edge in edges]
    return {"type": "bands", "bounds": bounds, "bands": rows}


def _linear(rnd: Random) -> dict[str, Any]:
    zero, full = rnd.sample(["0", "1", "10", "33.3", "-5"], 2)
    more = {"min_value": "1"} if rnd.random() < 0.3 else {}
    return {"type": "linear", "zero_at": zero, "full_at": full, **more}


def _per_unit(rnd: Random) -> dict[str, Any]:
    more = {"min_units": "2"} if rnd.random() < 0.3 else {}
    kind = rnd.choice(["per_unit", "select_count"])
    return {"type": kind, "points": rnd.choice(POINTS), **more}


def _threshold_step(rnd: Random) -> dict[str, Any]:
    return {
        "type": "threshold_step",
        "threshold": rnd.choice(["1", "3", "0"]),
        "base": rnd.choice(POINTS),
        "step": rnd.choice(["1", "0.5", "3"]),
        "points": rnd.choice(POINTS),
    }


def _piecewise(rnd: Random) -> dict[str, Any]:
    edges = sorted(rnd.sample([-20, -2, 0, 1, 3, 10, 100], rnd.randint(1, 4)))
    return {"type": "piecewise", "points": [[str(x), rnd.choice(POINTS)] for x in edges]}


def _growth(rnd: Random) -> dict[str, Any]:
    own = rnd.choice([_piecewise, _above, _relative, _percentile])(rnd)
    policy = {"current_positive": rnd.choice(POINTS), "current_zero": rnd.choice(POINTS)}
    return {**own, "base_zero": policy}


def _count_map(rnd: Random) -> dict[str, Any]:
    keys = rnd.sample(["0", "1", "2", "7"], rnd.randint(1, 4))
    more = {"above": rnd.choice(POINTS)} if rnd.random() < 0.7 else {}
    return {"type": "count_map", "map": {key: rnd.choice(POINTS) for key in keys}, **more}


def _levels(rnd: Random) -> dict[str, Any]:
    levels = rnd.sample(LEVELS, rnd.randint(1, 4))
    kind = rnd.choice(["level_count", "highest_only"])
    return {"type": kind, "points": {level: rnd.choice(POINTS) for level in levels}}


def _choice(rnd: Random) -> dict[str, Any]:
    return {"type": "choice_map", "map": {option: rnd.choice(POINTS) for option in OPTIONS}}


def _expert(rnd: Random) -> dict[str, Any]:
    more = {"drop_extremes_from": str(rnd.choice([3, 5]))} if rnd.random() < 0.6 else {}
    return {"type": "expert", "scale": rnd.choice(["100", "10"]), "panel_min": "2", **more}


def _relative(rnd: Random) -> dict[str, Any]:
    return {"type": "relative_to_best"}


def _percentile(rnd: Random) -> dict[str, Any]:
    shares = rnd.sample(["0", "0.25", "0.5", "0.75", "0.3"], rnd.randint(1, 4))
    more = {"zero_value_score": rnd.choice(POINTS)} if rnd.random() < 0.5 else {}
    steps = [[share, rnd.choice(POINTS)] for share in shares]
    fallback = rnd.choice([_bands, _linear, _per_unit])(rnd)
    return {"type": "percentile", "steps": steps, "min_cohort": "3", "fallback": fallback, **more}


def _above(rnd: Random) -> dict[str, Any]:
    more = {"cohort_filter": "past > 0"} if rnd.random() < 0.7 else {}
    value = rnd.choice(["(sum(x) / sum(past) - 1) * 100", "sum(x1) / sum(people)", "2.5"])
    return {"type": "above_cohort", "cohort_value": value, "points": rnd.choice(POINTS), **more}


RULES = (_bands, _linear, _per_unit, _threshold_step, _piecewise, _growth, _growth, _count_map, _levels, _choice, _expert, _relative, _percentile, _above)  # fmt: skip


def _adjustment(rnd: Random, code: str, key: str) -> dict[str, Any]:
    rule = rnd.choice([_per_unit, _levels, _bands, _linear, _count_map, _threshold_step])(rnd)
    return {"code": code, "cap": rnd.choice(["1", "5", "2.345"]), "rule": rule}


def _delta(rnd: Random) -> list[dict[str, Any]]:
    rule = {"type": "rank_delta", "points": rnd.choice(POINTS), "cap": "2"}
    return [{"code": "P9", "cap": "2", "rule": rule}] if rnd.random() < 0.7 else []


def _gate(rnd: Random, number: int) -> dict[str, Any]:
    test = {"item": rnd.choice(NUMBERS), "op": rnd.choice([">=", ">", "<=", "<"]), "value": "1"}
    return {"code": f"G{number}", "test": test}


def _grades(rnd: Random) -> dict[str, Any]:
    mins = sorted(rnd.sample([0, 2, 5, 10, 40, 60], rnd.randint(1, 4)), reverse=True)
    conditions = rnd.sample(
        ["every_level1_rate_at_least_10_percent", "all_gates_pass", "no_major_notice"],
        rnd.randint(0, 3),
    )
    quota = {
        "ratio": rnd.choice(["0.3", "0.5", "0.05"]),
        "rounding": rnd.choice(["floor", "ceil", "half_up"]),
        "at_least": str(rnd.randint(0, 1)),
    }
    return {
        "bands": [{"code": f"g{least}", "min": str(least)} for least in mins],
        "excellent_conditions": conditions,
        "gate_failure_caps_grade_at": f"g{rnd.choice(mins)}",
        **({"excellent_quota": quota} if rnd.random() < 0.8 else {}),
    }


def _ties(rnd: Random, blocks: list[Any], indicators: list[Any]) -> list[str]:
    numeric = [one["code"] for one in indicators if one["value"] not in ("counts", "option")]
    ties = [
        "final_score",
        f"block_{rnd.choice(blocks)['code']}_score",
        f"raw:{rnd.choice(NUMBERS)}",
    ]
    if numeric:
        ties.append(f"value:{rnd.choice(numeric)}")
    return rnd.sample(ties, rnd.randint(1, len(ties)))


def cohort(rnd: Random, made: dict[str, Any], most: int = 7) -> dict[str, Any]:
    return {"subjects": [_subject(rnd, made, at) for at in range(rnd.randint(0, most))]}


def _subject(rnd: Random, made: dict[str, Any], at: int) -> dict[str, Any]:
    values: dict[str, Any] = {code: amount(rnd) for code in NUMBERS if rnd.random() < 0.9}
    values["chosen"] = str(rnd.randint(0, 3))
    values["counts"] = {level: str(rnd.randint(0, 3)) for level in LEVELS if rnd.random() < 0.6}
    values["option"] = rnd.choice([*OPTIONS, None])
    experts = [one["code"] for block in made["indicators"] for one in block["children"] if one["rule"]["type"] == "expert"]  # fmt: skip
    values["expert_scores"] = {code: [amount(rnd)[:4] for _ in range(rnd.randint(0, 6))] for code in experts}  # fmt: skip
    if rnd.random() < 0.1:
        values = {}
    return {
        "id": f"p{at}",
        "values": values,
        "bonus": _quantities(rnd, made["bonus"]),
        "deductions": _quantities(rnd, made["deductions"]),
        "veto": "V1" if rnd.random() < 0.1 else None,
        "previous_rank": rnd.choice([None, "1", "3", "9"]),
    }


def _quantities(rnd: Random, adjustments: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in adjustments:
        if one["rule"]["type"] in ("level_count", "highest_only"):
            found[one["code"]] = {level: str(rnd.randint(0, 2)) for level in LEVELS}
        else:
            found[one["code"]] = rnd.choice(["0", "1", "2.5", None])
    return found
