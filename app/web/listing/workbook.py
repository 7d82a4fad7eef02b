"""A list as a file that is not asked for by hand: its name, its bytes, and what is noted of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct


class Workbook(Struct, frozen=True):
    """``note`` is called in the transaction that keeps the file, after the last piece was taken."""

    name: str
    pieces: Iterable[bytes]
    count: int
    note: Callable[[], None]
