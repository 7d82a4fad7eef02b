"""Pictures for pages: taken in as several drawings, published by the feature that shows them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import structlog

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal
from app.core.pictures import Drawn, Size
from app.engines.files import images, queries, types
from app.engines.files.models import StoredFile
from app.engines.files.names import clean_name
from app.engines.files.refusals import StorageUnavailable
from app.engines.files.rights import is_public, may_be_published, may_read
from app.engines.files.services import copy, disk, put
from app.extensions import db

log = structlog.get_logger("files")
#: Pictures inside of texts, whatever feature the text is of.
CONTENT = "content_picture"
#: A picture that was uploaded and never saved with a text goes after so long.
UNUSED_FOR = timedelta(days=7)
#: What a browser gets that knows no sizes: the drawing nearest below.
USUAL_WIDTH = 800
#: Who shows pictures in public, by name.
_shown_by: dict[str, Callable[[Collection[str]], Iterable[str]]] = {}
_MISTAKEN = {
    **dict.fromkeys(("image/heic", "image/heif", "image/avif"), "image_phone"),
    "image/gif": "image_moving",
}


def store_picture(  # noqa: PLR0913 - what is taken, from whom, and what it is for
    actor: Actor,
    stream: IO[bytes],
    name: str,
    *,
    max_bytes: int,
    kind: str = CONTENT,
    park_id: int | None = None,
    expires_at: datetime | None = None,
) -> StoredFile:
    """Keep a picture, drawn anew and in its widths; rows in the caller's transaction.

    Refuses (codes in ``LABELS``) what is no picture, moves, is drawn by commands or too large.
    """
    shared: dict[str, str | int | None] = {
        "kind": kind,
        "park_id": park_id,
        "created_by": actor.user_id,
    }
    file = StoredFile(key=uuid.uuid4().hex, name=clean_name(name), expires_at=expires_at, **shared)
    try:
        rows = _put_all(file, stream, max_bytes, shared)
    except OSError as error:
        log.exception("file_not_stored", errno=error.errno)
        raise StorageUnavailable from error
    db.session.add(file)
    db.session.flush()
    for row in rows:
        row.of_id = file.id
    db.session.add_all(rows)
    db.session.flush()
    return file


def _put_all(
    file: StoredFile, stream: IO[bytes], max_bytes: int, shared: dict[str, str | int | None]
) -> list[StoredFile]:
    """Put the picture, drawn anew, and its widths on the disk; rows of the widths."""
    with disk().incoming() as folder:
        raw, drawn = folder / "raw", folder / "drawn"
        copy(stream, raw, max_bytes)
        type_name = _type(raw, file.name)
        file.width, file.height = images.redraw(raw, drawn, type_name)
        smaller = images.draw_sizes(drawn, type_name, folder)
        rows = [_drawing_row(one, file.name, shared) for one in smaller]
        for drawing, row in zip(smaller, rows, strict=True):
            put(row, drawing.path, drawing.kind)
        put(file, drawn, type_name)
    return rows


def _drawing_row(
    drawing: images.Drawing, name: str, shared: dict[str, str | int | None]
) -> StoredFile:
    return StoredFile(
        key=uuid.uuid4().hex, name=name, width=drawing.width, height=drawing.height, **shared
    )


def _type(raw: Path, name: str) -> str:
    """The type of a picture; those that people often try get words of their own."""
    import filetype  # noqa: PLC0415 - no start waits for it

    with raw.open("rb") as file:
        head = file.read(8192)
    guess = filetype.guess(head)
    if guess is not None and guess.mime in _MISTAKEN:
        raise Refusal(_MISTAKEN[guess.mime])
    if guess is None and b"<svg" in head.lower():
        raise Refusal("image_svg")
    return types.decide(raw, name, types.IMAGES)


def drawn(keys: Iterable[str]) -> dict[str, Drawn]:
    """What a page needs to show pictures, by key; two queries however many. Asks for no rights."""
    found = {file.id: file for file in queries.pictures(keys)}
    sizes: dict[int, list[StoredFile]] = {pk: [] for pk in found}
    for row in queries.drawings_of(found):
        sizes[row.of_id or 0].append(row)
    return {file.key: _drawn(file, sizes[pk]) for pk, file in found.items()}


def _drawn(file: StoredFile, smaller: list[StoredFile]) -> Drawn:
    plain = {row.media_type for row in smaller} - {"image/webp"} or {file.media_type}
    whole = [file] if file.media_type in plain | {"image/webp"} else []
    offered = [*smaller, *(one for one in whole if (one.width or 0) <= images.WIDTHS[-1])]
    usual = [one for one in offered if one.media_type in plain] or [file]
    fitting = [one for one in usual if (one.width or 0) <= USUAL_WIDTH] or usual[:1]
    best = fitting[-1]
    return Drawn(
        address(best),
        best.width or 0,
        best.height or 0,
        tuple(Size(address(one), one.width or 0, one.media_type) for one in offered),
    )


def address(file: StoredFile) -> str:
    """Where a picture or a drawing is served; what lies there never changes."""
    return f"/pictures/{file.key}"


def may_use(actor: Actor, key: str) -> bool:
    """Whether the actor may put the picture into a text: it can be read, or is public anyway."""
    return any(is_public(file) or may_read(actor, file) for file in queries.pictures([key]))


def keep(keys: Iterable[str]) -> None:
    """Pictures of a saved text: they stay until they are removed."""
    for file in queries.pictures(keys):
        file.expires_at = None
    db.session.flush()


def publish(keys: Iterable[str]) -> None:
    """Everybody may see these pictures from the commit on; they stay until they are removed.

    A kind that was not declared ``publishable`` is a mistake of the caller.
    """
    for file in queries.pictures(keys):
        if not may_be_published(file):
            msg = f"files of kind {file.kind} are never published"
            raise ValueError(msg)
        file.published, file.expires_at = True, None
    db.session.flush()


def withdraw(keys: Iterable[str]) -> None:
    """Those that nothing public shows any more are no longer everybody's.

    Called after what showed them is gone. A browser that has one may keep showing it.
    """
    gone = frozenset(keys)
    for showing in _shown_by.values():
        gone -= frozenset(showing(gone))
    for file in queries.pictures(gone):
        file.published = False
    db.session.flush()


def shown_by(name: str, showing: Callable[[Collection[str]], Iterable[str]]) -> None:
    """Declare who shows pictures in public: ``showing(keys)`` are those that it shows just now.

    One picture may stand in an article and in a profile; neither feature has to know the other.
    """
    _shown_by[name] = showing


def unused_until() -> datetime:
    """When a picture goes that nobody saved with a text."""
    return clock.now() + UNUSED_FOR
