"""What is wrong with a scheme, for people: the place by its names, the reason without codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from app.engines import scoring
from app.engines.scoring.labels import message, placed
from app.extensions.phrases import labelled
from app.features.assessments.labels import schemes as words
from app.features.assessments.labels.rule_words import code_word
from app.features.assessments.rules import scheme_nodes as nodes

#: Codes within a sentence, and the words for them.
PARAMS: Mapping[str, Mapping[str, Any]] = {
    "missing_key": {"name": words.FIELDS},
    "rule_not_here": {"rule": words.RULES},
    "rule_needs_type": {"rule": words.RULES, "type": words.VALUES["type"]},
    "item_not_number": {"type": words.VALUES["type"]},
}


def reason(fault: scoring.Fault) -> str:
    """Why it cannot be used."""
    known = PARAMS.get(fault.code, {})
    told = {name: str(known.get(name, {}).get(text, text)) for name, text in fault.params.items()}
    return message(scoring.Fault(fault.path, fault.code, fault.line, told))


def told(content: Mapping[str, Any], fault: scoring.Fault) -> str:
    """Place and reason on one line; of what names no place, as it came."""
    place = " · ".join(_steps(content, fault.path))
    return labelled(place, reason(fault)) if place else placed(fault)


def _steps(content: Mapping[str, Any], path: str) -> Iterator[str]:
    """A1 跨境电商使用面积 · 计分规则 · 第 2 行."""
    part, *rest = path.split(".") if path else ("",)
    place = nodes.place_of_fault(content, path)
    if place is not None and place.part in nodes.LISTS:
        node = nodes.node_at(content, place)
        name = f"{node.get('code') or ''} {node.get('name') or ''}".strip()
        yield name or str(words.PARTS[place.kind])
        rest = rest[1:]
    elif part:
        yield str(words.PARTS.get("ranking" if part == "tie_break" else part, part))
    for key in rest:
        if key.isdigit():
            yield _("第 %(n)s 行", n=int(key) + 1)
        else:
            known = words.FIELDS.get(key) or words.WITHIN.get(key) or words.PARTS.get(key)
            yield str(known or code_word(key))
