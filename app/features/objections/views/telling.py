"""How a case is told: its matter, its people, its deadline, its log."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _

from app.engines import calendar
from app.extensions import db
from app.extensions.phrases import listed
from app.features.accounts.queries import FULL_NAME
from app.features.assessments.policy import JUDGE_VIEW
from app.features.assessments.queries import rounds
from app.features.objections import queries, rules, services
from app.features.objections.labels import ACT_WORDS
from app.features.objections.models import Objection
from app.features.objections.rules import State
from app.features.rankings import queries as rankings
from app.web import cells
from app.web.acting import current_actor
from app.web.listing.page import Cell


def told(item: Objection, text: str) -> str:
    """A decision is the zone's own until it is answered."""
    return text if item.state == State.answered or current_actor().sees_all else ""


def corrected(item: Objection) -> str:
    """The version with the correction; of an upheld case without one, that it is still to come."""
    if item.corrected_in_id is not None:
        return f"v{rankings.get(item.corrected_in_id).number}"
    waits = State(item.state) is State.answered and item.outcome in rules.UPHELD
    return str(_("待发布更正版本")) if waits else ""


def due_cell(day: Any, state: str) -> Cell:
    if State(state) not in rules.OPEN:
        return cells.cell(day)
    left = calendar.left(day)
    words = _("已超期") if left < 0 else _("剩 %(days)s 个工作日", days=left)
    tag = "danger" if left <= 1 else "warning" if left <= 3 else ""
    return Cell(day.isoformat(), tag=tag, muted=words)


def indicators(item: Objection) -> str:
    scheme = rounds.scheme_of(rounds.get(item.round_id))
    known: list[Any] = [*scheme.indicators, *scheme.bonus, *scheme.deductions]
    names = {one.code: one.name for one in known}
    return listed(f"{code} {names.get(code, '')}".strip() for code in item.indicators or ())


def marked(item: Objection) -> str:
    """For the zone, while it may still come to a correction: the indicators of the case that
    experts mark. A published round opens no marks again."""
    ended = State(item.state) not in rules.OPEN
    over = ended and (item.outcome not in rules.UPHELD or item.corrected_in_id is not None)
    if over or not current_actor().sees_all:
        return ""
    experts = rounds.scheme_of(rounds.get(item.round_id)).experts
    return listed(
        f"{one.code} {one.name}" for one in experts if one.code in (item.indicators or ())
    )


def to_compare(item: Objection) -> tuple[tuple[str, str], ...]:
    """Words and address of what is objected to: how its score came about, and for the zone the
    values behind it with their evidence and verdicts."""
    told = _scores(item)
    filing = queries.filing_of(item) if current_actor().can("can_show", JUDGE_VIEW) else None
    if filing is None:
        return told
    base = f"/desk/filing-reviews/show/{filing}"
    codes = services.codes_of(item)
    if codes is None:
        return (*told, (str(_("核定值和证据")), base))
    names = rounds.scheme_of(rounds.get(item.round_id)).items
    return told + tuple(
        (
            str(_("核定值和证据：%(name)s", name=names[code].name if code in names else code)),
            f"{base}?item={code}",
        )
        for code in sorted(codes)
    )


def _scores(item: Objection) -> tuple[tuple[str, str], ...]:
    """A section's code leads to its explanation, as an indicator's does; an adjustment has none of
    its own."""
    scheme = rounds.scheme_of(rounds.get(item.round_id))
    version = rankings.get(item.snapshot_id).number
    park = services.about(item)
    base = f"/desk/ranking/?round={item.round_id}&version={version}&park={park}"
    sides = {one.code: "bonus" for one in scheme.bonus}
    sides |= {one.code: "deduction" for one in scheme.deductions}
    if not item.indicators:
        return ((str(_("计分过程")), f"{base}#explained"),)
    return tuple(
        (str(_("计分过程：%(name)s", name=code)), f"{base}&code={sides.get(code, code)}#explained")
        for code in item.indicators
    )


def draft_of(item: Objection) -> str:
    """The answer that was sent back, for its handler to go on with."""
    acts = [one for one in queries.log(item.id) if one.act in ("decide", "recall")]
    sent_back = len(acts) > 1 and acts[-1].act == "recall"
    return acts[-2].text if sent_back else ""


def other_park(item: Objection) -> str:
    rows = rankings.rows(item.snapshot_id) if item.other_park_id else ()
    return next((one.name for one in rows if one.park_id == item.other_park_id), "")


def name_of(user_id: int | None) -> str:
    if user_id is None:
        return ""
    return str(db.session.scalar(sa.select(FULL_NAME).where(User.id == user_id)) or "")


def log_of(item: Objection) -> list[SimpleNamespace]:
    """A park sees what was told to it: no names of the zone's people, no inner decisions."""
    zone = current_actor().sees_all
    inner = {"decide", "recall", "nudge"}
    return [
        SimpleNamespace(
            at=one.at,
            actor=one.actor_name if zone or not one.from_zone else str(_("平台")),
            act=ACT_WORDS[one.act],
            text=one.text,
        )
        for one in reversed(queries.log(item.id))
        if zone or one.act not in inner
    ]
