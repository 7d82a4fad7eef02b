"""The rule types of a scheme (docs/scoring.md), and reading one of them."""

from __future__ import annotations

from app.engines.scoring.faults import Section
from app.engines.scoring.rules.base import COMMON_KEYS, CohortRule, Hit, Rule, Value
from app.engines.scoring.rules.cohort import AboveCohort, Percentile, RelativeToBest
from app.engines.scoring.rules.counts import ChoiceMap, Expert, HighestOnly, LevelCount, RankDelta
from app.engines.scoring.rules.numbers import (
    Bands,
    CountMap,
    Linear,
    PerUnit,
    Piecewise,
    SelectCount,
    ThresholdStep,
)

KINDS: dict[str, type[Rule]] = {
    one.kind: one
    for one in (
        *(Bands, Linear, PerUnit, SelectCount, ThresholdStep, Piecewise, CountMap),
        *(LevelCount, HighestOnly, ChoiceMap, Expert, RankDelta),
        *(RelativeToBest, Percentile, AboveCohort),
    )
}


def read_rule(section: Section) -> Rule:
    """The rule in ``section``; raises ``Unreadable`` after noting what is wrong."""
    kind = section.text("type")
    if kind not in KINDS:
        raise section.fault("unknown_rule", "type", value=kind, allowed=", ".join(KINDS))
    section.refuse_other((*COMMON_KEYS, *KINDS[kind].keys))
    if kind != Percentile.kind:
        return KINDS[kind].read(section)
    return Percentile.read(section, fallback=_fallback(section))


def _fallback(section: Section) -> Rule | None:
    """What decides in a cohort too small for a percentile: a rule over the park's own number."""
    if not section.has("fallback"):
        return None
    inner = section.section("fallback")
    found = read_rule(inner)
    if found.of_cohort or found.takes != "number" or isinstance(found, RankDelta):
        inner.fault("rule_not_here", "type", rule=found.kind)
    return found


__all__ = [
    "KINDS",
    "AboveCohort",
    "Bands",
    "ChoiceMap",
    "CohortRule",
    "Expert",
    "HighestOnly",
    "Hit",
    "LevelCount",
    "RankDelta",
    "Rule",
    "Value",
    "read_rule",
]
