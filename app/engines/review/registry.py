"""What features declare about the things they put under review."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from msgspec import Struct, field

from app.core.actor import Actor
from app.engines import settings
from app.engines.review.models import Revision

Content = Mapping[str, Any]
STAGES = (_l("一审"), _l("二审"), _l("三审"))


class Shape(StrEnum):
    """How a field's value is compared and shown."""

    text = "text"  # str
    long = "long"  # str of several lines: compared by words
    rich = "rich"  # clean HTML: compared by words of its text
    number = "number"  # decimal as text
    date = "date"  # YYYY-MM-DD
    choice = "choice"  # a code
    choices = "choices"  # list of codes
    flag = "flag"  # bool
    picture = "picture"  # {"key": file key, "alt": words}
    pictures = "pictures"  # list of those
    files = "files"  # list of {"key", "name"}
    table = "table"  # list of {column: str}; ``columns`` names them


class Field(Struct, frozen=True):
    """One field of a kind. ``words`` of codes; ``key``: changing it asks for evidence."""

    name: str
    heading: Any
    shape: Shape = Shape.text
    words: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = field(default_factory=dict)
    unit: Any = ""
    key: bool = False
    columns: Sequence[tuple[str, Any]] = ()

    def word(self, code: str) -> str:
        known = self.words() if callable(self.words) else self.words
        return str(known.get(code, code))


def _nothing(_actor: Actor, _revision: Revision) -> None:
    """A kind that has nothing to do then."""


class Kind(Struct, frozen=True):
    """A kind of thing under review.

    ``author_view``: the view on which ``can_edit`` makes one an author (within row scope).
    ``check(actor, revision)`` raises ``Refusal`` whose ``fields`` name what is missing or wrong;
    asked at every submission. ``approved`` puts the content in force and ``revoked`` takes it out,
    in the transaction of the decision; ``prepared`` runs before the approval holds the trail's
    head and takes the locks that ``approved`` needs, or refuses. ``falls_back``: after a
    revocation the version before is in force again. ``deadline_sms``: who lets it wait too long
    gets a text message as well. ``address`` is the author's page. ``sections`` group the fields on
    pages. ``warnings(content)`` are sentences for the reviewer (sensitive words).
    ``writes(actor, park_id)`` says whose it is where not everybody who sees the park and holds
    the right is an author. ``origin(revision)``: what was in force before the first version, where
    the thing began with something; the first one is compared with it.
    """

    name: str
    title: Any
    author_view: str
    fields: Sequence[Field]
    address: Callable[[Revision], str]
    check: Callable[[Actor, Revision], None] = _nothing
    prepared: Callable[[Actor, Revision], None] = _nothing
    approved: Callable[[Actor, Revision], None] = _nothing
    revoked: Callable[[Actor, Revision], None] = _nothing
    falls_back: bool = False
    stages: int = 1
    deadline_sms: bool = False
    sections: Sequence[tuple[Any, Sequence[str]]] = ()
    warnings: Callable[[Content], Sequence[str]] = lambda _content: ()
    writes: Callable[[Actor, int | None], bool] | None = None
    origin: Callable[[Revision], Content | None] = lambda _revision: None

    def named(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)


_kinds: dict[str, Kind] = {}


def register(one: Kind) -> None:
    """Declare a kind (wiring does, once per application)."""
    _kinds[one.name] = one
    settings.define(
        settings.Spec(
            stages_key(one.name),
            one.title,
            "review",
            default=one.stages,
            shape=settings.Shape.choice,
            options=tuple((number, words) for number, words in enumerate(STAGES, 1)),
            check=lambda value: None if value in (1, 2, 3) else "setting_choice",
        )
    )


def stages_key(name: str) -> str:
    """The setting that says how many persons must pass a kind."""
    return f"review_stages.{name}"


def kind(name: str) -> Kind:
    """The kind; ``KeyError`` for one nobody declared."""
    return _kinds[name]


def kinds() -> tuple[Kind, ...]:
    return tuple(_kinds.values())
