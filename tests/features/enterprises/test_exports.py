"""What an export tells of itself: how far it is, what the file is called, what it still needs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from lxml.html import fromstring as read_html

from app.core import clock
from app.extensions.model import Scaled
from app.features.enterprises import queries
from app.features.enterprises.models import Enterprise, EnterpriseYear
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


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.00"),
        ("0.05", "0.05"),
        ("0.50", "0.50"),
        ("1", "1.00"),
        ("360.50", "360.50"),
        ("9999999999999.99", "9999999999999.99"),
        (None, ""),
    ],
)
def test_amounts_and_days_are_text_as_they_are_written(context, amount, text):
    """The database writes them: as exactly as Decimal and date would."""
    value = None if amount is None else Decimal(amount)
    day = date(2001, 2, 3) if amount else None
    made.add("P01", 1, registered_capital=value, annual_sales=value, established_on=day)
    names = ("registered_capital", "annual_sales", "established_on")
    asked = exports.Export(tuple(BY_NAME[name] for name in names), "csv", (), made.YEAR)
    query = queries.with_year(
        sa.select(
            Enterprise.id,
            Enterprise.registered_capital.label("registered_capital"),
            EnterpriseYear.annual_sales,
            Enterprise.established_on,
        ).select_from(Enterprise),
        made.YEAR,
    )
    lines = b"".join(exports.stream(query, asked)).decode("utf-8-sig").splitlines()
    assert lines[1:] == [f"{text},{text},{day or ''}"]


def test_what_is_written_that_way_is_never_negative():
    """The text of an amount knows no sign: the database holds none."""
    for model in (Enterprise, EnterpriseYear):
        table = model.__table__
        checks = {str(one.sqltext) for one in table.constraints if hasattr(one, "sqltext")}
        for column in table.columns:
            if isinstance(column.type, Scaled):
                assert f"{column.name} >= 0" in checks


def test_the_file_has_the_name_that_the_job_gives_it(as_, two_parks):
    data = {"format": "csv", "columns": "name"}
    answer = as_("park1").post("/desk/enterprises/export", data=data)
    name = f"企业导出-{clock.today():%Y%m%d}.csv"
    assert exports.filename("csv") == name
    assert f"filename*=UTF-8''{quote(name)}" in answer.headers["Content-Disposition"]


def test_personal_columns_need_a_purpose(as_, two_parks):
    answer = as_("clerk1").post("/desk/enterprises/export", data={"format": "csv"})
    assert answer.status_code == 400
    assert answer.text.count("导出个人信息需填写用途") == 2  # above, and beside its field
    page = read_html(answer.text)
    assert page.findtext(".//title").startswith("错误：导出")
    assert page.xpath("string(//input[@id='purpose']/following-sibling::p[1])").endswith(
        "需填写用途"
    )
    assert page.xpath("//*[@data-error-summary]//a/@href") == ["#purpose"]


def test_an_export_without_a_column_is_refused_and_keeps_what_was_chosen(as_, two_parks):
    data = {"chosen": "1", "format": "csv", "purpose": "月报"}
    answer = as_("clerk1").post("/desk/enterprises/export", data=data)
    assert answer.status_code == 400
    page = read_html(answer.text)
    assert page.xpath("//*[@data-error-summary]//a/@href") == ["#columns"]
    assert page.xpath("string(//*[@id='columns-error'])").endswith("请至少选择一列")
    assert page.xpath("//*[@id='columns']/@aria-describedby") == ["columns-error"]
    assert 'value="月报"' in answer.text
    assert '<option value="csv" selected>' in answer.text
