"""The keys with which single fields are sealed, and which columns hold sealed values.

The keys are opened once by the application factory. A column is declared beside its table, so that
``flask keys reseal`` finds every value that an older key sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from app.core.sealing import Keyring, read_keyring
from app.extensions.database import db

_ring: list[Keyring] = []
_columns: dict[str, SealedColumn] = {}


def open_keys(path: Path) -> None:
    """Read the key file (made on a machine that has none)."""
    _ring[:] = [read_keyring(path)]


def keyring() -> Keyring:
    """The keys of this application."""
    return _ring[0]


class SealedColumn(Struct, frozen=True):
    """A column of sealed values; ``by`` names the column that says which row it is (the place)."""

    model: Any
    column: str
    by: str

    @property
    def name(self) -> str:
        return f"{self.model.__tablename__}.{self.column}"

    def place(self, row: Any) -> str:
        """``organisation.bank_account:12``."""
        return f"{self.name}:{getattr(row, self.by)}"

    def seal(self, row: Any, text: str) -> None:
        """Put ``text`` into the row, which has its id already."""
        setattr(row, self.column, keyring().seal(text, self.place(row)))

    def open(self, row: Any) -> str:
        """The text of the row; raises ``BrokenSeal``."""
        return keyring().open(getattr(row, self.column), self.place(row))

    def older(self, limit: int) -> list[Any]:
        """Rows, locked, that another than the active key sealed."""
        value = getattr(self.model, self.column)
        query = sa.select(self.model).where(
            value.is_not(None), value.not_like(f"{keyring().active}.%")
        )
        query = query.order_by(self.model.id).limit(limit).with_for_update()
        return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def sealed_column(model: Any, column: str, *, by: str = "id") -> SealedColumn:
    """Declare a column of sealed values."""
    made = SealedColumn(model, column, by)
    _columns[made.name] = made
    return made


def sealed_columns() -> Iterator[SealedColumn]:
    """All of them, by name."""
    return iter([_columns[name] for name in sorted(_columns)])


def reseal(column: SealedColumn, limit: int) -> int:
    """Seal up to ``limit`` values anew with the active key, in the caller's transaction."""
    rows = column.older(limit)
    for row in rows:
        column.seal(row, column.open(row))
    db.session.flush()
    return len(rows)
