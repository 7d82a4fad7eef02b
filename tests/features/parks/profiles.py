"""A whole profile, and the acts of the loop as short calls."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from app.core import scope
from app.core.actor import Actor
from app.engines import review
from app.features.parks.services import profiles, upgrades
from app.transaction import transaction
from tests.features.parks import certified
from tests.support import people

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, "PNG")
    return out.getvalue()


def raw(**changes: Any) -> dict[str, Any]:
    """What a form sends when everything is filled in rightly."""
    return {
        "name": "南湾数字贸易产业园",
        "short_name": "南湾",
        "kind": "park",
        "level": "city",
        "division": "460203",
        "address": "南湾片区数贸路 9 号",
        "built_area": "68,400",
        "usable_area": "60000",
        "cbec_area": "30000.50",
        "leasable_area": "21000",
        "leased_area": "9000",
        "operator_name": "三亚认证1号有限公司",
        "uscc": certified.code(1),
        "contact_name": "林知远",
        "contact_phone": "138 0013 8000",
        "opened_on": "2021-05-01",
        "customs_modes": ["1210", "9610"],
        "introduction": "<p>以跨境独立站为主导业态。</p>",
        **changes,
    }


def acting(username: str, verb: Any, *args: Any, **named: Any) -> Any:
    """The verb in a transaction and in the person's scope, as a page does it."""
    actor = people.actor(username)
    with scope.acting_as(actor), transaction():
        return verb(actor, *args, **named)


def upload(username: str, *, picture: bool = False) -> dict[str, str]:
    def kept(actor: Actor) -> dict[str, str]:
        data, name = (png(), "a.png") if picture else (PDF, "证明.pdf")
        file = profiles.upload(
            actor,
            profiles.Upload(io.BytesIO(data), name),
            picture=picture,
            park_id=actor.acting_park_id,
        )
        return {"key": file.key, "name": file.name}

    return acting(username, kept)


def propose(username: str, *, send: bool = True, seen: int = 0, park: str = "P01", **changes: Any):
    changes.setdefault("evidence", [upload(username)])
    park_id = people.park(park).id
    return acting(username, profiles.propose, park_id, raw(**changes), seen=seen, send=send)


def decide(verb: Any, revision: review.Revision, by: str = "reviewer", **named: Any) -> Any:
    with scope.unscoped():
        seen = review.get(people.actor(by), revision.id).version
    return acting(by, verb, revision.id, seen=seen, **named)


def apply(username: str, *, send: bool = True, seen: int = 0, **changes: Any):
    changes.setdefault("evidence", [upload(username)])
    return acting(username, upgrades.apply, raw(**changes), seen=seen, send=send)
