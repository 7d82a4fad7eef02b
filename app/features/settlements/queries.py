"""Every SELECT on applications. Row scope comes from the ORM; what is an applicant's own is read
across parks and narrowed to the person here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import scope
from app.core.errors import NotFound
from app.engines.files import StoredFile
from app.extensions import db
from app.extensions.lists.spec import contains, starts_with
from app.features.accounts.queries import FULL_NAME
from app.features.enterprises.models import Enterprise
from app.features.parks.models import Park
from app.features.settlements.models import (
    SettlementApplication,
    SettlementEvent,
    SettlementFile,
    SettlementNudge,
)
from app.features.settlements.rules import State

Application = SettlementApplication
UNPROVEN = sa.and_(Application.state == State.landed.value, Application.proven_at.is_(None))
CONTACTED = Application.contacted_at.is_not(None)


def overdue(today: date) -> Any:
    """Nobody has spoken with the applicant and the day for it has passed."""
    return sa.and_(Application.state == State.new.value, Application.due_on < today)


def due(today: date) -> Any:
    """Nobody has spoken with the applicant yet, and there is still time."""
    return sa.and_(Application.state == State.new.value, Application.due_on >= today)


def get(application_id: int) -> SettlementApplication:
    """The application in scope, or ``NotFound``."""
    found = db.session.scalar(sa.select(Application).where(Application.id == application_id))
    if found is None:
        raise NotFound(f"application {application_id}")
    return found


def locked(application_id: int) -> SettlementApplication:
    """The same, read again and locked until the transaction ends."""
    query = sa.select(Application).where(Application.id == application_id).with_for_update()
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound(f"application {application_id}")
    return found


def hold_applicant(user_id: int | None) -> None:
    """Wait for whoever changes the account now: a message takes this lock after the trail's head."""
    if user_id is None:
        return
    query = sa.select(User.id).where(User.id == user_id)
    db.session.scalar(query.with_for_update(read=True, key_share=True))


def with_form_key(form_key: str) -> SettlementApplication | None:
    with scope.unscoped():
        query = sa.select(Application).where(Application.form_key == form_key)
        return db.session.scalar(query, execution_options={"populate_existing": True})


def due_of(number: str) -> date:
    """Until when the park means to call, for who holds the receipt of that number."""
    query = sa.select(Application.due_on).where(Application.number == number)
    with scope.unscoped():
        return db.session.scalars(query).one()


def sent_since(moment: datetime, phone_index: str | None, user_id: int | None) -> int:
    """How many applications came from a number or an account since."""
    whose = []
    if phone_index is not None:
        whose.append(Application.phone_index == phone_index)
    if user_id is not None:
        whose.append(Application.user_id == user_id)
    query = sa.select(sa.func.count()).select_from(Application)
    query = query.where(Application.submitted_at > moment, Application.origin_id.is_(None))
    with scope.unscoped():
        return int(db.session.scalar(query.where(sa.or_(sa.false(), *whose))) or 0)


def matches(text: str, *, personal: bool) -> Any:
    """The search box: company, number, start of the code and, with the right, contact."""
    text = text.strip()
    found = [contains(Application.company, text), starts_with(Application.number, text.upper())]
    if text.isascii() and text.isalnum():
        found.append(starts_with(Application.uscc, text.upper()))
    if personal:
        found.append(contains(Application.contact_name, text))
        found.append(Application.contact_phone == text)
    return sa.or_(*found)


def state_counts() -> dict[str, int]:
    """State -> number in the current scope."""
    query = sa.select(Application.state, sa.func.count()).group_by(Application.state)
    return {state: int(number) for state, number in db.session.execute(query)}


def funnel_counts(today: date) -> dict[str, int]:
    """What came, what was answered, what landed; what is late and what lacks its contract."""
    what = {
        "all": sa.true(),
        "contacted": CONTACTED,
        "landed": Application.state == State.landed.value,
        "overdue": overdue(today),
        "unproven": UNPROVEN,
        "due": due(today),
        "new": Application.state == State.new.value,
        "declined": Application.state == State.declined.value,
    }
    sums = [sa.func.sum(sa.case((one, 1), else_=0)).label(name) for name, one in what.items()]
    row = db.session.execute(sa.select(*sums).select_from(Application)).one()
    return {name: int(getattr(row, name) or 0) for name in what}


def first_due(today: date) -> tuple[date | None, date | None]:
    """By when the first of those that are late, and of those that are not, was or is to be called."""
    days = (
        sa.func.min(sa.case((clause, Application.due_on)))
        for clause in (overdue(today), due(today))
    )
    late, next_one = db.session.execute(sa.select(*days).select_from(Application)).one()
    return late, next_one


def log(application_id: int) -> list[SettlementEvent]:
    """Everything that happened, the newest first."""
    query = sa.select(SettlementEvent).where(SettlementEvent.application_id == application_id)
    return list(db.session.scalars(query.order_by(SettlementEvent.id.desc())))


