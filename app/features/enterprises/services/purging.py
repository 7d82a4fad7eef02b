"""What is left of an enterprise when two persons let it go for good: nothing personal."""

from __future__ import annotations

from typing import Any

from app.core.actor import Actor
from app.engines import recycling, trail
from app.extensions import db
from app.features.enterprises import queries
from app.features.enterprises.models import EnterpriseImport, ImportRow
from app.features.enterprises.rules import PERSONAL
from app.features.enterprises.services import locks
from app.features.enterprises.services.apply import REDACTED, digest_of_rows, verify_digest


def purge(actor: Actor, enterprise_id: int) -> dict[str, Any]:
    """Delete the row with its figures for good; answers with what it was, for a digest."""
    locks.park(queries.get(enterprise_id, deleted=True).park_id)
    item = queries.locked(enterprise_id, deleted=True)
    years = queries.all_figures(enterprise_id)
    facts = {
        "enterprise": recycling.frozen(item),
        "years": [recycling.frozen(one) for one in years],
    }
    for one in years:
        db.session.delete(one)
    db.session.flush()
    db.session.delete(item)
    db.session.flush()
    _redact(actor, queries.rows_touching(enterprise_id))
    return facts


def _redact(actor: Actor, rows: list[ImportRow]) -> None:
    """Imports keep that they wrote the row and what of it is nobody's; they are sealed anew.

    An import whose rows were changed behind our back stays as suspicious as it was.
    """
    sound = {key for key in {row.import_id for row in rows} if verify_digest(key)}
    for row in rows:
        row.new, row.old, row.raw = (_plain(part) for part in (row.new, row.old, row.raw))
        row.errors = row.warnings = None
    db.session.flush()
    for import_id in sorted(sound):
        found = db.session.get_one(EnterpriseImport, import_id)
        found.digest = digest_of_rows(import_id)
        trail.record(actor, REDACTED, found, label=found.filename, details={"digest": found.digest})


def _plain(part: dict[str, Any] | None) -> dict[str, Any] | None:
    return part and {name: value for name, value in part.items() if name not in PERSONAL}
