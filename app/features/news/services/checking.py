"""What may be saved of what a form sent, what must be right to be sent, what people are warned of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal
from app.core.phones import personal_in
from app.engines import files, review, richtext
from app.features.news import queries, rules

_LINK = re.compile(r'href="(https?://[^"]+)"', re.IGNORECASE)


class Finding(Struct, frozen=True):
    """Something to look at: ``code`` names the sentence in ``labels``, ``params`` fill it."""

    code: str
    params: Mapping[str, Any]


def cleaned(actor: Actor, values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored. ``before``: what the article holds already, which may stay.

    A picture or a file that is not the author's to use is refused, whatever the form says.
    """
    found = {name: _plain(value) for name, value in values.items() if name in rules.BLANK}
    if wrong := rules.limits(found):
        raise Refusal(next(iter(wrong.values())), fields=wrong)
    if "cover" in found:
        found["cover"] = _cover(actor, found["cover"], before)
    if "body" in found:
        had = set(richtext.pictures(before.get("body") or ""))
        text = richtext.clean(
            found["body"], known=lambda key: key in had or files.may_use(actor, key)
        )
        found["body"] = text.html
    if "attachments" in found:
        found["attachments"] = _attachments(actor, found["attachments"], before)
    if "top" in found:
        found["top"] = bool(found["top"])
    return found


def _plain(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _cover(actor: Actor, given: Any, before: Mapping[str, Any]) -> dict[str, str] | None:
    if not given or not given.get("key"):
        return None
    key, alt = str(given["key"]), str(given.get("alt") or "").strip()
    if key != (before.get("cover") or {}).get("key") and not files.may_use(actor, key):
        raise Refusal("cover_unknown", fields={"cover": "cover_unknown"})
    if len(alt) > rules.ALT_MOST:
        raise Refusal("too_long", fields={"cover": "too_long"})
    return {"key": key, "alt": alt}


def _attachments(actor: Actor, given: Any, before: Mapping[str, Any]) -> list[dict[str, str]]:
    had = {one["key"]: one for one in before.get("attachments") or ()}
    kept = [had.get(key) or _attachment(actor, key) for key in dict.fromkeys(given)]
    if len(kept) > rules.MOST_ATTACHMENTS:
        raise Refusal("too_many_files", fields={"attachments": "too_many_files"})
    return kept


def _attachment(actor: Actor, key: str) -> dict[str, str]:
    """The entry of a file that was uploaded for this; its name is the stored one."""
    try:
        file = files.by_key(key)
    except NotFound as error:
        raise Refusal("file_unknown", fields={"attachments": "file_unknown"}) from error
    if file.kind != rules.ATTACHMENT or not files.may_read(actor, file):
        raise Refusal("file_unknown", fields={"attachments": "file_unknown"})
    return {"key": file.key, "name": file.name}


def check(_actor: Actor, revision: review.Revision) -> None:
    """Asked at every submission."""
    wrong = rules.faults(revision.content, clock.now())
    if wrong:
        raise Refusal("news_incomplete", fields=wrong)


def findings(content: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What author and reviewer should look at; none of it stops an article."""
    body = content.get("body") or ""
    whole = "".join(f"<p>{escape(str(content.get(n) or ''))}</p>" for n in ("title", "summary"))
    whole += f"<p>{escape(str(content.get('source') or ''))}</p>{body}"
    found = [
        Finding("sensitive", {"word": one.word, "number": one.count, "around": one.around})
        for one in richtext.words_found(whole, _words())
    ]
    bare = richtext.clean(body).without_alt
    cover = content.get("cover")
    bare += bool(cover and not cover.get("alt"))
    if bare:
        found.append(Finding("no_alt", {"number": bare}))
    if numbers := personal_in(richtext.text(whole)):
        found.append(Finding("personal", {"parts": list(dict.fromkeys(numbers))}))
    if hosts := _hosts(content):
        found.append(Finding("outside", {"parts": hosts}))
    return tuple(found)


def _words() -> list[str]:
    known = queries.word_list()
    return [] if known is None else known.words


def _hosts(content: Mapping[str, Any]) -> list[str]:
    """The sites that the article leads to, each once."""
    links = [unescape(one) for one in _LINK.findall(content.get("body") or "")]
    if content.get("source_link"):
        links.append(content["source_link"])
    found: list[str] = []
    for link in links:
        try:
            found.append(urlsplit(link).hostname or link[:60])
        except ValueError:  # a bracket that is no address: shown as it stands
            found.append(link[:60])
    return list(dict.fromkeys(found))
