"""What is wrong with a scheme or a cohort, where it stands, and reading that finds all of it.

A fault is a code with values; ``labels`` has the sentence, so that it is told in the reader's
language and this package needs no Flask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from app.engines.scoring.exact import NotANumber, decimal_of

Read = TypeVar("Read")
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """``path`` names the place by codes (``indicators.B1.rule``), ``line`` counts from 1."""

    path: str
    code: str
    line: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        told = " ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.path} (line {self.line}): {self.code} {told}".rstrip()


class Refused(Exception):
    """The source cannot be used; ``faults`` holds at least one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


class Unreadable(Exception):
    """One part cannot be read; its fault is noted already, the reader goes on with the next."""


class _Required:
    """Stands for "there is no default"."""


REQUIRED: Any = _Required()


def shown(value: object) -> str:
    """A wrong value as a message may repeat it."""
    text = str(value) if not isinstance(value, Mapping | list) else type(value).__name__
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


class Section:
    """A mapping of the source at its place: reads typed values and notes what is wrong.

    Every reading method raises ``Unreadable`` after noting its fault.
    """

    def __init__(self, data: Any, path: str, faults: list[Fault], line: int | None = None) -> None:
        self.path, self.faults, self.line = path, faults, line
        if not isinstance(data, Mapping):
            raise self.fault("not_a_mapping")
        self.data: Mapping[str, Any] = data

    def place(self, key: str | None = None) -> tuple[str, int | None]:
        if key is None:
            return self.path, self.line
        lines: Mapping[str, int] = getattr(self.data, "lines", {})
        return f"{self.path}.{key}" if self.path else key, lines.get(key, self.line)

    def fault(self, code: str, key: str | None = None, /, **params: object) -> Unreadable:
        """Note a fault; the caller raises what comes back when it cannot go on."""
        path, line = self.place(key)
        told = {name: shown(value) for name, value in params.items()}
        self.faults.append(Fault(path, code, line, told))
        return Unreadable(code)

    def has(self, key: str) -> bool:
        return self.data.get(key) is not None

    def get(self, key: str, default: Any = REQUIRED) -> Any:
        """The value under ``key``; absent and null are the same."""
        value = self.data.get(key)
        if value is not None:
            return value
        if default is REQUIRED:
            raise self.fault("missing_key", name=key)
        return default

    def text(self, key: str, default: Any = REQUIRED) -> str:
        value = self.get(key, default)
        if not isinstance(value, str):
            raise self.fault("not_a_text", key)
        return str(value)

    def one_of(self, key: str, allowed: Iterable[str], default: Any = REQUIRED) -> str:
        value = self.text(key, default)
        if value not in allowed:
            raise self.fault("not_one_of", key, value=value, allowed=", ".join(allowed))
        return value

    def number(
        self,
        key: str,
        default: Any = REQUIRED,
        *,
        at_least: int | None = None,
        above: int | None = None,
    ) -> Decimal:
        """A decimal; ``at_least`` and ``above`` are its lower limits."""
        if not self.has(key) and default is not REQUIRED:
            return default
        try:
            value = decimal_of(self.get(key))
        except NotANumber as error:
            raise self.fault(error.code, key, value=self.data[key]) from error
        if (at_least is not None and value < at_least) or (above is not None and value <= above):
            code = "too_small" if above is None else "not_above"
            raise self.fault(code, key, value=value, limit=at_least if above is None else above)
        return value

    def whole(self, key: str, default: Any = REQUIRED, *, at_least: int = 0) -> int:
        if not self.has(key) and default is not REQUIRED:
            return default
        value = self.number(key, at_least=at_least)
        if value != int(value):
            raise self.fault("not_whole", key, value=value)
        return int(value)

    def section(self, key: str, default: Any = REQUIRED) -> Section:
        path, line = self.place(key)
        return Section(self.get(key, default), path, self.faults, line)

    def members(self, key: str, default: Any = REQUIRED) -> list[Any]:
        """A list, as it is."""
        value = self.get(key, default)
        if not isinstance(value, list | tuple):
            raise self.fault("not_a_list", key)
        return list(value)

    def texts(self, key: str, default: Any = REQUIRED) -> tuple[str, ...]:
        found = self.members(key, default)
        if not all(isinstance(one, str) for one in found):
            raise self.fault("not_a_text", key)
        return tuple(map(str, found))

    def sections(self, key: str, default: Any = REQUIRED, *, below: str | None = None) -> Iterator[Section]:  # fmt: skip
        """The mappings in a list: named by their ``code`` under ``below``, else by their place."""
        members = self.members(key, default)
        path, line = self.place(key)
        lines: Sequence[int] = getattr(self.data.get(key), "lines", ())
        for number, data in enumerate(members):
            code = data.get("code") if isinstance(data, Mapping) else None
            own = code if isinstance(code, str) and below is not None else number
            at = lines[number] if number < len(lines) else line
            try:
                yield Section(data, f"{path if below is None else below}.{own}", self.faults, at)
            except Unreadable:  # noted: the next one may be sound
                continue

    def refuse_other(self, known: Iterable[str]) -> None:
        """Keys that mean nothing here: a misspelt limit must not be left out in silence."""
        for key in self.data:
            if key not in known:
                self.fault("unknown_key", key, name=key)


def each(sections: Iterable[Section], read: Callable[[Section], Read]) -> tuple[Read, ...]:
    """What can be read of the sections; the others have left their faults."""
    found = []
    for one in sections:
        try:
            found.append(read(one))
        except Unreadable:  # noted
            continue
    return tuple(found)
