"""How the recycle bin says things: facts and reasons of each kind, what is kept until when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import recycling, trail
from app.features.desk.labels import ACTIONS
from app.web import cells
from app.web.board import Number, Todo
from app.web.listing.page import Cell, HistoryItem
from app.web.ui import datetime_text

NAMELESS = _l("（无名称）")
WAITING = "/desk/bin/list/?stage=waiting"


def name_of(name: str) -> str:
    return name or str(NAMELESS)


def facts_of(kind: str, facts: Mapping[str, Any]) -> str:
    """What tells a record from others of its kind, in words."""
    of = recycling.kind(kind)
    found = of.facts(facts) if of is not None else ()
    return " · ".join(str(one) for one in found if one not in (None, ""))


def reason_of(kind: str, reason: str) -> str:
    of = recycling.kind(kind)
    return of.reason(reason) if of is not None else reason


def said(kind: str, refusal: Refusal) -> str:
    """The sentence of a refusal, whoever of the features refused."""
    words = str(recycling.refusals(kind).get(refusal.code, refusal.code))
    return words % refusal.params if refusal.params else words


def kept_cell(row: Any) -> Cell:
    """Until when it is kept, or who has to decide."""
    if row.proposed_at is not None:
        return Cell(_("待确认删除"), dot="warning", muted=row.proposer or "")
    until = recycling.kept_until(row.deleted_at)
    if until is None:
        return Cell(_("长期保留"), dot="muted")
    left = until - clock.now()
    if left.total_seconds() <= 0:
        return Cell(_("保留期满"), dot="info")
    days = left.days + 1
    words = ngettext("剩 %(num)s 天", "剩 %(num)s 天", days)
    day = cells.words(until.astimezone(clock.SHANGHAI).date())
    return Cell(words, dot="success", muted=day)


def proposed_words(actor: Actor, row: Any) -> str:
    """Who wants the record deleted for good, when and why, and whose word that waits for."""
    if row.proposed_at is None:
        return ""
    if actor.can("can_purge", recycling.VIEW) and recycling.alone(actor, row) is None:
        waits = _("等待您确认或驳回。")
    elif row.park_id is None:
        waits = _("等待另一名平台运营人员确认或驳回。")
    else:
        waits = _("等待该园区/基地的另一名管理员或平台运营人员确认或驳回。")
    return _(
        "%(who)s于 %(at)s 提出彻底删除，原因：%(reason)s。%(waits)s",
        who=row.proposer or "—",
        at=datetime_text(row.proposed_at),
        reason=row.proposal,
        waits=waits,
    )


def history_of(kind: str, subject_id: int) -> tuple[HistoryItem, ...]:
    """What happened to the record. Values stay out: its own page shows them to whom they may be."""
    return tuple(
        HistoryItem(
            at=entry.at,
            actor=entry.actor_name,
            action=ACTIONS.get(entry.action, entry.action),
            note=reason_of(kind, str(entry.details.get("reason") or "")),
        )
        for entry in trail.history(kind, subject_id)
    )


def bin_todos(actor: Actor) -> Todo | None:
    """Deletions for good that wait for this person's word."""
    if not actor.can("can_purge", recycling.VIEW):
        return None
    number, since = recycling.waiting(actor)
    if not number:
        return None
    return Todo(
        label=_("回收站"),
        text=_("彻底删除待您确认"),
        act=_("处理"),
        url=WAITING,
        number=Number(number, WAITING),
        since=since,
    )
