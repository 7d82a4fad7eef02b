"""The parks of a round and their values: read once, typed by the scheme's data items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.engines.scoring import documents
from app.engines.scoring.exact import NotANumber, decimal_of, ratio_of
from app.engines.scoring.faults import Fault, Refused, Section, Unreadable, each
from app.engines.scoring.scheme import Adjustment, DataItem, Scheme

#: A data item's value: a number, counts by level, or an option.
RawValue = Decimal | Mapping[str, Decimal] | str
EXPERT_SCORES = "expert_scores"
MOST_BYTES = 200 * 2**20


@dataclass(frozen=True, slots=True)
class Subject:
    """A park in a round. ``values`` are the verified ones (data item -> value, missing left out);
    ``declared`` what the park itself stated, for the explanation alone.

    ``marks``: indicator -> marks of its panel. ``bonus`` and ``deductions``: code -> quantity.
    ``filed`` is false for a park that handed in nothing; ``previous_rank`` is the confirmed one.
    """

    id: str
    filed: bool = True
    values: Mapping[str, RawValue] = field(default_factory=dict)
    marks: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    bonus: Mapping[str, RawValue] = field(default_factory=dict)
    deductions: Mapping[str, RawValue] = field(default_factory=dict)
    veto: str | None = None
    previous_rank: int | None = None
    declared: Mapping[str, RawValue] = field(default_factory=dict)

    @property
    def is_scored(self) -> bool:
        """Whether it belongs to the cohort."""
        return self.filed and self.veto is None


def read_cohort(scheme: Scheme, source: bytes | str | Mapping[str, Any]) -> tuple[Subject, ...]:
    """The subjects in a YAML text, or in data of the same shape.

    Raises ``Refused`` with every fault: an id twice, a text for a number, an unknown option or
    level, a veto that the scheme does not have. Codes that the scheme does not know are ignored
    (``remarks`` names them); limits of data items are ``remarks``' matter, too.
    """
    faults: list[Fault] = []
    data = source if isinstance(source, Mapping) else _loaded(source)
    try:
        sections = list(Section(data, "", faults).sections("subjects", below="subjects"))
        found = each(sections, lambda one: _Reader(scheme, one).subject())
        _ids_once(sections)
    except Unreadable:
        raise Refused(faults) from None
    if faults:
        raise Refused(faults)
    return found


def _loaded(source: bytes | str) -> Any:
    if len(source) > MOST_BYTES:
        raise Refused([Fault("", "cohort_size", None, {"most": str(MOST_BYTES // 2**20)})])
    return documents.load(source)


def _ids_once(sections: Sequence[Section]) -> None:
    seen: set[str] = set()
    for section in sections:
        own = section.data.get("id")
        if isinstance(own, str) and own in seen:
            section.fault("subject_twice", "id", value=own)
        elif isinstance(own, str):
            seen.add(own)


class _Reader:
    """Reads one subject with the scheme at hand."""

    def __init__(self, scheme: Scheme, section: Section) -> None:
        self._scheme, self._section = scheme, section

    def subject(self) -> Subject:
        section = self._section
        own = section.text("id")
        section.path = f"subjects.{own}"
        veto = section.text("veto", "") or None
        if veto is not None and veto not in {one.code for one in self._scheme.vetoes}:
            section.fault("unknown_veto", "veto", value=veto)
        values = section.section("values", {})
        declared = section.section("declared", {})
        return Subject(
            id=own,
            filed=bool(values.data),
            values=self._values(values),
            marks=self._marks(values),
            bonus=self._quantities("bonus", self._scheme.bonus),
            deductions=self._quantities("deductions", self._scheme.deductions),
            veto=veto,
            previous_rank=section.whole("previous_rank", None),
            declared=self._values(declared),
        )

    def _values(self, section: Section) -> dict[str, RawValue]:
        found: dict[str, RawValue] = {}
        for code, value in section.data.items():
            item = self._scheme.items.get(code)
            if value is None and code.isdigit():
                # {area: 12,000} is an area of 12 and a key 000
                raise section.fault("thousands_sign", code, value=code)
            if item is not None and value is not None and item.kind in _TYPES:
                found[code] = _TYPES[item.kind](section, item)
        return found

    def _marks(self, section: Section) -> dict[str, tuple[Decimal, ...]]:
        """``expert_scores`` is a list for one panel, else indicator -> list."""
        experts = [one.code for one in self._scheme.experts]
        given = section.data.get(EXPERT_SCORES)
        if given is None or not experts:
            return {}
        if not isinstance(given, Mapping):
            if len(experts) > 1:
                raise section.fault("marks_by_indicator", EXPERT_SCORES, codes=", ".join(experts))
            given = {experts[0]: given}
        inner = Section(given, f"{section.path}.{EXPERT_SCORES}", section.faults, section.line)
        return {code: _marks(inner, code) for code in experts if inner.has(code)}

    def _quantities(self, key: str, adjustments: Sequence[Adjustment]) -> dict[str, RawValue]:
        section = self._section.section(key, {})
        found: dict[str, RawValue] = {}
        for one in adjustments:
            value = section.data.get(one.code)
            if one.rule.kind == "rank_delta" or value is None or value == {}:
                continue
            if one.rule.takes == "levels":
                if _is_zero(value):
                    continue
                found[one.code] = _counts(section.section(one.code), None)
            else:
                found[one.code] = section.number(one.code)
        return found


def _is_zero(value: object) -> bool:
    try:
        return decimal_of(value) == 0
    except NotANumber:
        return False


def _marks(section: Section, code: str) -> tuple[Decimal, ...]:
    try:
        return tuple(decimal_of(one) for one in section.members(code) if one is not None)
    except NotANumber as error:
        raise section.fault(error.code, code, value="expert_scores") from error


def _number(section: Section, item: DataItem) -> Decimal:
    return section.number(item.code)


def _chosen(section: Section, item: DataItem) -> Decimal:
    """A number of options, or the options themselves."""
    if not isinstance(section.data[item.code], list | tuple):
        return section.number(item.code)
    chosen = set(section.texts(item.code))
    for option in sorted(chosen - set(item.options)):
        section.fault("unknown_option", item.code, name=option, item=item.code)
    return Decimal(len(chosen))


def _levels(section: Section, item: DataItem) -> dict[str, Decimal]:
    return _counts(section.section(item.code), item)


def _counts(section: Section, item: DataItem | None) -> dict[str, Decimal]:
    """Level -> count; levels without a count are left out."""
    if item is not None:
        for level in section.data:
            if level not in item.levels:
                section.fault("unknown_level", level, name=level, item=item.code)
    return {level: section.number(level) for level in section.data if section.has(level)}


def _option(section: Section, item: DataItem) -> str:
    chosen = section.text(item.code)
    if chosen not in item.options:
        raise section.fault("unknown_option", item.code, name=chosen, item=item.code)
    return chosen


_TYPES: Mapping[str, Callable[[Section, DataItem], RawValue]] = {
    "number": _number,
    "integer": _number,
    "percentage": _number,
    "multi_choice": _chosen,
    "level_count": _levels,
    "choice": _option,
}


# limits: told, not enforced; filling and review enforce them before anything is scored


def remarks(scheme: Scheme, subjects: Sequence[Subject]) -> Iterator[Fault]:
    """Values outside the limits of their data items, by park and item."""
    checks = _checks(scheme)
    for subject in subjects:
        for code, value in subject.values.items():
            for number in value.values() if isinstance(value, Mapping) else (value,):
                if not isinstance(number, str):
                    place = f"subjects.{subject.id}.values.{code}"
                    yield from _outside(place, scheme.items[code], number)
        for code, text, holds in checks:
            if holds(subject) is False:
                place = f"subjects.{subject.id}.values.{code}"
                yield Fault(place, "check_fails", None, {"check": text})


def _outside(place: str, item: DataItem, number: Decimal) -> Iterator[Fault]:
    told = {"value": f"{number:f}"}
    if item.minimum is not None and number < item.minimum:
        yield Fault(place, "too_small", None, {**told, "limit": f"{item.minimum:f}"})
    if item.maximum is not None and number > item.maximum:
        yield Fault(place, "too_large", None, {**told, "limit": f"{item.maximum:f}"})
    if item.kind in ("integer", "multi_choice", "level_count") and number != int(number):
        yield Fault(place, "not_whole", None, told)
    if item.digits is not None and 10**item.digits % ratio_of(number)[1]:
        yield Fault(place, "too_many_digits", None, {**told, "digits": str(item.digits)})


def _checks(scheme: Scheme) -> list[tuple[str, str, Callable[[Subject], bool | None]]]:
    """``check`` of each data item as a function; it says None where a value is missing."""
    found: list[tuple[str, str, Callable[[Subject], bool | None]]] = []
    for item in scheme.items.values():
        if item.check is None:
            continue
        codes = item.check.items
        holds = item.check.holds({code: place for place, code in enumerate(codes)})

        def check(subject: Subject, codes: Any = codes, holds: Any = holds) -> bool | None:
            numbers = [subject.values.get(code) for code in codes]
            if any(not isinstance(one, Decimal) for one in numbers):
                return None
            try:
                return bool(holds([ratio_of(one) for one in numbers if isinstance(one, Decimal)]))
            except ZeroDivisionError:
                return None

        found.append((item.code, item.check.text, check))
    return found
