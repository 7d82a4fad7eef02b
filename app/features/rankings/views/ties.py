"""The note on equal totals, for screen, print and PDF alike."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from app.engines.scoring import Scheme
from app.extensions.phrases import listed
from app.features.assessments.queries import rounds
from app.features.rankings.models import RankingSnapshot
from app.features.rankings.rules.rows import Published
from app.features.rankings.rules.ties import Tie, ties


def notes(snapshot: RankingSnapshot, rows: Sequence[Published]) -> tuple[str, ...]:
    """A sentence for each group of parks with the same total."""
    found = ties(rows)
    if not found:
        return ()
    order = listed(_order(rounds.scheme_of(rounds.get(snapshot.round_id))))
    return tuple(_words(one, order) for one in found)


def _words(one: Tie, order: str) -> str:
    names = listed(one.names)
    if not one.ordered:
        return _(
            "总分同为 %(points)s 分：%(names)s，各项比较均相同，并列第 %(rank)s 名。",
            points=one.final,
            names=names,
            rank=one.ranks[0],
        )
    return _(
        "总分同为 %(points)s 分：%(names)s，依次比较%(order)s排定先后，仍相同的并列。",
        points=one.final,
        names=names,
        order=order,
    )


def _order(scheme: Scheme) -> list[str]:
    """What is compared after the total, by name."""
    blocks = {one.code: one.name for one in scheme.blocks}
    indicators = {one.code: one.name for one in scheme.indicators}
    items = {code: one.name for code, one in scheme.items.items()}
    known = {"block": blocks, "value": indicators, "raw": items}
    return [
        known[one.kind].get(one.code, one.code) for one in scheme.tie_breaks if one.kind in known
    ]
