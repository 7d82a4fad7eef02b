"""Which migrations there are and which one a database is at, without alembic.

alembic is a tenth of a start, and a start that has nothing to migrate needs no more than this.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa

_NAMED = re.compile(
    r"""^(revision|down_revision)(?::[^=]+)?\s*=\s*(?:None|["'](\w+)["'])""", re.MULTILINE
)


@lru_cache(maxsize=4)
def known(folder: str) -> dict[str, str | None]:
    """Revision -> the one before it, from the migration files."""
    found: dict[str, str | None] = {}
    for file in sorted(Path(folder, "versions").glob("*.py")):
        named = dict(_NAMED.findall(file.read_text(encoding="utf-8")))
        if named.get("revision"):
            found[named["revision"]] = named.get("down_revision") or None
    return found


def head(folder: str) -> str:
    """The newest migration; there is exactly one, which alembic asks for as well."""
    every = known(folder)
    (newest,) = set(every) - set(every.values())
    return newest


def at(connection: sa.Connection) -> str | None:
    """The migration a database is at; ``None`` = empty."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found
