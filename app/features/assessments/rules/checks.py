"""What stands against handing in: values that cannot be read, checks that fail, nothing at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct, field

from app.engines.scoring import Comparison, Scheme
from app.features.assessments.rules import form
from app.features.assessments.rules.form import PARK
from app.features.assessments.rules.moves import unusual
from app.features.assessments.rules.typed import raw_of


class Valued(Protocol):
    """What of a value the checks look at."""

    declared: Any
    unread: Any
    taken: Any
    verified: Any
    explanation: str


class Against(Struct, frozen=True):
    """One fault at one value; ``params`` fill its sentence."""

    code: str
    fault: str
    params: Mapping[str, Any] = field(default_factory=dict)


def against_submitting(
    scheme: Scheme, values: Mapping[str, Valued], before: Mapping[str, Any] | None = None
) -> tuple[Against, ...]:
    """Everything that must be mended first; blank values are allowed and count as nothing.

    ``before``: code -> value of the round before.
    """
    asked = form.asks(scheme)
    found = [
        Against(code, "value_unread")
        for code, one in values.items()
        if one.unread is not None and code in asked
    ]
    own = [code for code, one in asked.items() if one.owner == PARK]
    if not any(values[code].declared is not None for code in own if code in values):
        found.append(Against("", "filing_empty"))
    found += [
        Against(code, "value_unexplained")
        for code in unexplained(scheme, values, before or {})
        if values[code].unread is None
    ]
    return (*found, *failing(scheme, values))


def unexplained(
    scheme: Scheme, values: Mapping[str, Valued], before: Mapping[str, Any]
) -> tuple[str, ...]:
    """Codes of the park's own values that moved unusually and whose reason is still to be given."""
    return tuple(
        code
        for code, ask in form.asks(scheme).items()
        if ask.owner == PARK
        and code in values
        and unusual(ask, before.get(code), values[code].declared)
        and not values[code].explanation.strip()
    )


def lacking_papers(
    scheme: Scheme, values: Mapping[str, Valued], evidence: Mapping[str, Sequence[Any]]
) -> tuple[str, ...]:
    """Codes of values that are given and ask for papers, of which there is none: a warning."""
    return tuple(
        code
        for code, ask in form.asks(scheme).items()
        if ask.owner == PARK
        and ask.evidence
        and code in values
        and values[code].declared is not None
        and not evidence.get(code)
    )


def failing(scheme: Scheme, values: Mapping[str, Valued]) -> tuple[Against, ...]:
    """Cross-checks between data items that do not hold; one with a value missing says nothing."""
    numbers = _numbers(scheme, values)
    found = []
    for code, item in scheme.items.items():
        check = item.check
        if check is None or any(name not in numbers for name in check.items):
            continue
        if not _holds(check, numbers):
            found.append(Against(code, "check_fails", {"check": check.text}))
    return tuple(found)


def _holds(check: Comparison, numbers: Mapping[str, Any]) -> bool:
    """A check that divides by zero says nothing."""
    index = {name: at for at, name in enumerate(check.items)}
    row = [numbers[name].as_integer_ratio() for name in check.items]
    try:
        return check.holds(index)(row)
    except ZeroDivisionError:
        return True


def current(value: Valued) -> Any:
    """What counts now for the park: what it declared, else what the platform or the zone says."""
    if value.declared is not None:
        return value.declared
    return value.verified if value.verified is not None else value.taken


def _numbers(scheme: Scheme, values: Mapping[str, Valued]) -> dict[str, Any]:
    found = {}
    for code, item in scheme.items.items():
        if not item.is_number or code not in values:
            continue
        number = raw_of(item, current(values[code]))
        if number is not None:
            found[code] = number
    return found
