"""Cleaned HTML as a browser reads it: html5lib says what elements and addresses are there."""

from __future__ import annotations

import re

import html5lib

from app.engines.richtext.rules import ALIGN_CLASSES, KEPT

OWN = re.compile(r"/pictures/[0-9a-f]{32}")
LINK = re.compile(r"(https?://|mailto:|tel:|/(?![/\\]))", re.IGNORECASE)


def faults(html: str) -> list[str]:
    """What a browser would find in it that may not be there."""
    return [fault for element in elements(html) for fault in _faults(element)]


def elements(html: str):
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return [one for one in tree.iter() if isinstance(one.tag, str) and one is not tree]


def _faults(element):
    allowed = KEPT.get(element.tag)
    if allowed is None:
        yield f"<{element.tag}>"
        return
    for name, value in element.attrib.items():
        if name == "class" and value in ALIGN_CLASSES:
            continue
        if name not in allowed:
            yield f"<{element.tag} {name}>"
        elif (name == "src" and not OWN.fullmatch(value)) or (
            name == "href" and not LINK.match(value)
        ):
            yield f"{name}={value}"
