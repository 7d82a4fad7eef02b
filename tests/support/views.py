"""Saved views as a browser keeps, sets and shares them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from app.core import scope
from app.extensions import db

LIST, SAVE = "/desk/enterprises/list/", "/desk/enterprises/views"
QUERY = "where=" + quote("staff_count.ge(100)") + "&sort=-uscc"


def save(browser: Any, name="大企业", query=QUERY, **more):
    """Keep a view through the list's form; its key."""
    data = {"name": name, "query": query, "columns": "name,staff_count,uscc", **more}
    answer = browser.post(SAVE, data=data)
    assert answer.status_code == 303
    return int(re.search(r"view=(\d+)", answer.location)[1])


def settings(browser, key, **data):
    return browser.post(f"/desk/views/{key}", data=data)


def share(browser, key, wanted):
    return browser.post(f"/desk/views/{key}/share", data={"with": wanted})


def rows_of(app, model, *where):
    with app.app_context(), scope.unscoped():
        return list(db.session.scalars(sa.select(model).where(*where)))
