"""Jobs of an import: two clicks make one, a cancelled one may be tried again."""

from __future__ import annotations

import pytest

from app.engines import jobs
from app.extensions import db, huey
from app.features.enterprises import queries, tasks
from app.transaction import transaction
from tests.support import enterprises as made


@pytest.fixture
def queued(app):
    """Jobs wait instead of running at once."""
    huey.instance.immediate, before = False, huey.instance.immediate
    yield
    huey.instance.immediate = before


def _ask(actor, import_id):
    with transaction():
        found = queries.locked_import(import_id)
        found.job_id = tasks.enqueue_applying(actor, found, "all").id
    return found.job_id


@pytest.mark.usefixtures("context", "queued")
def test_two_clicks_are_one_job_and_a_cancelled_one_can_be_tried_again(tmp_path):
    import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(1)]), tmp_path)
    with made.acting("clerk1") as actor:
        first = _ask(actor, import_id)
        assert _ask(actor, import_id) == first
        with transaction():
            jobs.cancel(actor, first)
        second = _ask(actor, import_id)
    assert second != first
    assert db.session.get(jobs.Job, second).state == "queued"
