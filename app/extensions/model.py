"""Base of every table: names, exact numbers, aware times, row scope, version counter."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_appbuilder import Model
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from app.core import clock


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant. Stored in UTC; a naive value is an error, never a guess."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.DateTime())

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "naive datetime"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Scaled(TypeDecorator[Decimal]):
    """An exact decimal kept as a whole number of ``10**-places`` units.

    Sorts, sums and compares exactly on SQLite too (decisions.md 6).
    """

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, places: int = 2) -> None:
        super().__init__()
        self.places = places
        self._unit = Decimal(1).scaleb(-places)

    def process_bind_param(self, value: Decimal | int | None, dialect: sa.Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            msg = f"more than {self.places} decimals"
            raise ValueError(msg)
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else value * self._unit


def decimal_text(column: Any) -> Any:
    """SQL: a ``Scaled`` column that is never negative, as its decimal is written. For files of many
    rows, where making a Decimal of each only to write it costs five times as much."""
    units, one = sa.type_coerce(column, sa.BigInteger), 10**column.type.places
    whole, rest = sa.cast(units // one, sa.String), sa.cast(one + units % one, sa.String)
    return whole + "." + sa.func.substr(rest, 2)


def Money() -> Scaled:  # noqa: N802 - reads as a type in a model
    """万元 with two decimals."""
    return Scaled(2)


class JsonText(TypeDecorator[Any]):
    """JSON kept as compact text, the same on both databases (no operators needed on it)."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        return None if value is None else json.loads(value)


class StringList(TypeDecorator[tuple[str, ...]]):
    """A small set of words as ``|a|b|``: ``LIKE '%|a|%'`` finds a member on both databases."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        if not value:
            return None
        return value if isinstance(value, str) else "|" + "|".join(value) + "|"

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> tuple[str, ...]:
        return _parts(value) if value else ()


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[str, ...]:
    """The words of a stored list; a register has few different ones."""
    return tuple(part for part in text.split("|") if part)


class PlainModel(Model):
    """Base of every own table (FAB's declarative base, so Alembic and FAB see the same tables)."""

    __abstract__ = True
    __table_args__: ClassVar[Any] = ()

    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True
    )


class ParkOwned:
    """Rows of one park. Row scope is enforced by ``app.extensions.scoping`` on every read and
    write of the ORM, whatever view or query asks."""

    #: Off where rows come by the hundred thousand and are found by other indexes.
    park_indexed: ClassVar[bool] = True

    @declared_attr
    @classmethod
    def park_id(cls) -> Mapped[int]:
        return mapped_column(sa.ForeignKey("park.id"), index=cls.park_indexed)


class Stamped:
    """When and by whom a row was made and last changed (aware UTC)."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)

    @declared_attr
    @classmethod
    def created_by(cls) -> Mapped[int | None]:
        return mapped_column(sa.ForeignKey("ab_user.id"))

    @declared_attr
    @classmethod
    def updated_by(cls) -> Mapped[int | None]:
        return mapped_column(sa.ForeignKey("ab_user.id"))


class Versioned:
    """Counts saves; a form carries the number it was opened with (SQLAlchemy's version check)."""

    @declared_attr
    @classmethod
    def version(cls) -> Mapped[int]:
        return mapped_column(sa.Integer, default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]
