"""What of this feature hangs on records, so that they cannot be taken away again: a statement for as
many records as an import walks at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.features.enterprises.models.duplicates import EnterpriseMerge, EnterprisePair
from app.features.enterprises.models.moves import EnterpriseMove
from app.features.enterprises.rules.moves import OPEN, State


def moving(ids: Collection[int]) -> Mapping[int, int]:
    """迁园 that are asked for, agreed or done."""
    held = EnterpriseMove.state.in_((*OPEN, State.done))
    return _counted(ids, held, EnterpriseMove.enterprise_id, EnterpriseMove.new_id)


def merged(ids: Collection[int]) -> Mapping[int, int]:
    """合并 that a record had a part in, also undone ones: they name both records for good."""
    return _counted(ids, sa.true(), EnterpriseMerge.kept_id, EnterpriseMerge.gone_id)


def linked(ids: Collection[int]) -> Mapping[int, int]:
    """Pairs that the zone said are one enterprise."""
    said = EnterprisePair.state == "linked"
    return _counted(ids, said, EnterprisePair.first_id, EnterprisePair.second_id)


def _counted(ids: Collection[int], which: Any, one: Any, other: Any) -> Mapping[int, int]:
    wanted = set(ids)
    query = sa.select(one, other).where(which, sa.or_(one.in_(wanted), other.in_(wanted)))
    return Counter(key for row in db.session.execute(query) for key in set(row) & wanted)
