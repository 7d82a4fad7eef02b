"""专家评审: who is in the panel, marks that nobody else sees, the close that opens them together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import notices, trail
from app.engines.scoring import Indicator
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import (
    AssessmentMark,
    AssessmentPanelist,
    AssessmentRound,
)
from app.features.assessments.queries import filings, marks, reviews, rounds
from app.features.assessments.rules import panel
from app.features.assessments.rules.rounds import RoundState
from app.features.assessments.rules.typed import Wrong

COMMENT_MAX = 1000
REASON_MAX = 500
#: While the panel may be named, mark and close.
OPEN = (RoundState.open, RoundState.closed)


def name_panel(actor: Actor, round_id: int, expert_ids: Collection[int]) -> None:
    """Exactly these experts. Who has answered anything already stays."""
    found = _led(actor, round_id)
    if not rounds.scheme_of(found).experts:
        raise Refusal("panel_no_experts")
    if set(expert_ids) - set(reviews.experts()):
        raise Refusal("panel_expert", fields={"experts": "panel_expert"})
    known = {one.expert_id: one for one in marks.panel(round_id)}
    at_work = marks.done_by(round_id)
    for expert_id in set(known) - set(expert_ids):
        if at_work.get(expert_id):
            raise Refusal("panel_has_marked")
        db.session.delete(known[expert_id])
    added = sorted(set(expert_ids) - set(known))
    for expert_id in added:
        db.session.add(AssessmentPanelist(round_id=round_id, expert_id=expert_id))
    db.session.flush()
    trail.record(
        actor, "assessment.panel_named", found, details={"experts": sorted(set(expert_ids))}
    )
    cause = f"assessment.panel:{round_id}"
    params = {"round": found.name}
    notices.tell(added, "assessment.panel", params, link="/desk/expert-panel/", cause=cause)


def mark(  # noqa: PLR0913 - one answer, as it was typed
    actor: Actor,
    filing_id: int,
    indicator: str,
    *,
    text: str = "",
    comment: str = "",
    abstains: bool = False,
    now: datetime,
) -> AssessmentMark:
    """Keep one answer: a mark, or an abstention that says why. Raises ``typed.Wrong`` as a refusal
    at the field."""
    policy.marks(actor)
    filing = filings.get(filing_id)
    found, line = _own_panel(actor, filing.round_id)
    if line.finished_at is not None:
        raise Refusal("panel_handed_in")
    one = _indicator(found, indicator)
    if filing.id not in {each.id for each in marks.to_mark(found.id)}:
        raise Refusal("mark_filing")
    value, comment = _read(one, "" if abstains else text), comment.strip()
    if len(comment) > COMMENT_MAX:
        raise Refusal("text_long", fields={"comment": "text_long"}, most=COMMENT_MAX)
    if abstains and not comment:
        raise Refusal("abstain_reason", fields={"comment": "abstain_reason"})
    kept = marks.mark_of(filing_id, indicator, actor.user_id)
    if kept is None:
        kept = AssessmentMark(
            filing_id=filing_id,
            park_id=filing.park_id,
            indicator=indicator,
            expert_id=actor.user_id,
        )
        db.session.add(kept)
    kept.mark, kept.comment, kept.abstains, kept.at = value, comment, abstains, now
    db.session.flush()
    # the trail says that, not what: it is read by people who must not know the marks
    trail.record(actor, "assessment.marked", filing, details={"indicator": indicator})
    return kept


class Answer(Struct, frozen=True):
    """One answer as a page sends it with all the others. ``upon``: the stamp of what it showed."""

    text: str = ""
    comment: str = ""
    abstains: bool = False
    upon: str = ""


Key = tuple[int, str]  # filing, indicator


def keep(
    actor: Actor, round_id: int, answers: Mapping[Key, Answer], *, now: datetime
) -> dict[Key, Refusal]:
    """Keep what was typed among a page's answers; why, of those that cannot be kept. What the page
    only showed is not written over what was saved elsewhere since."""
    policy.marks(actor)
    found, line = _own_panel(actor, round_id)
    if line.finished_at is not None:
        raise Refusal("panel_handed_in")
    own, wrong = marks.own(round_id, actor.user_id), {}
    for key, one in asked(found):
        given = answers.get(key)
        if given is None:
            continue
        there = said_by(one, own.get(key))
        typed = panel.said(one, given.text, given.comment, abstains=given.abstains)
        if typed == there or panel.stamp(typed) == given.upon:
            continue
        if panel.stamp(there) != given.upon:
            wrong[key] = Refusal("mark_moved", fields={"mark": "mark_moved"})
            continue
        try:
            mark(actor, *key, text=given.text, comment=given.comment,
                 abstains=given.abstains, now=now)  # fmt: skip
        except Refusal as refusal:  # it comes before anything is written
            wrong[key] = refusal
    return wrong


def asked(found: AssessmentRound) -> list[tuple[Key, Indicator]]:
    """What each expert of a round is asked."""
    experts = rounds.scheme_of(found).experts
    return [((one.id, each.code), each) for one in marks.to_mark(found.id) for each in experts]


def said_by(one: Indicator, kept: AssessmentMark | None) -> panel.Said:
    """What a kept answer says."""
    if kept is None:
        return panel.said(one, "", "", abstains=False)
    text = "" if kept.mark is None else f"{kept.mark:f}"
    return panel.said(one, text, kept.comment, abstains=kept.abstains)


def hand_in(actor: Actor, round_id: int, *, now: datetime) -> AssessmentPanelist:
    """提交评分: every filed park has a mark or an abstention for every indicator."""
    policy.marks(actor)
    found, line = _own_panel(actor, round_id)
    if line.finished_at is not None:
        raise Refusal("panel_handed_in")
    own = marks.own(round_id, actor.user_id)
    blank = [key for key, _one in asked(found) if not answered(own.get(key))]
    if blank:
        raise Refusal("panel_incomplete", number=len(blank))
    line.finished_at = now
    trail.record(actor, "assessment.marks_handed_in", found)
    return line


def take_back(actor: Actor, round_id: int) -> AssessmentPanelist:
    """收回评分, until the panel is closed."""
    policy.marks(actor)
    found, line = _own_panel(actor, round_id)
    line.finished_at = None
    trail.record(actor, "assessment.marks_taken_back", found)
    return line


def close(actor: Actor, round_id: int, *, accepted: int = 0, now: datetime) -> AssessmentRound:
    """结束评审: from here on the marks count and the lead sees them. Either everybody has handed in,
    or every park has as many marks as the scheme asks for. ``accepted``: so many scores that
    abstentions leave out were told and agreed to."""
    found = _led(actor, round_id)
    scheme, lines = rounds.scheme_of(found), marks.panel(round_id)
    if not scheme.experts:
        raise Refusal("panel_no_experts")
    keys = [one.id for one in marks.to_mark(round_id)]
    few = panel.lacking(scheme, keys, marks.counts(round_id))
    if not lines or (few and any(one.finished_at is None for one in lines)):
        raise Refusal("panel_too_few", number=len(few))
    if len(few) > accepted:
        raise Refusal("panel_unscored", number=len(few))
    found.panel_closed_at = now
    found.updated_by = actor.user_id
    trail.record(actor, "assessment.panel_closed", found, details={"experts": len(lines)})
    return found


def open_again(actor: Actor, round_id: int, reason: str) -> AssessmentRound:
    """重新开放评审, by an operator, with a reason: the marks are blind again and may be changed. Not
    while provisional or published scores rest on them: those go back to review first."""
    found = rounds.locked(round_id)
    policy.runs(actor)
    if found.panel_closed_at is None:
        raise Refusal("panel_still_open")
    if RoundState(found.state) not in OPEN:
        raise Refusal("panel_scored")
    reason = reason.strip()
    if not reason:
        raise Refusal("verdict_reason", fields={"reason": "verdict_reason"})
    if len(reason) > REASON_MAX:
        raise Refusal("verdict_reason_long", fields={"reason": "verdict_reason_long"})
    # one message for each time that it is opened again
    cause = f"assessment.panel_reopened:{round_id}:{found.panel_closed_at.isoformat()}"
    found.panel_closed_at = None
    found.updated_by = actor.user_id
    db.session.flush()
    trail.record(actor, "assessment.panel_reopened", found, details={"reason": reason})
    experts = sorted(one.expert_id for one in marks.panel(round_id))
    link, params = f"/desk/expert-panel/marks/{round_id}", {"round": found.name, "reason": reason}
    notices.tell(experts, "assessment.panel_reopened", params, link=link, cause=cause)
    return found


def answered(one: AssessmentMark | None) -> bool:
    return one is not None and (one.mark is not None or one.abstains)


def _read(one: Indicator, text: str) -> Decimal | None:
    try:
        return panel.read(one, text)
    except Wrong as wrong:
        raise Refusal(wrong.code, fields={"mark": wrong.code}, **wrong.params) from wrong


def _indicator(found: AssessmentRound, code: str) -> Indicator:
    for one in rounds.scheme_of(found).experts:
        if one.code == code:
            return one
    raise Refusal("mark_indicator")


def _own_panel(actor: Actor, round_id: int) -> tuple[AssessmentRound, AssessmentPanelist]:
    """The round, locked so that its close and a mark are one after the other, and the person's
    place in its panel."""
    found = rounds.locked(round_id)
    line = marks.panelist(round_id, actor.user_id, lock=True)
    _still_open(found)
    return found, line


def _led(actor: Actor, round_id: int) -> AssessmentRound:
    found = rounds.locked(round_id)
    policy.leads(actor, found)
    _still_open(found)
    return found


def _still_open(found: AssessmentRound) -> None:
    if found.panel_closed_at is not None:
        raise Refusal("panel_closed")
    if RoundState(found.state) not in OPEN:
        raise Refusal("round_state")
