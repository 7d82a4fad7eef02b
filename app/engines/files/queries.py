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


def drawings_of(picture_ids: Iterable[int]) -> list[StoredFile]:
    """The smaller drawings of pictures, the narrowest first."""
    query = sa.select(StoredFile).where(StoredFile.of_id.in_(list(picture_ids)))
    return list(db.session.scalars(query.order_by(StoredFile.width, StoredFile.id)))


def pictures(keys: Iterable[str]) -> list[StoredFile]:
    """Those of the keys under which a picture can be served."""
    query = sa.select(StoredFile).where(
        StoredFile.key.in_([key for key in keys if is_key(key)]),
        StoredFile.width.is_not(None),
        StoredFile.of_id.is_(None),
        StoredFile.state == "ready",
    )
    return [file for file in db.session.scalars(query.order_by(StoredFile.id)) if not expired(file)]


def original_of(file: StoredFile) -> StoredFile:
    """The picture that a drawing is of; a picture itself is its own."""
    if file.of_id is None:
        return file
    found = db.session.get(StoredFile, file.of_id)
    assert found is not None  # the database removes drawings with their picture
    return by_key(found.key)


def known(keys: Iterable[str]) -> set[str]:
    """Those of the keys that have a row."""
    query = sa.select(StoredFile.key).where(StoredFile.key.in_(list(keys)))
    return set(db.session.scalars(query))
