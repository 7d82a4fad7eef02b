"""Makes enterprises and import files for tests, by walking the real services."""

from __future__ import annotations

import csv
import io
import re
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.cli.demo.enterprises import code_of
from app.core import clock, scope
from app.engines.sheets.model import Limits
from app.extensions import db
from app.features.enterprises import queries, services
from app.features.enterprises.models import Enterprise
from app.features.enterprises.rules import TABLE
from app.features.enterprises.services import apply as applying
from app.features.enterprises.services import plan
from app.transaction import transaction
from tests.support import people

YEAR = 2025
HEADINGS = {column.name: column.heading for column in TABLE.columns}


def values(serial: int, **changes: Any) -> dict[str, Any]:
    """Typed values of a complete enterprise."""
    return {
        "uscc": code_of(serial),
        "name": f"三亚测试{serial}号有限公司",
        "roles": ("卖家",),
        "customs_modes": ("9610",),
        "contact_name": "陈海燕",
        "contact_phone": "13800138000",
        "settled_on": date(2024, 5, 1),
        "status": "在园",
        "staff_count": 12,
        **changes,
    }


def add(park: str, serial: int, by: str = "operator", **changes: Any) -> Any:
    """An enterprise in a park, made by the service."""
    actor = people.actor(by)
    with scope.acting_as(actor), transaction():
        return services.add(actor, people.park(park).id, values(serial, **changes), year=YEAR)


def row(serial: int, **changes: str) -> dict[str, str]:
    """A row of a file as typed, by field name."""
    return {
        "uscc": code_of(serial),
        "name": f"三亚测试{serial}号有限公司",
        "roles": "卖家",
        "customs_modes": "9610",
        "contact_name": "陈海燕",
        "contact_phone": "13800138000",
        "settled_on": "2024-05-01",
        "status": "在园",
        "staff_count": "12",
        **changes,
    }


def csv_bytes(rows: list[dict[str, str]], names: list[str] | None = None) -> bytes:
    names = names or list(rows[0])
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([HEADINGS[name] for name in names])
    writer.writerows([[line.get(name, "") for name in names] for line in rows])
    return text.getvalue().encode()


@contextmanager
def acting(username: str) -> Any:
    actor = people.actor(username)
    with scope.acting_as(actor):
        yield actor


def planned(
    username: str, park: str, content: bytes, folder: Path, *, name: str = "名录.csv"
) -> int:
    """Stage a file as a plan; returns the import's id."""
    path = folder / name
    path.write_bytes(content)
    with acting(username) as actor:
        with transaction():
            found = plan.begin(
                actor,
                people.park(park).id,
                filename=name,
                file_key=None,
                sha256=plan.digest_of(path),
                year=YEAR,
            )
            import_id = found.id
        plan.stage(actor, import_id, plan.Source(path, Limits(), scope_code=park), unit=transaction)
    return import_id


def confirm(browser: Any, address: str, mode: str = "all", **kwargs: Any) -> Any:
    """确定 as a page sends it: with the plan that it showed."""
    found = re.search(r'name="seen" value="(\d+)"', browser.page(address))
    assert found is not None, address
    return browser.post(f"{address}/apply", data={"mode": mode, "seen": found[1]}, **kwargs)


def applied(username: str, import_id: int, mode: str = "all") -> Any:
    with acting(username) as actor, transaction():
        return applying.apply(actor, import_id, mode=mode, now=clock.now())


def undone(username: str, import_id: int) -> dict[str, int]:
    with acting(username) as actor, transaction():
        return applying.undo(actor, import_id, now=clock.now())


def counts(import_id: int) -> dict[str, int]:
    found = queries.row_counts(import_id)
    return {kind: found[kind] for kind in ("new", "changed", "unchanged", "error")}


def alive(app: Any, park_code: str = "P01") -> list[Any]:
    """Living enterprises of a park."""
    with app.app_context(), scope.unscoped():
        query = sa.select(Enterprise).where(
            Enterprise.park_id == people.park(park_code).id, Enterprise.deleted_at.is_(None)
        )
        return list(db.session.scalars(query))
