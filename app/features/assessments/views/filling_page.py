"""The page of a filing: sections at the left, the indicators of one section in the middle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import Struct

from app.core import clock
from app.engines import calendar
from app.engines.scoring import Indicator, Scheme
from app.engines.scoring.wording import full_words
from app.extensions.phrases import listed
from app.extensions.why import Why
from app.features.assessments import policy
from app.features.assessments.labels import SECTION_WORDS, rule_words
from app.features.assessments.labels.fill import OWNER_WORDS, PART_DOTS, PART_WORDS, WHY_WORDS
from app.features.assessments.models import AssessmentFiling, AssessmentRound, FilingValue
from app.features.assessments.queries import filings, rounds
from app.features.assessments.rules import checks, estimate, form, progress
from app.features.assessments.rules import rounds as windows
from app.features.assessments.rules.filing import Act, Phase, State, allowed
from app.features.assessments.rules.form import Ask, Part
from app.features.assessments.services import submitting
from app.features.assessments.views import whys
from app.features.assessments.views.filling_items import Around, Item, computed, item_of
from app.web.acting import current_actor

LETTERS: Mapping[str, str] = {form.BONUS: "+", form.DEDUCTIONS: "−"}
LEFT_OUT: Mapping[str, Any] = {"cohort": _l("同组比较项"), "expert": _l("专家评议")}


class Section(Struct, frozen=True):
    """A section in the list at the left."""

    code: str
    letter: str
    name: str
    state: str
    dot: str
    filled: int
    asked: int
    points: str
    full: str
    current: bool = False


@dataclass
class Card:
    """An indicator with the values that are asked under it."""

    code: str
    name: str
    full: str
    tag: str
    estimated: bool
    rule: str
    definition: str
    source: str
    items: list[Item] = field(default_factory=list)
    value: str = ""
    by: str = ""
    formula: str = ""

    @property
    def own(self) -> bool:
        return any(one.own for one in self.items)


class Filing:
    """Everything that the pages of one filing share, read once."""

    def __init__(self, filing_id: int) -> None:
        self.round, self.filing = filings.for_park(filing_id)
        actor, today = current_actor(), clock.today()
        self.today: date = today
        self.standing = policy.standing(actor, self.round, self.filing, today)
        self.may = allowed(self.standing)
        self.scheme: Scheme = rounds.scheme_of(self.round)
        self.values: Mapping[str, FilingValue] = filings.values(filing_id)
        self.parts = form.parts(self.scheme)
        self.before: Mapping[str, Any] = filings.before(self.round, self.filing)
        self.evidence = filings.evidence(filing_id)
        self.editable = Act.save in self.may
        self.correcting = self.filing.state == State.returned
        self.against = submitting.against_now(self.round, self.filing, self.values)

    @property
    def whys(self) -> tuple[Why, ...]:
        """What the person cannot do here now."""
        return whys.of_park(self.standing, self.filing)

    # -- time ----------------------------------------------------------------------------------
    @property
    def phase(self) -> Phase:
        return self.standing.phase

    @property
    def deadline(self) -> date | None:
        return deadline_of(self.round, self.filing, self.phase)

    @property
    def extension(self) -> str:
        """Why the park has a last day of its own, while it holds."""
        own = self.filing.extended_until
        return self.filing.extension_reason if own and self.deadline == own else ""

    @property
    def left(self) -> int:
        return calendar.left(self.deadline, self.today) if self.deadline else 0

    @property
    def late(self) -> int:
        """Working days too late, if it were handed in now for the first time."""
        if self.filing.first_submitted_at is not None:
            return self.filing.late_days
        return submitting.late_today(self.round, self.filing, self.today)

    @property
    def late_code(self) -> str:
        return estimate.late_code(self.round.sources)

    @property
    def late_points(self) -> Decimal:
        return estimate.late_points(self.scheme, self.late_code, self.late)

    # -- sections ------------------------------------------------------------------------------
    def part(self, code: str) -> Part:
        """The section asked for, else the first that asks the park for something."""
        known = {one.code: one for one in self.parts}
        mine = [one for one in self.parts if progress.own(one)]
        return known.get(code) or self._wanted(mine) or self.parts[0]

    def _wanted(self, mine: list[Part]) -> Part | None:
        """Of a filing that came back the first section with something to mend."""
        if self.correcting:
            for one in mine:
                if any(self.values[ask.code].open_again for ask in one.asks):
                    return one
        return mine[0] if mine else None

    def guess(self) -> estimate.Estimate:
        late = (self.late_code, self.late) if self.late_code else None
        return self.estimate_of(self.values, late)

    def estimate_of(
        self, values: Mapping[str, Any], late: tuple[str, int] | None
    ) -> estimate.Estimate:
        return estimate.estimate(self.scheme, values, late=late)

    @property
    def mend(self) -> frozenset[str]:
        codes = {one.code for one in self.against}
        if self.correcting and self.editable:
            around = self.around()
            asks = form.asks(self.scheme)
            codes |= {
                code
                for code, value in self.values.items()
                if value.open_again and not item_of(asks[code], value, around).mended
            }
        return frozenset(codes)

    def sections(self, current: str, found: estimate.Estimate) -> list[Section]:
        made = []
        blocks = {one.code: one for one in self.scheme.blocks}
        mend = self.mend
        for part in self.parts:
            state = progress.of_part(part, self.values, mend)
            block = blocks.get(part.code)
            points = found.blocks.get(part.code) if block else None
            if block and all(found.lines[i.code].score is None for i in block.indicators):
                points = None
            if part.code == form.BONUS:
                points = found.bonus
            full = block.max_score if block else None
            if part.code == form.BONUS:
                full = self.scheme.total.bonus_cap
            made.append(
                Section(
                    code=part.code,
                    letter=part.code if block else LETTERS.get(part.code, "·"),
                    name=name_of(part),
                    state=str(PART_WORDS[state.state]),
                    dot=PART_DOTS[state.state],
                    filled=state.filled,
                    asked=state.asked,
                    points="—" if points is None else f"{points:.2f}",
                    full="" if full is None else plain(full),
                    current=part.code == current,
                )
            )
        return made

    @property
    def counts(self) -> tuple[int, int]:
        """Filled and asked, of the whole filing."""
        codes = progress.asked(self.scheme)
        return sum(progress.filled(self.values.get(code)) for code in codes), len(codes)

    # -- values --------------------------------------------------------------------------------
    def around(self) -> Around:
        if not hasattr(self, "_around"):
            self._around = Around(
                editable=self.editable,
                correcting=self.correcting,
                before=self.before,
                evidence=self.evidence,
                past=filings.papers_past(self.filing.id),
                returned=filings.returned_at(self.filing.id) if self.correcting else {},
                sources=self.round.sources,
                documents=filings.papers_of_round(self.round.id),
            )
        return self._around

    def item(self, ask: Ask) -> Item:
        return item_of(ask, self.values[ask.code], self.around())

    def cards(self, part: Part, found: estimate.Estimate) -> list[Card]:
        """The indicators of the section in order; each value stands under its first one."""
        block = next((one for one in self.scheme.blocks if one.code == part.code), None)
        if block is None:
            return [self._card_of_ask(ask) for ask in part.asks]
        left = {ask.code: ask for ask in part.asks}
        made = []
        for indicator in block.indicators:
            card = _card(indicator, found.lines[indicator.code], self._order_of(indicator))
            for code in indicator.value.items:
                if code in left:
                    card.items.append(self.item(left.pop(code)))
            made.append(card)
        return made

    def _order_of(self, indicator: Indicator) -> tuple[str, ...]:
        """Levels or options of the item that it is computed from, as the scheme lists them."""
        items = (self.scheme.items[code] for code in indicator.value.items)
        return tuple(name for one in items for name in one.levels or one.options)

    def _card_of_ask(self, ask: Ask) -> Card:
        """A bonus or deduction item, or a value that no indicator uses."""
        one, item = ask.adjustment, self.item(ask)
        return Card(
            code=ask.code if one else "",
            name=ask.name,
            full=plain(one.cap) if one and ask.section == form.BONUS else "",
            tag="",
            estimated=False,
            rule=rule_words.of_adjustment(one) if one else "",
            definition=one.definition if one else "",
            source=one.data_source if one else "",
            items=[item],
            value="" if item.own else f"{item.shown} {item.unit}".strip() if item.shown else "",
            by="" if item.own else (one.data_source if one else "") or str(OWNER_WORDS[ask.owner]),
        )

    def left_words(self, found: estimate.Estimate) -> str:
        """Which points only the result tells."""
        told = [f"{LEFT_OUT[why]} {listed(codes)}" for why, codes in found.left_out.items()]
        if not told:
            return ""
        return _(
            "不含%(which)s，共 %(points)s 分", which=listed(told), points=plain(found.left_points)
        )

    def lacking(self) -> tuple[str, ...]:
        return checks.lacking_papers(self.scheme, self.values, self.evidence)


def _card(indicator: Indicator, line: estimate.Line, order: tuple[str, ...]) -> Card:
    tag = _("预估 %(score)s", score=f"{line.score:.2f}") if line.score is not None else ""
    return Card(
        code=indicator.code,
        name=indicator.name,
        full=full_words({"max_score": plain(indicator.max_score), "spread": line.spread}),
        tag=tag or str(WHY_WORDS[line.why]),
        estimated=line.score is not None,
        rule=rule_words.of_indicator(indicator, order),
        definition=indicator.definition,
        source=indicator.data_source,
        value=computed(line.value, indicator.unit),
        formula=indicator.value.text,
    )


def deadline_of(found: AssessmentRound, filing: AssessmentFiling, phase: Phase) -> date | None:
    """The day that matters to the park now."""
    if phase is Phase.correcting:
        return filing.correct_until
    if phase is Phase.late:
        return found.late_until
    return windows.last_day(policy.windows(found), filing.extended_until)


def name_of(part: Part) -> str:
    return part.name or str(SECTION_WORDS[part.code])


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
