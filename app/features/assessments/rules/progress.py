"""How far a filing is: what the park has filled in of each section."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from app.engines.scoring import Scheme
from app.features.assessments.rules import form
from app.features.assessments.rules.checks import Valued
from app.features.assessments.rules.form import PARK, Ask, Part

#: States of a section: 未开始, 进行中, 已完成, 需修改, and one that asks the park for nothing.
UNTOUCHED, BEGUN, DONE, MEND, NOTHING = "untouched", "begun", "done", "mend", "nothing"


class Progress(Struct, frozen=True):
    """``filled`` of ``asked`` values; ``state`` one of the constants above."""

    state: str
    filled: int
    asked: int


def own(part: Part) -> tuple[Ask, ...]:
    """What the park itself says."""
    return tuple(one for one in part.asks if one.owner == PARK)


def asked(scheme: Scheme) -> tuple[str, ...]:
    """Codes of everything that the park itself says."""
    return tuple(one.code for part in form.parts(scheme) for one in own(part))


def filled(value: Valued | None) -> bool:
    return value is not None and value.declared is not None


def of_part(
    part: Part, values: Mapping[str, Valued], mend: Collection[str] = frozenset()
) -> Progress:
    """``mend``: codes that must be changed before handing in."""
    asks = own(part)
    if not asks:
        return Progress(NOTHING, 0, 0)
    number = sum(filled(values.get(one.code)) for one in asks)
    codes = {one.code for one in part.asks}
    if codes & set(mend):
        return Progress(MEND, number, len(asks))
    touched = number or any(
        values[one.code].unread is not None for one in asks if one.code in values
    )
    state = DONE if number == len(asks) else BEGUN if touched else UNTOUCHED
    return Progress(state, number, len(asks))
