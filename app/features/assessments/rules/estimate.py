"""What a park's own values would score now: only where no other park, expert or finding decides."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field

from app.engines import scoring
from app.engines.scoring import Adjustment, Indicator, RawValue, Scheme, Subject
from app.features.assessments.rules.checks import Valued, current
from app.features.assessments.rules.form import PARK
from app.features.assessments.rules.typed import raw, raw_of

#: Why there is no estimate: other parks, the experts, computed afterwards, or still blank.
COHORT, EXPERT, LATER, BLANK, NA = "cohort", "expert", "later", "blank", "na"


class Line(Struct, frozen=True):
    """One indicator: its ``score`` as estimated, or ``why`` there is none. ``value`` as exact text;
    ``spread``: by what the marks are multiplied, as others of the section do not apply."""

    score: Decimal | None
    why: str
    value: Any = None
    unit: str = ""
    spread: str = "1"


class Estimate(Struct, frozen=True):
    """``total`` of the sections estimated; ``left_out``: codes whose points only the result tells,
    ``left_points`` together."""

    lines: Mapping[str, Line]
    blocks: Mapping[str, Decimal]
    bonus: Decimal
    deduction: Decimal
    total: Decimal
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_points: Decimal = Decimal(0)


def subject(
    scheme: Scheme, values: Mapping[str, Valued], *, late: tuple[str, int] | None = None
) -> Subject:
    """What counts for the park now. ``late``: code of the deduction and the working days."""
    items: dict[str, RawValue] = {}
    for code, item in scheme.items.items():
        if code not in values:
            continue
        one = values[code]
        # A reviewer's figure for what the park itself says is not the park's to see yet.
        found = raw_of(item, one.declared if item.source == PARK else current(one))
        if found is not None:
            items[code] = found
    bonus = _quantities(scheme.bonus, values)
    deductions = _said(scheme.deductions, values)
    if late and late[1]:
        deductions[late[0]] = Decimal(late[1])
    return Subject(id="own", values=items, bonus=bonus, deductions=deductions)


def _quantities(many: tuple[Adjustment, ...], values: Mapping[str, Valued]) -> dict[str, RawValue]:
    found = {one.code: raw(values[one.code].declared) for one in many if one.code in values}
    return {code: value for code, value in found.items() if value is not None}


def _said(many: tuple[Adjustment, ...], values: Mapping[str, Valued]) -> dict[str, RawValue]:
    """What others have entered so far of what is taken off."""
    found = {one.code: raw(current(values[one.code])) for one in many if one.code in values}
    return {code: value for code, value in found.items() if value is not None}


def estimate(
    scheme: Scheme, values: Mapping[str, Valued], *, late: tuple[str, int] | None = None
) -> Estimate:
    """The running self-estimate. A blank value gives no points, and its line says so."""
    own = subject(scheme, values, late=late)
    outcome = scoring.score(scheme, [own], explain=True)[own.id]
    told = scoring.explained(outcome)["items"]
    lines = {one.code: _line(one, scheme, own, told[one.code]) for one in scheme.indicators}
    blocks = {
        block.code: sum(
            (lines[one.code].score or Decimal(0) for one in block.indicators), Decimal()
        )
        for block in scheme.blocks
    }
    bonus = min(sum(_gained(scheme, outcome), Decimal()), scheme.total.bonus_cap)
    deduction = min(sum(outcome.deductions.values(), Decimal()), scheme.total.deduction_cap)
    left = _left_out(lines)
    return Estimate(
        lines=MappingProxyType(lines),
        blocks=MappingProxyType(blocks),
        bonus=bonus,
        deduction=deduction,
        total=max(sum(blocks.values(), Decimal()) + bonus - deduction, Decimal(0)),
        left_out=left,
        left_points=sum(
            (scheme.by_code[code].max_score for codes in left.values() for code in codes), Decimal()
        ),
    )


def _gained(scheme: Scheme, outcome: scoring.Outcome) -> list[Decimal]:
    """A gain of places is known when there is a ranking."""
    ranked = {one.code for one in scheme.bonus if one.rule.kind == "rank_delta"}
    return [points for code, points in outcome.bonus.items() if code not in ranked]


def _line(one: Indicator, scheme: Scheme, own: Subject, told: Mapping[str, Any]) -> Line:
    value, unit = told["value"], one.unit
    if one.rule.of_cohort:
        return Line(None, COHORT, value, unit)
    if one.is_expert:
        return Line(None, EXPERT)
    if told["absence"] == "missing":
        return Line(None, BLANK if _lacks_own(one, scheme, own) else LATER)
    if told["score"] == "NA":
        return Line(None, NA)
    return Line(Decimal(told["score"]), "", value, unit, told["spread"])


def _lacks_own(one: Indicator, scheme: Scheme, own: Subject) -> bool:
    """Whether a value is missing that the park itself says."""
    return any(
        own.values.get(code) is None and scheme.items[code].source == PARK
        for code in one.value.items
    )


def _left_out(lines: Mapping[str, Line]) -> Mapping[str, tuple[str, ...]]:
    return {
        why: codes
        for why in (COHORT, EXPERT)
        if (codes := tuple(code for code, one in lines.items() if one.why == why))
    }


def late_points(scheme: Scheme, code: str, days: int) -> Decimal:
    """What so many late working days cost."""
    if code not in {one.code for one in scheme.deductions} or days <= 0:
        return Decimal(0)
    own = Subject(id="own", deductions={code: Decimal(days)})
    found = scoring.score(scheme, [own])["own"].deductions[code]
    return min(found, scheme.total.deduction_cap)


def late_code(sources: Mapping[str, str]) -> str:
    """The deduction that counts the late days of a round; empty where none does."""
    return next((code for code, source in sources.items() if source == "late_days"), "")
