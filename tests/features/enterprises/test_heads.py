"""HEAD asks what GET asks: whatever a form sends along with it, nothing is done."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from app.core import scope
from app.engines.trail import AuditEntry
from app.extensions import db
from app.features.enterprises.models import EnterpriseImport
from tests.support import enterprises as made

UPLOAD = "/desk/enterprises/imports/new"
EXPORT = "/desk/enterprises/export"


def written(app) -> tuple[int, ...]:
    with app.app_context(), scope.unscoped():
        return tuple(
            db.session.scalar(sa.select(sa.func.count()).select_from(one))
            for one in (EnterpriseImport, AuditEntry)
        )


def test_a_file_sent_by_head_is_not_imported(app, as_, two_parks):
    browser = as_("clerk1")
    before = written(app)
    data = {"file": (io.BytesIO(made.csv_bytes([made.row(5)])), "名录.csv")}
    answer = browser.head(UPLOAD, data=data, content_type="multipart/form-data")
    assert (answer.status_code, answer.data) == (200, b"")
    assert written(app) == before


@pytest.mark.parametrize("columns", [["name", "uscc"], ["name", "contact_phone"]])
def test_nothing_is_exported_by_head(app, as_, two_parks, columns):
    browser = as_("clerk1")
    before = written(app)
    sent = {"columns": columns, "format": "csv", "purpose": "月报"}
    answer = browser.head(EXPORT, data=sent)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert written(app) == before


def test_head_says_what_get_says(as_):
    browser = as_("clerk1")
    for path in ("/desk/enterprises/list/", "/desk/enterprises/show/999999999", "/health/live"):
        head, get = browser.head(path), browser.get(path)
        assert head.status_code == get.status_code
        assert head.data == b""
        assert head.headers["Content-Type"] == get.headers["Content-Type"]


def test_what_is_only_posted_is_no_head(as_):
    assert as_("clerk1").head("/logout").status_code == 405
