"""The workbook of a filing: made for one park and round, compared with the draft, merged into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import Refusal
from app.core.values import replace
from app.engines import sheets as engine
from app.engines import trail
from app.features.assessments.models import AssessmentFiling, AssessmentRound, FilingValue
from app.features.assessments.queries import rounds
from app.features.assessments.rules.filing import State
from app.features.assessments.rules.form import PARK, Ask
from app.features.assessments.rules.typed import Wrong
from app.features.assessments.rules.workbook import COLUMNS, NO, TEMPLATE_ID, YES, Found
from app.features.assessments.services import filling

SEPARATOR = "/"
#: How the headings are found again; what stands below them is read as a grid.
TABLE = engine.Table(
    title="考核填报",
    columns=tuple(
        engine.Column(heading, name, engine.Kind.text) for name, heading in COLUMNS.items()
    ),
    key="key",
    template_id=TEMPLATE_ID,
)


class Difference(Struct, frozen=True):
    """One value that the workbook would change. ``wrong``: it cannot be read; ``moved``: the draft
    has changed since the download; ``locked``: not open now."""

    ask: Ask
    old: Any
    typed: Any
    new: Any
    old_reason: str
    new_reason: str
    version: int
    wrong: Wrong | None = None
    moved: bool = False
    locked: bool = False

    @property
    def can(self) -> bool:
        return self.wrong is None and not self.locked


class Whose(Struct, frozen=True):
    """Which filing a workbook is for, and the key of its seal."""

    round: AssessmentRound
    filing: AssessmentFiling
    park_code: str
    secret: bytes


def keys_of(ask: Ask) -> tuple[str, ...]:
    """The rows of a value: one, or one for each option or level of the park's own."""
    if ask.owner != PARK:
        return (ask.code,)
    options = ask.item.options if ask.item is not None and ask.kind == "multi_choice" else ()
    subs = ask.levels or options
    return tuple(f"{ask.code}{SEPARATOR}{sub}" for sub in subs) or (ask.code,)


def meta_of(
    whose: Whose, asks: Mapping[str, Ask], values: Mapping[str, FilingValue]
) -> dict[str, Any]:
    """The hidden page: round, park, scheme version, the rows and the versions of their values."""
    row_keys = {
        key: values[code].version
        for code, ask in asks.items()
        if code in values
        for key in keys_of(ask)
    }
    digest = rounds.version_of(whose.round).digest
    table = replace(TABLE, template_version=digest)
    return engine.make_meta(
        table,
        year=whose.round.period_to.year,
        scope=f"{whose.round.id}{SEPARATOR}{whose.park_code}",
        row_keys=row_keys,
        secret=whose.secret,
    )


def checked(meta: Mapping[str, Any] | None, whose: Whose) -> Mapping[str, int]:
    """Row -> version at the download; refuses what was made for something else, or changed."""
    if meta is None or not engine.verify_meta(meta, whose.secret):
        raise Refusal("workbook_not_ours")
    if meta["template_id"] != TEMPLATE_ID:
        raise Refusal("workbook_not_ours")
    round_id, _slash, park = meta["scope"].partition(SEPARATOR)
    if round_id != str(whose.round.id):
        raise Refusal("workbook_round")
    if park != whose.park_code:
        raise Refusal("workbook_park")
    if meta["template_version"] != rounds.version_of(whose.round).digest:
        raise Refusal("workbook_version")
    return {key: int(version) for key, version in meta["rows"].items()}


def differences(
    rows: Iterable[Found],
    versions: Mapping[str, int],
    asks: Mapping[str, Ask],
    values: Mapping[str, FilingValue],
    *,
    returned: bool,
) -> list[Difference]:
    """What differs from the draft, value by value; rows that the file lacks change nothing."""
    found = _by_key(rows, versions, asks)
    told = []
    for code, ask in asks.items():
        if ask.owner != PARK or code not in values:
            continue
        mine = [found.get(key) for key in keys_of(ask)]
        if any(one is None for one in mine):
            continue
        one = _difference(ask, [row for row in mine if row], values[code], returned=returned)
        if one is not None:
            moved = versions[keys_of(ask)[0]] != values[code].version
            told.append(replace(one, moved=moved))
    return told


def _by_key(
    rows: Iterable[Found], versions: Mapping[str, int], asks: Mapping[str, Ask]
) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for one in rows:
        ask = asks.get(one.key.partition(SEPARATOR)[0])
        if one.key not in versions or ask is None or one.name != ask.name.strip():
            raise Refusal("workbook_key", row=one.row, sheet=one.sheet, key=one.key[:80])
        if one.key in found:
            raise Refusal("workbook_twice", key=one.key[:80])
        found[one.key] = one
    return found


def _difference(
    ask: Ask, rows: list[Found], value: FilingValue, *, returned: bool
) -> Difference | None:
    typed = _typed(ask, rows)
    new, wrong = None, None
    try:
        new = ask.read(typed)
    except Wrong as error:
        wrong = error
    reason = rows[0].reason.replace("\r\n", "\n").strip()
    kept = value.unread is not None
    same = (typed == value.unread) if wrong is not None else (not kept and new == value.declared)
    if same and reason == value.explanation.strip():
        return None
    return Difference(
        ask=ask,
        old=value.declared,
        typed=typed,
        new=new,
        old_reason=value.explanation,
        new_reason=reason,
        version=value.version,
        wrong=wrong if not same else None,
        locked=returned and not value.open_again,
    )


def _typed(ask: Ask, rows: list[Found]) -> Any:
    """What was typed, in the shape that a form sends."""
    if ask.levels:
        return {row.key.partition(SEPARATOR)[2]: row.value for row in rows}
    if ask.item is not None and ask.kind == "multi_choice" and ask.item.options:
        if not any(row.value for row in rows):
            return None
        chosen = [row for row in rows if row.value not in ("", NO)]
        # Anything but the two words is told as an option that is not there.
        return [
            row.key.partition(SEPARATOR)[2] if row.value == YES else row.value for row in chosen
        ]
    return rows[0].value


def merge(
    actor: Actor,
    filing: AssessmentFiling,
    chosen: Iterable[tuple[Difference, int]],
    *,
    now: datetime,
) -> int:
    """Save the chosen values into the draft, all or none. Each with the version that the plan
    showed: what changed since raises ``Stale``."""
    number = 0
    for one, seen in chosen:
        version = seen
        if one.typed is not None or one.old is not None:
            value, _wrong = filling.save(
                actor, filing.id, one.ask.code, one.typed, seen=version, now=now
            )
            version = value.version
        filling.remark(actor, filing.id, one.ask.code, one.new_reason, seen=version, now=now)
        number += 1
    trail.record(actor, "assessment.workbook_merged", filing, details={"values": number})
    return number


def is_returned(filing: AssessmentFiling) -> bool:
    return State(filing.state) is State.returned
