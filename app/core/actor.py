"""Who acts: built once per request, job or command and handed to every service and query."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """A person or process that acts.

    ``permissions`` holds ``"<action> on <view>"`` pairs as FAB names them, e.g.
    ``"can_edit on EnterpriseView"``. ``park_ids`` are the parks the person belongs to;
    ``acting_park_id`` the one chosen in the switcher. ``sees_all`` is true for zone roles and the
    system itself: row scope does not narrow them.
    """

    user_id: int | None
    name: str
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    park_ids: frozenset[int] = frozenset()
    acting_park_id: int | None = None
    sees_all: bool = False
    username: str = ""
    address: str = field(default="", compare=False)
    request_id: str = field(default="", compare=False)
    #: 系统管理员 who sees the site as this person sees it and may only look (decisions.md 23).
    viewed_by: Actor | None = None
    #: By which token the person acts, where no person sits there; the trail says it.
    via: str = ""

    def can(self, action: str, view: str) -> bool:
        """Whether a role of this actor grants ``action`` on ``view``."""
        return f"{action} on {view}" in self.permissions

    @property
    def real(self) -> Actor:
        """Who really sits there: whoever looks as somebody else answers for it."""
        return self.viewed_by or self

    @property
    def scope_park_ids(self) -> frozenset[int] | None:
        """Parks whose rows are in reach: ``None`` means all, an empty set none."""
        if self.sees_all:
            return None
        if self.acting_park_id is not None:
            return frozenset({self.acting_park_id})
        return self.park_ids


NOBODY = Actor(user_id=None, name="")
SYSTEM = Actor(user_id=None, name="system", username="system", sees_all=True)


def system_actor(name: str) -> Actor:
    """An actor for a process, e.g. ``system:cli``: it sees all parks."""
    return Actor(user_id=None, name=name, username=name, sees_all=True)
