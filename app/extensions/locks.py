"""Named locks until the transaction ends; SQLite's writers wait for each other anyway."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from app.extensions.database import db


def lock(space: int, name: str) -> None:
    """Wait for whoever holds (``space``, ``name``); ``space`` keeps kinds of locks apart."""
    if db.session.get_bind().dialect.name != "postgresql":
        return
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], signed=True)
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(space, sa.cast(number, sa.Integer))))
