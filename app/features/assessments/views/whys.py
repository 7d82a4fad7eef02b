"""What stands against acts on a filing, for the park and for its reviewers."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext

from app.extensions.why import Why, stands_against
from app.features.assessments import policy
from app.features.assessments.labels import REFUSALS
from app.features.assessments.labels.words import STATE_WORDS
from app.features.assessments.models import AssessmentFiling
from app.features.assessments.rules.filing import WORKFLOW, Act, Side, Standing, State, refusal
from app.web.acting import current_actor
from app.web.why import by_role


def of_park(standing: Standing, filing: AssessmentFiling) -> tuple[Why, ...]:
    """For who fills in, and who would."""
    if not filing.takes_part:
        reason = _("本园区/基地本轮不参评：%(reason)s", reason=filing.absence_reason or "—")
        return (Why(_("填报"), reason),)
    if Side.park not in standing.sides:
        return () if current_actor().sees_all else by_role(_("填报"), "can_fill", policy.FILL_VIEW)
    return _told(
        {Act.save: _("填报"), Act.submit: pgettext("review act", "提交"), Act.withdraw: _("撤回")},
        standing,
    )


def of_reviewer(standing: Standing) -> tuple[Why, ...]:
    """For who judges."""
    if Side.reviewer not in standing.sides:
        return by_role(_("审核"), "can_judge", policy.JUDGE_VIEW)
    mine = {
        Act.take: _("领取"),
        Act.judge: _("审核"),
        Act.give_back: _("退回补正"),
        Act.finish: _("审核完成"),
        Act.reopen: _("重新打开"),
    }
    return _told(mine, standing)


def _told(mine: dict[Act, str], standing: Standing) -> tuple[Why, ...]:
    return stands_against(
        mine,
        lambda act: refusal(act, standing),
        REFUSALS,
        now=STATE_WORDS[standing.state],
        fits=lambda act: (STATE_WORDS[one] for one in State if one in WORKFLOW[act].origin),
    )
