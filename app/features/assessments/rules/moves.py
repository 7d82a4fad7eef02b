"""How a number moved against the round before, and when the park says why."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from app.features.assessments.rules.form import Ask
from app.features.assessments.rules.typed import raw

#: Per cent either way; beyond it the park explains.
UNUSUAL = Decimal(50)
EXPLANATION_MAX = 1000
_SHOWN = Decimal("0.01")


def change(ask: Ask, before: object, now: object) -> Decimal | None:
    """By how much per cent a number changed, two decimals; ``None`` where that says nothing: no
    number, nothing before, or a start at 0."""
    if ask.kind not in ("number", "integer", "percentage"):
        return None
    if not isinstance(before, str) or not isinstance(now, str):
        return None
    old, new = raw(before), raw(now)
    if not isinstance(old, Decimal) or not isinstance(new, Decimal) or old == 0:
        return None
    return ((new - old) / abs(old) * 100).quantize(_SHOWN, ROUND_HALF_UP)


def unusual(ask: Ask, before: object, now: object) -> bool:
    """Whether the change asks for a reason. Exactly the limit does not."""
    found = change(ask, before, now)
    return found is not None and abs(found) > UNUSUAL
