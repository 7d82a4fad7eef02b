"""A round of assessment: its states, its windows in days of Asia/Shanghai, who takes part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from app.features.assessments.rules.filing import Phase, State

#: Between two days: how many working days lie after the first up to the second.
WorkingDays = Callable[[date, date], int]


class RoundState(StrEnum):
    """Where a round stands. 填报 and 补填 are the clock's matter within ``open``."""

    draft = "draft"
    planned = "planned"
    open = "open"
    closed = "closed"
    provisional = "provisional"
    publicized = "publicized"
    confirmed = "confirmed"
    archived = "archived"
    cancelled = "cancelled"


class RoundAct(StrEnum):
    """What the zone, or the clock, does to a round."""

    change = "change"
    plan = "plan"
    recall = "recall"
    open = "open"
    close = "close"
    score = "score"
    publicize = "publicize"
    reopen = "reopen"
    rescore = "rescore"
    confirm = "confirm"
    archive = "archive"
    cancel = "cancel"


_R = RoundState
#: act -> (from, to; ``None``: it stays).
WORKFLOW: Mapping[RoundAct, tuple[frozenset[RoundState], RoundState | None]] = MappingProxyType(
    {
        RoundAct.change: (frozenset({_R.draft}), None),
        RoundAct.plan: (frozenset({_R.draft}), _R.planned),
        RoundAct.recall: (frozenset({_R.planned}), _R.draft),
        RoundAct.open: (frozenset({_R.planned}), _R.open),
        RoundAct.close: (frozenset({_R.open}), _R.closed),
        RoundAct.score: (frozenset({_R.closed, _R.provisional}), _R.provisional),
        RoundAct.publicize: (frozenset({_R.provisional}), _R.publicized),
        RoundAct.reopen: (frozenset({_R.provisional}), _R.closed),
        RoundAct.rescore: (frozenset({_R.publicized}), None),
        RoundAct.confirm: (frozenset({_R.publicized}), _R.confirmed),
        RoundAct.archive: (frozenset({_R.confirmed}), _R.archived),
        RoundAct.cancel: (frozenset({_R.draft, _R.planned, _R.open, _R.closed}), _R.cancelled),
    }
)
#: Its people and values still move.
RUNNING = frozenset({_R.open, _R.closed, _R.provisional})
#: Its scheme version is used: it can change no more.
USED = frozenset(_R) - {_R.draft, _R.cancelled}


def refusal(act: RoundAct, state: RoundState) -> str | None:
    """Why the act cannot be; ``None``: go ahead."""
    return None if state in WORKFLOW[act][0] else "round_state"


def after(act: RoundAct, state: RoundState) -> RoundState:
    return WORKFLOW[act][1] or state


class Windows(Struct, frozen=True):
    """The days of a round; each is its last, and ends at midnight of Asia/Shanghai."""

    opens_on: date
    fill_until: date
    late_until: date
    review_until: date


def phase(
    windows: Windows,
    today: date,
    *,
    state: State,
    extended_until: date | None = None,
    correct_until: date | None = None,
) -> Phase:
    """What a park may do today. ``extended_until``: its own last day, in place of the round's;
    补填 then follows for whatever the round's late window still leaves."""
    if state is State.returned:
        return Phase.correcting if correct_until and today <= correct_until else Phase.over
    if today < windows.opens_on:
        return Phase.before
    if today <= last_day(windows, extended_until):
        return Phase.filling
    return Phase.late if today <= windows.late_until else Phase.over


def last_day(windows: Windows, extended_until: date | None) -> date:
    """The day until which filling costs nothing."""
    return max(windows.fill_until, extended_until or windows.fill_until)


def extension(windows: Windows, today: date) -> tuple[date, date] | None:
    """First and last day that a park's own deadline may be; none is left once review is to end."""
    first = max(windows.fill_until, today) + timedelta(days=1)
    return (first, windows.review_until) if first <= windows.review_until else None


def late_days(
    windows: Windows, submitted_on: date, extended_until: date | None, between: WorkingDays
) -> int:
    """Working days that a first submission came late; 0 in time."""
    last = last_day(windows, extended_until)
    return max(between(last, submitted_on), 0) if submitted_on > last else 0


def window_faults(windows: Windows, cut_off_on: date, period: tuple[date, date]) -> dict[str, str]:
    """Field -> code of what is wrong with the days of a round."""
    found = {}
    if period[0] > period[1]:
        found["period_to"] = "period_backwards"
    if cut_off_on < period[1]:
        found["cut_off_on"] = "cut_off_before_period_ends"
    if cut_off_on > windows.fill_until:
        # who hands in by the last day must have seen the values of the registers
        found["cut_off_on"] = "cut_off_after_fill"
    if windows.fill_until < windows.opens_on:
        found["fill_until"] = "fill_before_opening"
    if windows.late_until < windows.fill_until:
        found["late_until"] = "late_before_fill"
    if windows.review_until < windows.late_until:
        found["review_until"] = "review_before_late"
    return found


def next_year(periods_end: Iterable[date], last_full: int) -> int:
    """The year that a new round is most likely about: the one after the newest year that was
    assessed to its end, else the last full one; never one before it. Half a year is no year."""
    ends = (day.year + 1 for day in periods_end if (day.month, day.day) == (12, 31))
    return max([last_full, *ends])


#: The day that lies so many working days after another.
AddDays = Callable[[date, int], date]
#: What a scheme's ``cycle_defaults`` calls them, and what holds without.
DEFAULTS = {
    "fill_window_days": 20,
    "late_fill_window_days": 5,
    "first_review_days": 10,
    "expert_review_days": 10,
    "correction_window_days": 5,
    "correction_rounds_max": 2,
    "publicity_days": 5,
    "objection_reply_days": 10,
}
MOST_DAYS = 250


def cycle(content: Mapping[str, object]) -> dict[str, int]:
    """The numbers of days that a scheme proposes; whatever is no such number counts as not said."""
    told = content.get("cycle_defaults")
    found = dict(DEFAULTS)
    for name in DEFAULTS:
        text = str(told.get(name, "")) if isinstance(told, Mapping) else ""
        if text.isascii() and text.isdigit() and len(text) < 4:
            found[name] = min(int(text), MOST_DAYS)
    return found


def proposed(days: Mapping[str, int], opens_on: date, add: AddDays) -> Windows:
    """The windows of a round that opens on a day; the opening day is the first of its window."""
    fill = add(opens_on, max(days["fill_window_days"] - 1, 0))
    late = add(fill, days["late_fill_window_days"])
    review = add(late, days["first_review_days"] + days["expert_review_days"])
    return Windows(opens_on, fill, late, review)
