"""Exact numbers: a ratio is (numerator, denominator > 0), two whole numbers that are not reduced.

Nothing is rounded on the way; ``Rounding`` makes the one division at the end. Pairs are used
instead of ``fractions.Fraction`` in the loops over a cohort, because a Fraction is reduced at
every step and costs five times as much (docs/adr/0011); both hold the same numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from fractions import Fraction
from functools import lru_cache

Ratio = tuple[int, int]
ZERO: Ratio = (0, 1)
ONE: Ratio = (1, 1)
MODES = ("HALF_UP", "HALF_EVEN", "DOWN")
#: A number has at most so many digits before and after its point: 30-digit amounts pass, a power
#: of ten that would fill the memory does not.
MOST_DIGITS = 60
MOST_SIGNS = 200
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_INFINITE = re.compile(
    r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|[-+]?(inf|infinity|nan)", re.IGNORECASE
)
#: Wide enough that no sum or product of ours is ever rounded by the type.
_WIDE = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


class NotANumber(ValueError):
    """``code`` says why a text is no number that can be scored with."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decimal_of(value: object) -> Decimal:
    """The number that a text, whole number or ``Decimal`` states; never a guess.

    Raises ``NotANumber``: ``not_a_number`` (text, %, thousands separators, full-width digits, a
    binary float), ``not_finite`` (NaN, infinity), ``number_too_long`` (over 60 digits either side).
    """
    if isinstance(value, str):
        value = _read(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise NotANumber("not_a_number")
    found = Decimal(value)
    if not found.is_finite():
        raise NotANumber("not_finite")
    exponent = found.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent < -MOST_DIGITS or (found and found.adjusted() >= MOST_DIGITS):
        raise NotANumber("number_too_long")
    return found or Decimal(0)  # without the sign of -0


def _read(text: str) -> Decimal | int:
    if len(text) > MOST_SIGNS:
        raise NotANumber("number_too_long")
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    raise NotANumber("not_finite" if _INFINITE.fullmatch(text) else "not_a_number")


def ratio_of(number: Decimal) -> Ratio:
    return number.as_integer_ratio()


def ratio_from(number: Fraction) -> Ratio:
    return number.numerator, number.denominator


def fraction(number: Ratio) -> Fraction:
    return Fraction(*number)


def is_below(one: Ratio, other: Ratio) -> bool:
    return one[0] * other[1] < other[0] * one[1]


def smaller(one: Ratio, other: Ratio) -> Ratio:
    return other if is_below(other, one) else one


def times(one: Ratio, other: Ratio) -> Ratio:
    return one[0] * other[0], one[1] * other[1]


def minus(one: Ratio, other: Ratio) -> Ratio:
    return one[0] * other[1] - other[0] * one[1], one[1] * other[1]


def plus(one: Ratio, other: Ratio) -> Ratio:
    return one[0] * other[1] + other[0] * one[1], one[1] * other[1]


def line_through(start: tuple[Decimal, Decimal], end: tuple[Decimal, Decimal]) -> tuple[int, ...]:
    """``(a, b, c)`` so that the straight line through both points is (a·n + b·d) / (c·d) at n/d.

    The points must differ in their first number.
    """
    (x0, y0), (x1, y1) = ((Fraction(x), Fraction(y)) for x, y in (start, end))
    slope = (y1 - y0) / (x1 - x0)
    height = y0 - slope * x0
    bottom = slope.denominator * height.denominator
    return slope.numerator * height.denominator, height.numerator * slope.denominator, bottom


@dataclass(frozen=True, slots=True)
class Rounding:
    """How often a scheme divides: once, to ``digits`` decimals, by ``mode`` (see ``MODES``)."""

    digits: int
    mode: str

    def units(self) -> Callable[[int, int], int]:
        """A function from numerator and denominator (> 0) to a whole number of 10^-digits."""
        scale = 10**self.digits

        def half_up(n: int, d: int) -> int:
            if n >= 0:
                return (2 * n * scale + d) // (2 * d)
            return -((d - 2 * n * scale) // (2 * d))

        def half_even(n: int, d: int) -> int:
            whole, rest = divmod(n * scale, d)
            return whole + (2 * rest > d or (2 * rest == d and whole % 2 == 1))

        def down(n: int, d: int) -> int:
            return n * scale // d if n >= 0 else -(-n * scale // d)

        return {"HALF_UP": half_up, "HALF_EVEN": half_even, "DOWN": down}[self.mode]

    def decimal(self, units: int) -> Decimal:
        return scaled(units, self.digits)


@lru_cache(65_536)  # 250,000 scores share some thousand numbers
def scaled(units: int, digits: int) -> Decimal:
    """``units`` × 10^-digits, with exactly that many decimals."""
    return Decimal(units).scaleb(-digits, _WIDE)


def text_of(number: Decimal) -> str:
    """Plain digits, never an exponent."""
    return f"{number:f}"


def exact_text(number: Ratio) -> str:
    """``"0.125"`` where decimals end, ``"1/3"`` where they do not; ``fraction_of`` reads both."""
    found = Fraction(*number)
    rest, twos, fives = found.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{Decimal(found.numerator):f}/{Decimal(found.denominator):f}"
    digits = max(twos, fives)
    units = found.numerator * 10**digits // found.denominator
    return f"{scaled(units, digits):f}"


def ratio_of_text(text: str) -> Ratio:
    """What ``exact_text`` wrote."""
    over, _slash, under = text.partition("/")  # Decimal reads more digits than int does
    return ratio_from(Fraction(Decimal(over)) / Fraction(Decimal(under or 1)))
