"""A rule's line as the corners of a picture (SVG): whole numbers, so that nothing depends on a locale."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct

from app.features.rankings.rules.curve import Curve

WIDTH, HEIGHT = 340, 150
LEFT, RIGHT, TOP, BOTTOM = 34, 10, 16, 24
#: Two texts below the line need so much room between them.
ROOM = 44


class Drawing(Struct, frozen=True):
    """``path``: of the line; ``dot``: of the value; ``marks``: ``(x, text)`` below, ``levels``:
    ``(y, text)`` at the left."""

    path: str
    dot: tuple[int, int]
    label: str
    marks: tuple[tuple[int, str], ...]
    levels: tuple[tuple[int, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def drawing(found: Curve, unit: str) -> Drawing:
    """In a box of ``WIDTH`` by ``HEIGHT``; texts of stops give way to that of the value."""
    first, last = found.line[0][0], found.line[-1][0]
    high = max(found.top, *(y for _x, y in found.line))
    low = min(Fraction(0), *(y for _x, y in found.line))

    def across(x: Fraction) -> int:
        return LEFT + round((x - first) / (last - first) * (WIDTH - LEFT - RIGHT))

    def down(y: Fraction) -> int:
        return TOP + round((high - y) / (high - low) * (HEIGHT - TOP - BOTTOM))

    corners = [f"{across(x)} {down(y)}" for x, y in found.line]
    here = across(found.at[0])
    return Drawing(
        path="M" + " L".join(corners),
        dot=(here, down(found.at[1])),
        label=shown(found.at[0], unit),
        marks=_apart([(across(x), shown(x)) for x in found.stops], here),
        levels=tuple((down(y), shown(y)) for y in (low, (low + high) / 2, high)),
    )


def _apart(marks: list[tuple[int, str]], here: int) -> tuple[tuple[int, str], ...]:
    kept: list[tuple[int, str]] = []
    for x, text in marks:
        if abs(x - here) >= ROOM and (not kept or x - kept[-1][0] >= ROOM):
            kept.append((x, text))
    return tuple(kept)


def shown(number: Fraction, unit: str = "") -> str:
    """At most two decimals, without needless noughts: ``12.5%``."""
    text = f"{float(round(number, 2)):,.2f}".rstrip("0").rstrip(".")
    return f"{text}{unit}" if unit in ("", "%") else text
