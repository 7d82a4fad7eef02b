"""What the light reading of the migrations says is what alembic says."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.cli import revisions
from app.cli.deploy import code_head, code_revisions
from app.extensions import db


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