def files_of(application_id: int) -> list[tuple[SettlementFile, StoredFile | None]]:
    """Files with what the store holds of them; ``None`` for one that is gone."""
    query = (
        sa.select(SettlementFile, StoredFile)
        .outerjoin(StoredFile, StoredFile.key == SettlementFile.file_key)
        .where(SettlementFile.application_id == application_id)
        .order_by(SettlementFile.id)
    )
    return [(one, stored) for one, stored in db.session.execute(query)]


def person(user_id: int | None) -> str:
    """Who handles it."""
    if user_id is None:
        return ""
    return db.session.scalar(sa.select(FULL_NAME).where(User.id == user_id)) or ""


def enterprise_name(enterprise_id: int | None) -> str:
    query = sa.select(Enterprise.name).where(Enterprise.id == enterprise_id)
    return (db.session.scalar(query) or "") if enterprise_id is not None else ""


def landed_for(enterprise_id: int, but: int) -> SettlementApplication | None:
    """Another application that has landed as this enterprise."""
    query = sa.select(Application).where(
        Application.enterprise_id == enterprise_id,
        Application.state == State.landed.value,
        Application.id != but,
    )
    return db.session.scalar(query.limit(1))


def landed_as(enterprise_id: int) -> list[SettlementApplication]:
    """Applications that landed as this enterprise, locked."""
    query = sa.select(Application).where(Application.enterprise_id == enterprise_id)
    return list(db.session.scalars(query.order_by(Application.id).with_for_update()))


def applications_of(ids: Collection[int]) -> dict[int, int]:
    """Enterprise -> how many applications landed as it."""
    query = (
        sa.select(Application.enterprise_id, sa.func.count())
        .where(Application.enterprise_id.in_(ids))
        .group_by(Application.enterprise_id)
    )
    return {key: int(number) for key, number in db.session.execute(query)}


def other_parks(park_id: int) -> tuple[tuple[str, str], ...]:
    """Active parks that an application may be handed to: ``(id, name)``, by code."""
    query = sa.select(Park.id, Park.name).where(Park.status == "active", Park.id != park_id)
    with scope.unscoped():
        rows = db.session.execute(query.order_by(Park.code))
        return tuple((str(key), name) for key, name in rows)


def park_names(park_ids: Sequence[int]) -> Mapping[int, str]:
    """Names of parks, whoever asks: their names are public."""
    with scope.unscoped():
        query = sa.select(Park.id, Park.name).where(Park.id.in_(park_ids))
        return {row[0]: row[1] for row in db.session.execute(query)}


def origins(ids: Sequence[int]) -> dict[int, int]:
    """Which park each of these applications was sent to first."""
    with scope.unscoped():
        query = sa.select(Application.id, Application.park_id).where(Application.id.in_(ids))
        return {row[0]: row[1] for row in db.session.execute(query)}


# -- an applicant's own ---------------------------------------------------------------------------
def own(user_id: int, limit: int = 100) -> list[SettlementApplication]:
    """What a person applied for, the newest first. What was handed over appears where it is now."""
    query = (
        sa.select(Application)
        .where(Application.user_id == user_id)
        .order_by(Application.submitted_at.desc(), Application.id.desc())
    )
    with scope.unscoped():
        return list(db.session.scalars(query.limit(limit)))


def own_count(user_id: int) -> int:
    query = sa.select(sa.func.count()).select_from(Application)
    with scope.unscoped():
        return int(db.session.scalar(query.where(Application.user_id == user_id)) or 0)


def own_locked(user_id: int, application_id: int) -> SettlementApplication:
    """One of a person's own, locked; ``NotFound`` for anybody else's."""
    with scope.unscoped():
        found = locked(application_id)
    if found.user_id != user_id:
        raise NotFound(f"application {application_id}")
    return found


def unlinked(phone_index: str, since: datetime) -> list[SettlementApplication]:
    """Applications proven by this number that belong to no account yet, locked."""
    query = (
        sa.select(Application)
        .where(
            Application.phone_index == phone_index,
            Application.user_id.is_(None),
            Application.submitted_at > since,
        )
        .order_by(Application.id)
        .with_for_update()
    )
    with scope.unscoped():
        return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def facts_of(user_id: int) -> list[dict[str, Any]]:
    """What is kept of a person's applications, in plain values."""
    names = ("number", "state", "company", "uscc", "contact_name", "contact_phone", "email")
    more = ("goods", "markets", "message", "submitted_at", "agreed_at", "agreed_address")
    return [{name: getattr(one, name) for name in (*names, *more)} for one in own(user_id)]


# -- nudges ----------------------------------------------------------------------------------------
def last_nudge(application_id: int) -> SettlementNudge:
    """The newest note that a first contact was told of."""
    query = sa.select(SettlementNudge).where(SettlementNudge.application_id == application_id)
    return db.session.scalars(query.order_by(SettlementNudge.day.desc()).limit(1)).one()


def to_nudge(today: date) -> list[SettlementApplication]:
    """Applications whose first contact is due by today and that were not told of today."""
    told = sa.select(SettlementNudge.application_id).where(SettlementNudge.day == today)
    query = (
        sa.select(Application)
        .where(Application.state == State.new.value, Application.due_on <= today)
        .where(Application.id.not_in(told))
        .order_by(Application.id)
    )
    return list(db.session.scalars(query))
