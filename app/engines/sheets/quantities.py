"""Numbers and dates: text or cell to the canonical text that travels (``360.00``, ``2024-01-05``)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from app.engines.sheets.model import Column, ValueRefused
from app.engines.sheets.nfkc import nfkc

# SQL integers end here; money is a scaled 64-bit integer, and a spreadsheet keeps 15 digits.
INTEGER_LIMIT: Final = 2_147_483_647
DECIMAL_DIGITS: Final = 13
_EARLIEST_TEXT: Final = "1900-03-01"  # before it spreadsheets count days differently
_LATEST_TEXT: Final = "2199-12-31"
_PLAIN_BELOW: Final = 10.0**DECIMAL_DIGITS

_NUMBER: Final = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?", re.ASCII)
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:\.\d+)?E[+-]?\d+", re.ASCII | re.IGNORECASE)
_UNIT: Final = re.compile(r"[%‰¥$€元万亿人名个]")
_YMD: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_CHINESE: Final = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日", re.ASCII)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MIDNIGHT: Final = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$", re.ASCII)


def plain(raw: object) -> str:
    """A number as a spreadsheet shows it at 15 digits: 360, 0.3, never 360.0 or 0.30000000000000004."""
    if isinstance(raw, float):
        text = f"{raw:.15g}"
        return f"{raw:.0f}" if "e+" in text and abs(raw) < 1e15 else text
    return str(raw)


def decimal_text(raw: object, column: Column) -> str:
    """Canonical text with exactly two decimals."""
    if type(raw) is float and 0 < raw < _PLAIN_BELOW and (column.minimum or 0) <= 0:
        text = f"{raw:.2f}"
        if float(text) == raw:  # most cells of most files: nothing to cut, nothing to refuse
            return text
    sign, whole, fraction = _digits(raw)
    fraction = fraction.rstrip("0")
    if len(fraction) > 2:
        raise ValueRefused("number_decimals")
    if len(whole) > DECIMAL_DIGITS:
        raise ValueRefused("number_overflow")
    negative = sign == "-" and (whole != "0" or fraction != "")
    _check_minimum(column, below_zero=negative, whole=whole)
    return f"{'-' if negative else ''}{whole}.{fraction:0<2}"


def integer_value(raw: object, column: Column) -> int:
    """A whole number; ``12.0`` is one, ``12.5`` is not."""
    sign, whole, fraction = _digits(raw)
    if fraction.strip("0"):
        raise ValueRefused("integer_fraction")
    if len(whole) > 10 or int(whole) > INTEGER_LIMIT:
        raise ValueRefused("number_overflow")
    value = -int(whole) if sign == "-" else int(whole)
    _check_minimum(column, below_zero=value < 0, whole=whole)
    return value


def date_text(raw: object, column: Column, today: str) -> str:
    """ISO text of a day that stands there unmistakably; ``today`` is ISO text as well."""
    iso = raw.isoformat() if type(raw) is dt.date else _day(raw).isoformat()
    if not _EARLIEST_TEXT <= iso <= _LATEST_TEXT:
        raise ValueRefused("date_range", earliest=_EARLIEST_TEXT, latest=_LATEST_TEXT)
    if column.not_future and iso > today:
        raise ValueRefused("date_future", today=today)
    return iso


def _check_minimum(column: Column, *, below_zero: bool, whole: str) -> None:
    if column.minimum is None:
        return
    if (-int(whole) - 1 if below_zero else int(whole)) < column.minimum:
        raise ValueRefused("number_minimum", minimum=column.minimum)


def _digits(raw: object) -> tuple[str, str, str]:
    """Sign, digits before and digits after the point."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise ValueRefused("number")
    text = raw if isinstance(raw, str) else plain(raw)
    match = _NUMBER.fullmatch(text)
    if match is None:
        text = nfkc(text).strip()
        match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueRefused(_number_fault(text))
    whole = match[2].replace(",", "").lstrip("0")
    return match[1], whole or "0", match[3] or ""


def _number_fault(text: str) -> str:
    if _SCIENTIFIC.fullmatch(text):
        return "number_scientific"
    if _UNIT.search(text):
        return "number_unit"
    return "number_thousands" if "," in text else "number"


def _day(raw: object) -> dt.date:
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        text = plain(raw)
        if not _COMPACT.fullmatch(text):
            raise ValueRefused("date_number")
    elif isinstance(raw, str):
        text = _MIDNIGHT.sub("", nfkc(raw).strip())
    else:
        raise ValueRefused("date")
    return _spelt(text)


def _spelt(text: str) -> dt.date:
    ymd = _YMD.fullmatch(text)
    if ymd:
        parts = ymd[1], ymd[3], ymd[4]
    else:
        match = _CHINESE.fullmatch(text) or _COMPACT.fullmatch(text)
        if match is None:
            raise ValueRefused("date")
        parts = match[1], match[2], match[3]
    try:
        return dt.date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        raise ValueRefused("date_impossible") from None
