"""Reading rows of files."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app.core import clock
from app.core.errors import NotFound
from app.engines.files.disk import is_key
from app.engines.files.models import StoredFile
from app.extensions import db


def by_key(key: str) -> StoredFile:
    """The file that may be served at all: ready and not expired; else ``NotFound``.

    Who may read it is for ``may_read`` to say.
    """
    if not is_key(key):
        raise NotFound("file")  # a database may refuse such a text altogether
    file = db.session.scalar(sa.select(StoredFile).where(StoredFile.key == key))
    if file is None or file.state != "ready" or expired(file):
        raise NotFound("file")
    return file


def is_kept(key: str | None) -> bool:
    """Whether there still is something to serve under a key."""
    file = db.session.scalar(sa.select(StoredFile).where(StoredFile.key == key))
    return file is not None and file.state == "ready" and not expired(file)


def expired(file: StoredFile) -> bool:
    return file.expires_at is not None and file.expires_at <= clock.now()


def all_expired(limit: int) -> list[StoredFile]:
    query = sa.select(StoredFile).where(StoredFile.expires_at <= clock.now())
    return list(db.session.scalars(query.order_by(StoredFile.id).limit(limit)))


def known(keys: Iterable[str]) -> set[str]:
    """Those of the keys that have a row."""
    query = sa.select(StoredFile.key).where(StoredFile.key.in_(list(keys)))
    return set(db.session.scalars(query))
