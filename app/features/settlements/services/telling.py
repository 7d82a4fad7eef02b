"""Who hears of what: the one place where the inbox is joined (wiring fills ``TELLERS``)."""

from __future__ import annotations

from collections.abc import Callable

from app.core.actor import Actor
from app.features.settlements.models import SettlementApplication

#: ``(actor, application, what)`` in the transaction of every act. ``what`` is an act of the table
#: (the applicant hears of 已落地, 未落地 and 转其他园区), ``submit`` or ``arrive`` (the park hears),
#: ``due`` or ``late`` (whoever handles applications at the park is nudged).
TELLERS: list[Callable[[Actor, SettlementApplication, str], None]] = []


def told(actor: Actor, application: SettlementApplication, what: str) -> None:
    for teller in TELLERS:
        teller(actor, application, what)
