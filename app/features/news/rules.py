"""What an article is made of and what must be right before it is sent. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.core.clock import SHANGHAI

KIND = "news"
CATEGORIES = "news_categories"  # the dictionary
ATTACHMENT = "news_attachment"  # kind of stored files
ATTACHMENT_TYPES = frozenset({"pdf", "docx", "xlsx"})
MOST_ATTACHMENTS = 10
BODY_MOST = 20_000
#: Field -> most signs.
LENGTHS = {"title": 100, "summary": 300, "source": 60, "source_link": 300}
ALT_MOST = 200
REQUIRED = ("title", "category", "body")
MOMENT = "%Y-%m-%d %H:%M"

#: What a new article holds; the names are the fields of its revisions.
BLANK: Mapping[str, Any] = {
    "title": "",
    "category": "",
    "cover": None,
    "summary": "",
    "body": "",
    "source": "",
    "source_link": "",
    "attachments": [],
    "publish_at": "",
    "expire_at": "",
    "top": False,
}

MOST_WORDS = 5_000
WORD_LENGTH = 40


class State(StrEnum):
    """Where the newest revision of an article stands; ``Article.public`` says what readers see."""

    draft = "draft"
    waiting = "waiting"
    returned = "returned"
    passed = "passed"
    refused = "refused"
    revoked = "revoked"


#: State of the newest revision -> of its article.
STATE_OF = {
    "draft": State.draft,
    "submitted": State.waiting,
    "picked": State.waiting,
    "returned": State.returned,
    "passed": State.passed,
    "refused": State.refused,
    "revoked": State.revoked,
}


class Shown(StrEnum):
    """When readers see an approved article."""

    now = "public"
    later = "later"
    over = "over"


def shown(published_at: datetime | None, expires_at: datetime | None, now: datetime) -> Shown:
    """The same borders as the public queries: from the first instant on, until the last."""
    if published_at is None or published_at > now:
        return Shown.later
    return Shown.over if expires_at is not None and expires_at <= now else Shown.now


def moment(text: str) -> datetime | None:
    """A minute of the zone as an instant; ``None`` for an empty or impossible text."""
    try:
        found = datetime.strptime(text, MOMENT).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2999 else None


def faults(content: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Field -> code of what stands against sending the article."""
    wrong = {name: "required" for name in REQUIRED if not str(content.get(name) or "").strip()}
    wrong |= limits(content)
    cover = content.get("cover")
    if cover and not str(cover.get("alt") or "").strip():
        wrong["cover"] = "cover_alt_missing"
    begin, end = moment(content.get("publish_at", "")), moment(content.get("expire_at", ""))
    if end is not None and end <= now:
        wrong["expire_at"] = "expire_past"
    if begin is not None and end is not None and end <= begin:
        wrong["expire_at"] = "expire_before_publish"
    return wrong


def limits(content: Mapping[str, Any]) -> dict[str, str]:
    """Field -> code of what not even a draft may hold."""
    wrong = {
        name: "too_long" for name, most in LENGTHS.items() if len(content.get(name) or "") > most
    }
    for name in ("publish_at", "expire_at"):
        if content.get(name) and moment(content[name]) is None:
            wrong[name] = "moment_wrong"
    link = content.get("source_link") or ""
    if link and not link.lower().startswith(("http://", "https://")):
        wrong["source_link"] = "link_wrong"
    return wrong


def words_of(text: str) -> tuple[str, ...]:
    """The words of an uploaded list: one a line, of a csv the first cell; each once."""
    lines = (line.split(",", 1)[0].strip().strip('"').strip() for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))
