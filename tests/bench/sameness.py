"""查找重复企业 over a hundred thousand and a million records: the look, the writing down, the list."""

from __future__ import annotations

import time

from tests.bench.measure import Line, Table, act, median
from tests.bench.site import product
from tests.bench.stand import Stand

SIZES = (100_000, 1_000_000)
LIST = "/desk/enterprises/duplicates/list/"
OPERATOR = "operator"
OPENED = 15
PIECE = 20_000
TWICE = 100


def measure(stand: Stand, table: Table) -> None:
    for number in SIZES:
        name = f"same{number}"
        act("register", stand.fresh(name), number=str(number))
        act("tell-apart", stand.env(name))
        took, over = act("compare", stand.env(name))
        said = (
            f"{took['pairs']:,} pairs, {over:.0f} MiB over idle, {took['keep']:.1f} s of it writing"
        )
        seconds = took["look"] + took["keep"]
        table.add(Line(f"duplicates among {number:,}", stand.name, f"{seconds:.1f} s", said))
        with product(stand, name, OPERATOR) as site:
            browser = site.signed_in()
            times = [browser.get(LIST).seconds for _ in range(OPENED)]
        table.add(
            Line(f"list of pairs at {number:,}", stand.name, f"{1000 * median(times):.0f} ms", "")
        )
        stand.drop(name)


def tell_apart() -> dict[str, float]:
    """Names of their own for the invented records, whose names come from few words; one record in a
    hundred is written like the one before it, with its phone. Legal representatives and addresses
    stay what they are: few names and few streets for very many records."""
    import sqlalchemy as sa

    from app.extensions import db
    from app.extensions.rows import refresh_statistics
    from app.features.enterprises.models import Enterprise
    from app.features.enterprises.rules import name_key
    from app.features.enterprises.rules.sameness import same_key
    from app.transaction import transaction

    table = Enterprise.__table__
    keys = list(db.session.scalars(sa.select(table.c.id).order_by(table.c.id)))
    change = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("b_id"))
        .values(
            {
                name: sa.bindparam(f"b_{name}")
                for name in ("name", "name_key", "same_key", "contact_phone")
            }
        )
    )
    for first in range(0, len(keys), PIECE):
        rows = []
        for key in keys[first : first + PIECE]:
            own = key - 1 if key % TWICE == 0 else key
            name = f"三亚{_signs(own)}国际贸易有限{'责任' if own != key else ''}公司"
            rows.append({"b_id": key, "b_name": name, "b_name_key": name_key(name),
                         "b_same_key": same_key(name), "b_contact_phone": f"139{own:08}"})  # fmt: skip
        with transaction():
            db.session.connection().execute(change, rows)
    refresh_statistics(table)
    return {}


def _signs(number: int) -> str:
    """Three Chinese signs that no other number has."""
    return "".join(chr(0x4E00 + number // 150**place % 150 * 130) for place in range(3))


def compare() -> dict[str, float]:
    """In the product's own process, as the job does it."""
    from app.core import clock
    from app.core.actor import system_actor
    from app.features.enterprises.services import finding
    from app.transaction import transaction

    begun, used = time.perf_counter(), time.process_time()
    found = finding.look()
    looked = time.perf_counter()
    with transaction():
        scan = finding.keep(system_actor("system:bench"), found, now=clock.now())
        pairs = scan.pairs
    used = time.process_time() - used
    keep = time.perf_counter() - looked
    return {"look": looked - begun, "keep": keep, "pairs": pairs, "processor": used}
