"""Filters a list offers: each knows how to read its parameters, narrow a query and say itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from msgspec import Struct

from app.core import clock
from app.extensions.phrases import listed

Options = tuple[tuple[str, Any], ...]
MAX_TEXT = 100
MAX_NUMBER = Decimal("9e15")
LIKE_ESCAPE = "\\"


class BadQuery(ValueError):
    """A query string that no page of ours makes: answered with 400."""


def contains(column: Any, text: str) -> Any:
    """``LIKE %text%`` with the person's own ``%`` and ``_`` taken literally (U22)."""
    return column.like(f"%{escape_like(text)}%", escape=LIKE_ESCAPE)


def starts_with(column: Any, text: str) -> Any:
    return column.like(f"{escape_like(text)}%", escape=LIKE_ESCAPE)


def escape_like(text: str) -> str:
    for sign in (LIKE_ESCAPE, "%", "_"):
        text = text.replace(sign, LIKE_ESCAPE + sign)
    return text


def clean(text: str) -> str:
    """Outer white space off; NUL and other control characters are nobody's search."""
    text = text.strip()
    if len(text) > MAX_TEXT or any(ord(sign) < 32 for sign in text):
        raise BadQuery("text")
    return text


class Filter(Struct, frozen=True):
    """Base: one column, one parameter. ``options`` may be a function (dictionaries change)."""

    name: str
    label: Any
    column: Any
    promoted: bool = False
    unit: str = ""
    options: Options | Callable[[], Options] = ()
    kind = "text"

    def choices(self) -> Options:
        return self.options() if callable(self.options) else self.options

    def read(self, args: Mapping[str, Any]) -> Any:
        """The value in ``args`` or ``None``; raises ``BadQuery``."""
        return clean(args.get(self.name, "")) or None

    def where(self, value: Any) -> Any:
        return contains(self.column, value)

    def words(self, value: Any) -> str:
        return str(value)

    def arguments(self, value: Any) -> list[tuple[str, str]]:
        return [(self.name, str(value))]

    def shown(self, value: Any) -> Any:
        return "" if value is None else value


class TextFilter(Filter, frozen=True):
    """Substring of a column."""


class ChoiceFilter(Filter, frozen=True):
    """One of the options."""

    kind = "choice"

    def read(self, args: Mapping[str, Any]) -> str | None:
        value: str = args.get(self.name, "")
        if not value:
            return None
        if value not in {option for option, _label in self.choices()}:
            raise BadQuery(self.name)
        return value

    def where(self, value: Any) -> Any:
        return self.column == value

    def words(self, value: Any) -> str:
        return str(dict(self.choices()).get(value, value))


class KeyFilter(ChoiceFilter, frozen=True):
    """One of the options, whose values are keys of rows."""

    def where(self, value: Any) -> Any:
        return self.column == int(value)


class ExactFilter(TextFilter, frozen=True):
    """Exactly the text."""

    def where(self, value: Any) -> Any:
        return self.column == value


class KeysFilter(Filter, frozen=True):
    """The rows a person ticked, by key; offered by the bulk bar, never in the filter form."""

    kind = "keys"
    MOST = 500

    def read(self, args: Mapping[str, Any]) -> tuple[int, ...] | None:
        texts = [text for text in args.get(self.name, "").split(",") if text]
        plain = all(text.isascii() and text.isdigit() and len(text) < 19 for text in texts)
        if len(texts) > self.MOST or not plain:
            raise BadQuery(self.name)
        return tuple(dict.fromkeys(int(text) for text in texts)) or None

    def where(self, value: Any) -> Any:
        return self.column.in_(value)

    def words(self, value: Any) -> str:
        return str(_("%(n)s 条", n=len(value)))

    def arguments(self, value: Any) -> list[tuple[str, str]]:
        return [(self.name, ",".join(str(key) for key in value))]


class BoolFilter(ChoiceFilter, frozen=True):
    """是 / 否."""

    def choices(self) -> Options:
        return (("1", _("是")), ("0", _("否")))

    def where(self, value: Any) -> Any:
        return self.column.is_(value == "1")


