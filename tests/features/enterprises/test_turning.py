"""Whoever turns the page goes on from its last row: nothing twice, nothing left out, whatever happens meanwhile."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import scope
from app.extensions import db
from app.features.enterprises.models import Enterprise
from tests.support import enterprises as made

LIST = "/desk/enterprises/list/"
ROWS = 60


@pytest.fixture
def names(app: Any) -> list[str]:
    with app.app_context(), scope.unscoped():
        days = [date(2024, 5, 1 + n % 5) for n in range(ROWS)]
        for n in range(1, ROWS + 1):
            made.add("P01", n, name=f"翻页{n:02d}号有限公司")
        for n, day in enumerate(days, start=1):
            change = sa.update(Enterprise).where(Enterprise.uscc == made.row(n)["uscc"])
            db.session.execute(change.values(settled_on=day))
    return [f"翻页{n:02d}号有限公司" for n in range(1, ROWS + 1)]


def shown(page: str) -> list[str]:
    body = page[page.index("<tbody") : page.index("</tbody")]
    return list(dict.fromkeys(re.findall(r"翻页\d\d号有限公司", body)))


def turned(page: str, way: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{way}"', page)
    assert found is not None, way
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize(
    "sort", ["", "?sort=name", "?sort=-name", "?sort=-annual_sales", "?sort=settled_on"]
)
def test_forward_and_back_is_every_row_once(as_: Any, names: list[str], sort: str) -> None:
    browser = as_("park1")
    first = browser.page(f"{LIST}{sort}")
    second = browser.page(turned(first, "next"))
    third = browser.page(turned(second, "next"))
    pages = [shown(one) for one in (first, second, third)]
    assert [len(one) for one in pages] == [25, 25, 10]
    assert sorted(name for one in pages for name in one) == names
    assert shown(browser.page(turned(third, "prev"))) == pages[1]
    assert shown(browser.page(turned(second, "prev"))) == pages[0]
    joint = "&" if sort else "?"
    assert shown(browser.page(f"{LIST}{sort}{joint}page=2")) == pages[1]  # counted off
    assert "after=" in turned(first, "next")


def test_rows_that_come_or_go_meanwhile_show_none_twice(
    app: Any, as_: Any, names: list[str]
) -> None:
    browser = as_("park1")
    first = browser.page(LIST)
    with app.app_context(), scope.unscoped():
        made.add(
            "P01",
            90,
            name="翻页99号有限公司",
            settled_on=made.values(1)["settled_on"].replace(year=2026),
        )
    after = turned(first, "next")
    assert not set(shown(browser.page(after))) & set(shown(first))
    (last,) = re.findall(r"after=(\d+)", after)
    with app.app_context(), scope.unscoped():
        db.session.execute(sa.delete(Enterprise.__table__).where(Enterprise.id == int(last)))
    assert len(shown(browser.page(after))) == 25  # the row is gone: counted off


def test_a_foreign_or_invented_row_is_no_place(app: Any, as_: Any, names: list[str]) -> None:
    with app.app_context(), scope.unscoped():
        foreign = made.add("P02", 91).id
    browser = as_("park1")
    counted = shown(browser.page(f"{LIST}?page=2"))
    for key in (foreign, "999999999", "x", "-1", "9" * 40, "1 or 1"):
        assert shown(browser.page(f"{LIST}?page=2&after={key}")) == counted, key
