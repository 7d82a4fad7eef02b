"""What parent and child say to each other: frames of JSON, each behind its length.

JSON and not pickle: whatever takes over the child with a hostile file can only send plain data.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import orjson

from app.engines.sheets.model import CellError, Column, Kind, Limits, Row, Table
from app.engines.sheets.outlet import Outlet
from app.engines.sheets.rows import WireError, WireRow
from app.engines.sheets.values import format_value, parse_value, revive

LENGTH_BYTES: Final = 4
MAX_FRAME: Final = 64 << 20
_ROWS_A_FRAME: Final = 1000
_BYTES_A_FRAME: Final = 1 << 20
_PUSHED: Final = 100  # rows after which the pipe is offered again what it had no room for

encode: Final = orjson.dumps
decode: Final = orjson.loads


@dataclass(frozen=True)
class Request:
    """What the child is asked to do: ``read`` a table, show the ``grid``, or ``mark`` errors."""

    task: str
    path: str
    filename: str
    limits: Limits
    table: Table | None = None
    today: dt.date = dt.date.min
    accepted_codes: frozenset[str] = frozenset()
    errors: tuple[tuple[int, dict[str, str], str], ...] = ()

    def dump(self) -> bytes:
        """As JSON, behind its length."""
        request = {
            "task": self.task,
            "path": self.path,
            "filename": self.filename,
            "limits": asdict(self.limits),
            "table": _table_to_wire(self.table) if self.table else None,
            "today": self.today.isoformat(),
            "accepted_codes": sorted(self.accepted_codes),
            "errors": self.errors,
        }
        data = json.dumps(request, ensure_ascii=False).encode()
        return len(data).to_bytes(LENGTH_BYTES, "big") + data

    @classmethod
    def load(cls, data: bytes) -> Request:
        """From JSON, without its length."""
        request = json.loads(data)
        table = request["table"]
        return cls(
            task=request["task"],
            path=request["path"],
            filename=request["filename"],
            limits=Limits(**request["limits"]),
            table=_table_from_wire(table) if table else None,
            today=dt.date.fromisoformat(request["today"]),
            accepted_codes=frozenset(request["accepted_codes"]),
            errors=tuple((number, cells, row) for number, cells, row in request["errors"]),
        )


def send(pipe: Outlet, frame: object) -> None:
    """Write one frame."""
    _send_bytes(pipe, encode(frame))


def send_rows(pipe: Outlet, rows: Iterator[WireRow] | Iterator[list[Any]]) -> None:
    """Write rows in frames of bounded size, so that neither side ever holds many."""
    waiting: list[bytes] = []
    size = 0
    for row in rows:
        data = encode(row)
        waiting.append(data)
        size += len(data)
        if len(waiting) >= _ROWS_A_FRAME or size >= _BYTES_A_FRAME:
            _send_bytes(pipe, b'["rows",[%b]]' % b",".join(waiting))
            waiting, size = [], 0
        elif len(waiting) % _PUSHED == 0:
            pipe.push()
    if waiting:
        _send_bytes(pipe, b'["rows",[%b]]' % b",".join(waiting))


def row_from_wire(wire: WireRow, kinds: dict[str, Kind]) -> Row:
    """A row with real values; ``kinds`` holds the columns whose wire form is not the value."""
    number, values, errors, warnings, raw = wire
    real: dict[str, Any] = values  # the frame is ours alone: no copy
    for name, kind in kinds.items():
        if name in real:
            real[name] = revive(kind, real[name])
    return Row(number, real, raw, _errors(errors), _errors(warnings))


def wire_row(wire: WireRow, kinds: dict[str, Kind]) -> Row:
    """A row whose values stay in the wire form, after the same look at them as ``row_from_wire``."""
    number, values, errors, warnings, raw = wire
    for name, kind in kinds.items():
        value = values.get(name)
        if value is not None:
            _LOOK[kind](value)
            if not value:  # nothing ticked
                values[name] = None
    return Row(number, values, raw, _errors(errors), _errors(warnings))


def kinds_to_revive(table: Table) -> dict[str, Kind]:
    """Columns whose values JSON cannot carry as they are."""
    carried = (Kind.decimal, Kind.date, Kind.multi_choice)
    return {column.name: column.kind for column in table.columns if column.kind in carried}


def _amount(text: Any) -> None:
    if _AMOUNT.fullmatch(text) is None:
        raise ValueError("amount")


@lru_cache(maxsize=8192)
def _day(text: Any) -> None:
    dt.date.fromisoformat(text)


def _words(words: Any) -> None:
    if type(words) is not list:
        raise ValueError("words")
    for word in words:  # no generator: two lists in each of a hundred thousand rows
        if type(word) is not str:
            raise ValueError("words")


_AMOUNT: Final = re.compile(r"-?[0-9]{1,13}\.[0-9]{2}")
_LOOK: Final[dict[Kind, Callable[[Any], None]]] = {
    Kind.decimal: _amount,
    Kind.date: _day,
    Kind.multi_choice: _words,
}


def _errors(errors: list[WireError]) -> tuple[CellError, ...]:
    return tuple([CellError(*error) for error in errors]) if errors else ()


def _send_bytes(pipe: Outlet, data: bytes) -> None:
    pipe.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)


def _table_to_wire(table: Table) -> dict[str, Any]:
    wire = asdict(table)
    for column, declared in zip(wire["columns"], table.columns, strict=True):
        if isinstance(declared.default, Decimal | dt.date | tuple):
            column["default"] = [format_value(declared, declared.default)]
    return wire


def _table_from_wire(wire: dict[str, Any]) -> Table:
    columns: list[Column] = []
    for fields in wire["columns"]:
        default = fields.pop("default")
        for name in ("aliases", "options"):
            fields[name] = tuple(fields[name])
        column = Column(**{**fields, "kind": Kind(fields["kind"])})
        if isinstance(default, list):
            default = parse_value(column, default[0], today=dt.date.max)
        columns.append(Column(**{**fields, "kind": column.kind, "default": default}))
    return Table(**{**wire, "columns": tuple(columns)})
