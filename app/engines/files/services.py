"""Taking a file in and letting it go."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines.files import queries, types
from app.engines.files.disk import Disk
from app.engines.files.images import redraw
from app.engines.files.models import StoredFile
from app.engines.files.names import clean_name
from app.engines.files.refusals import StorageUnavailable
from app.extensions import after_commit, db

log = structlog.get_logger("files")
MIB = 1024 * 1024
_places: list[tuple[str, Path]] = []
_disks: list[Disk] = []


def open_store(url: str, scratch: Path) -> None:
    """Say where files lie; called once by the application factory."""
    _places[:] = [(url, scratch)]
    _disks.clear()
    if "://" in url:
        disk()  # an address that nothing answers to is told at once


def disk() -> Disk:
    """The store; a folder is opened when it is first wanted."""
    if not _disks:
        _disks[:] = [Disk(*_places[0])]
    return _disks[0]


def store(  # noqa: PLR0913 - what is taken, from whom, and what is allowed
    actor: Actor,
    stream: IO[bytes],
    name: str,
    *,
    kind: str,
    allowed: frozenset[str],
    max_bytes: int,
    park_id: int | None = None,
    expires_at: datetime | None = None,
) -> StoredFile:
    """Keep the stream's bytes and write their row in the caller's transaction.

    ``allowed`` holds names of ``types.TYPES``. Refuses (codes in ``LABELS``) what is empty, too
    big, not allowed by its content, or named against its content. A rollback removes the file.
    """
    file = StoredFile(
        key=uuid.uuid4().hex,
        name=clean_name(name),
        kind=kind,
        park_id=park_id,
        created_by=actor.user_id,
        expires_at=expires_at,
    )
    try:
        with disk().incoming() as folder:
            raw = folder / "raw"
            copy(stream, raw, max_bytes)
            put(file, *_accept(raw, file.name, allowed))
    except OSError as error:
        log.exception("file_not_stored", errno=error.errno)
        raise StorageUnavailable from error
    db.session.add(file)
    db.session.flush()
    return file


def put(file: StoredFile, path: Path, type_name: str) -> None:
    """Move a finished file of an ``incoming`` folder into the store; its row is the caller's."""
    file.media_type = types.TYPES[type_name].media_type
    file.size, file.sha256 = _measure(path)
    _on_rollback(file.key)
    disk().keep(path, file.key)


def remove(file: StoredFile) -> None:
    """Delete the row now and the file after the commit; of a picture its drawings too."""
    for drawing in queries.drawings_of([file.id]):
        db.session.delete(drawing)
        after_commit(_discard, drawing.key)
    db.session.flush()  # before the picture: the database would take its drawings along
    db.session.delete(file)
    db.session.flush()
    after_commit(_discard, file.key)


def keep_until(key: str | None, moment: datetime) -> None:
    """Let the sweeper take a file at this moment; one that is gone already stays gone."""
    file = db.session.scalar(sa.select(StoredFile).where(StoredFile.key == key))
    if file is not None:
        file.expires_at = moment
        db.session.flush()


def keep_files(keys: Iterable[str]) -> None:
    """Files of a saved record: they stay until they are removed."""
    query = sa.select(StoredFile).where(StoredFile.key.in_(list(keys)))
    for file in db.session.scalars(query.order_by(StoredFile.id)):
        file.expires_at = None
    db.session.flush()


def copy(stream: IO[bytes], target: Path, max_bytes: int) -> None:
    """The stream's bytes into a new file; refuses none at all and too many."""
    size = 0
    with target.open("wb") as out:
        while chunk := stream.read(MIB):
            size += len(chunk)
            if size > max_bytes:
                raise Refusal("file_too_big", limit=max(1, max_bytes // MIB))
            out.write(chunk)
    if size == 0:
        raise Refusal("file_empty")


def _accept(raw: Path, name: str, allowed: frozenset[str]) -> tuple[Path, str]:
    """The file that is kept (a picture is drawn anew) and its type."""
    type_name = types.decide(raw, name, allowed)
    if type_name not in types.IMAGES:
        return raw, type_name
    drawn = raw.with_name("drawn")
    redraw(raw, drawn, type_name)
    return drawn, type_name


def _measure(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(MIB):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _on_rollback(key: str) -> None:
    """Remember the key until the transaction ends: rolled back, its file goes."""
    session = db.session()
    session.info.setdefault("files_new", set()).add(key)
    after_commit(lambda: session.info.get("files_new", set()).discard(key))


@event.listens_for(Session, "after_soft_rollback")
def _drop_new_files(session: Session, previous: Any) -> None:
    if previous.parent is not None:
        return  # a savepoint; a row lost with it leaves its file to the sweeper
    for key in session.info.pop("files_new", ()):
        _discard(key)


def _discard(key: str) -> None:
    """Delete a file that has no row any more; what fails is left to the sweeper."""
    with suppress(OSError):
        disk().remove(key)
