"""The second step of a sign-in: a code of the person's authenticator (TOTP) or a recovery code.

Between the steps nobody is signed in: what the first one proved travels sealed, bound to the
browser, for a few minutes. A step of the clock and a recovery code are good once.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import pyotp
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal, refuse_if
from app.core.sealing import BrokenSeal
from app.engines import notices, trail
from app.extensions import db
from app.extensions.sealing import keyring
from app.features.accounts import policy, queries
from app.features.accounts.models import RecoveryCode, SecondFactor, SecondFactorAttempt
from app.features.accounts.rules import READABLE
from app.features.accounts.services import devices, sessions
from app.features.accounts.services.people import ref
from app.features.accounts.services.sign_in import Caller, SignIn, arrive, told

HALF_FOR = timedelta(minutes=5)
ENROL_FOR = timedelta(minutes=15)  # an app has to be found and installed first
STEP_SECONDS = 30
CODES = 10
CODE_LENGTH = 10


@dataclass(frozen=True)
class Half:
    """What the first step proved. ``stamp``: of the password then, so that a reset ends this too."""

    user_id: int
    way: str
    must_change: bool
    stamp: str

    def sealed(self, browser: str, now: datetime) -> str:
        """For the cookie in between; worth nothing in another browser."""
        return keyring().seal(json.dumps([asdict(self), now.timestamp()]), f"half:{browser}")


def half_of(outcome: SignIn) -> Half:
    assert outcome.user is not None
    return Half(outcome.user.id, outcome.way, outcome.must_change, _stamp(outcome.user))


def half_opened(text: str, browser: str, now: datetime) -> tuple[Half, User] | None:
    """Who is between the steps in this browser; ``None`` when that is nobody any more."""
    try:
        fields, at = json.loads(keyring().open(text, f"half:{browser}"))
    except BrokenSeal:
        return None
    half = Half(**fields)
    user = queries.by_id(half.user_id)
    if user is None or not user.active or _stamp(user) != half.stamp:
        return None
    longest = HALF_FOR if queries.second_factor(user.id) else ENROL_FOR
    return (half, user) if now.timestamp() - at <= longest.total_seconds() else None


def prove(half: Half, code: str, caller: Caller, *, now: datetime) -> SignIn:
    """The second step: ``second_wrong``, ``second_locked`` or ``half_gone``, else the person is in.

    Commit either way: a wrong code counts.
    """
    user = queries.locked(half.user_id)
    factor = queries.second_factor(user.id)
    if factor is None or not user.active or _stamp(user) != half.stamp:
        return SignIn(None, "half_gone")
    if (until := queries.second_factor_locked_until(user.id, now)) is not None:
        return SignIn(None, "second_locked", until)
    if not _spend(factor, code, now):
        return _wrong(user, caller.actor(user), caller.device, now)
    return arrive(_outcome(user, half), caller, now=now)


@dataclass(frozen=True)
class Enrolment:
    """A secret that is shown to be scanned; kept only once a code has proven it."""

    secret: str
    username: str

    def address(self, issuer: str) -> str:
        """What the QR code says."""
        return pyotp.TOTP(self.secret).provisioning_uri(name=self.username, issuer_name=issuer)

    def sealed(self, user_id: int, browser: str) -> str:
        """For the form; it travels with the page since a GET writes nothing."""
        return keyring().seal(self.secret, _enrol_place(user_id, browser))


def enrolment(user: User, browser: str, sealed: str = "") -> Enrolment:
    """A new secret, or the one of the form that came back; refuses one of another browser."""
    if not sealed:
        return Enrolment(pyotp.random_base32(), user.username)
    try:
        return Enrolment(keyring().open(sealed, _enrol_place(user.id, browser)), user.username)
    except BrokenSeal:
        raise Refusal("half_gone") from None


def enrol(
    half: Half, made: Enrolment, code: str, caller: Caller, *, now: datetime
) -> tuple[SignIn, list[str]]:
    """Keep the authenticator that a first code proves, and make the recovery codes, shown once.

    Commit either way: a wrong code counts.
    """
    user = queries.locked(half.user_id)
    if queries.second_factor(user.id) or not user.active or _stamp(user) != half.stamp:
        return SignIn(None, "half_gone"), []
    if (until := queries.second_factor_locked_until(user.id, now)) is not None:
        return SignIn(None, "second_locked", until), []
    step = _step_of(made.secret, _plain(code), now)
    if step is None:
        return _wrong(user, caller.actor(user), caller.device, now), []
    codes = _keep(caller.actor(user), user, made, step, now)
    return arrive(_outcome(user, half), caller, now=now), codes


def reset_second_factor(actor: Actor, user_id: int) -> None:
    """重置第二步验证 of somebody else: their sign-ins end; who must have one enrols next time."""
    refuse_if(policy.resetting_second(actor, user_id))
    user = queries.locked(user_id)
    _forget(user.id)
    sessions.end_all(user.id)
    cause = f"second-factor-reset:{clock.now().timestamp()}"
    notices.tell([user.id], "account.second_removed", cause=cause)
    trail.record(actor, "user.second_factor_reset", ref(user))


# -- one's own, while signed in -----------------------------------------------------------------
@dataclass(frozen=True)
class OwnAct:
    """What came of it: a refusal, perhaps with when to try again; recovery codes to show once."""

    refusal: str | None = None
    until: datetime | None = None
    codes: tuple[str, ...] = ()


def enrol_own(
    actor: Actor, made: Enrolment, code: str, *, keep_row: int | None, now: datetime
) -> OwnAct:
    """开启两步验证 by one's own will, by a first code; one's other sign-ins end.

    Commit either way, here and below: a wrong code counts.
    """
    user = queries.locked(actor.user_id or 0)
    if queries.second_factor(user.id) is not None:
        return OwnAct("second_there")
    if (until := queries.second_factor_locked_until(user.id, now)) is not None:
        return OwnAct("second_locked", until)
    step = _step_of(made.secret, _plain(code), now)
    if step is None:
        return OwnAct(_wrong(user, actor, "", now).refusal)
    codes = _keep(actor, user, made, step, now)
    sessions.end_all(user.id, keep_row=keep_row)
    devices.write_to(user.id, "开启两步验证", now)
    return OwnAct(codes=tuple(codes))


def renew_codes(actor: Actor, code: str, *, now: datetime) -> OwnAct:
    """换一组恢复码, by a code of the authenticator or a recovery code; the old ones are void."""
    user = queries.locked(actor.user_id or 0)
    if (refused := _unproven(actor, user, code, now)) is not None:
        return refused
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = _new_codes(user.id)
    trail.record(actor, "second_factor.codes_renewed", ref(user))
    return OwnAct(codes=tuple(codes))


def remove_own(actor: Actor, code: str, *, keep_row: int | None, now: datetime) -> OwnAct:
    """关闭两步验证, unless the role wants two steps; one's other sign-ins end."""
    if queries.second_factor_wanted(actor.roles):
        return OwnAct("second_needed")
    user = queries.locked(actor.user_id or 0)
    if (refused := _unproven(actor, user, code, now)) is not None:
        return refused
    _forget(user.id)
    sessions.end_all(user.id, keep_row=keep_row)
    trail.record(actor, "second_factor.removed", ref(user))
    devices.write_to(user.id, "关闭两步验证", now)
    return OwnAct()


