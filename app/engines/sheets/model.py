"""What a table is made of, and what reading one yields: plain frozen data, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from app.core.errors import AppError


class Kind(StrEnum):
    """How the cells of a column are read."""

    uscc = "uscc"
    text = "text"
    multi_choice = "multi_choice"
    choice = "choice"
    decimal = "decimal"
    number = "number"  # any number, with the digits that it has; read as it stands
    integer = "integer"
    date = "date"
    boolean = "boolean"
    customs_code = "customs_code"
    phone = "phone"
    email = "email"


@dataclass(frozen=True)
class Column:
    """One column, declared once for template, import, form and export."""

    heading: str
    name: str
    kind: Kind
    required: bool = False
    aliases: tuple[str, ...] = ()
    max_length: int | None = None
    options: tuple[str, ...] = ()
    dictionary: str | None = None
    default: Any = None
    not_future: bool = False
    minimum: int | None = None
    personal: bool = False
    yearly: bool = False
    note: str = ""
    example: str = ""


@dataclass(frozen=True)
class Table:
    """The columns of one template, in order; ``key`` names the column that tells rows apart."""

    title: str
    columns: tuple[Column, ...]
    key: str = "uscc"
    template_id: str = ""
    template_version: str = "1"

    def by_name(self) -> dict[str, Column]:
        """Columns by field name."""
        return {column.name: column for column in self.columns}

    def with_options(self, options: Mapping[str, tuple[str, ...]]) -> Table:
        """The same table with the entries of its dictionaries, given by dictionary name."""
        return replace(
            self,
            columns=tuple(
                replace(column, options=tuple(options[column.dictionary]))
                if column.dictionary is not None and column.dictionary in options
                else column
                for column in self.columns
            ),
        )

    def only(self, names: frozenset[str]) -> Table:
        """The same table with the named columns only, e.g. without personal ones."""
        return replace(self, columns=tuple(c for c in self.columns if c.name in names))


@dataclass(frozen=True)
class CellError:
    """What is wrong with a cell (``column`` is a field name) or, without column, with its row."""

    column: str | None
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    raw: str = ""


@dataclass(frozen=True)
class Row:
    """One row as read. ``values`` holds the good cells only; ``raw`` every known cell of a bad row.

    A column that the file lacks is in neither; a blank cell is ``None``.
    """

    number: int
    values: dict[str, Any]
    raw: dict[str, str] = field(default_factory=dict)
    errors: tuple[CellError, ...] = ()
    warnings: tuple[CellError, ...] = ()


@dataclass(frozen=True)
class Limits:
    """How much a file may ask for; the defaults are those of the settings.

    ``patience``: how many seconds somebody waits for the answer; then ``TakesTooLongError``.
    """

    max_bytes: int = 100 * 2**20
    max_rows: int = 200_000
    max_columns: int = 200
    max_unpacked_bytes: int = 600 * 2**20
    memory_bytes: int = 1024 * 2**20
    seconds: int = 120
    patience: float | None = None


class FileRefused(AppError):
    """The file as a whole cannot be read. ``code`` names the sentence in ``labels``."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class TakesTooLongError(AppError):
    """The file may be good, but whoever waits must not wait for it: it is work for a job."""


class ValueRefused(AppError):
    """One value cannot be read. ``code`` names the sentence in ``labels``."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