class MultiFilter(Filter, frozen=True):
    """Any of the ticked options. ``members``: the column is a ``StringList``."""

    kind = "multi"
    members: bool = False

    def read(self, args: Any) -> tuple[str, ...] | None:
        values = args.getlist(self.name) if hasattr(args, "getlist") else args.get(self.name, [])
        ticked = [value for value in values if value]
        known = [option for option, _label in self.choices()]
        if any(value not in known for value in ticked):
            raise BadQuery(self.name)
        return tuple(option for option in known if option in ticked) or None

    def where(self, value: Any) -> Any:
        if not self.members:
            return self.column.in_(value)
        text = sa.type_coerce(self.column, sa.String)
        return sa.or_(*(contains(text, f"|{one}|") for one in value))

    def words(self, value: Any) -> str:
        labels = dict(self.choices())
        return listed(labels.get(one, one) for one in value)

    def arguments(self, value: Any) -> list[tuple[str, str]]:
        return [(self.name, one) for one in value]

    def shown(self, value: Any) -> Any:
        return list(value or ())


class RangeFilter(Filter, frozen=True):
    """From and/or to; subclasses say how one end is read."""

    def read(self, args: Mapping[str, Any]) -> tuple[Any, Any] | None:
        low = self._end(args.get(f"{self.name}.from", ""))
        high = self._end(args.get(f"{self.name}.to", ""))
        return None if low is None and high is None else (low, high)

    def _end(self, text: str) -> Any:
        raise NotImplementedError

    def where(self, value: Any) -> Any:
        low, high = value
        parts = []
        if low is not None:
            parts.append(self.column >= low)
        if high is not None:
            parts.append(self.column <= high)
        return sa.and_(*parts)

    def words(self, value: Any) -> str:
        low, high = value
        unit = f" {self.unit}" if self.unit else ""
        if high is None:
            return f"≥ {low}{unit}"
        if low is None:
            return f"≤ {high}{unit}"
        return _("%(low)s 至 %(high)s", low=low, high=high) + unit

    def arguments(self, value: Any) -> list[tuple[str, str]]:
        ends = zip(("from", "to"), value, strict=True)
        return [(f"{self.name}.{end}", str(part)) for end, part in ends if part is not None]

    def shown(self, value: Any) -> Any:
        return tuple("" if part is None else str(part) for part in value or (None, None))


class DateRangeFilter(RangeFilter, frozen=True):
    kind = "date_range"

    def _end(self, text: str) -> date | None:
        if not text.strip():
            return None
        try:
            return clock.day_of(text.strip())
        except ValueError as error:
            raise BadQuery(self.name) from error


class DayRangeFilter(DateRangeFilter, frozen=True):
    """Days of the zone on a column of instants; both days are included whole."""

    def _end(self, text: str) -> date | None:
        day = super()._end(text)
        if day is not None and not 1900 <= day.year <= 2999:
            raise BadQuery(self.name)  # no instant of ours; the first and last years overflow
        return day

    def where(self, value: Any) -> Any:
        low, high = value
        parts = []
        if low is not None:
            parts.append(self.column >= clock.beginning_of(low))
        if high is not None:
            parts.append(self.column < clock.beginning_of(high + timedelta(days=1)))
        return sa.and_(sa.true(), *parts)


class NumberRangeFilter(RangeFilter, frozen=True):
    """Ends are plain decimals; more decimals than the column keeps are refused."""

    kind = "number_range"
    places: int = 2

    def _end(self, text: str) -> Decimal | None:
        if not text.strip():
            return None
        try:
            number = Decimal(text.strip().replace(",", ""))
            exact = number.is_finite() and abs(number) < MAX_NUMBER
            if not exact or number != number.quantize(Decimal(1).scaleb(-self.places)):
                raise BadQuery(self.name)
        except InvalidOperation as error:
            raise BadQuery(self.name) from error
        return number
