"""变更记录: what the trail holds of a record, in the words of its reader."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from app.core import scope
from app.engines.trail.models import AuditEntry
from app.extensions import db
from app.features.enterprises import services
from app.features.enterprises.rules import BY_NAME
from app.features.enterprises.views.history import CODES
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import world as worlds

PAGE = "/desk/enterprises/show/{}?tab=history"


@pytest.fixture
def record(context):
    item = made.add("P01", 1, source="settlement", filed_on_platform=True)
    with made.acting("clerk1") as actor, transaction():
        values = {"status": "暂停", "roles": ("平台", "卖家"), "filed_on_platform": False}
        services.change(actor, item.id, values, version=item.version, year=made.YEAR)
    return item.id


def changes(browser, pk) -> dict[str, list[tuple[str, str]]]:
    """Heading -> (old, new) as they stand on the page, the newest first."""
    page = browser.page(PAGE.format(pk))
    found: dict[str, list[tuple[str, str]]] = {}
    for line in re.findall(r"<li><span class=.changes-label.>.*?</li>", page, re.DOTALL):
        parts = re.findall(
            r"<(?:span class=.changes-label.|del|ins|span class=.none.)>(.*?)</", line
        )
        found.setdefault(parts[0], []).append((parts[1], parts[2]))
    return found


def test_codes_are_told_in_words(as_, record):
    told = changes(as_("park1"), record)
    assert told["数据来源"] == [("—", "入驻申请")]
    assert told["企业状态"] == [("在园", "暂停"), ("—", "在园")]
    assert told["企业角色"] == [("卖家", "平台、卖家"), ("—", "卖家")]
    assert told["是否平台备案"] == [("是", "否"), ("—", "是")]


def test_an_english_reader_reads_english(as_, record):
    browser = as_("park1")
    browser.set_cookie("lang", "en")
    told = changes(browser, record)
    assert told["Status"][0] == ("Active", "Suspended")
    assert not re.search("[\u4e00-\u9fff]", str(told["Data source"] + told["Role"]))


def test_an_empty_old_value_is_a_dash_and_nothing_is_struck(as_, record):
    page = as_("park1").page(PAGE.format(record))
    assert "<del>—" not in page
    assert '<span class="none">—</span>' in page


def test_every_column_that_the_trail_tells_of_has_words(record, tmp_path):
    worlds.make(tmp_path)
    with scope.unscoped():
        query = sa.select(AuditEntry.changes).where(AuditEntry.object_type == "enterprise")
        told = {name.partition("@")[0] for one in db.session.scalars(query) for name in one or ()}
    assert "source" in told
    assert told <= BY_NAME.keys() | CODES.keys()
