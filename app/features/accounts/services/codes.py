"""Phone codes: sent within budgets, good once, for one number, purpose and browser.

The answer says nothing of whether a number is known: neither here nor in how long it takes.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from app.core import addresses, phones
from app.core.errors import Refusal
from app.engines import notices
from app.extensions import db
from app.extensions.locks import lock
from app.extensions.sealing import keyring
from app.features.accounts import queries
from app.features.accounts.models import PhoneCode
from app.features.accounts.services import puzzles

DIGITS = 6
GOOD_FOR = timedelta(minutes=5)
MOST_TRIES = 5
RESEND = timedelta(seconds=60)
#: window -> most codes: per number, per address, over all numbers.
PER_PHONE = ((timedelta(hours=1), 5), (timedelta(hours=24), 10))
PER_ADDRESS = ((timedelta(hours=1), 30), (timedelta(hours=24), 100))
OVER_ALL = ((timedelta(minutes=1), 120), (timedelta(hours=1), 2_000))
LOCK_SPACE = 7_262
KEEP = timedelta(days=2)  # longer than any window


class Asked(Struct, frozen=True):
    """Who wants a code for what. ``browser``: what stands for the cookie; ``answer``: of the puzzle."""

    phone: str
    purpose: str
    browser: str
    address: str
    answer: str = ""


def mobile(text: str) -> str:
    """The normal form of a mobile number; refuses what is none."""
    number = phones.normalise(text)
    if number is None or len(number) != 11 or not number.isdigit():
        raise Refusal("phone_wrong", fields={"phone": "phone_wrong"})
    return number


class Sent(Struct, frozen=True):
    """Another code may be asked for after ``seconds``; or why none was sent: ``code_soon``,
    ``code_budget``, ``puzzle_needed``, ``puzzle_wrong``."""

    seconds: int = int(RESEND.total_seconds())
    refusal: Refusal | None = None


def send(asked: Asked, *, now: datetime) -> Sent:
    """Send a code within the budgets. Commit either way: a puzzle is used up by a wrong answer."""
    index = notices.phone_index(asked.phone)
    lock(LOCK_SPACE, index)  # two requests at once must see each other
    refusal = _over_budget(index, asked.address, now)
    if refusal is None and queries.codes_since(
        now - timedelta(hours=24), index=index, browser=asked.browser
    ):
        refusal = puzzles.check(asked.browser, asked.answer, now=now)
    if refusal is not None:
        return Sent(refusal.params.get("seconds", 0), refusal)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    db.session.add(
        PhoneCode(
            phone_index=index,
            purpose=asked.purpose,
            browser=asked.browser,
            code_hash=_hash(index, asked.purpose, asked.browser, code),
            address=addresses.source(asked.address),
            created_at=now,
        )
    )
    db.session.flush()
    minutes = str(int(GOOD_FOR.total_seconds() // 60))
    notices.queue(asked.phone, notices.SmsKind.code, {"code": code, "minutes": minutes})
    return Sent()


def _over_budget(index: str, address: str, now: datetime) -> Refusal | None:
    last = queries.last_code_at(index)
    if last is not None and now - last < RESEND:
        seconds = max(1, int((RESEND - (now - last)).total_seconds()))
        return Refusal("code_soon", fields={"code": "code_soon"}, seconds=seconds)
    budgets: Sequence[tuple[dict[str, str], Sequence[tuple[timedelta, int]]]] = (
        ({"index": index}, PER_PHONE),
        ({"address": addresses.source(address)}, PER_ADDRESS),
        ({}, OVER_ALL),
    )
    for whose, windows in budgets:
        for window, most in windows:
            if queries.codes_since(now - window, **whose) >= most:
                return Refusal("code_budget", fields={"code": "code_budget"})
    return None


def spend(asked: Asked, code: str, *, now: datetime) -> bool:
    """Use up a code: ``True`` once, for the last one sent to this number, purpose and browser.

    Runs in a transaction that is committed either way: a wrong try counts.
    """
    index = notices.phone_index(asked.phone)
    found = queries.open_code(index, asked.purpose, asked.browser, since=now - GOOD_FOR)
    given = _hash(index, asked.purpose, asked.browser, code.strip())
    if found is None:
        hmac.compare_digest(given, "0" * 64)
        return False
    good = hmac.compare_digest(found.code_hash, given)
    mine = sa.and_(
        PhoneCode.id == found.id, PhoneCode.used_at.is_(None), PhoneCode.tries < MOST_TRIES
    )
    values = {"tries": PhoneCode.tries + 1, **({"used_at": now} if good else {})}
    taken = db.session.execute(
        sa.update(PhoneCode)
        .where(mine)
        .values(values)
        .returning(PhoneCode.id)
        .execution_options(synchronize_session=False)
    )
    return taken.scalar_one_or_none() is not None and good


def forget_old(now: datetime) -> None:
    """Codes that no window counts any more, and puzzles that nobody can answer."""
    db.session.execute(sa.delete(PhoneCode).where(PhoneCode.created_at < now - KEEP))
    puzzles.forget_old(now)


def _hash(index: str, purpose: str, browser: str, code: str) -> str:
    return keyring().index(f"{index}:{purpose}:{browser}:{code}", "code")
