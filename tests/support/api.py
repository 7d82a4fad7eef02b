"""Callers of the REST API for tests: tokens made by the service, requests without a browser."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from app.core import clock, scope
from app.features.accounts import services
from app.features.accounts.services.tokens import MadeToken, Wanted
from app.transaction import transaction
from app.web.api import scopes
from tests.support import people

ALL = (
    *("enterprises:read", "enterprises:write", "enterprises:personal"),
    *("parks:read", "parks:write", "news:read", "news:write"),
    *("rounds:read", "rankings:read"),
)


def token(
    who: str, *names: str, park: str = "", days: int = 30, purpose: str = "月报"
) -> MadeToken:
    """A token of a person with the named scopes, or with all that the person could have."""
    actor = people.actor(who)
    allowed = frozenset(one.name for one in scopes.open_to(actor))
    park_id = people.park(park).id if park else actor.acting_park_id
    wanted = Wanted(
        name=f"{who} {'+'.join(names)}"[:40] + f"-{clock.now().timestamp()}"[-12:],
        scopes=frozenset(names or allowed),
        park_id=None if actor.sees_all else park_id,
        days=days,
        purpose=purpose,
        allowed=allowed,
        personal=frozenset({"enterprises:personal"}),
    )
    with scope.acting_as(actor), transaction():
        return services.make_token(actor, wanted, now=clock.now())


class Caller:
    """Speaks JSON with a token and nothing else."""

    def __init__(self, app: Any, secret: str, language: str = "") -> None:
        self._client = app.test_client(use_cookies=False)
        self._headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        if language:
            self._headers["Accept-Language"] = language

    def open(self, method: str, path: str, **more: Any) -> Any:
        headers = {**self._headers, **more.pop("headers", {})}
        return self._client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    def get(self, path: str, expect: int = 200, **query: Any) -> Any:
        answer = self.open("GET", path, query_string=query)
        assert answer.status_code == expect, (path, answer.status_code, answer.text)
        return answer.json

    def put(self, path: str, body: Any, status: int = 200, **more: Any) -> Any:
        answer = self.open("PUT", path, json=body, **more)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json

    def everything(self, path: str, **query: Any) -> list[Any]:
        """All items of a list, page by page."""
        found, after = [], None
        while True:
            page = self.get(path, **query, **({"after": after} if after else {}))
            found += page["items"]
            after = page["next"]
            if after is None:
                return found


def caller(app: Any, who: str, *names: str, **more: Any) -> Caller:
    return Caller(app, token(who, *names, **more).secret)


def told(answer: Any) -> tuple[str, dict[str, str]]:
    """Code of a problem, and of its single faults by place."""
    assert answer.mimetype == "application/problem+json", answer.text
    body = json.loads(answer.text)
    faults = {
        one.get("pointer", one.get("parameter")): one["code"] for one in body.get("errors", ())
    }
    return body["code"], faults


def ended(made: MadeToken, **changes: Any) -> None:
    """As it will be some day."""
    with transaction():
        for name, value in changes.items():
            setattr(made.row, name, value)


LONG_AGO = timedelta(days=400)
__all__ = ["ALL", "LONG_AGO", "Caller", "caller", "ended", "token", "told"]
