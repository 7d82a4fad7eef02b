"""Coming in by something proven: a phone code, WeChat, 海易办. First use registers.

Only (provider, issuer, subject) finds a person. A name, an e-mail or a number that somebody else's
service claims links nobody; a proven number does, and two accounts are never made one.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.exc import IntegrityError

from app.core import clock, phones
from app.core.actor import Actor
from app.core.errors import Refusal
from app.core.sealing import BrokenSeal
from app.engines import documents, notices, trail
from app.extensions import db
from app.extensions.locks import lock
from app.extensions.sealing import keyring
from app.features.accounts import queries
from app.features.accounts.models import Identity, UsedState
from app.features.accounts.rules import Role
from app.features.accounts.services import devices
from app.features.accounts.services.people import create_user, ref
from app.features.accounts.services.sign_in import Caller, SignIn, came

PHONE, WECHAT, HAIYIBAN = "phone", "wechat", "haiyiban"
STATE_FOR = timedelta(minutes=10)
PROOF_FOR = timedelta(minutes=10)
LOCK_SPACE = 7_263
#: ``(actor, user id, company) ``: what a legal identity certified; the parks keep organisations.
CERTIFIED: list[Callable[[Actor, int, dict[str, str]], object]] = []


@dataclass(frozen=True)
class Proof:
    """Something that a person has shown to be theirs. ``company`` comes with a legal identity."""

    provider: str
    issuer: str
    subject: str
    label: str = ""
    level: str = ""
    name: str = ""
    company: dict[str, str] | None = None
    alias: str = ""  # another name of the same account there: WeChat's openid

    def sealed(self, browser: str, now: datetime) -> str:
        """For the form in between, good in this browser for ten minutes."""
        text = json.dumps([asdict(self), now.timestamp()])
        return keyring().seal(text, f"proof:{browser}")

    @staticmethod
    def opened(text: str, browser: str, now: datetime) -> Proof:
        """The proof again; refuses one of another browser or one that has grown old."""
        try:
            fields, at = json.loads(keyring().open(text, f"proof:{browser}"))
        except BrokenSeal:
            raise Refusal("proof_gone") from None
        if now.timestamp() - at > PROOF_FOR.total_seconds():
            raise Refusal("proof_gone")
        return Proof(**fields)


def of_phone(phone: str) -> Proof:
    """A number (11 digits) that a code has proven."""
    return Proof(PHONE, "", notices.phone_index(phone), phones.mask_phone(phone))


@dataclass(frozen=True)
class Agreed:
    """What was ticked: the version in force, and on which way."""

    document_id: int | None
    channel: str


def enter(proof: Proof, caller: Caller, *, now: datetime, agreed: Agreed | None = None) -> SignIn:
    """Sign in who holds this proof. Refusals: ``unknown_identity`` when nobody does,
    ``consent_needed`` when the statement in force is not agreed to yet, ``account_off``."""
    found = queries.identity(proof.provider, proof.issuer, proof.subject)
    if found is None:
        return SignIn(None, "unknown_identity")
    document = _to_agree(found.user_id)
    if document is not None:
        if agreed is None or agreed.document_id != document.id:
            return SignIn(None, "consent_needed")
        documents.agree(found.user_id, document, address=caller.address, channel=agreed.channel)
    return _come_in(found, proof, caller, now)


def _to_agree(user_id: int | None) -> documents.Document | None:
    """The statement in force, where this person (``None`` = somebody new) has not agreed to it."""
    document = documents.current("legal", clock.today())
    if document is None or user_id is None:
        return document
    return None if documents.has_consented(user_id, document) else document


def enter_by_phone(
    phone: str, caller: Caller, agreed: Agreed, *, now: datetime, also: Proof | None = None
) -> SignIn:
    """Sign in the holder of a proven number, registered if new; ``also``: bound to them as well.

    Refusals: ``consent_needed``, ``account_off``, ``identity_taken`` (the other proof belongs to
    somebody else), ``identity_second`` (this person has another account of that service bound).
    """
    proof = of_phone(phone)
    lock(LOCK_SPACE, proof.subject)
    found = queries.identity(proof.provider, proof.issuer, proof.subject)
    holder = found.user_id if found is not None else None
    if also is not None and (refusal := _unbindable(holder, also)) is not None:
        return SignIn(None, refusal)
    document = _to_agree(holder)
    if document is not None and agreed.document_id != document.id:
        return SignIn(None, "consent_needed")
    if found is None:
        user = _register(phone, proof, caller, name=also.name if also else "")
        found = _add(user.id, proof, phone=phone, now=now)
    if document is not None:
        documents.agree(found.user_id, document, address=caller.address, channel=agreed.channel)
    if also is not None and (refusal := _bind(found.user_id, also, caller, now)) is not None:
        raise Refusal(refusal)  # another browser was faster: nothing of this is kept
    return _come_in(found, proof, caller, now, also=also)


def bind(actor: Actor, proof: Proof, *, now: datetime) -> None:
    """Bind one more way in to one's own account; refuses as ``enter_by_phone`` does.

    The account's number is told, in case it is not its holder who sits at the page.
    """
    assert actor.user_id is not None
    queries.locked(actor.user_id)
    known = queries.identity(proof.provider, proof.issuer, proof.subject)
    refusal = _bind(actor.user_id, proof, Caller(actor.address, request_id=actor.request_id), now)
    if refusal is not None:
        raise Refusal(refusal)
    if known is None:
        devices.write_to(actor.user_id, "绑定新的登录方式", now)
    if proof.company is not None:
        _certified(actor, actor.user_id, proof)


def bind_phone(actor: Actor, phone: str, *, now: datetime) -> None:
    """绑定手机号 of an account that has none: a number that a code has proven.

    Refusals: ``phone_taken``; ``phone_there`` when it has a number meanwhile.
    """
    assert actor.user_id is not None
    queries.locked(actor.user_id)
    proof = of_phone(phone)
    lock(LOCK_SPACE, proof.subject)
    here = Caller(actor.address, request_id=actor.request_id)
    refusal = _bind(actor.user_id, proof, here, now, phone=phone)
    if refusal == "identity_taken":
        raise Refusal("phone_taken", fields={"phone": "phone_taken"})
    if refusal is not None:
        raise Refusal("phone_there" if refusal == "identity_second" else refusal)


def unbind(actor: Actor, identity_id: int) -> str:
    """解除绑定: the way in is gone at once; the last one stays. Returns its provider."""
    assert actor.user_id is not None
    user = queries.locked(actor.user_id)
    mine = queries.identities_of(user.id)
    found = next((one for one in mine if one.id == identity_id), None)
    if found is None:
        raise Refusal("identity_gone")
    if found.provider == PHONE:
        raise Refusal("phone_stays")
    if len(mine) == 1 and not user.password:
        raise Refusal("last_way_in")
    provider = found.provider
    db.session.delete(found)
    trail.record(actor, "identity.unbound", ref(user), details={"provider": provider})
    return provider


# -- one round trip to a service ------------------------------------------------------------------
@dataclass(frozen=True)
class Trip:
    """What the way out was begun for: ``kind`` of identity, ``enter`` or ``bind``, and where to."""

    provider: str
    kind: str = ""
    errand: str = "enter"
    target: str = ""

    def state(self, browser: str, now: datetime) -> str:
        """The ``state`` of the way out: good once, for ten minutes, in this browser, for this
        service. Nothing is written before somebody comes back with it."""
        text = json.dumps([asdict(self), now.timestamp(), secrets.token_hex(8)])
        return keyring().seal(text, f"state:{self.provider}:{browser}")


def back(provider: str, state: str, browser: str, *, now: datetime) -> Trip | None:
    """The trip that a ``state`` was made for, once; ``None`` for one that is made up, old, used, or
    another browser's or service's."""
    try:
        fields, at, _salt = json.loads(keyring().open(state, f"state:{provider}:{browser}"))
    except BrokenSeal:
        return None
    if now.timestamp() - at > STATE_FOR.total_seconds():
        return None
    return Trip(**fields) if first_use(state, now) else None


def first_use(word: str, now: datetime) -> bool:
    """Whether a word, good for less than ten minutes, was never used before."""
    db.session.execute(sa.delete(UsedState).where(UsedState.at < now - STATE_FOR))
    try:
        with db.session.begin_nested():
            db.session.add(UsedState(state_hash=keyring().index(word, "state"), at=now))
            db.session.flush()
    except IntegrityError:
        return False
    return True


def alias_of(name: str) -> str:
    """What is kept of an openid."""
    return keyring().index(name, "alias") if name else ""


# -- the steps ----------------------------------------------------------------------------------
def _come_in(
    found: Identity, proof: Proof, caller: Caller, now: datetime, *, also: Proof | None = None
) -> SignIn:
    user = queries.locked(found.user_id)
    if not user.active:
        return SignIn(None, "account_off")
    found.used_at = now
    if proof.label:
        found.label = proof.label[:80]
    found.level = proof.level[:8]
    found.alias = alias_of(proof.alias)
    db.session.flush()
    for one in (proof, also):
        if one is not None and one.company is not None:
            _certified(caller.actor(user), user.id, one)
    return came(user, caller, now=now, way=(also or proof).provider)


def _register(phone: str, proof: Proof, caller: Caller, *, name: str) -> User:
    role = db.session.scalar(sa.select(RoleRow).where(RoleRow.name == Role.enterprise_user.value))
    user = create_user(
        username=f"u{secrets.token_hex(6)}",
        name=name or f"用户{phone[-4:]}",
        password=None,
        roles=[role],
    )
    trail.record(caller.actor(user), "user.registered", ref(user), details={"phone": proof.label})
    return user


def _add(user_id: int, proof: Proof, *, now: datetime, phone: str = "") -> Identity:
    made = Identity(
        provider=proof.provider,
        issuer=proof.issuer,
        subject=proof.subject,
        alias=alias_of(proof.alias),
        user_id=user_id,
        label=proof.label[:80],
        level=proof.level[:8],
        created_at=now,
    )
    db.session.add(made)
    db.session.flush()
    if phone:
        made.sealed = keyring().seal(phone, f"identity.sealed:{made.id}")
        db.session.flush()
    return made


def _unbindable(user_id: int | None, proof: Proof) -> str | None:
    """Why a proof cannot be bound to a person (``None`` = somebody new)."""
    known = queries.identity(proof.provider, proof.issuer, proof.subject)
    if known is not None:
        return None if known.user_id == user_id else "identity_taken"
    others = queries.identities_of(user_id) if user_id is not None else []
    second = any((one.provider, one.issuer) == (proof.provider, proof.issuer) for one in others)
    return "identity_second" if second else None


def _bind(
    user_id: int, proof: Proof, caller: Caller, now: datetime, *, phone: str = ""
) -> str | None:
    """Why it cannot be bound; ``None`` once it is (also when it was already)."""
    if (refusal := _unbindable(user_id, proof)) is not None:
        return refusal
    if queries.identity(proof.provider, proof.issuer, proof.subject) is not None:
        return None
    try:
        with db.session.begin_nested():
            _add(user_id, proof, now=now, phone=phone)
    except IntegrityError:
        return "identity_taken"  # another browser was faster
    user = queries.by_id(user_id)
    assert user is not None
    details = {"provider": proof.provider}
    if proof.provider != WECHAT:  # the trail keeps for ever what the person may take back there
        details["label"] = proof.label
    trail.record(caller.actor(user), "identity.bound", ref(user), details=details)
    return None


def _certified(actor: Actor, user_id: int, proof: Proof) -> None:
    for keep in CERTIFIED:
        keep(actor, user_id, dict(proof.company or {}))
