"""入驻申请 as one table: states, acts, who does them; and what may be written. Plain Python.

Pages, services, the tests and the table in ``docs/settlements.md`` read this; nobody else decides
what may follow what.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field

from app.core import phones, uscc
from app.core.workflow import Step, step
from app.features.enterprises.rules import ROLES
from app.features.parks.rules.profile import MODES


class State(StrEnum):
    """Where an application stands."""

    new = "new"
    following = "following"
    landed = "landed"
    declined = "declined"
    withdrawn = "withdrawn"
    moved = "moved"


class Act(StrEnum):
    """What somebody does to an application."""

    follow = "follow"
    land = "land"
    decline = "decline"
    move = "move"
    prove = "prove"
    reopen = "reopen"
    withdraw = "withdraw"


class Side(StrEnum):
    """Whose act it is."""

    park = "park"
    applicant = "applicant"


_OPEN = (State.new, State.following)

WORKFLOW: Mapping[Act, Step[State, Side]] = MappingProxyType(
    {
        Act.follow: step(_OPEN, State.following, Side.park, reason=True),
        Act.land: step(_OPEN, State.landed, Side.park),
        Act.decline: step(_OPEN, State.declined, Side.park, reason=True),
        Act.move: step(_OPEN, State.moved, Side.park, reason=True),
        Act.prove: step((State.landed,), None, Side.park),
        Act.reopen: step((State.landed, State.declined), State.following, Side.park, reason=True),
        Act.withdraw: step(_OPEN, State.withdrawn, Side.applicant),
    }
)

#: Somebody still has to do something.
OPEN = frozenset(_OPEN)
#: The person at the park has spoken with the applicant, or decided without.
CONTACTS = frozenset({Act.follow, Act.land, Act.decline})
#: What the log begins with: the form was sent, or another park handed it over.
BEGINNINGS = ("submit", "arrive")
#: Codes of 未落地; ``other`` needs a text.
REASONS = (
    *("space", "cost", "policy", "positioning", "facilities", "papers", "not_admitted"),
    *("plans", "elsewhere", "no_contact", "duplicate", "other"),
)

NEEDS = ("注册", "备案", "通关", "仓储", "融资", "培训", "人才")

#: 首次联系时限, in working days.
FIRST_CONTACT_DAYS = 3
NOTE_MAX = 1000
REASON_MAX = 500
MOST_FILES = 3
FILE_MOST = 5 * 1024 * 1024
FILE_TYPES = frozenset({"pdf", "png", "jpeg", "docx", "xlsx"})
CONTRACT_TYPES = frozenset({"pdf", "png", "jpeg"})
CONTRACT_MOST = 10 * 1024 * 1024
#: One number or account may send so many in a day, to all parks together.
MOST_A_DAY = 5
DAY = timedelta(hours=24)
#: A number given back to its operator rings at somebody else's after this long at the earliest: an
#: older application is nobody's who proves the number now.
PROVEN_FOR = timedelta(days=90)
#: Most days ahead that somebody may plan for.
FARTHEST = timedelta(days=3660)
BIGGEST = Decimal(10) ** 10

TEXTS = MappingProxyType(
    {
        "company": 120,
        "contact_name": 60,
        "email": 120,
        "goods": 200,
        "markets": 200,
        "message": 1000,
    }
)
WHOLE = ("office_area", "warehouse_area", "staff_count")
AMOUNTS = ("budget", "expected_value")
CHOICES = MappingProxyType({"roles": ROLES, "modes": MODES, "needs": NEEDS})
_EMAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]+\.[^@\s<>,;.]+")
_SIGNS = "23456789ABCDEFGHJKLMNPQRTUWXY"


class Standing(Struct, frozen=True):
    """All that decides on an act: where the application stands and which sides the person is on."""

    state: State
    sides: frozenset[Side] = field(default_factory=frozenset)
    proven: bool = False


def refusal(act: Act, standing: Standing) -> str | None:
    """The code of what stands against the act, the strongest first; ``None``: go ahead."""
    row = WORKFLOW[act]
    if row.side not in standing.sides:
        return f"settlement_not_{row.side}"
    if standing.state not in row.origin:
        return "settlement_state"
    return None


def allowed(standing: Standing) -> tuple[Act, ...]:
    """The acts open to the person, in the table's order."""
    return tuple(act for act in WORKFLOW if refusal(act, standing) is None)


def after(act: Act, state: State) -> State:
    """The state that follows."""
    target = WORKFLOW[act].target
    return state if target is None else target


def in_order(name: str, chosen: Iterable[str]) -> tuple[str, ...]:
    """What was ticked, in the order of the choices, in which files and forms give it as well."""
    among = frozenset(chosen)
    return tuple(one for one in CHOICES[name] if one in among)


def number(today: date) -> str:
    """受理编号: a day and six signs that nobody guesses or confuses on the telephone."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(6))
    return f"RZ{today:%y%m%d}-{signs}"


def cleaned(values: Mapping[str, Any], today: date) -> tuple[dict[str, Any], dict[str, str]]:
    """What was written in its normal form, and field -> code of what is wrong with it."""
    found: dict[str, Any] = {name: _line(values.get(name), name) for name in TEXTS}
    found |= {name: values.get(name) for name in (*WHOLE, *AMOUNTS, "expected_on")}
    found |= {name: tuple(values.get(name) or ()) for name in CHOICES}
    found["preparing"] = bool(values.get("preparing"))
    found["uscc"] = "".join(str(values.get("uscc") or "").split()).upper() or None
    if found["preparing"]:
        found["company"], found["uscc"] = "", None
    wrong = {n: "too_long" for n, most in TEXTS.items() if len(found[n]) > most}
    if not found["company"] and not found["preparing"]:
        wrong["company"] = "company_missing"
    if not found["contact_name"]:
        wrong["contact_name"] = "required"
    number_ = phones.normalise(str(values.get("phone") or ""))
    if number_ is None or len(number_) != 11:
        wrong["phone"] = "phone_wrong"
    found["contact_phone"] = number_ or ""
    if found["email"] and not _EMAIL.fullmatch(found["email"]):
        wrong["email"] = "email_wrong"
    return found, wrong | _odd_numbers(found, today) | _odd_choices(found)


def code_fault(code: str | None) -> bool:
    """Whether a credit code is given and fails its check."""
    return bool(code) and uscc.fault(str(code)) is not None


def _line(value: Any, name: str) -> str:
    """One line without outer blanks; the message keeps its lines."""
    text = str(value or "").replace("\r\n", "\n")
    return text.strip() if name == "message" else " ".join(text.split())


def _odd_numbers(found: Mapping[str, Any], today: date) -> dict[str, str]:
    wrong = {
        name: "number_wrong"
        for name in (*WHOLE, *AMOUNTS)
        if found[name] is not None and not 0 <= found[name] < BIGGEST
    }
    day = found["expected_on"]
    if day is not None and not today <= day <= today + FARTHEST:
        wrong["expected_on"] = "day_wrong"
    return wrong


def _odd_choices(found: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: "choice_wrong"
        for name, known in CHOICES.items()
        if not set(found[name]) <= set(known)
    }
