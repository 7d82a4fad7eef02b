"""The explanation of a score: of the own park every step, of another the published sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from msgspec import Struct, field

from app.core.actor import Actor
from app.engines.scoring import wording
from app.extensions.phrases import listed
from app.features.assessments.labels.rule_words import code_word, rule_words
from app.features.assessments.models import FilingEvidence, FilingValueChange
from app.features.assessments.queries import filings, reviews, runs
from app.features.assessments.rules.form import in_order
from app.features.rankings import policy, queries
from app.features.rankings.labels import GAP_WORDS, STEP_WORDS
from app.features.rankings.rules.curve import curve
from app.features.rankings.rules.gap import Part, gap
from app.features.rankings.rules.rows import Published
from app.features.rankings.views.drawing import Drawing, drawing
from app.features.rankings.views.sheet import Sheet


class Input(Struct, frozen=True):
    """A raw value; ``declared`` only where it was verified as another one."""

    name: str
    unit: str
    verified: str
    declared: str


class Item(Struct, frozen=True):
    """An indicator, bonus or deduction: its score and, when chosen, how it came about."""

    code: str
    name: str
    score: str
    most: str
    sentences: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    remarks: tuple[FilingValueChange, ...] = ()
    evidence: tuple[FilingEvidence, ...] = ()
    drawing: Drawing | None = None
    rule: str = ""


class Drawer(Struct, frozen=True):
    """``code``: a block, an indicator, ``bonus``, ``deduction`` or "" for the total."""

    row: Published
    title: str
    crumb: str
    score: str
    most: str
    detail: bool
    items: tuple[Item, ...] = ()
    chosen: Item | None = None
    steps: tuple[str, ...] = ()
    sums: tuple[tuple[str, str, str], ...] = ()
    above: Published | None = None
    behind: str = ""
    gaps: tuple[tuple[str, Part], ...] = ()
    neighbours: Mapping[str, str] = field(default_factory=dict)


def explanation(found: Sheet, row: Published, code: str, actor: Actor) -> Drawer:
    """What the drawer shows. Another park's indicators are not there, whatever is asked for."""
    if row.final is None or not policy.sees_detail(actor, row.park_id):
        return _total(found, row, detail=False)
    told = queries.result_of(found.snapshot.run_id, row.park_id).explanation
    blocks = {one["code"]: one for one in found.head["blocks"]}
    if code in told["items"]:
        return _indicator(found, row, told, code)
    if code in blocks:
        return _block(row, told, blocks[code])
    if code in ("bonus", "deduction"):
        return _adjusted(row, told, code)
    return _total(found, row, detail=True)


def _total(found: Sheet, row: Published, *, detail: bool) -> Drawer:
    head = found.head
    sums = [(one["code"], one["name"], row.blocks.get(one["code"], "—")) for one in head["blocks"]]
    above = _above(found, row)
    parts = gap(above, row, head) if above else ()
    names = {one["code"]: one["name"] for one in head["blocks"]}
    return Drawer(
        row=row,
        title=row.name,
        crumb=_("总分"),
        score=row.final or "—",
        most=head["high"],
        detail=detail,
        steps=tuple(str(STEP_WORDS[one]) for one in row.steps if one in STEP_WORDS),
        sums=tuple(sums),
        above=above,
        behind=f"{sum((one.points for one in parts), Decimal(0)):f}",
        gaps=tuple((_gap_words(one, names), one) for one in parts),
    )


def _above(found: Sheet, row: Published) -> Published | None:
    """The nearest park with a better rank."""
    if row.rank is None:
        return None
    better = [one for one in found.everybody if one.rank is not None and one.rank < row.rank]
    return better[-1] if better else None


def _gap_words(part: Part, names: Mapping[str, str]) -> str:
    if part.kind == "block":
        return f"{part.code} {names[part.code]}"
    return str(GAP_WORDS[part.kind])


