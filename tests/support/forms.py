"""What a browser would send for the form of a page."""

from __future__ import annotations

import html
import re
from typing import Any

import html5lib

from app.core import scope
from app.extensions import db


def form_of(page: str, action: str = "") -> dict[str, Any]:
    """Names and values of the inputs of a page's form, as a browser would send them.

    ``action``: of that form, where the page has others or it is not marked as its only one.
    """
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    form = next(
        one
        for one in tree.iter("form")
        if (one.get("action") == action if action else {"data-form", "data-merge"} & {*one.attrib})
    )
    values: dict[str, Any] = {}
    for field in (f for f in form.iter() if f.tag in ("input", "select", "textarea")):
        name = field.get("name")
        if not name or (
            field.get("type") in ("radio", "checkbox") and "checked" not in field.attrib
        ):
            continue
        if field.tag == "select":
            chosen = [o.get("value") for o in field.iter("option") if "selected" in o.attrib]
            values[name] = (chosen or [next(field.iter("option")).get("value")])[0]
        elif field.tag == "textarea":
            values[name] = field.text or ""
        elif name in values:
            values[name] = [*_as_list(values[name]), field.get("value", "")]
        else:
            values[name] = field.get("value", "")
    return values


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def plain(text: str, *differing: str) -> str:
    """A page without what differs from one request to the next: its token, the address itself."""
    for part in differing:
        text = text.replace(part, "")
    return re.sub(r'name="csrf_token"[^>]*>', "", text)


def token_of(page: str) -> str:
    """The CSRF token that a page's forms carry."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None, "no form on this page"
    return found[1]


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
