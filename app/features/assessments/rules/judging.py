"""What of a filing is judged, by whom, and what has to be judged again. Plain Python, no database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from app.engines.scoring import Scheme
from app.features.assessments.rules import form
from app.features.assessments.rules.filing import Verdict
from app.features.assessments.rules.form import DEDUCTIONS, PARK, Ask
from app.features.assessments.rules.sources import COMPUTED

#: A reviewer has said what counts.
SETTLED = frozenset({Verdict.passed, Verdict.corrected})


class Judged(Protocol):
    """What of a value decides here."""

    declared: Any
    declared_at: datetime | None
    taken: Any
    dispute: str
    verdict: str
    verified: Any
    verified_at: datetime | None


def claimed(ask: Ask, value: Judged) -> Any:
    """What there is to be judged: the park's own word, or what the registers say."""
    return value.declared if ask.owner == PARK else value.taken


def open_to_judging(scheme: Scheme, sources: Mapping[str, str]) -> dict[str, Ask]:
    """Whatever a reviewer may say something on: all but what is computed from the filing itself."""
    return {
        code: ask for code, ask in form.asks(scheme).items() if sources.get(code) not in COMPUTED
    }


def tasks(
    scheme: Scheme, sources: Mapping[str, str], values: Mapping[str, Judged]
) -> tuple[str, ...]:
    """What has to be judged before a review ends: the park's own values, and the disputed ones."""
    return tuple(
        code
        for code, ask in open_to_judging(scheme, sources).items()
        if code in values and (ask.owner == PARK or values[code].dispute)
    )


def to_judge_again(value: Judged) -> bool:
    """Whether a verdict no longer holds: the item was sent back, or changed since it was judged."""
    if value.verdict == Verdict.returned:
        return True
    later = value.declared_at and value.verified_at and value.declared_at > value.verified_at
    return bool(value.verdict in SETTLED and later)


def fault(ask: Ask, verdict: Verdict, value: Any, claim: Any, *, documented: bool) -> str | None:
    """Why the verdict cannot be; ``None``: it can. A blank that is corrected to blank was passed."""
    if verdict is Verdict.returned:
        return None if ask.owner == PARK else "verdict_not_parks"
    if verdict is Verdict.passed:
        return "verdict_nothing_taken" if ask.owner != PARK and claim is None else None
    if verdict is Verdict.corrected:
        if value == claim and (claim is not None or ask.owner == PARK):
            return "verdict_same_value"
        if ask.section == DEDUCTIONS and ask.evidence and value is not None and not documented:
            return "document_missing"
    return None


# -- whose task it is ------------------------------------------------------------------------------
class Assigned(Struct, frozen=True):
    """A task given to somebody: one filing, a section of all, or a section of one filing."""

    reviewer_id: int
    filing_id: int | None = None
    section: str = ""

    def covers(self, filing_id: int, section: str) -> bool:
        return self.filing_id in (None, filing_id) and self.section in ("", section)


def reviewers_of(
    assigned: Iterable[Assigned], filing_id: int, section: str, taken_by: int | None
) -> frozenset[int]:
    """Who judges a section of a filing: whom it was given to, the most particular first, else who
    took the filing up. Empty: whoever comes."""
    covering = [one for one in assigned if one.covers(filing_id, section)]
    own = [one for one in covering if one.filing_id is not None] or covering
    if own:
        return frozenset(one.reviewer_id for one in own)
    return frozenset() if taken_by is None else frozenset({taken_by})


def concerned(
    assigned: Iterable[Assigned],
    filing_id: int,
    sections: Collection[str],
    taken_by: int | None,
    person: int | None,
) -> bool:
    """Whether anything of a filing is this person's to judge."""
    assigned = tuple(assigned)
    return any(
        not who or person in who
        for who in (reviewers_of(assigned, filing_id, one, taken_by) for one in sections)
    )
