"""Figures that a correction moves although nobody judged them: the platform computes them again.

A corrected value of one park changes its 数据真实性, the best or the mean that others are measured by,
and so their ranks and 位次提升. Whoever publishes must not wonder who opened those.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

#: Park -> code of an indicator, bonus or deduction -> its points as text.
Scores = Mapping[int, Mapping[str, str]]


class Followed(Struct, frozen=True):
    """An indicator, bonus or deduction with the parks whose points moved by themselves."""

    code: str
    park_ids: tuple[int, ...]


def scores(outcome: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """The points of everything that is scored, of what a run says of a park."""
    return {**outcome["items"], **outcome["bonus"], **outcome["deductions"]}


def followed(
    before: Scores,
    after: Scores,
    *,
    rests_on: Mapping[str, frozenset[str]],
    judged: Mapping[int, frozenset[str]],
) -> tuple[Followed, ...]:
    """What moved from one run to the next, in the order of the scheme, where no value that it
    ``rests_on`` was ``judged`` in that park meanwhile. A park that one of the runs does not score
    (a veto) is no case of it."""
    found = []
    for code, values in rests_on.items():
        parks = tuple(
            park_id
            for park_id, points in after.items()
            if code in points
            and before.get(park_id, {}).get(code, points[code]) != points[code]
            and not values & judged.get(park_id, frozenset())
        )
        if parks:
            found.append(Followed(code, parks))
    return tuple(found)
