"""One measured act in a process of its own: ``python -m tests.bench.work ACT key=value ...``.

It prints ``ready`` once it idles as a worker does between jobs (whoever measures its memory
begins then), waits for a line on standard input, acts, and prints its times as JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.bench import guessing, million, raw, sameness, scoring

YEAR = 2025
PARK = "P01"


def main() -> None:
    act, *pairs = sys.argv[1:]
    given = dict(pair.split("=", 1) for pair in pairs)
    result = ACTS[act](**given)
    print(json.dumps(result), flush=True)


def _cpu() -> float:
    """Processor seconds of this process and its ended children."""
    return sum(os.times()[:4])


def _ready() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


@contextlib.contextmanager
def _app() -> Iterator[Any]:
    from app import create_app
    from app.cli.worker import settle
    from app.core import scope
    from app.core.actor import system_actor

    app = create_app()
    settle()
    actor = system_actor("system:bench")
    with app.app_context(), scope.acting_as(actor):
        yield actor


def prepare() -> dict[str, Any]:
    """A deployed database with parks and people and no enterprise."""
    from app.cli.demo.people import seed_people
    from app.cli.deploy import deploy
    from app.core import scope

    with _app(), scope.unscoped():
        deploy()
        seed_people()
    return {}


def public() -> dict[str, Any]:
    """News, and a park's profile in force."""
    from app.cli.demo.news import seed_news
    from app.core import scope
    from app.engines import review
    from tests.features.parks import profiles

    with _app(), scope.unscoped():
        seed_news()
        profiles.decide(review.approve, profiles.propose("park1"))
    return {}


def ranking(number: str) -> dict[str, float]:
    """A round of so many parks, scored and published."""
    from app.core import clock, scope
    from app.features.rankings import services
    from app.transaction import transaction
    from tests.support import people
    from tests.support.seed_many_parks import seed

    with _app():
        with scope.unscoped():
            found, run = seed(int(number))
        actor = people.actor("operator")
        _ready()
        begun = time.perf_counter()
        with scope.acting_as(actor), transaction():
            made = services.publicize(actor, found, run_id=run, now=clock.now())
        return {"published": time.perf_counter() - begun, "snapshot": float(made.id)}


def register(number: str) -> dict[str, float]:
    """So many enterprises in all parks."""
    with _app():
        return million.write(int(number))


def stock_register(url: str, number: str) -> dict[str, float]:
    """The same in the plain table."""
    with closing(raw.open_database(url)) as connection:
        raw.create(connection)
        for rows in million.pieces(int(number)):
            raw.insert(connection, raw.plain(rows))
    raw.index(url)
    return {}


def product_import(path: str, warm: str) -> dict[str, float]:
    """Plan and apply through the services, as the worker does."""
    with _app() as actor:
        _import(actor, Path(warm))
        _ready()
        return _import(actor, Path(path))


def _import(actor: Any, path: Path) -> dict[str, float]:
    from app.core import clock
    from app.engines.sheets.model import Limits
    from app.features.enterprises.services import apply as applying
    from app.features.enterprises.services import plan
    from app.features.parks import queries as parks
    from app.transaction import transaction

    begun, cpu = time.perf_counter(), _cpu()
    with transaction():
        park = parks.by_code(PARK)
        found = plan.begin(
            actor,
            park.id,
            filename=path.name,
            file_key=None,
            sha256=plan.digest_of(path),
            year=YEAR,
        )
        import_id = found.id
    plan.stage(actor, import_id, plan.Source(path, Limits()), unit=transaction)
    planned = time.perf_counter()
    with transaction():
        done = applying.apply(actor, import_id, mode="all", now=clock.now())
    applied = time.perf_counter()
    return {
        "plan": planned - begun,
        "apply": applied - planned,
        "total": applied - begun,
        "cpu": _cpu() - cpu,
        "added": done.added,
        "changed": done.changed,
    }


