"""Articles for tests: written, sent and decided by the real services."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

from PIL import Image

from app.core import scope
from app.engines import files, review
from app.features.news import queries, services
from app.features.news.rules import KIND
from app.transaction import transaction
from tests.support import people

GOOD = {
    "title": "备货仓二期投入使用",
    "category": "园区动态",
    "summary": "日均处理能力提升。",
    "body": "<p>备货仓二期已经投入使用。</p>",
    "source": "园区办公室",
}


def do(username: str, verb: Any, *args: Any, **named: Any) -> Any:
    actor = people.actor(username)
    with scope.acting_as(actor), transaction():
        return verb(actor, *args, **named)


def write(by: str = "park1", *, send: bool = False, token: str = "", **changes: Any) -> int:
    values = {**GOOD, **changes}
    return do(by, services.write, values, token=token or uuid4().hex, send=send).id


def pending(article_id: int) -> review.Revision:
    found = review.pending(KIND, article_id)
    assert found is not None
    return found


def change(article_id: int, *, by: str = "park1", seen: int | None = None, send: bool = False,
           **values: Any) -> Any:  # fmt: skip
    now = review.pending(KIND, article_id)
    version = (now.version if now else 0) if seen is None else seen
    return do(by, services.change, article_id, values, seen=version, send=send)


def approve(article_id: int, by: str = "reviewer") -> None:
    found = pending(article_id)
    do(by, review.approve, found.id, seen=found.version)


def send_back(article_id: int, *fields: str, by: str = "reviewer") -> None:
    found = pending(article_id)
    do(by, review.send_back, found.id, seen=found.version, reason="请修改", fields=fields)


def revoke(article_id: int, by: str = "operator") -> None:
    found = review.in_force(KIND, article_id)
    assert found is not None
    do(by, review.revoke, found.id, seen=found.version, reason="内容有误")


def published(by: str = "park1", **changes: Any) -> int:
    made = write(by, send=True, **changes)
    approve(made, "reviewer")
    return made


def article(article_id: int) -> Any:
    with scope.unscoped():
        return queries.either(article_id)


def png(width: int = 600, colour: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, width // 2), colour).save(out, "PNG")
    return out.getvalue()


def picture(by: str = "park1", **look: Any) -> str:
    """A stored picture of a park; its key."""

    def keep(actor: Any) -> str:
        return services.cover_picture(
            actor, io.BytesIO(png(**look)), "a.png", park_id=actor.acting_park_id, max_mb=5
        )

    return do(by, keep)


def pdf(by: str = "park1", name: str = "办法.pdf") -> dict[str, str]:
    def keep(actor: Any) -> dict[str, str]:
        raw = io.BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
        return services.attach(actor, raw, name, park_id=actor.acting_park_id, max_mb=5)

    return do(by, keep)


def is_public(key: str) -> bool:
    with scope.unscoped():
        return files.is_public(files.by_key(key))


def titles(**wanted: Any) -> list[str]:
    """What everybody may read now."""
    with scope.acting_as(people.actor("user1")):
        return [one.title for one in queries.published(queries.Wanted(**wanted)).rows]
