"""From filings to the parks of a scoring run: plain data in the shape of a cohort file.

Verified where a reviewer has judged, else as declared (a preview) or as the registers say; what the
platform computes from the filing itself comes in by its source.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from msgspec import Struct, field

from app.core.values import replace
from app.engines import scoring
from app.engines.scoring import DataItem, Scheme, Subject
from app.features.assessments.rules import form
from app.features.assessments.rules.form import PARK
from app.features.assessments.rules.judging import SETTLED, Judged, claimed
from app.features.assessments.rules.typed import Canonical, raw_of

#: A verified value further than this from the declared one counts as not the same.
MISMATCH = Fraction(1, 100)


class Filed(Struct, frozen=True):
    """One park in a round. ``marks``: indicator -> marks of the closed panel, as text."""

    id: str
    filed: bool
    values: Mapping[str, Judged]
    late_days: int = 0
    times_returned: int = 0
    veto: str | None = None
    previous_rank: int | None = None
    marks: Mapping[str, Sequence[str]] = field(default_factory=dict)


def counting(ask: form.Ask, value: Judged) -> Canonical:
    """The value that is scored, in its canonical form."""
    if value.verdict in SETTLED or value.verified is not None:
        found: Canonical = value.verified
        return found
    return claimed(ask, value)


def mismatch_rate(scheme: Scheme, values: Mapping[str, Judged]) -> Fraction | None:
    """Per cent of the numbers that the park declared and that were verified otherwise by more than
    1 %; ``None`` when it declared no number."""
    declared = different = 0
    for code, item in scheme.items.items():
        value = values.get(code)
        if value is None or item.source != PARK or not item.is_number or value.declared is None:
            continue
        declared += 1
        if value.verdict in SETTLED:
            different += _differs(item, value)
    return Fraction(different * 100, declared) if declared else None


def _differs(item: DataItem, value: Judged) -> bool:
    said, found = raw_of(item, value.declared), raw_of(item, value.verified)
    if found is None:
        return True
    assert isinstance(said, Decimal)
    assert isinstance(found, Decimal)
    return abs(Fraction(found) - Fraction(said)) > MISMATCH * abs(Fraction(said))


def computed(source: str, scheme: Scheme, one: Filed, digits: int) -> str | None:
    """What a computed source says of a filing, as text."""
    if source == "late_days":
        return str(one.late_days)
    if source == "returns":
        return str(max(one.times_returned - 1, 0))
    rate = mismatch_rate(scheme, one.values)
    if rate is None:
        return None
    exact = Decimal(rate.numerator) / Decimal(rate.denominator)
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}"


def data_of(scheme: Scheme, sources: Mapping[str, str], one: Filed) -> dict[str, Any]:
    """One park as plain data; a cohort file holds the same (``scoring-format.md``)."""
    found: dict[str, Any] = {
        "id": one.id,
        "filed": one.filed,
        "veto": one.veto,
        "previous_rank": one.previous_rank,
        "values": {},
        "declared": {},
        "bonus": {},
        "deductions": {},
    }
    if not one.filed:
        return found
    bonus = {item.code for item in scheme.bonus}
    for code, ask in form.asks(scheme).items():
        value = one.values.get(code)
        source = sources.get(code)
        if source in ("mismatch_rate", "late_days", "returns"):
            digits = 2 if ask.item is None or ask.item.digits is None else ask.item.digits
            told: Any = computed(source, scheme, one, digits)
        else:
            told = None if value is None else _plain(ask, counting(ask, value))
        if ask.item is None:
            if told is not None:
                found["bonus" if code in bonus else "deductions"][code] = told
            continue
        if told is not None:
            found["values"][code] = told
        if value is not None and ask.owner == PARK and value.declared is not None:
            found["declared"][code] = _plain(ask, value.declared)
    if one.marks:
        found["values"]["expert_scores"] = _marks(scheme, one.marks)
    return found


def _plain(ask: form.Ask, value: Canonical) -> Any:
    """As a cohort file writes it: options are counted, a text that is no value is left out."""
    if value is None or (ask.item is not None and ask.item.kind == "text_and_files"):
        return None
    return str(len(value)) if isinstance(value, list) else value


def _marks(scheme: Scheme, marks: Mapping[str, Sequence[str]]) -> Any:
    told = {one.code: list(marks[one.code]) for one in scheme.experts if one.code in marks}
    return next(iter(told.values())) if len(scheme.experts) == 1 and told else told


def cohort(scheme: Scheme, data: Sequence[Mapping[str, Any]]) -> tuple[Subject, ...]:
    """The subjects of plain data, typed by the engine; raises ``scoring.Refused``.

    A park that handed in only texts has filed all the same.
    """
    plain = [{key: value for key, value in one.items() if key != "filed"} for one in data]
    found = scoring.read_cohort(scheme, {"subjects": plain})
    return tuple(
        replace(subject, filed=bool(one["filed"])) for subject, one in zip(found, data, strict=True)
    )


def digest(found: Any) -> str:
    """SHA-256 of JSON data, whatever order its keys came in."""
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
