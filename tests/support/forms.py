"""What a browser would send for the form of a page."""

from __future__ import annotations

import re
from typing import Any

import html5lib


def form_of(page: str) -> dict[str, Any]:
    """Names and values of the inputs of a page's form, as a browser would send them."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    form = next(f for f in tree.iter("form") if "data-form" in f.attrib or "data-merge" in f.attrib)
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
