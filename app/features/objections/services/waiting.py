"""Which open cases wait for one person: read at once, decided by the table like every act."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.core.actor import Actor
from app.features.objections import policy, queries, rules
from app.features.objections.models import Objection
from app.features.objections.services.handling import NOBODY, about, answered_by, codes_of


def waiting_for(actor: Actor) -> Sequence[Objection]:
    """Those whose next act is open to the person, the oldest deadline first: not what somebody
    else handles, nor what this person judged, decided or answered before."""
    cases = queries.waiting()
    if not cases or actor.user_id is None:
        return ()
    judged = queries.judged_by(actor.user_id, {one.round_id for one in cases})
    firsts = queries.with_ids({one.review_of_id for one in cases if one.review_of_id})
    found = []
    for one in cases:
        first = firsts.get(one.review_of_id or 0)
        own = _judged(one, judged.get((one.round_id, about(one)), frozenset()))
        standing = policy.standing(
            actor,
            one,
            reviewers=frozenset({actor.user_id}) if own else NOBODY,
            earlier=answered_by(first) if first else NOBODY,
        )
        if rules.is_next(standing):
            found.append(one)
    return found


def _judged(one: Objection, judged: Collection[str]) -> bool:
    """The same as being among ``reviewers`` of the case."""
    codes = codes_of(one) if judged else None
    return bool(judged) if codes is None else not codes.isdisjoint(judged)
