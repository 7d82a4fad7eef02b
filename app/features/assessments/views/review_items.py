"""A filing before its reviewer, item by item: plain data for the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import Struct, field

from app.core import clock
from app.core.actor import Actor
from app.engines import dictionaries
from app.engines.scoring import Scheme
from app.features.assessments.labels import SECTION_WORDS, VERDICT_WORDS, rule_words
from app.features.assessments.labels.judge import CHANGE_WORDS, OWNER_WORDS
from app.features.assessments.labels.values import words_of
from app.features.assessments.models import (
    AssessmentDocument,
    AssessmentFiling,
    AssessmentRound,
    FilingEvidence,
    FilingValue,
    FilingValueChange,
)
from app.features.assessments.queries import filings, reviews, rounds
from app.features.assessments.rules import form, judging
from app.features.assessments.rules.filing import Verdict
from app.features.assessments.rules.form import PARK, Ask
from app.features.assessments.rules.judging import Assigned
from app.features.assessments.rules.rounds import RoundState
from app.features.assessments.services import correcting
from app.features.parks import queries as parks

PHRASES = "review_phrases"
DOTS = {"open": "muted", "passed": "success", "corrected": "info", "returned": "danger"}
ICONS = {
    "open": "circle",
    "passed": "circle-check",
    "corrected": "edit",
    "returned": "arrow-back-up",
}
NOT_ASKED = _l("无需审核")
#: What a viewer can show in the page; everything else is saved.
SHOWN = {"pdf": "pdf", "png": "image", "jpg": "image", "jpeg": "image"}


class Paper(Struct, frozen=True):
    """A file of evidence. ``twins``: sentences on where the same bytes lie as well."""

    row: FilingEvidence
    kind: str
    twins: tuple[str, ...]


class Item(Struct, frozen=True):
    """One value with all that decides on it."""

    ask: Ask
    value: FilingValue
    mark: str
    answer: str
    previous: str
    moved: str
    earlier: str
    verified: str
    rules: tuple[tuple[str, str], ...]
    papers: tuple[Paper, ...]
    gone: tuple[FilingEvidence, ...]
    history: tuple[dict[str, Any], ...]
    task: bool
    changed: bool
    may: bool
    document: AssessmentDocument | None
    error: Any = ""
    typed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.ask.code

    @property
    def verdict(self) -> str:
        return self.value.verdict

    @property
    def idle(self) -> bool:
        """Open, and nobody's task."""
        return self.verdict == Verdict.open and not self.task

    @property
    def word(self) -> Any:
        return NOT_ASKED if self.idle else VERDICT_WORDS[self.value.verdict]

    @property
    def dot(self) -> str:
        return "none" if self.idle else DOTS[self.value.verdict]

    @property
    def icon(self) -> str:
        return ICONS[self.value.verdict]

    @property
    def owner(self) -> Any:
        """Who supplies it, where that is not the park."""
        return "" if self.ask.owner == PARK else OWNER_WORDS[self.ask.owner]


class Section(Struct, frozen=True):
    code: str
    name: Any
    items: tuple[Item, ...]

    @property
    def open(self) -> int:
        return sum(one.task and one.verdict == "open" for one in self.items)


