"""What was left out of a text: counted, so that its author is told and not surprised."""

from __future__ import annotations

import re
from collections import Counter

from msgspec import Struct

#: An element's name in the raw text -> what it is for a person.
_KINDS = {
    **dict.fromkeys(("script", "applet"), "script"),
    **dict.fromkeys(("iframe", "frame", "embed", "object", "video", "audio", "portal"), "embed"),
    **dict.fromkeys(("input", "textarea", "select", "button"), "form"),
    **dict.fromkeys(("svg", "math", "canvas"), "drawing"),
}
#: Cards of 公众号: videos, mini programs, audio, names of other accounts.
_CARD = r"mp-(?!style)[a-z-]+|mpvoice|qqmusic"
_TAGS = re.compile(rf"<({'|'.join(_KINDS)}|{_CARD})(?=[\s/>])", re.IGNORECASE)
KINDS = ("image", "embed", "drawing", "form", "script", "link")


class Dropped(Struct, frozen=True):
    """``kind``: one of ``KINDS``; ``image``: a picture that is not stored here."""

    kind: str
    count: int


def counted(html: str) -> Counter[str]:
    """Elements of which nothing is kept, by kind."""
    first, *rest = html.split("<!--")
    seen = first + "".join(part.partition("-->")[2] for part in rest)  # no comments
    found = _TAGS.finditer(seen)
    return Counter(_KINDS.get(one[1].lower(), "embed") for one in found)


def as_told(counts: Counter[str]) -> tuple[Dropped, ...]:
    return tuple(Dropped(kind, counts[kind]) for kind in KINDS if counts[kind])