def _unproven(actor: Actor, user: User, code: str, now: datetime) -> OwnAct | None:
    """Why a code does not prove the person; ``None`` when it does, and is used up."""
    factor = queries.second_factor(user.id)
    if factor is None:
        return OwnAct("second_none")
    if (until := queries.second_factor_locked_until(user.id, now)) is not None:
        return OwnAct("second_locked", until)
    return None if _spend(factor, code, now) else OwnAct(_wrong(user, actor, "", now).refusal)


# -- the steps ----------------------------------------------------------------------------------
def _keep(actor: Actor, user: User, made: Enrolment, step: int, now: datetime) -> list[str]:
    """Keep a proven authenticator; its recovery codes as they are shown."""
    sealed = keyring().seal(made.secret, _place(user.id))
    kept = SecondFactor(user_id=user.id, sealed=sealed, last_step=step, created_at=now)
    db.session.add(kept)
    codes = _new_codes(user.id)
    cause = f"second-factor:{kept.id}:{now.timestamp()}"  # a database may use the id again
    notices.tell([user.id], "account.second_enrolled", cause=cause)
    trail.record(actor, "second_factor.enrolled", ref(user))
    return codes


def _new_codes(user_id: int) -> list[str]:
    codes = [_new_code() for _ in range(CODES)]
    db.session.add_all(
        RecoveryCode(user_id=user_id, code_hash=_code_hash(user_id, one)) for one in codes
    )
    db.session.flush()
    return [f"{one[:5]}-{one[5:]}" for one in codes]


