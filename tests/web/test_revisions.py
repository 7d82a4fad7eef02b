"""What the light reading of the migrations says is what alembic says; migrations are all or none."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade

from app.cli import revisions
from app.cli.deploy import code_head, code_revisions, current_head, deploy
from app.core import scope
from app.extensions import db
from tests.support import sites


def test_revisions_are_alembics(app):
    with app.app_context():
        scripts = ScriptDirectory(app.extensions["migrate"].directory)
        assert code_head() == scripts.get_current_head()
        assert code_revisions() == {one.revision for one in scripts.walk_revisions()}
        for one in scripts.walk_revisions():
            assert revisions.known(scripts.dir)[one.revision] == one.down_revision
        connection = db.session.connection()
        at = MigrationContext.configure(connection).get_current_revision()
        assert revisions.at(connection) == at == code_head()


def test_an_empty_database_is_at_none():
    with sa.create_engine("sqlite://").connect() as connection:
        assert revisions.at(connection) is None


@pytest.mark.one_database("it reads what is imported")
def test_a_start_imports_no_alembic():
    code = (
        "import sys, app.cli.serve, app.wiring; print([m for m in sys.modules if 'alembic' in m])"
    )
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_a_migration_that_leaves_rows_without_what_they_refer_to_is_refused(tmp_path):
    """SQLite migrates with its checks off; PostgreSQL would not let such a row be."""
    orphan = "INSERT INTO park_membership (user_id, park_id, role, since) VALUES (1, 1, 'clerk', '2026-01-01')"
    with sites.site(tmp_path, "", APP_MODE="production") as app, app.app_context():
        scripts = ScriptDirectory(app.extensions["migrate"].directory)
        upgrade(revision=scripts.get_revision(code_head()).down_revision)
        with closing(sqlite3.connect(db.engine.url.database)) as held, held:
            held.execute(orphan)  # the driver itself checks nothing
        with scope.unscoped(), pytest.raises(SystemExit):
            deploy()
        assert current_head() != code_head()  # taken back whole
