"""Export of every row through the production server beside SELECT + write."""

from __future__ import annotations

from typing import Any

from tests.bench.browser import Browser
from tests.bench.measure import Line, Table, Watch, act, median
from tests.bench.site import Site
from tests.bench.stand import Stand

EXPORT = "/desk/enterprises/export"
FACTORS = {"xlsx": 2.5, "csv": 3.0}
FIRST_BYTE = 0.3


def measure(stand: Stand, site: Site, count: int, rounds: int, table: Table) -> None:
    browser = site.signed_in()
    token = browser.token(EXPORT)
    for kind, factor in FACTORS.items():
        _export(browser, token, kind)  # both servers' processes have done it once
        ours, bare, over = [], [], []
        for _ in range(rounds):
            bare.append(act("raw-export", {}, url=stand.address("raw"), kind=kind))
            with Watch(site.web_processes()) as watch:
                ours.append(_export(browser, token, kind))
            over.append(watch.over)
        _tell(table, stand.name, f"export {count:,} rows {kind}", factor, (ours, bare, over))


def _export(browser: Browser, token: str, kind: str) -> Any:
    answer = browser.post(EXPORT, {"csrf_token": token, "format": kind, "purpose": "bench"})
    assert answer.status == 200, answer.status
    assert "attachment" in answer.headers["content-disposition"]
    return answer


def _tell(table: Table, database: str, what: str, factor: float, found: Any) -> None:
    ours, bare, over = found
    limit = min(one["total"] for one, _ in bare)
    best = min(one.seconds for one in ours)
    table.add(
        Line(
            what,
            database,
            f"{best:.2f} s",
            f"raw {limit:.2f} s",
            best / limit,
            factor,
        )
    )
    raw_peak = max(peak for _, peak in bare)
    table.add(
        Line(
            f"{what}, first byte",
            database,
            f"{len(ours[0].body) / 2**20:.1f} MiB in all",
            f"raw {median([one['first'] for one, _ in bare]):.2f} s",
            median([one.first for one in ours]),
            FIRST_BYTE,
            "{:.2f} s",
        )
    )
    table.add(
        Line(
            f"{what}, peak over idle",
            database,
            "web process",
            f"raw {raw_peak:.0f} MiB",
            max(over),
            40,
            "{:.0f} MiB",
        )
    )
