"""What pages say of the platform itself: what an operator set, else what the deployment says.

Where the settings lie is an engine's business (injected by wiring). A page about a database that
is away still has to name the platform: it says what was last read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import structlog
from flask import Flask, current_app, g, has_app_context
from sqlalchemy.exc import SQLAlchemyError

from app.web.locale import current_language

log = structlog.get_logger("site")
#: Setting -> what the deployment says where nobody set it.
DEPLOYED = {
    "site.name": "ZONE_NAME",
    "site.name_en": "ZONE_NAME_EN",
    "footer.phone": "HELP_PHONE",
}
Facts = Mapping[str, Any]
#: A page of our own, or a site elsewhere: never a script, never ``//somewhere``.
LINK_ADDRESS = re.compile(r"(?:/(?![/\\])|https://[^\s<>\"'/])[^\s<>\"'\\]*")


class Link(NamedTuple):
    """One line of a list of links that an operator wrote."""

    words: str
    address: str
    english: str = ""

    @property
    def outside(self) -> bool:
        return not self.address.startswith("/")


class _Source:
    """Where the facts come from, and what they were the last time."""

    read: Callable[[], Facts] = staticmethod(dict)
    last: Facts = {}


def init(app: Flask, read: Callable[[], Facts]) -> None:
    """``read()``: every value that was set, by key."""
    _Source.read, _Source.last = staticmethod(read), {}
    app.jinja_env.globals.update(
        site=said, site_links=links, site_style=style, help_phone=help_phone, current_view=view_mode
    )


def facts() -> Facts:
    """Read once a request."""
    if not has_app_context():
        return _Source.last
    if "site_facts" not in g:
        try:
            g.site_facts = _Source.last = _Source.read()
        except SQLAlchemyError:
            log.exception("site_settings_not_read")
            remember()
    found: Facts = g.site_facts
    return found


def remember() -> None:
    """Ask nobody any more in this request: what was last read will do (error pages)."""
    g.setdefault("site_facts", _Source.last)


def said(key: str) -> Any:
    """A fact; what the deployment says of it, or ``""``."""
    found = facts().get(key)
    if found in (None, "") and key in DEPLOYED:
        return current_app.config[DEPLOYED[key]]
    return "" if found is None else found


def read_link(line: str) -> Link | None:
    """``words | address`` or ``words | address | English words``; ``None`` for anything else."""
    parts = [part.strip() for part in line.replace("｜", "|").split("|")]
    if len(parts) not in (2, 3) or not parts[0] or not LINK_ADDRESS.fullmatch(parts[1]):
        return None
    return Link(*parts)


def links(key: str) -> list[Link]:
    """The links of a setting, a line each, in the language of the page."""
    found = [one for line in str(said(key)).splitlines() if (one := read_link(line))]
    if current_language() != "en":
        return found
    return [one._replace(words=one.english or one.words) for one in found]


def zone_name() -> str:
    return str(said("site.name_en" if current_language() == "en" else "site.name"))


def help_phone() -> str:
    return str(said("footer.phone"))


def view_mode() -> str:
    """``large`` (长辈版), ``contrast`` (无障碍) or ``""``: what the visitor chose."""
    from flask import request  # noqa: PLC0415 - error pages are drawn without a request, too

    wanted = request.cookies.get("view", "") if request else ""
    return wanted if wanted in ("large", "contrast") else ""


def style() -> str:
    """Values of the style sheet that an operator chose; empty as shipped."""
    colour = str(said("site.colour"))
    return f"--brand:{colour};--brand-hover:{darker(colour)}" if colour else ""


def darker(colour: str) -> str:
    """The colour of a pressed button: a fifth darker."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{part * 4 // 5:02x}" for part in parts)
