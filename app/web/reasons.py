"""Why somebody reads a personal value in full: asked before the value is shown, and written down.

Work is not slowed: a purpose given on a page holds there for an hour of the session, for every value
of that page; in one's own park the last one already stands in the field of the next page.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import request, session
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.web.acting import current_actor
from app.web.listing.page import Ask

HOLDS = timedelta(hours=1)
LONGEST = 200
MOST_PAGES = 20
KEPT, LAST = "reveal_pages", "reveal_last"  # in the session, which lies on the server
FIELD = "purpose"
#: What the field offers; the trail keeps the Chinese, whichever language was chosen from.
PHRASES: dict[str, Any] = {
    "联系企业": _l("联系企业"),
    "核对资料": _l("核对资料"),
    "办理业务": _l("办理业务"),
    "处理投诉或异议": _l("处理投诉或异议"),
}


def given(page: str) -> str:
    """The purpose that comes with this request, or else the one that still holds on the page."""
    text = " ".join(request.form.get(FIELD, "").split())[:LONGEST]
    chosen = next((kept for kept, words in PHRASES.items() if text == str(words)), text)
    return chosen or _holding(page)


def keep(page: str, purpose: str) -> None:
    """After a good look: the purpose holds on this page from now on."""
    pages = {name: pair for name, pair in session.get(KEPT, {}).items() if name != page}
    kept = [*pages.items(), (page, [purpose, clock.now().isoformat()])]
    if _holding(page) != purpose:
        session[KEPT] = dict(kept[-MOST_PAGES:])
        session[LAST] = purpose


def ask(page: str, *, error: str = "", at: str = "") -> Ask | None:
    """What the page asks before it shows a value; ``None`` while a purpose holds."""
    if not error and _holding(page):
        return None
    last = "" if current_actor().sees_all else words(session.get(LAST, ""))
    typed = request.form.get(FIELD, "") if error else last
    return Ask(tuple(str(one) for one in PHRASES.values()), typed[:LONGEST], error, at)


def words(purpose: str) -> str:
    """A kept purpose in the reader's language."""
    return str(PHRASES.get(purpose, purpose))


def _holding(page: str) -> str:
    purpose, since = session.get(KEPT, {}).get(page, ("", ""))
    fresh = purpose and clock.now() - datetime.fromisoformat(since) < HOLDS
    return str(purpose) if fresh else ""
