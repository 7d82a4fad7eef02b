"""What a job is called: said in the language of who reads it, not of who asked for it."""

from __future__ import annotations

import pytest

from app.core import scope
from app.engines import jobs
from app.engines.jobs.registry import title_of
from app.extensions import huey
from app.features.enterprises import queries, tasks
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people


@pytest.fixture
def queued(app):
    """Jobs wait instead of running at once."""
    huey.instance.immediate, before = False, huey.instance.immediate
    yield
    huey.instance.immediate = before


def _titles(browser, job_id):
    return browser.page("/desk/jobs/"), browser.page(f"/desk/jobs/{job_id}")


def test_a_job_is_named_in_the_language_of_who_reads_it(app, as_, queued, tmp_path):
    with app.app_context(), scope.unscoped():
        import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(1)]), tmp_path)
        with made.acting("clerk1") as actor, transaction():
            found = queries.locked_import(import_id)
            job_id = tasks.enqueue_applying(actor, found, "all", found.revision).id
    browser = as_("clerk1")
    for page in _titles(browser, job_id):
        assert "导入 名录.csv" in page
    browser.set_cookie("lang", "en")
    for page in _titles(browser, job_id):
        assert "Import of 名录.csv" in page
        assert "导入 名录.csv" not in page
    assert browser.get(f"/desk/jobs/{job_id}/status").json["title"] == "Import of 名录.csv"


def test_a_job_from_before_shows_the_title_it_was_given(app, as_, queued):
    with app.app_context(), scope.unscoped(), transaction():
        actor = people.actor("clerk1")
        params = {"import_id": 1}
        job_id = jobs.enqueue(actor, "enterprise_apply", params, title="导入 100%.csv").id
    browser = as_("clerk1")
    browser.set_cookie("lang", "en")
    for page in _titles(browser, job_id):
        assert "导入 100%.csv" in page


def test_every_kind_of_job_of_the_register_has_a_title(app):
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        for kind in (
            *("enterprise_read", "enterprise_apply", "enterprise_undo"),
            *("enterprise_fix", "enterprise_errors"),
        ):
            assert title_of(kind, {"file": "a%.csv"}).endswith(" of a%.csv")
        said = title_of("enterprise_export", {"count": "5,001"})
        assert said == "Export of enterprises (rows: 5,001)"
