"""One of each thing in park P01, to be tried by people who must not reach it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import clock, scope
from app.engines import files
from app.engines.jobs import Job
from app.extensions import db
from app.extensions.lists.models import SavedView
from app.features.enterprises import services
from app.features.enterprises.models import EnterpriseImport
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people
from tests.support.routes import Route

MISSING = 987_654_321
OWNER = "park1"


@dataclass(frozen=True)
class World:
    """Endpoint prefix -> the arguments that name park1's thing."""

    things: dict[str, Any] = field(default_factory=dict)

    def arguments(self, route: Route, *, missing: bool = False) -> dict[str, Any]:
        """Arguments of a route: park1's own thing, or one that does not exist."""
        found = {}
        for name in route.arguments:
            value = self._value(route, name)
            if missing and name != "name":
                value = "f" * 32 if name == "key" else MISSING
            found[name] = value
        return found

    def _value(self, route: Route, name: str) -> Any:
        if name == "name":
            return route.act or "contact_phone"  # of a bulk act, or of a revealed field
        owner = route.endpoint.partition(".")[0]
        return self.things[f"{owner}.{name}" if name == "view_id" else f"{owner}:{name}"]


def make(folder: Path) -> World:
    """Through the services; in an application context that sees everything."""
    alive = made.add("P01", 901, by=OWNER)
    gone = made.add("P01", 902, by=OWNER)
    with made.acting(OWNER) as actor, transaction():
        services.discard(actor, gone.id, reason="测试", now=clock.now())
    rows = [made.row(903), made.row(904, contact_phone="12")]
    import_id = made.planned(OWNER, "P01", made.csv_bytes(rows), folder)
    with made.acting(OWNER) as actor, transaction():
        stored = files.store(
            actor,
            io.BytesIO(made.csv_bytes(rows)),
            "名录.csv",
            kind="import_source",
            allowed=frozenset({"csv"}),
            max_bytes=10_000,
            park_id=people.park("P01").id,
        )
        key = stored.key
        found = db.session.get(EnterpriseImport, import_id)
        assert found is not None
        found.file_key = key
    with scope.unscoped(), transaction():
        user_id = db.session.scalar(sa.select(User.id).where(User.username == OWNER))
        job = Job(kind="none", title="测试", params={}, origin={}, created_by=user_id,
                  park_id=people.park("P01").id)  # fmt: skip
        views = {
            name: SavedView(user_id=user_id, view=name, name="我的", query="")
            for name in ("EnterpriseView", "EnterpriseBinView")
        }
        db.session.add_all([job, *views.values()])
    return World(
        {
            "EnterpriseView:pk": alive.id,
            "EnterpriseBinView:pk": gone.id,
            "EnterpriseImportView:import_id": import_id,
            "JobsView:job_id": job.id,
            "FileView:key": key,
            **{f"{name}.view_id": view.id for name, view in views.items()},
        }
    )
