"""Computes a published ranking again, from ranking.json alone: python3 recompute.py [ranking.json]

Needs Python 3.9 or newer and nothing else. Checks, for every park: the total out of the section
sums, bonus and deductions; the rank out of totals and tie order; the grade out of total, the
conditions that are noted and the quota; and the digest of the whole. Prints every difference;
exit 0 when there is none.
"""

from __future__ import annotations

import hashlib
import json
import sys
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any


def main(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        told = json.load(file)
    wrong = [*totals(told), *ranks(told), *grades(told), *digest(told)]
    for line in wrong:
        print(line)
    print(f"{len(told['rows'])} parks, {len(wrong)} differences, digest {told['digest']}")
    return 1 if wrong else 0


def rounded(value: Fraction, rounding: dict[str, Any]) -> Fraction:
    unit = Fraction(1, 10 ** int(rounding["digits"]))
    steps = value / unit
    whole = floor(steps)
    rest = steps - whole
    if rounding["mode"] == "HALF_UP":
        whole += rest >= Fraction(1, 2)
    elif rounding["mode"] == "HALF_EVEN":
        whole += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
    elif rounding["mode"] == "DOWN" and whole < 0 and rest:
        whole += 1
    return whole * unit


def ranked(told: dict[str, Any]) -> list[Any]:
    return [row for row in told["rows"] if row["final"] is not None]


def totals(told: dict[str, Any]) -> list[Any]:
    head, wrong = told["head"], []
    for row in ranked(told):
        base = sum(Fraction(Decimal(one)) for one in row["blocks"].values())
        bonus = min(Fraction(Decimal(row["bonus"])), Fraction(Decimal(head["bonus_cap"])))
        less = min(Fraction(Decimal(row["deduction"])), Fraction(Decimal(head["deduction_cap"])))
        low, high = (Fraction(Decimal(head[name])) for name in ("low", "high"))
        final = rounded(min(max(base + bonus - less, low), high), head["rounding"])
        if base != Fraction(Decimal(row["base"])):
            wrong.append(f"{row['code']}: sections add up to {float(base)}, told {row['base']}")
        if final != Fraction(Decimal(row["final"])):
            wrong.append(f"{row['code']}: total is {float(final)}, told {row['final']}")
    return wrong


def ranks(told: dict[str, Any]) -> list[Any]:
    """Higher totals first, among equal ones the lower tie order; equal in both share a rank."""
    keys = {
        row["code"]: (-Fraction(Decimal(row["final"])), row["tie_order"]) for row in ranked(told)
    }
    wrong = []
    for row in ranked(told):
        rank = 1 + sum(key < keys[row["code"]] for key in keys.values())
        if rank != row["rank"]:
            wrong.append(f"{row['code']}: rank is {rank}, told {row['rank']}")
    return wrong


def grades(told: dict[str, Any]) -> list[Any]:
    """The computed grade; one set by hand stands beside it and is not computed."""
    head = told["head"]
    codes = [one["code"] for one in head["grades"]]
    found = {row["code"]: before_quota(row, head, codes) for row in ranked(told)}
    quota = head["quota"]
    if quota and len(codes) > 1:
        candidates = [row for row in ranked(told) if found[row["code"]] == codes[-1]]
        winners = placed(candidates, places(quota, len(ranked(told))))
        for row in candidates:
            if row["code"] not in winners:
                found[row["code"]] = codes[-2]
    found.update({row["code"]: codes[0] for row in told["rows"] if row["final"] is None})
    return [
        f"{row['code']}: grade is {found[row['code']]}, told {row['computed_grade']}"
        for row in told["rows"]
        if found[row["code"]] != row["computed_grade"]
    ]


def before_quota(row: dict[str, Any], head: dict[str, Any], codes: list[Any]) -> str:
    final = Fraction(Decimal(row["final"]))
    reached = [i for i, one in enumerate(head["grades"]) if Fraction(Decimal(one["min"])) <= final]
    level = reached[-1] if reached else 0
    if "gate" in row["steps"]:
        level = min(level, codes.index(head["gate_failure_cap"]))
    if level == len(codes) - 1 and any(step in row["steps"] for step in ("rate", "gates", "major")):
        level = max(level - 1, 0)
    return codes[level]


def places(quota: dict[str, Any], number: int) -> int:
    exact = Fraction(Decimal(quota["ratio"])) * number
    whole = {
        "floor": floor(exact),
        "ceil": -floor(-exact),
        "half_up": floor(exact + Fraction(1, 2)),
    }
    return max(whole[quota["rounding"]], int(quota["at_least"]))


def placed(candidates: list[Any], most: int) -> set[str]:
    """By rank; equal ranks all or none, and the first group that does not fit ends it."""
    found: set[str] = set()
    for rank in sorted({row["rank"] for row in candidates}):
        group = {row["code"] for row in candidates if row["rank"] == rank}
        if len(found) + len(group) > most:
            break
        found |= group
    return found


def digest(told: dict[str, Any]) -> list[Any]:
    body = {name: told[name] for name in ("head", "rows", "previous")}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    found = hashlib.sha256(text.encode()).hexdigest()
    return [] if found == told["digest"] else [f"digest is {found}, told {told['digest']}"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "ranking.json"))
