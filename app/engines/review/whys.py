"""What stands against an act of the review loop, in words, from the table that refuses it."""

from __future__ import annotations

from collections.abc import Collection

from app.engines.review.labels import ACT_WORDS, REFUSALS, STATE_WORDS
from app.engines.review.rules import WORKFLOW, Act, Side, Standing, State, refusal
from app.extensions.why import Why, stands_against


def whys(standing: Standing, sides: Collection[Side]) -> tuple[Why, ...]:
    """Acts of those of ``sides`` that the person is on, and that cannot be now."""
    mine = {
        act: ACT_WORDS[act]
        for act, step in WORKFLOW.items()
        if step.side in sides and step.side in standing.sides and act is not Act.save
    }
    return stands_against(
        mine,
        lambda act: refusal(act, standing),
        REFUSALS,
        now=STATE_WORDS[standing.state],
        fits=lambda act: (STATE_WORDS[one] for one in State if one in WORKFLOW[act].origin),
    )
