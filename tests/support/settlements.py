"""Applications for tests, made through the service."""

from __future__ import annotations

import secrets
from typing import Any

from app.core import clock, scope
from app.core.actor import NOBODY
from app.features.settlements import services
from app.features.settlements.models import SettlementApplication
from app.transaction import transaction
from tests.support import people
from tests.support.enterprises import row

PHONE = "13912345678"


def values(**changes: Any) -> dict[str, Any]:
    """What the form would hold."""
    return {
        "company": "三亚测试申请有限公司",
        "uscc": row(950)["uscc"],
        "contact_name": "赵申请",
        "phone": PHONE,
        "email": "zhao@example.com",
        "needs": ["通关", "仓储"],
        "office_area": 120,
        **changes,
    }


def sent(uploads: Any = ()) -> services.Sent:
    document = services.privacy(clock.today())
    return services.Sent(
        form_key=secrets.token_hex(32),
        address="10.0.0.1",
        document_id=document.id if document else None,
        uploads=uploads,
    )


def made(
    park: str = "P01", *, by: str = "", now: Any = None, uploads: Any = (), **changes: Any
) -> SettlementApplication:
    """An application, by somebody signed in or by a visitor; a number of its own each time."""
    actor = people.actor(by) if by else NOBODY
    changes.setdefault("phone", f"139{secrets.randbelow(10**8):08}")
    with scope.unscoped(), transaction():
        return services.apply(
            actor, people.park(park), values(**changes), sent(uploads), now=now or clock.now()
        )
