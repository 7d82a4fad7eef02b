"""What the lead of a panel is told: whether it may close and what that costs; then how marks lie."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from msgspec import Struct

from app.engines.scoring import Scheme
from app.extensions.phrases import listed
from app.features.assessments.models import AssessmentMark, AssessmentRound
from app.features.assessments.queries import marks, rounds
from app.features.assessments.rules import panel
from app.features.parks import queries as parks

#: So many parks and indicators are named in a sentence; the page lists all of them.
MOST_NAMED = 8


class Closing(Struct, frozen=True):
    """``lacking``: park and indicator with too few marks, each with its numbers in words."""

    waiting: int
    lacking: tuple[str, ...]
    possible: bool
    words: str
    asks: str


def closing_of(found: AssessmentRound) -> Closing:
    """Whether the panel may be closed now, and what will have no score then."""
    lines = marks.panel(found.id)
    waiting = sum(one.finished_at is None for one in lines)
    lacking = _lacking(found)
    possible = bool(lines) and (not waiting or not lacking)
    return Closing(
        waiting=waiting,
        lacking=lacking,
        possible=possible,
        words=_standing(waiting, len(lacking)),
        asks=_asks(found, lacking),
    )


def _lacking(found: AssessmentRound) -> tuple[str, ...]:
    scheme, counts = rounds.scheme_of(found), marks.counts(found.id)
    asked = {one.id: one for one in marks.to_mark(found.id)}
    known = {one.code: one for one in scheme.experts}
    return tuple(
        _(
            "%(park)s %(item)s（%(n)s 人，至少 %(least)s 人）",
            park=parks.by_id(asked[filing_id].park_id).name,
            item=f"{code} {known[code].name}",
            n=counts.get((filing_id, code), 0),
            least=panel.fewest(known[code]),
        )
        for filing_id, code in panel.lacking(scheme, list(asked), counts)
    )


def _standing(waiting: int, lacking: int) -> str:
    if waiting and lacking:
        return _(
            "还有 %(m)s 位专家没有提交，%(n)s 项的评分不足最少人数。全部专家提交，"
            "或各项人数足够后，可以结束评审。",
            m=waiting,
            n=lacking,
        )
    if waiting:
        return _("还有 %(m)s 位专家没有提交；各项人数已经足够，可以结束评审。", m=waiting)
    if lacking:
        return _(
            "全部专家已提交。因有专家回避，以下 %(n)s 项的评分不足最少人数，结束后没有得分：",
            n=lacking,
        )
    return _("全部专家已提交，可以结束评审。")


def _asks(found: AssessmentRound, lacking: Sequence[str]) -> str:
    if not lacking:
        return _("确定结束“%(round)s”的专家评审吗？结束后评分不能再修改。", round=found.name)
    named = listed(lacking[:MOST_NAMED])
    return _(
        "结束“%(round)s”的专家评审后，%(n)s 项没有得分：%(which)s。评分不能再修改。",
        round=found.name,
        n=len(lacking),
        which=named if len(lacking) <= MOST_NAMED else _("%(some)s 等", some=named),
    )


def rules_of(scheme: Scheme) -> list[str]:
    """Of each indicator: how many marks it needs, and whether the extremes are left out."""
    told = []
    for one in scheme.experts:
        name, least = f"{one.code} {one.name}", panel.fewest(one)
        from_ = panel.drops_from(one)
        if from_ is None:
            told.append(
                _("%(name)s：至少 %(n)s 人评分，取平均，不去掉最高分和最低分。", name=name, n=least)
            )
        else:
            told.append(
                _(
                    "%(name)s：至少 %(n)s 人评分，取平均；满 %(from)s 人时去掉一个最高分和一个最低分。",
                    **{"name": name, "n": least, "from": from_},
                )
            )
    return told


def spreads(found: AssessmentRound) -> list[dict[str, Any]]:
    """Park by park how the marks lie and what was said with them, the widest first; who gave which
    is not told."""
    scheme, kept = rounds.scheme_of(found), marks.counting(found.id)
    every = marks.all_of(found.id)
    made = []
    for filing in marks.to_mark(found.id):
        for one in scheme.experts:
            given: list[Decimal] = list(kept.get(filing.id, {}).get(one.code, ()))
            answers = every.get((filing.id, one.code), ())
            made.append(
                {
                    "park": parks.by_id(filing.park_id).name,
                    "indicator": one,
                    "spread": panel.spread(given, panel.scale(one)),
                    "abstained": sum(each.abstains for each in answers),
                    "few": len(given) < panel.fewest(one),
                    "said": _said(answers),
                }
            )
    return sorted(made, key=lambda row: -(row["spread"].width if row["spread"] else 0))


def _said(answers: Sequence[AssessmentMark]) -> list[str]:
    """Comments and reasons, by the mark, so that a number is nobody's name; without any: nothing."""
    ordered = sorted(answers, key=lambda one: (one.abstains, one.mark or Decimal(0), one.comment))
    told = []
    for number, one in enumerate(ordered, 1):
        if one.abstains:
            told.append(_("专家 %(n)s 回避：%(why)s", n=number, why=one.comment))
        elif one.comment and one.mark is not None:
            mark = f"{one.mark.normalize():f}"
            told.append(
                _("专家 %(n)s（%(mark)s 分）：%(text)s", n=number, mark=mark, text=one.comment)
            )
    return told
