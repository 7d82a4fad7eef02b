"""The question before every public page: asked by the driver, refused in SQLAlchemy's words."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from app.engines import trail
from app.extensions import db
from app.extensions.database import ask, asking_engine
from app.transaction import transaction
from tests.support import people

SEVEN = sa.select(sa.literal_column("7"))


def test_it_moves_with_every_act_and_only_when_it_is_kept(owned):
    engine = asking_engine(owned)
    before = trail.last_number(engine)
    with transaction():
        trail.record(people.actor("park1"), "settings.changed", trail.Ref("setting", "x"))
        db.session.flush()
        assert trail.last_number(engine) == before
    assert trail.last_number(engine) == before + 1


def test_what_goes_wrong_is_an_error_of_the_database_and_the_next_question_is_answered(owned):
    engine = asking_engine(owned)
    with pytest.raises(SQLAlchemyError):
        ask(engine, sa.select(sa.column("x")).select_from(sa.table("there_is_no_such_table")))
    assert ask(engine, SEVEN) == 7
    assert ask(engine, SEVEN.where(sa.false())) is None


def test_a_closed_connection_is_left_behind(owned):
    engine = asking_engine(owned)
    engine.dispose()  # the pool holds one connection from here on: the one that is asked next
    assert ask(engine, SEVEN) == 7
    kept = engine.raw_connection()
    driver = kept.dbapi_connection
    kept.close()  # it lies in the pool, and whoever is at its other end goes away
    driver.close()
    with pytest.raises(SQLAlchemyError):  # nobody pings it: whoever asks is told, once
        ask(engine, SEVEN)
    assert ask(engine, SEVEN) == 7
