"""Reading and sending the forms of registers."""

from __future__ import annotations

import html
import re
from typing import Any

from app.core import scope
from app.extensions import db


def hidden(page: str, name: str) -> str:
    """The value of a hidden input of the page."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, name
    return html.unescape(found[1])


def save(browser: Any, address: str, *, answers: int = 303, page: str = "", **values: Any) -> Any:
    """Send an edit form as it was opened (``page``; read now when not given)."""
    page = page or browser.page(address)
    data = {"version": hidden(page, "version"), "opened": hidden(page, "opened"), **values}
    answer = browser.post(address, data=data)
    assert answer.status_code == answers, (address, answer.status_code, errors(answer.text))
    return answer


def errors(page: str) -> list[str]:
    """What the page says is wrong, beside the fields and above the form."""
    found = re.findall(r'<p class="error"[^>]*>(.*?)</p>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in found]


def user_id(username: str) -> int:
    import sqlalchemy as sa
    from flask_appbuilder.security.sqla.models import User

    with scope.unscoped():
        found = db.session.scalar(sa.select(User.id).where(User.username == username))
    assert found is not None, username
    return int(found)
