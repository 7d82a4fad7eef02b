"""高级筛选: conditions joined by 且 and 或, in one parameter of the address that people can read.

``where=and(status.any(在园),or(annual_sales.ge(500),contact_name.empty()))``

It is parsed strictly: what the builder does not write is a ``BadQuery`` and answered with 400.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from flask_babel import gettext as _
from msgspec import Struct

from app.extensions.lists.asked import Column
from app.extensions.lists.spec import BadQuery, Filter
from app.extensions.phrases import joined

NAME = "where"
MOST_DEEP = 3
MOST_CONDITIONS = 20
#: Of the address, where a Chinese sign takes nine places: servers refuse much longer ones.
MOST_LONG = 2_500
#: What an address may hold as it is.
PLAIN_IN_ADDRESS = "(),'"
_TOKEN = re.compile(r"[(),.]|'(?:[^']|'')*'|[\w+-]+")
_BARE = re.compile(r"[\w+-]+")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Condition(Struct, frozen=True):
    """One column, an operator of it and the values, already read."""

    column: Column
    op: str
    values: tuple[Any, ...]

    def clause(self) -> Any:
        return self.column.where(self.op, self.values)

    def text(self) -> str:
        values = ",".join(_written(text) for text in self.column.texts(self.values))
        return f"{self.column.name}.{self.op}({values})"

    def words(self) -> str:
        return self.column.words(self.op, self.values)

    def conditions(self) -> Iterator[Condition]:
        yield self

    def plain(self) -> dict[str, Any]:
        """For the builder."""
        values = self.column.texts(self.values)
        return {"column": self.column.name, "op": self.op, "values": values}


class Group(Struct, frozen=True):
    """All of the parts, or ``either``: at least one."""

    either: bool
    parts: tuple[Condition | Group, ...]

    def clause(self) -> Any:
        return (sa.or_ if self.either else sa.and_)(*(part.clause() for part in self.parts))

    def text(self) -> str:
        return f"{'or' if self.either else 'and'}({','.join(part.text() for part in self.parts)})"

    def words(self) -> str:
        said = [
            str(_("（%(inner)s）", inner=part.words())) if isinstance(part, Group) else part.words()
            for part in self.parts
        ]
        return joined(said, either=self.either)

    def conditions(self) -> Iterator[Condition]:
        for part in self.parts:
            yield from part.conditions()

    def plain(self) -> dict[str, Any]:
        return {"either": self.either, "parts": [part.plain() for part in self.parts]}


Node = Condition | Group


def parse(text: str, columns: Mapping[str, Column]) -> Node:
    """The tree of a text; ``BadQuery`` for anything that is not one."""
    if len(quote(text, safe=PLAIN_IN_ADDRESS)) > MOST_LONG or any(ord(sign) < 32 for sign in text):
        raise BadQuery(NAME)
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise BadQuery(NAME)
    reader = _Reader(tokens, columns)
    found = reader.node(MOST_DEEP)
    if reader.left():
        raise BadQuery(NAME)
    return found


class _Reader:
    """Takes the tokens one after the other."""

    def __init__(self, tokens: Sequence[str], columns: Mapping[str, Column]) -> None:
        self._tokens = list(tokens)
        self._columns = columns
        self._at = 0
        self._conditions = 0

    def left(self) -> bool:
        return self._at < len(self._tokens)

    def _take(self, wanted: str = "") -> str:
        if not self.left() or (wanted and self._tokens[self._at] != wanted):
            raise BadQuery(NAME)
        self._at += 1
        return self._tokens[self._at - 1]

    def _next_is(self, sign: str) -> bool:
        return self.left() and self._tokens[self._at] == sign

    def node(self, deep: int) -> Node:
        """A group, or a condition; ``deep``: so many groups may still hold one another."""
        name = self._take()
        if name in ("and", "or") and self._next_is("("):
            if not deep:
                raise BadQuery(NAME)
            parts = tuple(self._parts(deep - 1))
            return parts[0] if len(parts) == 1 else Group(name == "or", parts)
        return self._condition(name)

    def _parts(self, deep: int) -> Iterator[Node]:
        self._take("(")
        yield self.node(deep)
        while not self._next_is(")"):
            self._take(",")
            yield self.node(deep)
        self._take(")")

    def _condition(self, name: str) -> Condition:
        self._conditions += 1
        column = self._columns.get(name) if _NAME.fullmatch(name) else None
        if column is None or self._conditions > MOST_CONDITIONS:
            raise BadQuery(NAME)
        self._take(".")
        op = self._take()
        self._take("(")
        texts: list[str] = []
        while not self._next_is(")"):
            if texts:
                self._take(",")
            texts.append(self._value())
        self._take(")")
        return Condition(column, op, column.read(op, texts))

    def _value(self) -> str:
        """A word; a number with decimals; or what stands between quotes."""
        token = self._take()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if not _BARE.fullmatch(token):
            raise BadQuery(NAME)
        if self._next_is(".") and token.lstrip("+-").isdigit():
            token += self._take() + self._take()
        return token


def _written(text: str) -> str:
    plain = _BARE.fullmatch(text) or re.fullmatch(r"-?[0-9]+\.[0-9]+", text)
    return text if plain else "'" + text.replace("'", "''") + "'"


class WhereFilter(Filter, frozen=True):
    """The conditions as one filter of the list: whatever follows the filters follows them."""

    #: Asked for only where there are conditions: most pages have none.
    columns: Callable[[], Iterable[Column]] = tuple
    kind = NAME

    def by_name(self) -> dict[str, Column]:
        return {one.name: one for one in self.columns()}

    def read(self, args: Mapping[str, Any]) -> Node | None:
        text = args.get(NAME, "")
        return parse(text, self.by_name()) if text else None

    def where(self, value: Node) -> Any:
        return value.clause()

    def words(self, value: Node) -> str:
        return value.words()

    def arguments(self, value: Node) -> list[tuple[str, str]]:
        return [(NAME, value.text())]
