"""A database error is logged with its statement and its constraint, never with a value."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from app.cli import pinned
from app.core import clock, scope
from app.extensions import db
from app.features.accounts.models import UserProfile
from app.features.enterprises.models import Enterprise
from app.features.enterprises.queries import duplicates
from app.features.parks.models import Organisation
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support.forms import user_id

CODE, NAME, PHONE, EMAIL = "91460200MA5T900017", "陈海燕", "13800138000", "chen@example.com"
SECRETS = (CODE, NAME, PHONE, EMAIL)


def twice():
    db.session.execute(sa.insert(Organisation).values([_owner(), _owner()]))


def _owner():
    moment = clock.now()
    stamps = {"created_at": moment, "updated_at": moment, "version": 1}
    return {"uscc": CODE, "name": NAME, **stamps}


def without_a_park():
    row = made.values(7, contact_name=NAME, contact_phone=PHONE, email=EMAIL)
    row = {name: value for name, value in row.items() if hasattr(Enterprise, name)}
    db.session.add(Enterprise(**row, park_id=None))
    db.session.flush()


def unfitting_number():
    db.session.execute(sa.text("SELECT CAST(:x AS INTEGER) + no_such_column"), {"x": PHONE})


def unfitting_time():
    db.session.add(UserProfile(user_id=user_id("user1"), name_hash=NAME, changed_at=EMAIL))
    db.session.flush()


def not_a_number():
    """PostgreSQL quotes the text in its first line; SQLite takes any text for 0."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("SELECT CAST(:x AS INTEGER)"), {"x": NAME})
    twice()


CASES = {
    twice: (IntegrityError, "uscc"),
    without_a_park: (IntegrityError, "park_id"),
    unfitting_number: (DBAPIError, "no_such_column"),
    unfitting_time: (StatementError, "user_profile"),
    not_a_number: (DBAPIError, ""),
}


@pytest.mark.parametrize("act", CASES, ids=lambda act: act.__name__)
@pytest.mark.usefixtures("context")
def test_whoever_logs_the_error_logs_no_value(caplog, act):
    kind, named = CASES[act]
    with pytest.raises(kind) as raised, transaction():
        act()
    logging.getLogger("some.library").error("failed", exc_info=raised.value)
    assert named in caplog.text
    assert "Traceback" in caplog.text
    for secret in SECRETS:
        assert secret not in caplog.text, secret


@pytest.fixture
def logged(capsys):
    """What the application's own log says."""
    before = structlog.get_config()
    level = structlog.make_filtering_bound_logger(logging.DEBUG)
    structlog.configure(
        **{**before, "wrapper_class": level, "logger_factory": structlog.PrintLoggerFactory()}
    )
    yield lambda: capsys.readouterr().out
    structlog.configure(**before)


@pytest.mark.parametrize("act", [twice, unfitting_time], ids=lambda act: act.__name__)
def test_the_page_and_our_log_say_no_value_either(as_, monkeypatch, logged, act):
    status, event = {twice: (409, "integrity_error"), unfitting_time: (500, "unhandled")}[act]

    def fails(_pk):
        with scope.unscoped(), transaction():
            act()

    monkeypatch.setattr(duplicates, "stays", fails)  # what a record's page asks first
    answer = as_("park1").get("/desk/enterprises/show/1")
    assert answer.status_code == status
    said = logged()
    assert event in said
    assert '"method": "GET"' in said
    for secret in SECRETS:
        assert secret not in said + answer.text, secret


def test_the_engine_hides_parameters_and_production_asks_for_it(app, monkeypatch):
    with app.app_context():
        assert db.engine.engine.hide_parameters
    assert not any("hide_parameters" in one for one in pinned.faults(app))
    monkeypatch.setitem(app.config, "SQLALCHEMY_ENGINE_OPTIONS", {"pool_pre_ping": True})
    assert any("hide_parameters" in one for one in pinned.faults(app))
