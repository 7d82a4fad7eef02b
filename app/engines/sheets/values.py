"""One value in, one value out: the same rules for a cell of a file and a field of a form.

A parser turns what stands in a cell into its *wire* form (text, whole number, boolean or list:
what JSON can carry from the reading child); ``revive`` makes the value of it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, Final

from app.core import phones, uscc
from app.engines.sheets.model import Column, Kind, ValueRefused
from app.engines.sheets.nfkc import nfkc
from app.engines.sheets.quantities import date_text, decimal_text, integer_value, plain

Wire = str | int | bool | list[str] | None
Parser = Callable[[object], Wire]

SEPARATOR: Final = "、"
#: Between the words of a list in an error: a word may hold the other one (农、林、牧、渔业).
LINES: Final = "\n"
# str.strip() would also take control characters away, which are errors.
WHITE: Final = " \t\r\n\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_INVISIBLE: Final = re.compile(f"[{WHITE}\u200b\u2060]+")
_CONTROL: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
_SCIENTIFIC: Final = re.compile(r"\d+(\.\d+)?E\+?\d+")
_LONGEST_PHONE: Final = 100
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r＝＋－＠]")
_SPLIT: Final = re.compile("[、,，;；]")
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9_%+'&#$*=/?^{|}~-]+(?:\.[A-Za-z0-9_%+'&#$*=/?^{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
_CUSTOMS: Final = re.compile(r"[0-9]{5}[0-9A-Z]{5}")
_TRUE: Final = frozenset({"是", "y", "yes", "true", "1"})
_FALSE: Final = frozenset({"否", "n", "no", "false", "0"})
_MEMO_SIZE: Final = 4096
_PART: Final = 60  # signs of a wrong word that its error shows
_UNSEEN: Final = "\0"  # no cell holds it
_ONE_OF_A_KIND: Final = frozenset({Kind.text, Kind.uscc, Kind.phone, Kind.email})


@dataclass(frozen=True)
class Rules:
    """What the reading of a value depends on beside its column."""

    today: dt.date
    accepted_codes: frozenset[str] = frozenset()
    from_csv: bool = False


def parse_value(
    column: Column,
    raw: object,
    *,
    today: dt.date,
    from_csv: bool = False,
    accepted_codes: frozenset[str] = frozenset(),
) -> Any:
    """The value of ``raw``; raises ``ValueRefused`` when it cannot be read in exactly one way."""
    parse = _single(column, Rules(today, accepted_codes, from_csv))
    return revive(column.kind, parse(raw))


def format_value(column: Column, value: Any) -> str:
    """How a value is written in a form or a text file; ``parse_value`` reads the same value back."""
    if value is None:
        return ""
    if column.kind is Kind.boolean:
        return "是" if value else "否"
    if column.kind is Kind.multi_choice:
        return SEPARATOR.join(value)
    if column.kind is Kind.decimal:
        return f"{value:.2f}"
    return value.isoformat() if column.kind is Kind.date else str(value)


def revive(kind: Kind, wire: Any) -> Any:
    """The value that a wire form stands for."""
    if wire is None:
        return None
    if kind is Kind.decimal:
        return Decimal(wire)
    if kind is Kind.date:
        return dt.date.fromisoformat(wire)
    return tuple(wire) if kind is Kind.multi_choice else wire


def as_typed(raw: object) -> str:
    """What stands in a cell, as a person would type it."""
    if isinstance(raw, str):
        return raw
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, dt.datetime):
        return raw.date().isoformat() if raw.time() == dt.time() else str(raw)
    return plain(raw)


def with_word(text: str, wrong: str, right: str) -> str:
    """The words of a cell with one of them replaced wherever it stands; ``""`` takes it out.

    ``wrong``: as ``ValueRefused`` of code ``choice`` names it (``part``).
    """
    words = [part.strip(WHITE) for part in _SPLIT.split(text)]
    put = [right if word[:_PART] == wrong else word for word in words]
    return SEPARATOR.join(word for word in put if word)


def is_blank(raw: object) -> bool:
    """Whether a cell holds nothing but white space."""
    return raw is None or (isinstance(raw, str) and not raw.strip(WHITE))


def compiled(column: Column, rules: Rules) -> Parser:
    """A parser for many cells of ``column``: rules looked up once, repeated cells remembered."""
    parse = _single(column, rules)
    return parse if column.kind in _ONE_OF_A_KIND else _remembering(parse)


@lru_cache(maxsize=256)
def _single(column: Column, rules: Rules) -> Parser:
    inner = _inner(column, rules.today.isoformat(), rules.accepted_codes)
    return _checked(column, _unguarded(inner) if rules.from_csv else inner, _blank(column))


def _blank(column: Column) -> Wire:
    """What a blank cell means: the default, in the wire form, or nothing."""
    default = column.default
    if isinstance(default, Decimal | dt.date | tuple):
        return list(default) if isinstance(default, tuple) else format_value(column, default)
    return default


def _checked(column: Column, inner: Parser, blank: Wire) -> Parser:
    required = column.required and blank is None
    personal = column.personal

    def parse(raw: object) -> Wire:
        if type(raw) is not str and raw is not None:
            return inner(raw)
        text = raw.strip(WHITE) if raw else ""
        if not text:
            if required:
                raise ValueRefused("required")
            return blank
        if personal and ("*" in text or "＊" in text):
            raise ValueRefused("masked")
        return inner(text)

    return parse


def _unguarded(inner: Parser) -> Parser:
    """Take away the apostrophe that our CSV export puts before what looks like a formula."""

    def parse(raw: object) -> Wire:
        if isinstance(raw, str) and raw[0] == "'" and _GUARDED.match(raw):
            raw = raw[1:]
        return inner(raw)

    return parse


def _remembering(parse: Parser) -> Parser:
    """Choices, amounts and days repeat: a look-up instead of the rules. Numbers apart from texts,
    because 1, 1.0 and true are one key of a dictionary."""
    seen: dict[str, Wire] = {}

    def look_up(raw: object) -> Wire:
        if type(raw) is not str:
            return parse(raw)
        found = seen.get(raw, _UNSEEN)
        if found is not _UNSEEN:
            return found
        value = parse(raw)
        if len(seen) < _MEMO_SIZE:
            seen[raw] = value
        return value

    return look_up


def _inner(column: Column, today: str, accepted: frozenset[str]) -> Parser:
    kind = column.kind
    if kind is Kind.decimal:
        return partial(decimal_text, column=column)
    if kind is Kind.integer:
        return partial(integer_value, column=column)
    if kind is Kind.date:
        return partial(date_text, column=column, today=today)
    if kind is Kind.uscc:
        return partial(_credit_code, accepted=accepted)
    if kind in (Kind.choice, Kind.multi_choice):
        return _choices(column)
    if kind in (Kind.text, Kind.number, Kind.email):
        return partial(_email if kind is Kind.email else _text, column=column)
    simple: dict[Kind, Parser] = {
        Kind.boolean: _yes_no,
        Kind.customs_code: _customs_code,
        Kind.phone: _phone,
    }
    return simple[kind]


def _text_of(raw: object) -> str:
    """The text of a cell; a number that has already lost digits is refused."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, float | int) and not isinstance(raw, bool) and abs(raw) >= 1e15:
        raise ValueRefused("number_precision")
    return as_typed(raw)


