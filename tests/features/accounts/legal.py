"""A legal identity of 海易办 as the fake port knows it, and the way back from there."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.integrations.haiyiban import CertifiedCompany, HaiyibanIdentity, IdentityKind


def legal(subject: str, company: dict[str, str]) -> HaiyibanIdentity:
    return HaiyibanIdentity(
        issuer="haiyiban",
        subject=subject,
        kind=IdentityKind.legal,
        level=3,
        name="李法人",
        company=CertifiedCompany(**company),
    )


def back_with(browser: Any, code: str, **arguments: str) -> Any:
    """Out to 海易办 as a legal person and back with ``code``."""
    browser.get("/login")  # a visitor gets the cookie
    out = browser.get("/login/haiyiban/legal", query_string=arguments)
    state = parse_qs(urlsplit(out.location).query)["state"][0]
    return browser.get("/login/haiyiban/back", query_string={"code": code, "state": state})
