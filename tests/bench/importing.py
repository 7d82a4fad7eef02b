"""Import: plan and apply through the product beside parse + check + insert."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.bench import raw
from tests.bench.measure import Line, Table, act, median
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
    ours, bare = found["ours"], found["bare"]
    total = median([one["total"] for one in ours])
    limit = median([one["total"] for one in bare])
    half = median([one["total"] for one in found["halves"]])
    plan, apply = (median([one[part] for one in ours]) for part in ("plan", "apply"))
    size = f"{count:,} rows"
    table.add(
        Line(
            f"import {size}, plan + apply",
            database,
            f"{plan:.1f} + {apply:.1f} s ({count / total:,.0f} rows/s)",
            f"raw {limit:.1f} s ({count / limit:,.0f} rows/s)",
            median([a["total"] / b["total"] for a, b in zip(ours, bare, strict=True)]),
            4.0,
        )
    )
    table.add(
        Line(
            f"import {size}, half known",
            database,
            f"{half:.1f} s",
            f"own new rows {total:.1f} s",
            median([a["total"] / b["total"] for a, b in zip(found["halves"], ours, strict=True)]),
            1.2,
        )
    )
    table.add(
        Line(
            f"import {size}, peak over idle",
            database,
            "child + worker",
            "idle worker",
            max(found["peaks"]),
            320,
            "{:.0f} MiB",
        )
    )
