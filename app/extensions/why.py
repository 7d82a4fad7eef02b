"""What stands against an act, in words: from the very code that the policy refuses with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask_babel import gettext as _
from msgspec import Struct

from app.extensions.phrases import listed, quoted

Act = TypeVar("Act")


class Why(Struct, frozen=True):
    """``act``: one or several acts in words; ``reason``: one sentence, with what would help."""

    act: str
    reason: str


def stands_against(
    acts: Mapping[Act, Any],
    refusal: Callable[[Act], str | None],
    words: Mapping[str, Any],
    *,
    now: Any = "",
    fits: Callable[[Act], Iterable[Any]] = lambda _act: (),
) -> tuple[Why, ...]:
    """Of ``acts`` (with their words) those that ``refusal`` refuses, one line per reason.

    A code that ends in ``_state`` is told with the state ``now`` and those that the act ``fits``.
    """
    codes = ((act, label, refusal(act)) for act, label in acts.items())
    return grouped(
        (label, by_state(now, fits(act)) if code.endswith("_state") else words[code])
        for act, label, code in codes
        if code is not None
    )


def grouped(against: Iterable[tuple[Any, Any]]) -> tuple[Why, ...]:
    """Pairs of (act, reason) with one line per reason."""
    found: dict[str, list[str]] = {}
    for label, reason in against:
        found.setdefault(str(reason), []).append(str(label))
    return tuple(Why(listed(labels), reason) for reason, labels in found.items())


def by_state(now: Any, fits: Iterable[Any]) -> str:
    """It stands somewhere else than the act needs."""
    states = listed(quoted(one) for one in fits)
    return str(_("现在是“%(now)s”，要到%(states)s时才能进行。", now=now, states=states))