class Sheet(Struct, frozen=True):
    """The whole filing."""

    round: AssessmentRound
    filing: AssessmentFiling
    scheme: Scheme
    park: str
    sections: tuple[Section, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(one for part in self.sections for one in part.items)

    @property
    def tasks(self) -> tuple[Item, ...]:
        return tuple(one for one in self.items if one.task)

    @property
    def done(self) -> int:
        return sum(one.verdict != "open" for one in self.tasks)

    @property
    def changed(self) -> int:
        return sum(one.changed for one in self.items)

    def count(self, verdict: str) -> int:
        return sum(one.verdict == verdict for one in self.tasks)

    def item(self, code: str) -> Item | None:
        return next((one for one in self.items if one.code == code), None)


def sheet_of(actor: Actor, filing: AssessmentFiling, *, judges: bool) -> Sheet:
    """The filing as this person may judge it; a fixed number of statements."""
    found = rounds.get(filing.round_id)
    scheme = rounds.scheme_of(found)
    reading = _Reading(actor, found, filing, scheme, judges=judges)
    offered = judging.open_to_judging(scheme, found.sources)
    sections = []
    for part in form.parts(scheme):
        items = tuple(
            reading.item(ask) for ask in part.asks if ask.code in offered and reading.has(ask.code)
        )
        if items:
            name = part.name or SECTION_WORDS[part.code]
            sections.append(Section(part.code, name, items))
    return Sheet(found, filing, scheme, parks.by_id(filing.park_id).name, tuple(sections))


class _Reading:
    """All that the items need, read once."""

    def __init__(
        self,
        actor: Actor,
        found: AssessmentRound,
        filing: AssessmentFiling,
        scheme: Scheme,
        *,
        judges: bool,
    ) -> None:
        self._actor, self._round, self._filing = actor, found, filing
        self._judges = judges
        self._values = filings.values(filing.id)
        self._asks = form.asks(scheme)
        self._tasks = set(judging.tasks(scheme, found.sources, self._values))
        self._previous = reviews.previous_values(found, filing.park_id)
        self._history = reviews.changes(filing.id)
        self._twins = reviews.evidence_twins(filing.id)
        self._documents = {one.id: one for one in reviews.documents(found.id)}
        self._assigned: tuple[Assigned, ...] = reviews.assigned(found.id)
        self._files: dict[str, list[FilingEvidence]] = {}
        for one in reviews.all_evidence(filing.id):
            self._files.setdefault(one.code, []).append(one)

    def has(self, code: str) -> bool:
        return code in self._values

    def item(self, ask: Ask) -> Item:
        value = self._values[ask.code]
        claim = judging.claimed(ask, value)
        before = self._before(ask)
        lines = self._history.get(value.id, ())
        files = self._files.get(ask.code, ())
        return Item(
            ask=ask,
            value=value,
            mark=ask.indicators[0].code if ask.indicators else ask.code,
            answer=words_of(ask, claim if claim is not None else _of_zone(ask, value)),
            previous=words_of(ask, before),
            moved=moved(ask, before, claim),
            earlier=_earlier(ask, claim, lines),
            verified=words_of(ask, value.verified),
            rules=rules_of(ask),
            papers=tuple(self._paper(one) for one in files if one.removed_at is None),
            gone=tuple(one for one in files if one.removed_at is not None),
            history=tuple(_line(ask, one) for one in lines),
            task=ask.code in self._tasks,
            changed=self._changed(claim, before, lines),
            may=self._judges and self._open_to(ask.section, value),
            document=self._documents.get(value.document_id or 0),
        )

    def _open_to(self, section: str, value: FilingValue) -> bool:
        """Whether it is this person's to judge; in a published round, what an objection opened."""
        if self._round.state == RoundState.publicized:
            against = correcting.against(self._actor, self._round, self._filing, value)
            return against is None
        return self._mine(section)

    def _mine(self, section: str) -> bool:
        who = judging.reviewers_of(self._assigned, self._filing.id, section, self._filing.taken_by)
        return not who or self._actor.user_id in who | {self._round.lead_id}

    def _before(self, ask: Ask) -> Any:
        """What counted in the round before."""
        one = self._previous.get(ask.code)
        if one is None:
            return None
        return one.verified if one.verified is not None else judging.claimed(ask, one)

    def _changed(self, claim: Any, before: Any, lines: Sequence[FilingValueChange]) -> bool:
        """After a correction: what had been sent back; before one: what is not as last time."""
        if self._filing.times_returned:
            return any(one.act == "returned" for one in lines)
        return bool(self._previous) and claim != before

    def _paper(self, one: FilingEvidence) -> Paper:
        kind = SHOWN.get(one.name.rpartition(".")[2].lower(), "")
        twins = []
        for twin in self._twins.get(one.id, ()):
            own = self._asks.get(twin.code)
            item = own.name if own is not None else twin.code
            if twin.filing_id == self._filing.id:
                twins.append(_("本填报的“%(item)s”用了同一个文件", item=item))
            else:
                name = parks.by_id(twin.park_id).name
                twins.append(_("“%(park)s”的“%(item)s”用了同一个文件", park=name, item=item))
        return Paper(one, kind, tuple(twins))


def _of_zone(ask: Ask, value: FilingValue) -> Any:
    """What the zone has entered is its own answer."""
    return None if ask.owner == PARK else value.verified


def rules_of(ask: Ask) -> tuple[tuple[str, str], ...]:
    """Which lines are computed from it, and how each scores."""
    if ask.adjustment is not None:
        return ((ask.adjustment.name, rule_words.of_adjustment(ask.adjustment)),)
    return tuple(
        (f"{one.code} {one.name}", rule_words.of_indicator(one, ask.order))
        for one in ask.indicators
    )


def moved(ask: Ask, before: Any, now: Any) -> str:
    """By how much a number changed since last time, in per cent."""
    if before is None or now is None or not (ask.item and ask.item.is_number):
        return ""
    if isinstance(before, list) or isinstance(now, list):
        return ""
    old, new = Decimal(before), Decimal(now)
    if not old or old == new:
        return ""
    change = (new - old) / abs(old) * 100
    return f"{change:+.1f}%"


def _earlier(ask: Ask, claim: Any, lines: Sequence[FilingValueChange]) -> str:
    """What had been declared when it was sent back, where it is something else now."""
    back = next((at for at, one in enumerate(lines) if one.act == "returned"), None)
    if back is None:
        return ""
    typed = [one for one in lines[:back] if one.act == "declared"]
    first = typed[-1].before if typed else claim
    return words_of(ask, first) if first != claim else ""


def _line(ask: Ask, one: FilingValueChange) -> dict[str, Any]:
    return {
        "at": one.at,
        "actor": one.actor_name or _("平台"),
        "act": CHANGE_WORDS[one.act],
        "before": words_of(ask, one.before),
        "after": words_of(ask, one.after),
        "reason": one.reason,
        "kind": {"returned": "danger", "passed": "success", "corrected": "info"}.get(one.act, ""),
    }


def typed_of(ask: Ask, posted: Any) -> Any:
    """核定值 as the form of this kind of value sends it; raw, for ``Ask.read``."""
    if ask.kind == "multi_choice" and ask.item is not None and ask.item.options:
        return posted.getlist("value")
    if ask.levels:
        return {level: posted.get(f"value.{level}", "") for level in ask.levels}
    return posted.get("value", "")


def phrases() -> tuple[str, ...]:
    return dictionaries.options(PHRASES, clock.today())


VERDICTS = tuple(one.value for one in Verdict)