def _compact(raw: object) -> str:
    return _INVISIBLE.sub("", nfkc(_text_of(raw)))


def _text(raw: object, column: Column) -> Wire:
    text = _text_of(raw)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable() and _CONTROL.search(text):
        raise ValueRefused("control")
    if column.max_length is not None and len(text) > column.max_length:
        raise ValueRefused("too_long", length=len(text), limit=column.max_length)
    return text


def _credit_code(raw: object, accepted: frozenset[str]) -> Wire:
    if not isinstance(raw, str):
        raise ValueRefused("uscc_number")
    code = raw
    if not code.isascii() or not code.isalnum() or not code.isupper():
        code = _INVISIBLE.sub("", nfkc(raw)).upper()
    if _SCIENTIFIC.fullmatch(code):
        raise ValueRefused("uscc_number")
    fault = uscc.fault(code)
    if fault is None or (fault == "check" and code in accepted):
        return code
    if fault == "length":
        raise ValueRefused("uscc_length", length=len(code))
    if fault == "alphabet":
        raise ValueRefused("uscc_alphabet", signs=uscc.odd_signs(code))
    raise ValueRefused(f"uscc_{fault}")


def _yes_no(raw: object) -> Wire:
    if isinstance(raw, bool):
        return raw
    word = _compact(raw).casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueRefused("boolean")


def _customs_code(raw: object) -> Wire:
    code = _compact(raw).upper()
    if not _CUSTOMS.fullmatch(code):
        raise ValueRefused("customs_code")
    return code


def _phone(raw: object) -> Wire:
    if isinstance(raw, bool | dt.date | dt.time):
        raise ValueRefused("phone")
    text = _text_of(raw)
    number = phones.normalise(text) if len(text) <= _LONGEST_PHONE else None
    if number is None:
        raise ValueRefused("phone")
    return number


def _email(raw: object, column: Column) -> Wire:
    address = nfkc(_text_of(raw)).strip(WHITE)
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise ValueRefused("email")
    if column.max_length is not None and len(address) > column.max_length:
        raise ValueRefused("too_long", length=len(address), limit=column.max_length)
    return address


def _choices(column: Column) -> Parser:
    """Exact words of the list, however they are written (NFKC, case, white space)."""
    if not column.options:
        raise ValueError(f"column {column.name} has no options: use Table.with_options")
    known = {_compact(option).casefold(): option for option in column.options}
    allowed = LINES.join(column.options[:12]) + (f"{LINES}…" if len(column.options) > 12 else "")

    def one(raw: object) -> str:
        found = known.get(_compact(raw).casefold())
        if found is None:
            raise ValueRefused("choice", part=_text_of(raw).strip(WHITE)[:_PART], options=allowed)
        return found

    def several(raw: object) -> Wire:
        parts = [part for part in _SPLIT.split(_text_of(raw)) if part.strip(WHITE)]
        if not parts:
            raise ValueRefused("choice", part=_text_of(raw), options=allowed)
        chosen = {one(part) for part in parts}
        return [option for option in column.options if option in chosen]

    return several if column.kind is Kind.multi_choice else one
