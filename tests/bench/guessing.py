"""How long a wrong guess takes for a name or number that is known, unknown or switched off.

Reported only: tests/features/accounts/test_enumeration.py counts that the work is the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.bench.measure import Line, Table, act, median
from tests.bench.stand import Stand

ROUNDS = 40
WRONG = "wrong-wrong-1"
KNOWN, UNKNOWN = "13912345678", "13812345678"


def measure(stand: Stand, table: Table) -> None:
    """Medians of each kind beside those of nobody."""
    found, _ = act("guess", stand.fresh("guess"), rounds=str(ROUNDS))
    for what, kinds in found.items():
        nobody = kinds.pop("unknown")
        for kind, ms in kinds.items():
            table.add(
                Line(
                    f"{what}, {kind}",
                    stand.name,
                    f"{ms:.1f} ms",
                    f"unknown {nobody:.1f} ms",
                    ms / nobody,
                )
            )


def guess(rounds: int) -> dict[str, dict[str, float]]:
    """In a process of its own, in an application: what -> kind -> median in milliseconds."""
    from app.features.accounts import services
    from app.features.accounts.services import Caller

    def password(name: str) -> Callable[[Any], object]:
        return lambda now: services.sign_in_by_password(name, WRONG, caller=Caller(), now=now)

    def send(phone: str) -> Callable[[Any], object]:
        return lambda now: services.send_code(_asked(phone), now=now)

    def spend(phone: str) -> Callable[[Any], object]:
        return lambda now: services.spend_code(_asked(phone), "000000", now=now)

    _register()
    _switch_off("clerk2")
    return {
        "wrong password": _medians(
            rounds,
            {"unknown": password("nobody"), "known": password("park1"), "off": password("clerk2")},
        ),
        "getting a code": _medians(rounds, {"unknown": send(UNKNOWN), "known": send(KNOWN)}),
        "wrong code": _medians(rounds, {"unknown": spend(UNKNOWN), "known": spend(KNOWN)}),
    }


def _asked(phone: str) -> Any:
    from app.features.accounts import services

    return services.Asked(phone, "sign_in", "b" * 64, "10.0.0.1")


def _medians(rounds: int, kinds: dict[str, Callable[[Any], object]]) -> dict[str, float]:
    """In turn, so that each kind meets the same minutes of the machine; the first round is not
    counted."""
    from app.core import clock
    from app.transaction import transaction

    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds + 1):
        for kind, call in kinds.items():
            _forget()
            begun = time.perf_counter()
            with transaction():
                call(clock.now())
            taken[kind].append(1000 * (time.perf_counter() - begun))
    return {kind: median(times[1:]) for kind, times in taken.items()}


def _forget() -> None:
    """No count of failures and no budget stands in the way."""
    import sqlalchemy as sa

    from app.extensions import db
    from app.features.accounts.models import PhoneCode, SignInAttempt
    from app.transaction import transaction

    with transaction():
        for table in (PhoneCode, SignInAttempt):
            db.session.execute(sa.delete(table))


def _register() -> None:
    from app.core import clock
    from app.engines import documents
    from app.features.accounts import services
    from app.features.accounts.services.ways_in import Agreed
    from app.transaction import transaction

    version = documents.current("legal", clock.today())
    agreed = Agreed(version.id if version else None, "phone")
    with transaction():
        services.enter_by_phone(KNOWN, services.Caller(), agreed, now=clock.now())


def _switch_off(username: str) -> None:
    import sqlalchemy as sa
    from flask_appbuilder.security.sqla.models import User

    from app.extensions import db
    from app.transaction import transaction

    with transaction():
        db.session.execute(sa.update(User).where(User.username == username).values(active=False))
