"""Schemes, rounds and filings for tests, made by walking the services."""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from app.core import clock, scope
from app.extensions import db
from app.features.assessments.models import (
    AssessmentFiling,
    AssessmentRound,
    FilingEvidence,
    FilingValueChange,
    SchemeVersion,
)
from app.features.assessments.queries import filings, round_board
from app.features.assessments.queries import schemes as scheme_queries
from app.features.assessments.services import evidence, filling, rounds, schemes, submitting
from app.transaction import transaction
from tests.support import people

REFERENCE = Path(__file__).parents[2] / "app/engines/scoring/schemes/reference.yaml"
ZONE = "operator"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
#: What a strong park types; the rest is the zone's to say.
TYPED: Mapping[str, Any] = {
    "area_cbec_m2": "15,000",
    "area_leasable_m2": "20000",
    "area_leased_m2": "17000",
    "staff_fulltime": "8",
    "policies": ["发展规划", "财务管理"],
    "leaders": {"ge_100m": "1", "ge_50m": "1", "ge_10m": "5"},
    "employees": "620",
    "services": ["通关申报", "仓储物流"],
    "events": {"host": "6"},
    "started": "6",
    "innovation": "一站式退货中心。",
    "P1": {"provincial": "1", "municipal": "2"},
}


def reference(*, code: str = "PARK-REF") -> SchemeVersion:
    """The reference scheme as a draft of the operator's; the one with this code if it is there."""
    with scope.unscoped():
        known = scheme_queries.with_code(code)
        if known is not None:
            return scheme_queries.versions(known.id)[0]
    actor = people.actor(ZONE)
    with scope.acting_as(actor), transaction():
        content = schemes.content_of(REFERENCE.read_bytes())
        return schemes.create(actor, content, code=code, name="综试区年度考核（参考方案）")


def plan(version: SchemeVersion, *, today: date | None = None, **changes: Any) -> rounds.Plan:
    """A round that opened yesterday and can be filled in for thirty days."""
    today = today or clock.today()
    year = today.year - 1
    days = {
        "opens_on": today - timedelta(days=1),
        "fill_until": today + timedelta(days=30),
        "late_until": today + timedelta(days=37),
        "review_until": today + timedelta(days=60),
    }
    with scope.unscoped():
        taken = {one.name for one in round_board.kept_rounds()}
    names = itertools.chain(
        [f"{year} 年度考核"], (f"{year} 年度考核（{n}）" for n in itertools.count(2))
    )
    fixed = {
        "name": next(one for one in names if one not in taken),
        "scheme_version_id": version.id,
        "period_from": date(year, 1, 1),
        "period_to": date(year, 12, 31),
        "cut_off_on": date(year, 12, 31),
    }
    return rounds.Plan(**{**fixed, **days, **changes})


def opened(
    parks: Sequence[str] = ("P01", "P02", "B01"), *, now: datetime | None = None, **changes: Any
) -> AssessmentRound:
    """A round of the reference scheme, open for these parks."""
    actor, now = people.actor(ZONE), now or clock.now()
    version = reference()
    with scope.acting_as(actor), transaction():
        made = rounds.create(actor, plan(version, **changes))
    with scope.acting_as(actor), transaction():
        rounds.choose(actor, made.id, [people.park(code).id for code in parks])
        rounds.plan(actor, made.id, now=now)
    with scope.acting_as(actor), transaction():
        assert rounds.open_round(actor, made.id, now=now)
    return made


def filing(found: AssessmentRound, park: str) -> AssessmentFiling:
    with scope.unscoped():
        return next(
            one for one in filings.of_round(found.id) if one.park_id == people.park(park).id
        )


def fill(
    found: AssessmentRound,
    park: str = "P01",
    *,
    by: str = "park1",
    typed: Mapping[str, Any] = TYPED,
    now: datetime | None = None,
) -> AssessmentFiling:
    """What somebody types, value by value."""
    actor, one = people.actor(by), filing(found, park)
    for code, text in typed.items():
        with scope.acting_as(actor), transaction():
            seen = filings.values(one.id)[code].version
            _value, wrong = filling.save(
                actor, one.id, code, text, seen=seen, now=now or clock.now()
            )
            assert wrong is None, (code, wrong)
    return one


def submitted(
    found: AssessmentRound,
    park: str = "P01",
    *,
    by: str = "park1",
    typed: Mapping[str, Any] = TYPED,
    now: datetime | None = None,
) -> AssessmentFiling:
    """Filled in, signed and handed in."""
    actor, one = people.actor(by), fill(found, park, by=by, typed=typed, now=now)
    signed(one, by=by, now=now)
    with scope.acting_as(actor), transaction():
        seen = filings.get(one.id).version
        return submitting.submit(actor, one.id, seen=seen, now=now or clock.now())


def signed(one: AssessmentFiling, *, by: str = "park1", now: datetime | None = None) -> None:
    """With its commitment."""
    actor = people.actor(by)
    with scope.acting_as(actor), transaction():
        upload = evidence.Upload(io.BytesIO(PDF), "承诺书.pdf", len(PDF))
        evidence.commit_to(actor, one.id, upload, now=now or clock.now())


def attached(
    one: AssessmentFiling,
    code: str,
    *,
    by: str = "park1",
    name: str = "证明.pdf",
    data: bytes | None = None,
    replaces: int | None = None,
) -> FilingEvidence:
    """A paper for a value."""
    actor, data = people.actor(by), data or PDF
    with scope.acting_as(actor), transaction():
        upload = evidence.Upload(io.BytesIO(data), name, len(data))
        return evidence.attach(actor, one.id, code, upload, now=clock.now(), replaces=replaces)


def sent_back(
    one: AssessmentFiling, reasons: Mapping[str, str], *, until: date | None = None
) -> None:
    """As a reviewer leaves a filing that goes back: these values open again, the rest judged."""
    with scope.unscoped(), transaction():
        filing = filings.locked(one.id)
        for code, value in filings.values(one.id).items():
            if code not in reasons:
                value.verdict = "passed"
                continue
            value.verdict, value.verdict_reason, value.open_again = "returned", reasons[code], True
            value.version += 1
            db.session.add(
                FilingValueChange(value_id=value.id, filing_id=one.id, park_id=one.park_id,
                                  act="returned", reason=reasons[code])
            )  # fmt: skip
        filing.state, filing.times_returned = "returned", filing.times_returned + 1
        filing.return_reason = "请补正"
        filing.correct_until = until or clock.today() + timedelta(days=5)


def fill_value(one: AssessmentFiling, code: str, text: Any, *, by: str = "park1") -> None:
    """One value, whatever stood there."""
    actor = people.actor(by)
    with scope.acting_as(actor), transaction():
        seen = filings.values(one.id)[code].version
        filling.save(actor, one.id, code, text, seen=seen, now=clock.now())


def judged(one: AssessmentFiling, *, verified: Mapping[str, Any] | None = None) -> None:
    """As a review leaves it: every value that was declared is verified, some otherwise."""
    with scope.unscoped(), transaction():
        filing = filings.locked(one.id)
        filing.state = "reviewed"
        for code, value in filings.values(one.id).items():
            value.verified = (verified or {}).get(code, value.declared)
            value.verdict = "passed"
