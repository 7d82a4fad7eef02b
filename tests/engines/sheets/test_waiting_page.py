"""The page of an upload: what takes too long for it is read by a job, with the same plan."""

from __future__ import annotations

import io

import pytest

from app.core import scope
from app.engines.sheets import turns
from app.engines.sheets.reading import Child
from app.extensions import db
from app.features.enterprises.models import EnterpriseImport
from app.features.enterprises.views import imports
from tests.support import enterprises as made

NEW = "/desk/enterprises/imports/new"


@pytest.fixture
def send(app, as_):
    """Upload one good row; the import that came of it."""

    def upload() -> EnterpriseImport:
        file = (io.BytesIO(made.csv_bytes([made.row(1)])), "企业.csv")
        answer = as_("park1").post(NEW, data={"file": file})
        assert answer.status_code == 303
        with app.app_context(), scope.unscoped():
            return db.session.get(EnterpriseImport, int(answer.location.rsplit("/", 1)[1]))

    return upload


def test_a_small_file_is_read_in_the_page(send):
    found = send()
    assert (found.state, found.job_id) == ("planned", None)


def test_a_file_that_takes_longer_than_a_page_waits_becomes_a_job(send, monkeypatch):
    monkeypatch.setattr(imports, "PAGE_SECONDS", 0)
    found = send()
    assert found.job_id
    assert (found.state, found.counts["new"]) == ("planned", 1)  # tests run jobs at once


def test_where_enough_are_read_already_the_next_becomes_a_job(send, monkeypatch):
    monkeypatch.setattr(turns, "_WAIT", 0.1)
    taken = [turns.Turn() for _ in range(turns.AT_ONCE)]
    try:
        assert send().job_id
    finally:
        for turn in taken:
            turn.over()
    assert send().job_id is None


def test_the_page_asks_with_patience(send, monkeypatch):
    seen = []
    start = Child._start
    monkeypatch.setattr(Child, "_start", lambda c, r: (seen.append(r.limits.patience), start(c, r)))
    send()
    assert seen == [imports.PAGE_SECONDS]
