"""Kinds of messages: a feature registers each with its words; the row keeps codes only.

So a message reads in the language of whoever opens it, years later as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct, field

from app.extensions.phrases import listed


class NoticeKind(Struct, frozen=True):
    """``text`` is filled with the parameters; ``words``: parameter -> words of its codes.

    ``fixed``: nobody may turn it off (what keeps an account safe, or waits for an answer).
    ``right``: "can_x on View" without which nobody is ever told of it; none: everybody may be.
    ``later``: parameters that messages of an earlier day do not have; they read as a dash.
    """

    name: str
    label: Any
    text: Any
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fixed: bool = False
    right: str = ""
    later: frozenset[str] = frozenset()

    def said(self, params: Mapping[str, Any]) -> str:
        """The message in the reader's language."""
        told = {name: self._word(name, value) for name, value in params.items()}
        return str(self.text) % {**dict.fromkeys(self.later, "—"), **told}

    def _word(self, name: str, value: Any) -> str:
        words = self.words.get(name, {})
        if isinstance(value, list):
            return listed(words.get(one, one) for one in value)
        return str(words.get(value, value))


_kinds: dict[str, NoticeKind] = {}


def kinds(*made: NoticeKind) -> None:
    """Register kinds (at import, by the feature's labels)."""
    _kinds.update({one.name: one for one in made})


def kind(name: str) -> NoticeKind | None:
    """The kind; ``None`` for one that no feature knows any more."""
    return _kinds.get(name)


def all_kinds() -> tuple[NoticeKind, ...]:
    """Every kind, in the order in which they were registered."""
    return tuple(_kinds.values())


def kinds_for(permissions: Collection[str]) -> tuple[NoticeKind, ...]:
    """Those that somebody with these rights may be told of."""
    return tuple(one for one in all_kinds() if not one.right or one.right in permissions)
