"""The database of an earlier release, with data, is brought here by ``flask deploy``."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from markupsafe import escape

from app.cli.deploy import code_head, current_head, deploy
from app.core import scope
from app.engines import trail
from app.extensions import db
from app.features.enterprises.models import Enterprise
from app.features.enterprises.rules import PLAIN
from app.features.enterprises.rules.sameness import same_key
from app.transaction import end_reading
from tests.support import releases, sites

ODD = 'say "a\\b"'
RELEASES = sorted(file.name.partition(".")[0] for file in releases.HERE.glob("*.json.gz"))


@pytest.fixture
def database(tmp_path):
    return sites.empty_database(tmp_path, "release")


@pytest.mark.parametrize("revision", RELEASES)
def test_every_row_comes_along_and_the_work_goes_on(tmp_path, database, revision):
    with sites.site(tmp_path, database, APP_MODE="demo") as app:
        with app.app_context():
            before = releases.at(revision, db.engine)
            names, binned = _names(), _binned(before)
            db.session.remove()  # nobody reads while tables change
            steps = deploy()
            assert f"migrated to {code_head()}" in steps
            assert current_head() == code_head()
            assert _names() == names
            tables = sa.MetaData()
            tables.reflect(db.engine)
            for name, count in before.items():
                if not name.startswith("ab_"):  # roles and permissions are declared, not kept
                    found = db.session.scalar(
                        sa.select(sa.func.count()).select_from(tables.tables[name])
                    )
                    assert found >= count, name
            with scope.unscoped():
                assert trail.verify().ok
                keys = db.session.execute(sa.select(Enterprise.name, Enterprise.same_key)).all()
                _sources_known()
            assert all(key == same_key(name) for name, key in keys)
            db.session.remove()
            assert deploy() == ["nothing to do"]
        browser = app.test_client()
        browser.sign_in("operator")
        page = browser.page("/desk/enterprises/list/?size=100")
        assert all(name in page for name in names[1:])
        page = browser.page("/desk/bin/list/")  # the bins of earlier releases are one now
        assert names[0] in page
        assert names[0] not in browser.page("/desk/enterprises/list/?size=100")
        assert f"共 {binned} 条" in page
        assert "article" not in before or str(escape(ODD)) in page


def _binned(before: dict[str, int]) -> int:
    """An enterprise goes into the bin of that release; how many things lie there."""
    deleted = "deleted_at IS NOT NULL"
    with db.engine.begin() as connection:
        first = "id = (SELECT min(id) FROM enterprise)"
        told = "deleted_at = created_at, delete_reason = '旧'"
        connection.execute(sa.text(f"UPDATE enterprise SET {told} WHERE {first}"))
        number = int(connection.scalar(sa.text(f"SELECT count(*) FROM enterprise WHERE {deleted}")))
        if "article" in before:
            odd = sa.text(f"UPDATE article SET category = :odd WHERE {deleted}")
            connection.execute(odd, {"odd": ODD})
            number += int(
                connection.scalar(sa.text(f"SELECT count(*) FROM article WHERE {deleted}"))
            )
    return number


def _names() -> list[str]:
    """By the column alone: the model may know more than this release has."""
    with scope.unscoped():
        found = list(db.session.scalars(sa.select(Enterprise.name).order_by(Enterprise.id)))
    end_reading()  # on PostgreSQL what is read by anybody gets no new column
    return found


def _sources_known() -> None:
    """What was there says where it came from, as far as anybody noted it."""
    found = db.session.scalars(sa.select(Enterprise)).all()
    assert found
    for item in found:
        letters = dict(zip(PLAIN, item.origins, strict=True))
        empty = {name for name in PLAIN if getattr(item, name) in (None, ())}
        assert {name for name, letter in letters.items() if letter == "."} == empty, item.name
        assert set(item.origins) <= set("tis."), item.name
