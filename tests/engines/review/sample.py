"""A kind of thing under review that no feature has: 样品 with a name, an area and a story."""

from __future__ import annotations

from typing import Any

from app.core import scope
from app.core.actor import Actor
from app.core.errors import Refusal
from app.core.values import replace
from app.engines import review
from app.transaction import transaction
from tests.support import people

AUTHOR = "can_edit on SampleView"
DECIDE = "can_decide on ReviewView"
REVOKE = "can_revoke on ReviewView"
SUBJECT = 77
CONTENT = {"name": "椰风", "area": "1200.50", "story": "<p>第一稿</p>"}

#: What ``approved`` and ``revoked`` were called with, newest last.
PUBLISHED: list[tuple[str, dict[str, Any]]] = []


def _check(_actor: Actor, revision: review.Revision) -> None:
    if not revision.content.get("name"):
        raise Refusal("required", fields={"name": "required"})


KIND = review.Kind(
    "sample",
    "样品",
    "SampleView",
    fields=(
        review.Field("name", "名称", key=True),
        review.Field("area", "面积", review.Shape.number, unit="㎡"),
        review.Field("story", "故事", review.Shape.rich),
    ),
    address=lambda revision: f"/samples/{revision.subject_id}",
    check=_check,
    approved=lambda _actor, revision: PUBLISHED.append(("approved", dict(revision.content))),
    revoked=lambda _actor, revision: PUBLISHED.append(("revoked", dict(revision.content))),
)


def _with(username: str, *permissions: str) -> Actor:
    """The person with exactly these rights in the loop, whatever their role has there."""
    actor = people.actor(username)
    others = actor.permissions - {AUTHOR, DECIDE, REVOKE}
    return replace(actor, permissions=others | frozenset(permissions))


def who(name: str) -> Actor:
    """People by the part they play here."""
    return {
        "author": lambda: _with("park1", AUTHOR),
        "colleague": lambda: _with("both", AUTHOR),
        "clerk": lambda: people.actor("clerk1"),
        "other park": lambda: _with("park2", AUTHOR),
        "reviewer": lambda: _with("reviewer", DECIDE),
        "reviewer2": lambda: _with("operator2", DECIDE),
        "zone": lambda: _with("operator", DECIDE, REVOKE),
        "auditor": lambda: people.actor("auditor"),
    }[name]()


class Loop:
    """Acts as short calls: each in a transaction and in the actor's scope, as a page does it."""

    def __init__(self, *, stages: int = 1, kind: review.Kind = KIND) -> None:
        self.kind = replace(kind, stages=stages)
        review.register(self.kind)
        PUBLISHED.clear()
        self.subject = SUBJECT
        self._people: dict[str, Actor] = {}

    def do(self, name: str, verb: Any, *args: Any, **named: Any) -> Any:
        actor = self._people.get(name) or self._people.setdefault(name, who(name))
        with scope.acting_as(actor), transaction():
            return verb(actor, *args, **named)

    def begin(self, by: str = "author", **content: Any) -> review.Revision:
        return self.do(
            by,
            review.begin,
            self.kind.name,
            self.subject,
            park_id=people.park("P01").id,
            title="椰风样品",
            content={**CONTENT, **content},
        )

    def act(self, name: str, act: review.Act, found: review.Revision, **named: Any) -> Any:
        """Any act with what it needs, on what is stored now."""
        seen = self.fresh(found).version
        return self.do(name, *self.call(act, found.id, {"seen": seen, **named}))

    def call(self, act: review.Act, revision_id: int, named: dict[str, Any]) -> tuple[Any, ...]:
        seen = named.get("seen", 0)
        reason = named.get("reason", "理由充分")
        match act:
            case review.Act.save:
                values = named.get("values", {"area": "1.00"})
                return (lambda actor, pk: review.save(actor, pk, values, seen=seen)), revision_id
            case review.Act.submit:
                return (lambda actor, pk: review.submit(actor, pk, seen=seen)), revision_id
            case review.Act.approve:
                return (lambda actor, pk: review.approve(actor, pk, seen=seen)), revision_id
            case review.Act.send_back:
                fields = named.get("fields", ())
                return (
                    lambda actor, pk: review.send_back(
                        actor, pk, seen=seen, reason=reason, fields=fields
                    )
                ), revision_id
            case review.Act.refuse:
                return (
                    lambda actor, pk: review.refuse(actor, pk, seen=seen, reason=reason)
                ), revision_id
            case review.Act.revoke:
                return (
                    lambda actor, pk: review.revoke(actor, pk, seen=seen, reason=reason)
                ), revision_id
        verbs = {
            review.Act.withdraw: review.withdraw,
            review.Act.discard: review.discard,
            review.Act.pick: review.pick,
            review.Act.release: review.release,
        }
        return verbs[act], revision_id

    def fresh(self, found: review.Revision) -> review.Revision:
        with scope.unscoped():
            from app.extensions import db

            row = db.session.get(review.Revision, found.id, populate_existing=True)
        assert row is not None
        return row

    def in_state(self, state: review.State) -> review.Revision:
        """A revision of a new thing that came there on its own feet."""
        self.subject += 1
        act = review.Act
        way = {
            review.State.draft: (),
            review.State.submitted: (("author", act.submit),),
            review.State.picked: (("author", act.submit), ("reviewer", act.pick)),
            review.State.returned: (("author", act.submit), ("reviewer", act.send_back)),
            review.State.passed: (("author", act.submit), ("reviewer", act.approve)),
            review.State.refused: (("author", act.submit), ("reviewer", act.refuse)),
            review.State.discarded: (("author", act.discard),),
            review.State.revoked: (
                *(("author", act.submit), ("reviewer", act.approve), ("zone", act.revoke)),
            ),
        }[state]
        found = self.begin()
        for name, step in way:
            self.act(name, step, found)
        return self.fresh(found)