def _block(row: Published, told: Mapping[str, Any], block: Mapping[str, Any]) -> Drawer:
    items = tuple(
        Item(code, one["name"], one["score"], wording.full_words(one))
        for code, one in told["items"].items()
        if one["block"] == block["code"]
    )
    return Drawer(
        row=row,
        title=f"{block['code']} {block['name']}",
        crumb=row.name,
        score=told["blocks"][block["code"]]["score"],
        most=block["max_score"],
        detail=True,
        items=items,
    )


def _adjusted(row: Published, told: Mapping[str, Any], code: str) -> Drawer:
    key = "bonus" if code == "bonus" else "deductions"
    items = tuple(
        Item(one, what["name"], what["score"], what["cap"]) for one, what in told[key].items()
    )
    total = told["total"]
    return Drawer(
        row=row,
        title=_("加分") if code == "bonus" else _("扣分"),
        crumb=row.name,
        score=total[code],
        most=total[f"{code}_cap"],
        detail=True,
        items=items,
    )


def _indicator(found: Sheet, row: Published, told: Mapping[str, Any], code: str) -> Drawer:
    one = told["items"][code]
    result = queries.result_of(found.snapshot.run_id, row.park_id)
    papers = filings.evidence(result.filing_id)
    names = [given["item"] for given in one["inputs"]]
    chosen = Item(
        code,
        one["name"],
        one["score"],
        wording.full_words(one),
        sentences=tuple(wording.sentences(one, word=code_word)),
        inputs=tuple(_input(given, _levels(one)) for given in one["inputs"]),
        remarks=_remarks(result.filing_id, names, found.snapshot.run_id),
        evidence=tuple(paper for name in names for paper in papers.get(name, ())),
        drawing=_drawing(one),
        rule=_rule(one),
    )
    block = told["blocks"][one["block"]]
    codes = list(told["items"])
    at = codes.index(code)
    neighbours = {"before": codes[at - 1] if at else "", "after": (codes[at + 1 :] or [""])[0]}
    return Drawer(
        row=row,
        title=f"{code} {one['name']}",
        crumb=f"{one['block']} {block['name']} · {block['score']} / {block['max_score']}",
        score=one["score"],
        most=wording.full_words(one),
        detail=True,
        chosen=chosen,
        neighbours=neighbours,
    )


def _remarks(filing_id: int, names: Sequence[str], run_id: int) -> tuple[FilingValueChange, ...]:
    """What the reviewer had said when the version was scored: a later verdict, after an objection,
    belongs to the next version."""
    scored_at, values = runs.get(run_id).started_at, filings.values(filing_id)
    lines = reviews.changes(filing_id)
    found = (
        next((one for one in lines.get(values[name].id, ()) if _judged(one, scored_at)), None)
        for name in names
        if name in values
    )
    return tuple(one for one in found if one is not None and one.reason)


def _judged(one: FilingValueChange, until: datetime) -> bool:
    return one.act in ("passed", "corrected", "verified") and one.at <= until


def _rule(one: Mapping[str, Any]) -> str:
    rule = one.get("rule")
    if not rule:
        return ""
    full = Decimal(one["max_score"])
    return rule_words(rule["type"], rule, full=full, unit=one["unit"])


def _drawing(one: Mapping[str, Any]) -> Drawing | None:
    found = curve(one)
    return drawing(found, one["unit"]) if found else None


def _levels(one: Mapping[str, Any]) -> tuple[str, ...]:
    """Levels of a rule from the best down; stored, a mapping keeps no order."""
    points = (one.get("rule") or {}).get("points")
    return tuple(in_order(points)) if isinstance(points, Mapping) else ()


def _input(given: Mapping[str, Any], levels: Sequence[str]) -> Input:
    verified, declared = given["verified"], given["declared"]
    changed = declared is not None and declared != verified
    before = _text(declared, levels) if changed else ""
    return Input(given["name"], given["unit"], _text(verified, levels), before)


def _text(value: Any, levels: Sequence[str]) -> str:
    """A value for people: thousands told apart, levels and options in words."""
    if isinstance(value, Mapping):
        told = in_order(value, levels).items()
        return listed(f"{code_word(level)} {count}" for level, count in told) or "0"
    if value is None:
        return ""
    try:
        return f"{Decimal(str(value)):,f}"
    except InvalidOperation:
        return code_word(str(value))
