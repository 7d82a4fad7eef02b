"""Pairs of records that may be one enterprise, and merges, for tests; through the services."""

from __future__ import annotations

from typing import Any

from app.core import clock
from app.features.enterprises.models.duplicates import EnterpriseMerge
from app.features.enterprises.queries import duplicates
from app.features.enterprises.services import finding, merging, pairs, unmerging
from app.transaction import transaction
from tests.support import enterprises as made

NAME = "三亚海风跨境电商有限公司"
SAME = "海风（三亚）跨境电商有限责任公司"
REASON = "营业执照换发新代码"


def two(park: str = "P01", **changes: Any) -> tuple[Any, Any]:
    """Two records of one park whose names say the same; ``changes`` of the second."""
    one = made.add(park, 801, name=NAME, remark="前", annual_sales=None)
    return one, made.add(park, 802, name=SAME, **{"remark": "后", **changes})


def found(by: str = "operator") -> None:
    """查找重复企业, as the job does it."""
    with made.acting(by) as actor:
        seen = finding.look()
        with transaction():
            finding.keep(actor, seen, now=clock.now())


def pair(one: Any, other: Any) -> Any:
    with made.acting("operator"), transaction():
        return duplicates.pair_of(one.id, other.id)


def decided(pair_id: int, state: str, by: str = "operator") -> Any:
    with made.acting(by) as actor, transaction():
        return pairs.decide(actor, pair_id, state, reason="核对过执照", now=clock.now())


def merged(
    kept: Any, gone: Any, take: Any = (), *, by: str = "operator", now: Any = None, **asked: Any
) -> EnterpriseMerge:
    """One into the other; ``take``: fields of the one that goes."""
    wanted = merging.Merge(kept.id, gone.id, frozenset(take), **asked)
    with made.acting(by) as actor, transaction():
        return merging.merge(actor, wanted, reason=REASON, now=now or clock.now())


def unmerged(merge: EnterpriseMerge, *, by: str = "operator", now: Any = None) -> EnterpriseMerge:
    with made.acting(by) as actor, transaction():
        return unmerging.undo(actor, merge.id, reason="不是一家", now=now or clock.now())