def raw_import(path: str, warm: str, url: str) -> dict[str, float]:
    words = raw.words()
    raw.import_book(Path(warm), url, words)
    _ready()
    begun, cpu = time.perf_counter(), _cpu()
    rows = raw.import_book(Path(path), url, words)
    return {"total": time.perf_counter() - begun, "cpu": _cpu() - cpu, "rows": rows}


def raw_export(url: str, kind: str) -> dict[str, float]:
    """SELECT to a file."""
    connection = raw.open_database(url)
    write = raw.write_csv if kind == "csv" else raw.write_xlsx
    _ready()
    begun = time.perf_counter()
    first, size = 0.0, 0
    with Path("/dev/null").open("wb") as file:
        for piece in write(raw.select(connection)):
            first = first or time.perf_counter() - begun
            size += file.write(piece)
    return {"first": first, "total": time.perf_counter() - begun, "bytes": size}


def enqueue(path: str) -> dict[str, float]:
    """Hand a file to the running worker, wait for the plan, confirm, wait for the end."""
    from app.core import scope
    from app.extensions import db
    from app.features.accounts import queries as accounts
    from app.web.acting import person

    with _app():
        with scope.unscoped():
            actor = person(accounts.by_username("park1"))
        db.session.remove()
        with scope.acting_as(actor):
            return _through_worker(actor, Path(path))


def _through_worker(actor: Any, path: Path) -> dict[str, float]:
    from app.engines import files
    from app.features.enterprises import queries, tasks
    from app.features.enterprises.services import plan
    from app.transaction import transaction

    begun = time.perf_counter()
    with transaction(), path.open("rb") as stream:
        file = files.store(
            actor,
            stream,
            path.name,
            kind="import_source",
            allowed=frozenset({"xlsx"}),
            max_bytes=100 << 20,
            park_id=actor.acting_park_id,
        )
        found = plan.begin(
            actor,
            actor.acting_park_id,
            filename=file.name,
            file_key=file.key,
            sha256=file.sha256,
            year=YEAR,
        )
        tasks.enqueue_reading(actor, found, YEAR)
    _until(found.id, "planned")
    planned = time.perf_counter()
    with transaction():
        locked = queries.locked_import(found.id)
        tasks.enqueue_applying(actor, locked, "all", locked.revision)
    _until(found.id, "applied")
    return {"plan": planned - begun, "apply": time.perf_counter() - planned}


def guess(rounds: str) -> dict[str, dict[str, float]]:
    from app.core import scope

    with _app(), scope.unscoped():
        return guessing.guess(int(rounds))


def _until(import_id: int, state: str, seconds: float = 600) -> None:
    from app.extensions import db
    from app.features.enterprises import queries

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        db.session.remove()
        found = queries.get_import(import_id)
        if found.state == state:
            return
        if found.state == "refused":
            raise RuntimeError(found.refusal)
        time.sleep(0.1)
    msg = f"import {import_id} is {found.state}, not {state}"
    raise TimeoutError(msg)


def score_times(parks: str, rounds: str) -> dict[str, Any]:
    return scoring.times(int(parks), int(rounds))


def score_kept(parks: str) -> dict[str, Any]:
    _ready()
    return scoring.kept(int(parks))


def tell_apart() -> dict[str, Any]:
    with _app():
        return sameness.tell_apart()


def compare() -> dict[str, Any]:
    with _app():
        _ready()
        return sameness.compare()


ACTS: dict[str, Callable[..., dict[str, Any]]] = {
    "prepare": prepare,
    "public": public,
    "ranking": ranking,
    "register": register,
    "stock-register": stock_register,
    "product-import": product_import,
    "raw-import": raw_import,
    "raw-export": raw_export,
    "compare": compare,
    "tell-apart": tell_apart,
    "enqueue": enqueue,
    "guess": guess,
    "score-times": score_times,
    "score-kept": score_kept,
}

if __name__ == "__main__":
    main()
