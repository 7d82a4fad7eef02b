"""Columns that conditions may name: each kind knows its operators, values, clause and words.

A clause is true or not, never unknown: what has no value is empty, lacks every text and is none of
the choices. So a list, its number of rows and its export can be compared with plain Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.extensions.lists.periods import PERIODS, days_of
from app.extensions.lists.spec import BadQuery, Options, clean, contains, starts_with
from app.extensions.phrases import either, quoted

#: Operator -> (what the builder offers, the sentence). ``one``: how many values it takes.
WORDS: dict[str, tuple[Any, Any]] = {
    "has": (_l("包含"), _l("%(column)s包含“%(value)s”")),
    "lacks": (_l("不包含"), _l("%(column)s不包含“%(value)s”")),
    "is": (_l("是"), _l("%(column)s是“%(value)s”")),
    "starts": (_l("开头是"), _l("%(column)s以“%(value)s”开头")),
    "any": (_l("是以下之一"), _l("%(column)s是%(value)s")),
    "none": (_l("不是以下任何一项"), _l("%(column)s不是%(value)s")),
    "eq": (_l("等于"), _l("%(column)s等于 %(value)s")),
    "ge": (_l("不少于"), _l("%(column)s不少于 %(value)s")),
    "le": (_l("不超过"), _l("%(column)s不超过 %(value)s")),
    "between": (_l("介于"), _l("%(column)s在 %(value)s 之间")),
    "on": (_l("是这一天"), _l("%(column)s是 %(value)s")),
    "before": (_l("早于"), _l("%(column)s早于 %(value)s")),
    "after": (_l("晚于"), _l("%(column)s晚于 %(value)s")),
    "in": (_l("在这段时间"), _l("%(column)s在%(value)s")),
    "yes": (_l("为是"), _l("%(column)s为是")),
    "no": (_l("为否"), _l("%(column)s为否")),
    "empty": (_l("为空"), _l("%(column)s为空")),
    "filled": (_l("不为空"), _l("%(column)s不为空")),
}
MOST_CHOICES = 50
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:[.]([0-9]{1,6}))?")
_WITH_UNIT = re.compile(r"(.+?)\s?[(（](.+)[)）]")
BIGGEST = 10**18  # what both databases keep as a whole number
EMPTINESS = {"empty": 0, "filled": 0}


@dataclass(frozen=True)
class Column:
    """Base. ``expression`` is asked for when a clause is made: it may depend on the day."""

    name: str
    label: Any
    expression: Callable[[], Any]
    kind: ClassVar[str] = ""
    ops: ClassVar[dict[str, int]] = {}  # operator -> number of values; -1: one or more

    def operators(self) -> dict[str, int]:
        return {**self.ops, **EMPTINESS}

    def read(self, op: str, texts: Sequence[str]) -> tuple[Any, ...]:
        """The values of a condition; ``BadQuery`` for what this column does not know."""
        wanted = self.operators().get(op)
        if wanted is None or (len(texts) != wanted if wanted >= 0 else not texts):
            raise BadQuery(self.name)
        return self.values(op, texts)

    def values(self, _op: str, texts: Sequence[str]) -> tuple[Any, ...]:
        raise NotImplementedError

    def texts(self, values: Sequence[Any]) -> list[str]:
        """Values as they are written in an address."""
        return [str(value) for value in values]

    def where(self, op: str, values: Sequence[Any]) -> Any:
        column = self.expression()
        if op == "empty":
            return self.nothing(column)
        if op == "filled":
            return sa.not_(self.nothing(column))
        return self.clause(op, column, values)

    def nothing(self, column: Any) -> Any:
        return column.is_(None)

    def clause(self, op: str, column: Any, values: Sequence[Any]) -> Any:
        raise NotImplementedError

    def words(self, op: str, values: Sequence[Any]) -> str:
        told = self.said(op, values) if values else ""
        return str(WORDS[op][1]) % {"column": self.label, "value": told}

    def said(self, _op: str, values: Sequence[Any]) -> str:
        if len(values) == 1:
            return str(values[0])
        return str(_("%(low)s 至 %(high)s", low=values[0], high=values[-1]))

    def choices(self) -> Options:
        return ()


@dataclass(frozen=True)
class TextColumn(Column):
    kind = "text"
    ops: ClassVar[dict[str, int]] = {"has": 1, "lacks": 1, "is": 1, "starts": 1}

    def values(self, _op: str, texts: Sequence[str]) -> tuple[str, ...]:
        found = tuple(clean(text) for text in texts)
        if not all(found):
            raise BadQuery(self.name)
        return found

    def nothing(self, column: Any) -> Any:
        return sa.func.coalesce(column, "") == ""

    def clause(self, op: str, column: Any, values: Sequence[Any]) -> Any:
        text = values[0]
        if op == "lacks":
            return sa.not_(contains(sa.func.coalesce(column, ""), text))
        if op == "is":
            return column == text
        return contains(column, text) if op == "has" else starts_with(column, text)


@dataclass(frozen=True)
class ChoiceColumn(Column):
    """``holds`` says which rows have one of the choices (a filter of the list knows it)."""

    holds: Callable[[str], Any] = field(kw_only=True)
    options: Options | Callable[[], Options] = field(default=(), kw_only=True)
    bare: bool = field(default=True, kw_only=True)  # the column is what is chosen: it may be empty
    kind = "choice"
    ops: ClassVar[dict[str, int]] = {"any": -1, "none": -1}

    def operators(self) -> dict[str, int]:
        return super().operators() if self.bare else dict(self.ops)

    def choices(self) -> Options:
        return self.options() if callable(self.options) else self.options

    def values(self, _op: str, texts: Sequence[str]) -> tuple[str, ...]:
        if not texts or len(texts) > MOST_CHOICES:
            return () if not texts else self._unknown()
        known = [value for value, _label in self.choices()]
        if any(text not in known for text in texts):
            self._unknown()
        return tuple(value for value in known if value in texts)

    def _unknown(self) -> Any:
        raise BadQuery(self.name)

    def nothing(self, column: Any) -> Any:
        if isinstance(column.type, sa.String):  # a list of words is one as well
            return sa.func.coalesce(sa.type_coerce(column, sa.String), "") == ""
        return column.is_(None)

    def where(self, op: str, values: Sequence[Any]) -> Any:
        if not values:
            return super().where(op, values)
        one = sa.case((sa.or_(*(self.holds(value) for value in values)), 1), else_=0)
        return one == (1 if op == "any" else 0)

    def said(self, _op: str, values: Sequence[Any]) -> str:
        labels = dict(self.choices())
        return either(quoted(labels.get(one, one)) for one in values)


@dataclass(frozen=True)
class NumberColumn(Column):
    """``places``: more decimals than the column keeps are refused."""

    places: int = 0
    unit: Any = ""
    kind = "number"
    ops: ClassVar[dict[str, int]] = {"eq": 1, "ge": 1, "le": 1, "between": 2}

    def values(self, _op: str, texts: Sequence[str]) -> tuple[Decimal, ...]:
        found = tuple(self._number(text) for text in texts)
        if found != tuple(sorted(found)):
            raise BadQuery(self.name)
        return found

    def _number(self, text: str) -> Decimal:
        found = _NUMBER.fullmatch(text)
        if found is None or len((found[1] or "").rstrip("0")) > self.places:
            raise BadQuery(self.name)
        number = Decimal(text)
        if abs(number.scaleb(self.places)) >= BIGGEST:
            raise BadQuery(self.name)
        return number

    def texts(self, values: Sequence[Any]) -> list[str]:
        return [format(value.normalize() + 0, "f") for value in values]

    def clause(self, op: str, column: Any, values: Sequence[Any]) -> Any:
        # A literal of the column's own kind, but wide: a number column may be a narrow one.
        wide = column.type if self.places else sa.BigInteger()
        ends = [sa.literal(value if self.places else int(value), wide) for value in values]
        if op == "between":
            return sa.and_(column >= ends[0], column <= ends[1])
        return {"eq": column == ends[0], "ge": column >= ends[0], "le": column <= ends[0]}[op]

    def words(self, op: str, values: Sequence[Any]) -> str:
        """年销售额(万元): the unit stands behind the number."""
        found = _WITH_UNIT.fullmatch(str(self.label))
        told = ""
        if values:
            told = self.said(op, [f"{Decimal(text):,f}" for text in self.texts(values)])
        if found:
            told = str(_("%(amount)s %(unit)s", amount=told, unit=found[2]))
        elif self.unit:
            told = f"{told} {self.unit}"
        return str(WORDS[op][1]) % {"column": found[1] if found else self.label, "value": told}


@dataclass(frozen=True)
class DateColumn(Column):
    """``instants``: the column holds moments; a day is then a day of Asia/Shanghai, whole."""

    instants: bool = False
    kind = "date"
    ops: ClassVar[dict[str, int]] = {"on": 1, "before": 1, "after": 1, "between": 2, "in": 1}

    def values(self, op: str, texts: Sequence[str]) -> tuple[Any, ...]:
        if op == "in":
            if texts[0] not in PERIODS:
                raise BadQuery(self.name)
            return (texts[0],)
        found = tuple(self._day(text) for text in texts)
        if found != tuple(sorted(found)):
            raise BadQuery(self.name)
        return found

    def _day(self, text: str) -> date:
        try:
            day = clock.day_of(text)
        except ValueError as error:
            raise BadQuery(self.name) from error
        if not 1900 <= day.year <= 2999:
            raise BadQuery(self.name)  # the first and last years overflow as instants
        return day

    def clause(self, op: str, column: Any, values: Sequence[Any]) -> Any:
        if op in ("before", "after"):
            return (
                column < self._from(values[0]) if op == "before" else self._past(column, values[0])
            )
        low, high = days_of(values[0], clock.today()) if op == "in" else (values[0], values[-1])
        return sa.and_(column >= self._from(low), sa.not_(self._past(column, high)))

    def _from(self, day: date) -> Any:
        return clock.beginning_of(day) if self.instants else day

    def _past(self, column: Any, day: date) -> Any:
        """After the day has ended."""
        if self.instants:
            return column >= clock.beginning_of(day + timedelta(days=1))
        return column > day

    def said(self, op: str, values: Sequence[Any]) -> str:
        return str(PERIODS[values[0]]) if op == "in" else super().said(op, values)


@dataclass(frozen=True)
class BoolColumn(Column):
    kind = "bool"
    ops: ClassVar[dict[str, int]] = {"yes": 0, "no": 0}

    def values(self, _op: str, _texts: Sequence[str]) -> tuple[Any, ...]:
        return ()

    def clause(self, op: str, column: Any, _values: Sequence[Any]) -> Any:
        return column.is_(op == "yes")
