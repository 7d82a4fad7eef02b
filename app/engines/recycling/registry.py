"""Which kinds of records go into the bin, and what each feature knows of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines.recycling.labels import KIND_WORDS, REFUSALS
from app.engines.recycling.models import BinItem

#: Keys of records -> what hangs on each: (label, value) pairs, or one sentence.
Hanging = Mapping[int, Sequence[Any]]
Tell = Callable[[Sequence[int]], Hanging]
Guard = Callable[[BinItem], Refusal | None]


def _nothing(_ids: Sequence[int]) -> Hanging:
    return {}


def _anybody(_actor: Actor, _park_id: int | None) -> bool:
    return True


def _as_typed(reason: str) -> str:
    return reason


def _none_of(_facts: Mapping[str, Any]) -> Sequence[Any]:
    return ()


class Kind(Struct, frozen=True):
    """``name``: also what the trail calls the object. ``view``: who may delete there keeps its bin.

    ``restore`` puts the record back and tells the trail; ``purge`` removes what is left of it and
    answers with what its digest is made of. ``meet`` raises ``NotFound`` for a record, living or
    deleted, that is out of the actor's reach.
    """

    name: str
    label: Any
    view: str
    register: str  # address of the list that it was deleted from
    meet: Callable[[Actor, int], Any]
    restore: Callable[[Actor, BinItem], Any]
    purge: Callable[[Actor, BinItem], Any]
    record: Callable[[int], str] | None = None  # address of a living record's page
    facts: Callable[[Mapping[str, Any]], Sequence[Any]] = _none_of
    hanging: Tell = _nothing
    may_restore: Callable[[Actor, int | None], bool] = _anybody
    reason: Callable[[str], str] = _as_typed
    refusals: Mapping[str, Any] = field(default_factory=dict)

    def keeps(self, actor: Actor) -> bool:
        """Whether the bin of this kind is the actor's to look after."""
        return actor.can("can_delete", self.view)


_kinds: dict[str, Kind] = {}
_tellers: dict[str, list[Tell]] = {}
_guards: dict[str, list[Guard]] = {}
_words: dict[str, Any] = {}


def register(*kinds: Kind) -> None:
    """Declare kinds, in the order in which the page shows them."""
    _kinds.update({one.name: one for one in kinds})
    KIND_WORDS.update({one.name: one.label for one in kinds})


def kind(name: str) -> Kind | None:
    """The kind; ``None`` for one that no feature knows (any more)."""
    return _kinds.get(name)


def kinds_for(actor: Actor) -> tuple[Kind, ...]:
    """Those whose bin the actor looks after."""
    return tuple(one for one in _kinds.values() if one.keeps(actor))


def hangs(name: str, tell: Tell) -> None:
    """What another feature keeps of a record: told before deleting and in the bin."""
    _once(_tellers.setdefault(name, []), tell)


def forbids(name: str, guard: Guard, words: Mapping[str, Any]) -> None:
    """What another feature has against deleting a record for good, and its sentences."""
    _once(_guards.setdefault(name, []), guard)
    _words.update(words)


def _once(known: list[Any], one: Any) -> None:
    """Several applications in one process (tests) declare the same."""
    if one not in known:
        known.append(one)


def hanging(name: str, ids: Sequence[int]) -> dict[int, list[Any]]:
    """What hangs on records of a kind, its own first; the number of questions is that of tellers."""
    told: dict[int, list[Any]] = {key: [] for key in ids}
    tellers = [_kinds[name].hanging, *_tellers.get(name, ())]
    for tell in tellers if ids else ():
        for key, lines in tell(ids).items():
            told[key] += lines
    return told


def against(item: BinItem) -> Refusal | None:
    """Why a record may not be deleted for good."""
    guards = _guards.get(item.kind, ())
    return next((no for guard in guards if (no := guard(item)) is not None), None)


def refusals(name: str) -> Mapping[str, Any]:
    """Sentences of a kind, and of all that guard it."""
    found = kind(name)
    return {**REFUSALS, **_words, **(found.refusals if found is not None else {})}