def _forget(user_id: int) -> None:
    execute = db.session.execute
    execute(sa.delete(SecondFactor).where(SecondFactor.user_id == user_id))
    execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    execute(sa.delete(SecondFactorAttempt).where(SecondFactorAttempt.user_id == user_id))


def _spend(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Use up a code of the clock or a recovery code."""
    plain = _plain(code)
    if len(plain) == CODE_LENGTH:
        return _spend_recovery(factor.user_id, plain, now)
    return _spend_step(factor, plain, now)


def _spend_step(factor: SecondFactor, code: str, now: datetime) -> bool:
    """A code of the clock, once: also when two requests bring it at the same time."""
    step = _step_of(keyring().open(factor.sealed, _place(factor.user_id)), code, now)
    if step is None:
        return False
    taken = db.session.execute(
        sa.update(SecondFactor)
        .where(SecondFactor.id == factor.id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.id)
        .execution_options(synchronize_session=False)
    )
    return taken.scalar_one_or_none() is not None


def _spend_recovery(user_id: int, code: str, now: datetime) -> bool:
    taken = db.session.execute(
        sa.update(RecoveryCode)
        .where(RecoveryCode.code_hash == _code_hash(user_id, code), RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    return taken.scalar_one_or_none() is not None


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of the clock that a code belongs to: now, the one before or the next one."""
    made = pyotp.TOTP(secret)
    here = int(now.timestamp()) // STEP_SECONDS
    good = [
        step
        for step in (here - 1, here, here + 1)
        if hmac.compare_digest(made.generate_otp(step).encode(), code.encode())
    ]
    return max(good, default=None)


def _wrong(user: User, actor: Actor, device: str, now: datetime) -> SignIn:
    db.session.add(SecondFactorAttempt(user_id=user.id, at=now))
    db.session.flush()
    told(actor, "second_factor.failed", user, device=device)
    if queries.second_factor_locked_until(user.id, now) is not None:
        told(actor, "second_factor.locked", user, device=device)
    return SignIn(None, "second_wrong")


def _outcome(user: User, half: Half) -> SignIn:
    return SignIn(user, must_change=half.must_change, way=half.way)


def _plain(code: str) -> str:
    """Without what people type between the signs."""
    return "".join(sign for sign in code.lower() if sign not in " -\t\u3000")[:32]


def _new_code() -> str:
    return "".join(secrets.choice(READABLE) for _ in range(CODE_LENGTH))


def _code_hash(user_id: int, code: str) -> str:
    return keyring().index(f"{user_id}:{code}", "recovery")


def _stamp(user: User) -> str:
    return keyring().index(f"{user.id}:{user.password or ''}", "half")[:32]


def _place(user_id: int) -> str:
    return f"second_factor.sealed:{user_id}"


def _enrol_place(user_id: int, browser: str) -> str:
    return f"second_factor.enrol:{user_id}:{browser}"
