"""The kept counts per status: moved with each record, counted again after a bulk write."""

from __future__ import annotations

import sqlalchemy as sa

from app.extensions import db
from app.features.enterprises.models import Enterprise, EnterpriseCount


def move(
    park_id: int, *, gone: str | None = None, come: str | None = None, number: int = 1
) -> None:
    """Records, mostly one, left the status ``gone`` and/or came to ``come``."""
    if gone == come:
        return
    for status, step in ((gone, -number), (come, number)):
        if status is None:
            continue
        changed = db.session.execute(
            sa.update(EnterpriseCount)
            .where(EnterpriseCount.park_id == park_id, EnterpriseCount.status == status)
            .values(number=EnterpriseCount.number + step)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount == 0:
            db.session.add(EnterpriseCount(park_id=park_id, status=status, number=max(step, 0)))
            db.session.flush()


def recount(park_id: int) -> None:
    """Count a park's living records anew (one index scan)."""
    db.session.execute(sa.delete(EnterpriseCount).where(EnterpriseCount.park_id == park_id))
    found = db.session.execute(
        sa.select(Enterprise.status, sa.func.count())
        .where(Enterprise.park_id == park_id, Enterprise.deleted_at.is_(None))
        .group_by(Enterprise.status)
    ).all()
    db.session.add_all(
        EnterpriseCount(park_id=park_id, status=status, number=number) for status, number in found
    )
    db.session.flush()
