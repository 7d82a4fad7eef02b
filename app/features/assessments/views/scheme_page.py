"""A version of a scheme as people read it: parts, nodes, sums, faults at their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.engines import scoring
from app.extensions.phrases import clauses, labelled, listed, remarked
from app.features.assessments.labels import schemes as words
from app.features.assessments.labels.rule_words import code_word
from app.features.assessments.rules import scheme_nodes as nodes
from app.features.assessments.rules.form import in_order
from app.features.assessments.rules.scheme_compare import Line, said
from app.features.assessments.rules.scheme_nodes import Place
from app.features.assessments.views import scheme_faults


@dataclass
class Shown:
    """A node: ``facts`` are label and value; ``sum``: marks of its children and whether they fit."""

    at: str
    code: str
    name: str
    score: str = ""
    facts: list[tuple[Any, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    child: bool = False
    sum: str = ""
    fits: bool = True
    first: bool = False
    last: bool = False


@dataclass
class Part:
    """A part of the page."""

    key: str
    title: Any
    nodes: list[Shown] = field(default_factory=list)
    listed: bool = True
    note: str = ""
    fits: bool = True


ORDER = (
    *("template", "indicators", "bonus", "deductions", "data_items", "gates", "vetoes"),
    *("grades", "scoring", "ranking", "cycle_defaults"),
)


def parts_of(content: Mapping[str, Any], faults: Sequence[scoring.Fault]) -> list[Part]:
    """The whole scheme, part by part; a fault stands at the node that it means."""
    found = {key: Part(key, words.PARTS[key], listed=key in nodes.LISTS) for key in ORDER}
    at_places: dict[str, list[str]] = {}
    for fault in faults:
        place = nodes.place_of_fault(content, fault.path)
        if place is not None:
            at_places.setdefault(str(place), []).append(_beside(fault))
    for place, node in nodes.places(content):
        shown = _shown(place, node, at_places.get(str(place), []))
        found[place.part].nodes.append(shown)
    _ends([one for part in found.values() if part.listed for one in part.nodes])
    blocks = content.get("indicators")
    total = _sum(blocks if isinstance(blocks, list) else [])
    found["indicators"].note, found["indicators"].fits = f"{total} / 100", total == 100
    return list(found.values())


def _beside(fault: scoring.Fault) -> str:
    """At its node: the field and the reason."""
    field = words.FIELDS.get(fault.path.split(".")[-1])
    said = scheme_faults.reason(fault)
    return labelled(field, said) if field else said


def _ends(shown: Sequence[Shown]) -> None:
    """The first of a list cannot go up, nor the last down."""
    lists: dict[str, list[Shown]] = {}
    for one in shown:
        lists.setdefault(one.at.rpartition(".")[0], []).append(one)
    for members in lists.values():
        members[0].first = members[-1].last = True


def faults_of(content: Mapping[str, Any], faults: Sequence[scoring.Fault]) -> list[tuple[str, str]]:
    """Words and the node's place ("" for none) of each fault."""
    places = [nodes.place_of_fault(content, one.path) for one in faults]
    return [
        (scheme_faults.told(content, one), str(place) if place is not None else "")
        for one, place in zip(faults, places, strict=True)
    ]


def _shown(place: Place, node: Mapping[str, Any], faults: list[str]) -> Shown:
    single = place.part in nodes.SINGLES
    made = Shown(
        at=str(place),
        code="" if single else str(node.get("code") or ""),
        name="" if single else str(node.get("name") or ""),
        score=str(node.get("max_score") or node.get("cap") or ""),
        faults=faults,
        child=place.kind == "children",
    )
    for spec in nodes.FIELDS[place.kind]:
        hidden = not single and spec.key in ("code", "name", "max_score", "cap")
        text = setting_words(spec.key, node.get(spec.key))
        if text and not hidden:
            made.facts.append((words.FIELDS[spec.key], text))
    rule = node.get("rule")
    if isinstance(rule, Mapping):
        made.facts.append((words.FIELDS["rule"], rule_words(rule)))
    if place.kind == "indicators":
        children = node.get("children")
        total = _sum(children if isinstance(children, list) else [])
        made.sum = f"{total} / {node.get('max_score') or '—'}"
        made.fits = total == _number(node.get("max_score"))
    return made


def value_words(key: str, text: str) -> str:
    """A code of the language in the reader's words."""
    return str(words.VALUES.get(key, {}).get(text, text))


def rule_words(rule: Mapping[str, Any]) -> str:
    """按比例得分（得 0 分的值：50；得满分的值：90）."""
    kind = str(rule.get("type") or "")
    name = words.RULES.get(kind, kind)
    told = [
        labelled(words.FIELDS.get(key, key), setting_words(key, value))
        for key, value in rule.items()
        if key != "type" and value is not None
    ]
    return remarked(name, clauses(told)) if told else str(name)


def setting_words(key: str, value: Any) -> str:
    """What stands in a field, as people read it; a draft's may have any shape."""
    if isinstance(value, Mapping):
        if "type" in value:  # a rule within the rule is told as one
            return rule_words(value)
        if value.keys() == {"item", "op", "value"}:
            return " ".join(said(value[part]) for part in ("item", "op", "value"))
        entries = in_order(value) if key in ("points", "map") else value
        return listed(_entry_words(str(one), told) for one, told in entries.items())
    if isinstance(value, list):
        return listed(_row_words(key, one) for one in value)
    text = said(value)
    return value_words(key, text) if text else ""


def _entry_words(key: str, value: Any) -> str:
    """A level with its points, or a setting within a setting."""
    name = words.FIELDS.get(key) or words.WITHIN.get(key) or code_word(key)
    return f"{name} {value_words(key, said(value))}"


def _row_words(key: str, row: Any) -> str:
    """One line of a list: a band, a corner, a grade, or a plain word."""
    if isinstance(row, Mapping) and "score" in row:
        upper = "max" in row
        edge = f"{said(row.get('max' if upper else 'min'))} "
        words_of = _l("%(edge)s及以下得 %(score)s 分") if upper else _l("%(edge)s起得 %(score)s 分")
        return str(words_of) % {"edge": edge, "score": said(row["score"])}
    if isinstance(row, Mapping) and "name" in row and "min" in row:
        return str(_("%(name)s %(least)s 分起", name=row["name"], least=said(row["min"])))
    if isinstance(row, list) and len(row) == 2:
        edge, score = f"{said(row[0])} ", said(row[1])
        return str(_("%(edge)s得 %(score)s 分", edge=edge, score=score))
    return value_words(key, said(row))


def shown_line(line: Line) -> dict[str, Any]:
    """A line of a difference in the reader's words."""
    key = line.key.removeprefix("rule.")
    label = words.FIELDS.get(key, key)
    if line.key.startswith("rule."):
        label = remarked(words.FIELDS["rule"], label)
    return {
        "part": words.PARTS[line.part],
        "code": line.code,
        "name": line.name,
        "field": label if line.key else "",
        "old": setting_words(key, line.old),
        "new": setting_words(key, line.new),
        "added": line.old is None,
        "removed": line.new is None,
    }


def _number(text: Any) -> Decimal:
    try:
        found = Decimal(str(text))
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() and abs(found.adjusted()) < 60 else Decimal(0)


def _sum(members: Sequence[Any]) -> Decimal:
    told = (one.get("max_score") for one in members if isinstance(one, Mapping))
    return sum((_number(one) for one in told), Decimal(0))
