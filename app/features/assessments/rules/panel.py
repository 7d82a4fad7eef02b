"""Marks of an expert panel: their limits, when it may close, how far they lie apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from statistics import median

from msgspec import Struct

from app.engines.scoring import Indicator, Scheme
from app.features.assessments.rules import typed

DECIMALS = 2
#: A mark further from the middle one than this part of the scale is shown to the lead.
OUTLYING = Fraction(15, 100)


def scale(indicator: Indicator) -> Decimal:
    """The highest mark."""
    found: Decimal = indicator.rule.scale  # type: ignore[attr-defined]
    return found


def fewest(indicator: Indicator) -> int:
    """So many marks a park needs, or the indicator gives nothing."""
    found: int = indicator.rule.panel_min  # type: ignore[attr-defined]
    return found


def drops_from(indicator: Indicator) -> int | None:
    """From so many marks on the highest and the lowest are left out."""
    found: int | None = indicator.rule.drop_extremes_from  # type: ignore[attr-defined]
    return found


def read(indicator: Indicator, text: str) -> Decimal | None:
    """A typed mark; raises ``typed.Wrong``. Empty is none."""
    most = scale(indicator)
    try:
        found = typed.number(text)
    except typed.Wrong as wrong:
        if wrong.code != "number_text":
            raise
        example = (most * 85 / 100).normalize()
        raise typed.Wrong("mark_text", most=f"{most:f}", example=f"{example:f}") from wrong
    if found is None:
        return None
    if len(found.partition(".")[2]) > DECIMALS:
        raise typed.Wrong("number_decimals", digits=DECIMALS)
    value = Decimal(found)
    if value < 0:
        raise typed.Wrong("number_minimum", minimum="0")
    if value > most:
        raise typed.Wrong("number_maximum", maximum=f"{most:f}")
    return value


Said = tuple[str, str, bool]  # mark, comment, abstains


def said(indicator: Indicator, text: str, comment: str, *, abstains: bool) -> Said:
    """What an answer says, however it was typed: two that say the same are equal."""
    comment = comment.replace("\r\n", "\n").strip()
    if abstains:
        return "", comment, True
    try:
        value = read(indicator, text)
    except typed.Wrong:
        return text.strip(), comment, False
    return "" if value is None else f"{value.normalize():f}", comment, False


def stamp(answer: Said) -> str:
    """A page carries it for each answer: what was typed on it, and what was only shown."""
    return sha256(json.dumps(answer).encode()).hexdigest()[:16]


class Spread(Struct, frozen=True):
    """How the marks of one park lie: ``outliers`` are those far from the middle one."""

    marks: tuple[Decimal, ...]
    lowest: Decimal
    highest: Decimal
    mean: Decimal
    outliers: frozenset[int]

    @property
    def width(self) -> Decimal:
        return self.highest - self.lowest


def spread(marks: Sequence[Decimal], most: Decimal) -> Spread | None:
    """Of at least one mark; ``outliers`` hold places in ``marks``, looked for from three on."""
    if not marks:
        return None
    middle = median(Fraction(one) for one in marks)
    far = frozenset(
        at
        for at, one in enumerate(marks)
        if len(marks) > 2 and abs(Fraction(one) - middle) > OUTLYING * Fraction(most)
    )
    mean = (sum(marks, Decimal(0)) / len(marks)).quantize(Decimal("0.01"))
    return Spread(tuple(marks), min(marks), max(marks), mean, far)


def lacking(
    scheme: Scheme, filings: Iterable[int], marks: Mapping[tuple[int, str], int]
) -> tuple[tuple[int, str], ...]:
    """Filing and indicator with fewer marks than the scheme asks for."""
    return tuple(
        (filing, one.code)
        for filing in filings
        for one in scheme.experts
        if marks.get((filing, one.code), 0) < fewest(one)
    )
