"""What would a value score? For the editor of schemes and the park that tries numbers."""

from __future__ import annotations

from decimal import Decimal

from app.engines.scoring.exact import fraction, ratio_from, ratio_of, smaller
from app.engines.scoring.scheme import Scheme


def points_for(scheme: Scheme, code: str, value: Decimal) -> Decimal:
    """Points of one computed value of an indicator, before any spreading, rounded as an item.

    ``value`` in the indicator's unit (72 for 72 %). Raises ``KeyError`` for an unknown code and
    ``ValueError`` for a rule that needs other parks, counts by level or an option.
    """
    one = scheme.by_code[code]
    if one.rule.of_cohort or one.rule.takes not in ("number", "marks"):
        msg = f"{code} is scored by {one.rule.kind}: one number does not decide it"
        raise ValueError(msg)
    full = ratio_of(one.max_score)
    points = one.rule.points(full, None)(ratio_of(value))
    top = full if one.rule.cap is None else smaller(full, ratio_of(one.rule.cap))
    limited = min(max(fraction(points), fraction((0, 1))), fraction(top))
    rounding = scheme.item_rounding
    return rounding.decimal(rounding.units()(*ratio_from(limited)))
