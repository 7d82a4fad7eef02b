"""What an export tells of itself: how far it is, and what the file is called."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import sqlalchemy as sa

from app.core import clock
from app.features.enterprises.models import Enterprise
from app.features.enterprises.rules import BY_NAME
from app.features.enterprises.services import exports
from tests.support import enterprises as made


@pytest.mark.parametrize("kind", exports.FORMATS)
def test_progress_is_the_rows_that_are_written(context, monkeypatch, kind):
    monkeypatch.setattr(exports, "BATCH", 2)
    for serial in range(1, 6):
        made.add("P01", serial)
    told: list[int] = []
    asked = exports.Export((BY_NAME["name"],), kind, (("行数", "5"),), made.YEAR)
    assert b"".join(exports.stream(sa.select(Enterprise.name), asked, told.append))
    assert told == [2, 4, 5]


def test_the_file_has_the_name_that_the_job_gives_it(as_, two_parks):
    data = {"format": "csv", "columns": "name"}
    answer = as_("park1").post("/desk/enterprises/export", data=data)
    name = f"企业导出-{clock.today():%Y%m%d}.csv"
    assert exports.filename("csv") == name
    assert f"filename*=UTF-8''{quote(name)}" in answer.headers["Content-Disposition"]
