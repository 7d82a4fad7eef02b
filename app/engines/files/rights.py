"""Who may read a file: each kind has its rule, declared by the feature that stores it."""

from __future__ import annotations

from collections.abc import Callable

from app.core.actor import Actor
from app.engines.files.models import StoredFile

Rule = Callable[[Actor, StoredFile], bool]
_rules: dict[str, Rule] = {}
_publishable: set[str] = set()


def kind(name: str, rule: Rule) -> None:
    """Declare who may read files of a kind; without a rule: ``creator_or_same_park``."""
    _rules[name] = rule


def may_read(actor: Actor, file: StoredFile) -> bool:
    """Whether the actor may read the file. A visitor may only where a kind's own rule says so."""
    return _rules.get(file.kind, creator_or_same_park)(actor, file)


def publishable(name: str) -> None:
    """Declare a kind whose files its feature may publish; of any other kind none ever is."""
    _publishable.add(name)


def may_be_published(file: StoredFile) -> bool:
    return file.kind in _publishable


def is_public(file: StoredFile) -> bool:
    """Whether everybody may see the file: marked by its feature, and of a kind that may be."""
    return file.published and may_be_published(file)


def creator_or_same_park(actor: Actor, file: StoredFile) -> bool:
    """Zone roles are of no park: a kind that they may read declares its own rule."""
    if actor.user_id is None:
        return False
    parks = actor.scope_park_ids
    return file.created_by == actor.user_id or (parks is not None and file.park_id in parks)
