"""Import: plan and apply through the product beside parse + check + insert."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.bench import raw
from tests.bench.measure import Line, Table, act
from tests.bench.rows import half_known, typed_rows, write_book
from tests.bench.stand import Stand


def measure(stand: Stand, folder: Path, count: int, rounds: int, table: Table) -> None:
    """Leaves the product ``full`` (``count`` rows) and the plain table ``raw`` behind."""
    books = _books(folder, count)
    url = stand.plain("raw")
    ours, bare, halves, peaks = [], [], [], []
    for _ in range(rounds):  # interleaved: the machine's other work meets all of them
        bare.append(act("raw-import", {}, url=url, path=books["new"], warm=books["warm1"])[0])
        env = stand.fresh("full")
        done, peak = act("product-import", env, path=books["new"], warm=books["warm1"])
        ours.append(done)
        peaks.append(peak)
        env = stand.fresh("half", "full")
        done, peak = act("product-import", env, path=books["half"], warm=books["warm2"])
        halves.append(done)
        peaks.append(peak)
        stand.drop("half")
    raw.index(url)
    _tell(table, stand.name, count, {"ours": ours, "bare": bare, "halves": halves, "peaks": peaks})


def _books(folder: Path, count: int) -> dict[str, str]:
    makers = {
        "warm1": lambda: typed_rows(10, 990_001),
        "warm2": lambda: typed_rows(10, 990_101),
        "new": lambda: typed_rows(count),
        "half": lambda: half_known(count),
    }
    paths = {name: folder / f"{name}-{count}.xlsx" for name in makers}
    for name, path in paths.items():
        if not path.exists():
            write_book(path, makers[name]())
    return {name: str(path) for name, path in paths.items()}


def _tell(table: Table, database: str, count: int, found: dict[str, list[Any]]) -> None:
    """The best round of each: what other work on the machine adds is nobody's cost."""
    ours, limit, half = (_best(found[name]) for name in ("ours", "bare", "halves"))
    size = f"import {count:,} rows"
    said = f"{ours['plan']:.1f} + {ours['apply']:.1f} s, {count / ours['total']:,.0f} rows/s"
    table.add(
        Line(
            f"{size}, plan + apply",
            database,
            said,
            f"raw {limit['total']:.1f} s, {count / limit['total']:,.0f} rows/s",
            ours["total"] / limit["total"],
            4.0,
            note=_processor(ours, limit),
        )
    )
    table.add(
        Line(
            f"{size}, half known",
            database,
            f"{half['plan']:.1f} + {half['apply']:.1f} s",
            f"own new rows {ours['total']:.1f} s",
            half["total"] / ours["total"],
            1.2,
            note=_processor(half, ours),
        )
    )
    peak = max(found["peaks"])
    beside = ("child + worker", "idle worker")
    table.add(Line(f"{size}, peak over idle", database, *beside, peak, 320, "{:.0f} MiB"))


def _best(rounds: list[Any]) -> Any:
    return min(rounds, key=lambda one: one["total"])


def _processor(ours: Any, beside: Any) -> str:
    return f"processor {ours['cpu'] / beside['cpu']:.2f} x"
