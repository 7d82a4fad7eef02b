"""Two requests at once: a second code is good once, and so is an enrolment."""

from __future__ import annotations

import pyotp
import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.extensions import db
from app.extensions.sealing import keyring
from app.features.accounts.models import (
    KnownDevice,
    RecoveryCode,
    SecondFactor,
    SecondFactorAttempt,
)
from app.features.accounts.services import second_factor
from app.features.accounts.services.sign_in import Caller, SignIn
from app.transaction import transaction
from tests.support.owned import at_once

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = "abcdefghjk"
TIMES = 6


@pytest.fixture
def half(owned):
    """The operator after the first step, with an authenticator and one recovery code."""
    with transaction():
        for model in (SecondFactor, RecoveryCode, SecondFactorAttempt, KnownDevice):
            db.session.execute(sa.delete(model))
        user = db.session.scalars(sa.select(User).where(User.username == "operator")).one()
        sealed = keyring().seal(SECRET, f"second_factor.sealed:{user.id}")
        db.session.add(SecondFactor(user_id=user.id, sealed=sealed, last_step=0))
        hashed = second_factor._code_hash(user.id, CODE)
        db.session.add(RecoveryCode(user_id=user.id, code_hash=hashed))
    return second_factor.half_of(SignIn(user))


def proven(owned, half, code, now):
    good = []

    def prove():
        with transaction():
            if second_factor.prove(half, code, Caller(), now=now).user is not None:
                good.append(code)

    raised = at_once(owned, *[prove] * TIMES)
    assert raised == [None] * TIMES
    return len(good)


def test_one_code_lets_one_of_many_requests_in(owned, half):
    now = clock.now()
    assert proven(owned, half, pyotp.TOTP(SECRET).at(now), now) == 1


def test_one_recovery_code_lets_one_of_many_requests_in(owned, half):
    assert proven(owned, half, CODE, clock.now()) == 1


def test_two_enrolments_keep_one_authenticator(owned, half):
    with transaction():
        db.session.execute(sa.delete(SecondFactor))
        db.session.execute(sa.delete(RecoveryCode))
    now, done = clock.now(), []
    made = second_factor.Enrolment(SECRET, "operator")

    def enrol():
        with transaction():
            code = pyotp.TOTP(SECRET).at(now)
            outcome, codes = second_factor.enrol(half, made, code, Caller(), now=now)
            if outcome.user is not None:
                done.append(codes)

    assert at_once(owned, *[enrol] * TIMES) == [None] * TIMES
    assert len(done) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RecoveryCode)) == 10
