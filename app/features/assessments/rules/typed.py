"""What somebody types for a data item, and the one canonical form in which it is kept.

Canonical: a number is plain decimal text without exponent (``15000.5``), ``multi_choice`` a list of
options in the scheme's order, ``level_count`` a mapping level -> whole number as text, ``choice``
and ``text_and_files`` a text. ``None`` is: nothing given.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.engines.scoring import Adjustment, DataItem, RawValue

Canonical = str | list[str] | dict[str, str] | None

MOST_DIGITS = 24
#: No number is longer, with all its separators: longer ones are not even looked at, so that nobody
#: keeps a worker busy with a million digits.
MOST_SIGNS = 100
TEXT_MAX = 5000
#: What cannot be read is kept as it was typed, up to so many signs; a text has room beyond its limit.
UNREAD_MAX = 2000
UNREAD_TEXT_MAX = 2 * TEXT_MAX
_NUMBER = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?", re.ASCII)
_EXPONENT = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)[eE][+-]?\d+", re.ASCII)


class Wrong(ValueError):
    """Not to be kept as a value; ``code`` names the sentence, ``params`` fill it. ``levels``: of
    counts by level, what is wrong with each that is wrong."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.levels: Mapping[str, Wrong] = {}


def canonical(item: DataItem, typed: Any) -> Canonical:
    """The value of what was typed; raises ``Wrong``. Limits and digits are checked as well."""
    if item.kind == "level_count":
        return levels(item.levels, typed)
    if item.kind == "multi_choice":
        return _options(item, typed)
    text = _text(typed)
    if item.kind == "text_and_files":
        if len(text) > TEXT_MAX:
            raise Wrong("text_long", most=TEXT_MAX)
        return text or None
    if item.kind == "choice":
        return _option(item, text)
    percent = item.kind == "percentage" or item.unit == "%"
    return _limited(item, number(text, percent=percent, whole=_whole(item)))


def too_long(kind: str, typed: Any) -> int | None:
    """The most that is kept of what cannot be read, when this is more."""
    most = UNREAD_TEXT_MAX if kind == "text_and_files" else UNREAD_MAX
    return most if len(json.dumps(typed, ensure_ascii=False)) > most else None


def quantity(adjustment: Adjustment, typed: Any) -> Canonical:
    """The same for a bonus or deduction item: a count, or counts by level."""
    if adjustment.rule.takes == "levels":
        return levels(tuple(adjustment.rule.source["points"]), typed)
    found = number(_text(typed))
    if found is not None and found.startswith("-"):
        raise Wrong("number_minimum", minimum="0")
    return found


def number(text: str, *, percent: bool = False, whole: bool = False) -> str | None:
    """Plain decimal text; full-width signs, thousands separators and, for a percentage, its sign
    are read as meant. Raises ``Wrong`` for anything that is not one number; ``whole``: the sentence
    asks for a whole one, which is for the caller to check."""
    text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    if not text:
        return None
    if percent and text.endswith("%"):
        text = text[:-1].rstrip()
    elif text.endswith("%"):
        raise Wrong("number_percent")
    if len(text) > MOST_SIGNS:
        raise Wrong("number_digits", most=MOST_DIGITS)
    if _EXPONENT.fullmatch(text):
        raise Wrong("number_exponent")
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise Wrong("number_text_whole" if whole else "number_text")
    sign, units, part = found[1], found[2].replace(",", "").lstrip("0") or "0", found[3] or ""
    part = part.rstrip("0")
    if len(units) + len(part) > MOST_DIGITS:
        raise Wrong("number_digits", most=MOST_DIGITS)
    plain = f"{units}.{part}" if part else units
    return f"-{plain}" if sign == "-" and plain.strip("0.") else plain


def levels(known: tuple[str, ...], typed: Any) -> dict[str, str] | None:
    """Counts by level; a level left empty is left out. All empty: nothing given; an explicit 0
    anywhere is a value."""
    if typed is None:
        return None
    if not isinstance(typed, Mapping):
        raise Wrong("value_shape")
    found: dict[str, str] = {}
    wrong: dict[str, Wrong] = {}
    for level in known:
        try:
            count = _count(typed.get(level))
        except Wrong as one:
            wrong[level] = one
            continue
        if count is not None:
            found[level] = count
    if wrong:
        first = next(iter(wrong.values()))
        refused = Wrong(first.code, **first.params)
        refused.levels = wrong
        raise refused
    return found or None


def _count(typed: Any) -> str | None:
    count = number(_text(typed), whole=True)
    if count is not None and not count.isdigit():
        raise Wrong("count_whole")
    return count


def _text(typed: Any) -> str:
    if typed is None:
        return ""
    if not isinstance(typed, str):
        raise Wrong("value_shape")
    return typed.strip()


def _options(item: DataItem, typed: Any) -> list[str] | str | None:
    if typed is None or typed == "":
        return None
    if not item.options:  # the scheme says how many there are, not which
        return _limited(item, number(_text(typed), whole=True))
    if not isinstance(typed, list) or not all(isinstance(one, str) for one in typed):
        raise Wrong("value_shape")
    if set(typed) - set(item.options):
        raise Wrong("option_unknown")
    return [one for one in item.options if one in typed]


def _option(item: DataItem, text: str) -> str | None:
    if text and text not in item.options:
        raise Wrong("option_unknown")
    return text or None


def _whole(item: DataItem) -> bool:
    return item.kind in ("integer", "multi_choice") or item.digits == 0


def _limited(item: DataItem, text: str | None) -> str | None:
    if text is None:
        return None
    digits = 0 if _whole(item) else item.digits
    decimals = len(text.partition(".")[2])
    if digits is not None and decimals > digits:
        raise Wrong("number_whole") if digits == 0 else Wrong("number_decimals", digits=digits)
    value = Decimal(text)
    if item.minimum is not None and value < item.minimum:
        raise Wrong("number_minimum", minimum=f"{item.minimum:f}")
    if item.maximum is not None and value > item.maximum:
        raise Wrong("number_maximum", maximum=f"{item.maximum:f}")
    return text


def raw(value: Canonical) -> RawValue | None:
    """A canonical value as the scoring engine takes it. Texts of ``text_and_files`` take no part."""
    if value is None:
        return None
    if isinstance(value, list):
        return Decimal(len(value))
    if isinstance(value, Mapping):
        return {level: Decimal(count) for level, count in value.items()}
    return Decimal(value) if _NUMBER.fullmatch(value) else value


def raw_of(item: DataItem, value: Canonical) -> RawValue | None:
    """The same, by the item's type: the option "9610" is no number."""
    if item.kind == "choice":
        return value if isinstance(value, str) else None
    return None if item.kind == "text_and_files" else raw(value)
