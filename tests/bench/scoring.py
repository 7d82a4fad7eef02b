"""A round of thousands of parks: the exact engine beside the same rules in plain ``Decimal``.

Both get the same subjects in memory. "With explanations" is what the engine keeps for every score,
its inputs; their wording is made for the one park that somebody looks at.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.bench.measure import Line, Table, act, median

SEED = 20260101


def measure(parks: int, rounds: int, table: Table) -> None:
    """Times in turn in one process, the peak of memory in another one."""
    times, _ = act("score-times", {}, parks=str(parks), rounds=str(rounds))
    kept, over = act("score-kept", {}, parks=str(parks))
    what = f"scoring {parks:,} parks x {times['indicators']} indicators"
    beside = f"plain Decimal {times['plain']:.2f} s"
    for name, key, aim in (("", "exact", 3.0), (", with explanations", "explained", 6.0)):
        ratio = times[f"{key} ratio"]
        table.add(Line(f"{what}{name}", "", f"{times[key]:.2f} s", beside, ratio, aim))
    note = f"one explanation worded: {kept['worded_ms']:.1f} ms"
    own = "inputs, outcomes and explanations"
    table.add(Line(f"{what}, peak over idle", "", own, "idle", over, 400, "{:.0f} MiB", note))


def scheme() -> Any:
    """The reference with two more indicators: 25."""
    from app.engines import scoring
    from tests.support import schemes

    data = schemes.reference()
    last = data["indicators"][-1]["children"]
    last[1]["max_score"] = "3"
    for code, value in (("E4", "news_approved"), ("E5", "ent_filed / ent_cbec_count * 100")):
        rule = {"type": "linear", "zero_at": "0", "full_at": "80"}
        last.append({"code": code, "value": value, "max_score": "1", "rule": rule})
    return scoring.read_scheme(data)


def cohort(parks: int) -> tuple[Any, list[Any]]:
    """Parks around the worked ones, every number moved by up to a half."""
    from app.engines import scoring
    from tests.support import schemes

    rnd, one = random.Random(SEED), scheme()
    worked = scoring.read_cohort(one, schemes.reference()["examples"])[:4]
    return one, [_moved(rnd, one, worked[at % 4], at) for at in range(parks)]


def _moved(rnd: random.Random, one: Any, park: Any, at: int) -> Any:
    from app.engines import scoring

    def moved(code: str, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        digits = Decimal(1).scaleb(-(one.items[code].digits or 0))
        return (value * rnd.randint(50, 150) / 100).quantize(digits)

    return scoring.Subject(
        id=f"P{at:05}",
        values={code: moved(code, value) for code, value in park.values.items()},
        marks=park.marks,
        bonus=park.bonus,
        deductions=park.deductions,
        previous_rank=rnd.randint(1, 10_000),
    )


def times(parks: int, rounds: int) -> dict[str, Any]:
    """Median processor seconds of each kind and of the ratios round by round."""
    from app.engines import scoring
    from tests.support.plain_scoring import Plain

    one, subjects = cohort(parks)
    kinds: dict[str, Callable[[], Any]] = {
        "plain": lambda: Plain(one, subjects, Decimal).results(),
        "exact": lambda: scoring.score(one, subjects),
        "explained": lambda: scoring.score(one, subjects, explain=True),
    }
    found: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(rounds + 1):
        for name, run in kinds.items():
            found[name].append(_taken(run))
    told: dict[str, Any] = {name: median(taken[1:]) for name, taken in found.items()}
    for name in ("exact", "explained"):
        pairs = zip(found[name][1:], found["plain"][1:], strict=True)
        told[f"{name} ratio"] = median(own / plain for own, plain in pairs)
    return {**told, "indicators": len(one.indicators)}


def _taken(run: Callable[[], Any]) -> float:
    gc.collect()
    begun = time.process_time()
    result = run()
    taken = time.process_time() - begun
    assert result
    return taken


def kept(parks: int) -> dict[str, float]:
    """A scored round in memory, and how long the wording of one explanation takes."""
    from app.engines import scoring

    one, subjects = cohort(parks)
    outcomes = scoring.score(one, subjects, explain=True)
    begun = time.perf_counter()
    for outcome in list(outcomes.values())[:100]:
        scoring.explained(outcome)
    return {"worded_ms": 10 * (time.perf_counter() - begun)}
