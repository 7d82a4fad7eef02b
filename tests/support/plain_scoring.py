"""The rules of a scheme written down once more, straight from their description, in any number type.

With ``Fraction`` it says what the engine must say (tests/engines/scoring/test_against_plain.py),
with ``Decimal`` it is what exactness and explanations are measured against (tests/bench). It shares
the parsed scheme with the engine and nothing of its arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.support.plain_rules import OWN, calculation, rounder

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
}
NO_VALUE, NA = object(), object()


class Plain:
    """One scheme over one cohort; ``results`` is what ``Outcome.as_json`` is to be, as numbers."""

    def __init__(self, scheme: Any, subjects: Any, number: type) -> None:
        self.scheme, self.n = scheme, number
        self.all = list(subjects)
        self.parks = [one for one in self.all if one.filed and one.veto is None]
        self.round_item = rounder(scheme.item_rounding, number)
        self.round_final = rounder(scheme.final_rounding, number)
        self.raw = [self._numbers(one) for one in self.parks]

    def _numbers(self, subject: Any) -> dict[str, Any]:
        n = self.n
        return {
            code: value if n is Decimal else n(value)
            for code, value in subject.values.items()
            if isinstance(value, Decimal)
        }

    # values

    def _value(self, one: Any) -> Callable[[Any, dict[str, Any]], Any]:
        """(value, points given without one)"""
        n, takes = self.n, one.rule.takes
        if takes == "marks":
            return lambda park, _raw: self._mean(one, park.marks.get(one.code, ()))
        if takes in ("levels", "choice"):
            code = one.value.items[0]
            return lambda park, _raw: (park.values.get(code, NO_VALUE), n(0))
        codes, calculate = one.value.items, calculation(one.value.root, n)
        policy = one.base_zero
        if policy is not None:
            return self._growth(one, policy, calculate)
        absent = NA if one.zero_denominator_is_na else NO_VALUE

        def value(park: Any, raw: dict[str, Any]) -> Any:
            if any(code not in raw for code in codes):
                return NO_VALUE, n(0)
            try:
                return calculate(raw), n(0)
            except ZeroDivisionError:
                return absent, n(0)

        return value

    def _growth(self, one: Any, policy: Any, calculate: Any) -> Callable[[Any, Any], Any]:
        n = self.n
        current, base = policy.current, policy.base
        positive, other = n(policy.current_positive), n(policy.current_zero)
        present, past = calculation(current.root, n), calculation(base.root, n)
        rest = [code for code in one.value.items if code not in base.items]

        def value(park: Any, raw: dict[str, Any]) -> Any:
            if any(code not in raw for code in (*current.items, *rest)):
                return NO_VALUE, n(0)
            if any(code not in raw for code in base.items) or past(raw) == 0:
                return NO_VALUE, positive if present(raw) > 0 else other
            return calculate(raw), n(0)

        return value

    def _mean(self, one: Any, marks: Any) -> Any:
        rule, n = one.rule, self.n
        if len(marks) < rule.panel_min:
            return NO_VALUE, n(0)
        kept = sorted(map(n, marks))
        if rule.drop_extremes_from is not None and len(kept) >= rule.drop_extremes_from:
            kept = kept[1:-1]
        return sum(kept, n(0)) / len(kept), n(0)

    # points

    def _points(self, one: Any, values: list[Any]) -> tuple[Callable[[Any], Any], Any]:
        """The rule as a function, and the cap that holds."""
        rule, n, full = one.rule, self.n, self.n(one.max_score)
        peers = [value for value in values if value is not NO_VALUE and value is not NA]
        if rule.kind == "relative_to_best":
            best = max(peers, default=n(0))
            return (lambda value: full * value / best if best > 0 else n(0)), rule.cap
        if rule.kind == "percentile":
            return self._percentile(rule, full, peers)
        if rule.kind == "above_cohort":
            return self._above(rule), rule.cap
        return OWN[rule.kind](rule, full, n), rule.cap

    def _percentile(self, rule: Any, full: Any, peers: list[Any]) -> tuple[Any, Any]:
        n = self.n
        if len(peers) < rule.min_cohort:
            return OWN[rule.fallback.kind](rule.fallback, full, n), self._smaller(
                rule.cap, rule.fallback.cap
            )
        below, ordered = {}, sorted(peers)
        for place, value in enumerate(ordered):
            below.setdefault(value, place)
        steps = [(n(share), n(points)) for share, points in rule.steps]

        def points(value: Any) -> Any:
            if value == 0 and rule.zero_value_score is not None:
                return n(rule.zero_value_score)
            position = n(below[value]) / len(ordered)
            return max(
                ((share, score) for share, score in steps if share <= position),
                default=(n(0), n(0)),
            )[1]

        return points, rule.cap

    @staticmethod
    def _smaller(*caps: Any) -> Any:
        return min((cap for cap in caps if cap is not None), default=None)

    def _above(self, rule: Any) -> Callable[[Any], Any]:
        n, members = self.n, []
        for raw in self.raw:
            wish = rule.cohort_filter
            if any(code not in raw for code in rule.items):
                continue
            if wish is None or OPERATORS[wish.op](
                calculation(wish.left.root, n)(raw), calculation(wish.right.root, n)(raw)
            ):
                members.append(raw)
        sums = {
            f"sum({code})": sum((raw[code] for raw in members), n(0))
            for code in rule.cohort_value.sums
        }
        try:
            together = calculation(rule.cohort_value.root, n)(sums) if members else None
        except ZeroDivisionError:
            together = None
        each = n(rule.points_each)
        if together is None:
            return lambda _value: n(0)
        return lambda value: max(each * (value - together), n(0))

    def _items(self) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
        """Per indicator: points before spreading (NA stays NA), and its values."""
        points, found = {}, {}
        for one in self.scheme.indicators:
            n, full = self.n, self.n(one.max_score)
            value_of = self._value(one)
            pairs = [value_of(*both) for both in zip(self.parks, self.raw, strict=True)]
            values = found[one.code] = [value for value, _given in pairs]
            rule, cap = self._points(one, values)
            top = full if cap is None else min(full, n(cap))
            points[one.code] = [
                NA
                if value is NA
                else min(max(given, n(0)), full)
                if value is NO_VALUE
                else min(max(rule(value), n(0)), top)
                for value, given in pairs
            ]
        return points, found

    def _spread(self, points: dict[str, list[Any]]) -> tuple[list[Any], list[Any]]:
        """Per park: items and blocks, rounded."""
        n = self.n
        items: list[Any] = [{} for _ in self.parks]
        blocks: list[Any] = [{} for _ in self.parks]
        for block in self.scheme.blocks:
            full = n(block.max_score)
            weights = [(one.code, n(one.max_score)) for one in block.indicators]
            for at in range(len(self.parks)):
                left = full - sum((w for code, w in weights if points[code][at] is NA), n(0))
                total = Decimal(0)
                for code, _weight in weights:
                    own = points[code][at]
                    if own is NA:
                        items[at][code] = None
                        continue
                    if left not in (0, full):
                        own = own * full / left
                    items[at][code] = self.round_item(own)
                    total += items[at][code]
                blocks[at][block.code] = total
        return items, blocks

    # adjustments, final, rank

    def _adjusted(self, key: str, gained: list[int]) -> list[dict[str, Decimal]]:
        n = self.n
        found: list[dict[str, Decimal]] = [{} for _ in self.parks]
        for one in getattr(self.scheme, key):
            cap = n(one.cap if one.rule.cap is None else min(one.cap, one.rule.cap))
            rule = OWN[one.rule.kind](one.rule, n(one.cap), n)
            for at, park in enumerate(self.parks):
                own = getattr(park, key).get(one.code)
                if one.rule.kind == "rank_delta":
                    own = Decimal(gained[at])
                own = n(own) if isinstance(own, Decimal) else own
                points = rule(own) if own else n(0)
                found[at][one.code] = self.round_item(min(max(points, n(0)), cap))
        return found

    def _finals(self, base: list[Decimal], bonus: Any, deductions: Any) -> list[Decimal]:
        n, total = self.n, self.scheme.total
        cap, most, low, high = map(n, (total.bonus_cap, total.deduction_cap, total.low, total.high))
        return [
            self.round_final(
                min(
                    max(
                        n(own)
                        + min(n(sum(plus.values(), Decimal(0))), cap)
                        - min(n(sum(minus.values(), Decimal(0))), most),
                        low,
                    ),
                    high,
                )
            )
            for own, plus, minus in zip(base, bonus, deductions, strict=True)
        ]

    def _ranks(self, finals: Any, blocks: Any, values: Any) -> list[int]:
        keys = []
        for at, park in enumerate(self.parks):
            key: list[Any] = []
            for tie in self.scheme.tie_breaks:
                own = {
                    "final": lambda at=at: finals[at],
                    "block": lambda at=at, tie=tie: blocks[at][tie.code],
                    "raw": lambda park=park, tie=tie: park.values.get(tie.code),
                    "value": lambda at=at, tie=tie: values[tie.code][at],
                }[tie.kind]()
                absent = own is None or own is NO_VALUE or own is NA
                key.append((0, 0) if absent else (1, own))
            keys.append(tuple(key))
        first = {}
        for place, key in enumerate(sorted(keys, reverse=True)):
            first.setdefault(key, place + 1)
        return [first[key] for key in keys]

    def results(self) -> dict[str, dict[str, Any]]:
        points, values = self._items()
        items, blocks = self._spread(points)
        base = [sum(own.values(), Decimal(0)) for own in blocks]
        deductions = self._adjusted("deductions", [])
        bonus = self._adjusted("bonus", [0] * len(self.parks))
        finals = self._finals(base, bonus, deductions)
        ranks = self._ranks(finals, blocks, values)
        if any(one.rule.kind == "rank_delta" for one in self.scheme.bonus):
            pairs = zip(self.parks, ranks, strict=True)
            gained = [max(0, (park.previous_rank or 0) - rank) for park, rank in pairs]
            bonus = self._adjusted("bonus", gained)
            finals = self._finals(base, bonus, deductions)
            ranks = self._ranks(finals, blocks, values)
        return {
            park.id: {
                "items": items[at],
                "blocks": blocks[at],
                "base": base[at],
                "bonus": bonus[at],
                "deductions": deductions[at],
                "final": finals[at],
                "rank": ranks[at],
            }
            for at, park in enumerate(self.parks)
        }
