"""What the registers say of parks at a cut-off (decisions.md 19): one statement for all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from app.core import clock
from app.extensions import db
from app.features.assessments.models import AssessmentFiling, AssessmentRound, FilingValue
from app.features.assessments.rules.rounds import RoundState
from app.features.enterprises.models import Enterprise
from app.features.enterprises.rules import DEFAULT_STATUS
from app.features.news.models import Article
from app.features.parks import queries as parks
from app.features.settlements.models import SettlementApplication
from app.features.settlements.rules import State as Settlement


class Span(Struct, frozen=True):
    """The period of a round with its cut-off; days of Asia/Shanghai, both ends included."""

    begins: date
    ends: date
    cut_off: date

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """From, and up to but not with."""
        return clock.beginning_of(self.begins), clock.beginning_of(self.ends + timedelta(days=1))


#: Park -> value; a park that is missing has none.
Found = Mapping[int, int]


def _counts(model: Any, park_ids: Collection[int], *where: Any) -> Found:
    query = (
        sa.select(model.park_id, sa.func.count())
        .where(model.park_id.in_(list(park_ids)), *where)
        .group_by(model.park_id)
    )
    return {**dict.fromkeys(park_ids, 0), **{row[0]: row[1] for row in db.session.execute(query)}}


def _inside(span: Span) -> tuple[Any, ...]:
    """在园 with a role, settled by the cut-off."""
    return (
        Enterprise.deleted_at.is_(None),
        Enterprise.status == DEFAULT_STATUS,
        Enterprise.roles.is_not(None),
        Enterprise.settled_on <= span.cut_off,
    )


def _enterprises(park_ids: Collection[int], span: Span) -> Found:
    return _counts(Enterprise, park_ids, *_inside(span))


def _filed(park_ids: Collection[int], span: Span) -> Found:
    return _counts(Enterprise, park_ids, *_inside(span), Enterprise.filed_on_platform.is_(True))


def _landed(park_ids: Collection[int], span: Span) -> Found:
    """已落地 in the period, proven by a contract or licence."""
    return _counts(
        SettlementApplication,
        park_ids,
        SettlementApplication.state == Settlement.landed.value,
        SettlementApplication.landed_on.between(span.begins, span.ends),
        SettlementApplication.proven_at.is_not(None),
    )


def _decided(span: Span) -> Any:
    begins, ends = span.instants
    at = SettlementApplication.decided_at
    return sa.and_(at >= begins, at < ends)


def _closed(park_ids: Collection[int], span: Span) -> Found:
    """已办结: what was withdrawn or handed over was not decided by the park."""
    done = (Settlement.landed.value, Settlement.declined.value)
    where = SettlementApplication.state.in_(done), _decided(span)
    return _counts(SettlementApplication, park_ids, *where)


def _closed_landed(park_ids: Collection[int], span: Span) -> Found:
    where = SettlementApplication.state == Settlement.landed.value, _decided(span)
    return _counts(SettlementApplication, park_ids, *where)


def _news(park_ids: Collection[int], span: Span) -> Found:
    begins, ends = span.instants
    return _counts(
        Article,
        park_ids,
        Article.deleted_at.is_(None),
        Article.public.is_(True),
        Article.published_at >= begins,
        Article.published_at < ends,
    )


def _months(park_ids: Collection[int], span: Span) -> Found:
    """Whole months from the park's opening to the end of the period; unknown for who told no day."""
    found = {}
    for park_id in park_ids:
        text = str(parks.content_of(parks.by_id(park_id)).get("opened_on") or "")
        try:
            opened = date.fromisoformat(text)
        except ValueError:  # no day told
            continue
        found[park_id] = months_between(opened, span.ends)
    return found


def months_between(opened: date, ends: date) -> int:
    """Whole months; a day before the end's own day of the month counts none of it."""
    end = ends + timedelta(days=1)  # a park open from 1 January has 12 months on 31 December
    months = (end.year - opened.year) * 12 + end.month - opened.month
    return max(months - (end.day < opened.day), 0)


READERS: Mapping[str, Callable[[Collection[int], Span], Found]] = {
    "enterprise_register": _enterprises,
    "enterprises_filed": _filed,
    "settlement_landed": _landed,
    "applications_closed": _closed,
    "applications_landed": _closed_landed,
    "news_approved": _news,
    "months_operating": _months,
}


def read(source: str, park_ids: Collection[int], span: Span) -> Found:
    """What a register of ``rules.sources.REGISTERS`` says, park by park."""
    return READERS[source](park_ids, span)


def verified_before(round_id: int, code: str) -> Mapping[int, Any]:
    """Park -> the verified value of an item in an earlier round, in canonical form."""
    query = (
        sa.select(AssessmentFiling.park_id, FilingValue.verified)
        .join(FilingValue, FilingValue.filing_id == AssessmentFiling.id)
        .where(AssessmentFiling.round_id == round_id, FilingValue.code == code)
    )
    rows = db.session.execute(query)
    return {row[0]: row[1] for row in rows if row[1] is not None}


def values_locked(round_id: int, codes: Collection[str]) -> list[FilingValue]:
    """The values of a round's filings with these codes, locked until the transaction ends."""
    query = (
        sa.select(FilingValue)
        .join(AssessmentFiling, AssessmentFiling.id == FilingValue.filing_id)
        .where(AssessmentFiling.round_id == round_id, FilingValue.code.in_(list(codes)))
        .order_by(FilingValue.id)
        .with_for_update(of=FilingValue)
    )
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


#: Rounds that may still read the registers.
TO_READ = (RoundState.planned.value, RoundState.open.value, RoundState.closed.value)


def rounds_counting(enterprise: Enterprise) -> int:
    """In how many rounds an enterprise will be counted that have not read the registers yet."""
    if enterprise.status != DEFAULT_STATUS or not enterprise.roles:
        return 0
    query = (
        sa.select(sa.func.count(AssessmentRound.id.distinct()))
        .join(AssessmentFiling, AssessmentFiling.round_id == AssessmentRound.id)
        .where(
            AssessmentFiling.park_id == enterprise.park_id,
            AssessmentRound.state.in_(TO_READ),
            AssessmentRound.snapshot_at.is_(None),
            AssessmentRound.cut_off_on >= enterprise.settled_on,
        )
    )
    return int(db.session.scalar(query) or 0)
