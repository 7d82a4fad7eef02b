"""YAML as data: version 1.2's core schema, duplicate keys refused, numbers kept as they are typed.

A scalar without quotes stays its own text (``Plain``) until somebody asks for a number: 15000.10
never passes through a binary float and the option ``9610`` never becomes one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from app.engines.scoring.faults import Fault, Refused

MOST_DEPTH = 40
MOST_NODES = 5_000_000
#: Parts that aliases may repeat, counted each time: a reader walks them as if they were written.
MOST_REPEATED = 1_000_000
NULLS = {"", "~", "null", "Null", "NULL"}
_CORE = "tag:yaml.org,2002:"
_TEXT, _PLAIN = f"{_CORE}str", {f"{_CORE}{name}" for name in ("int", "float", "null", "bool")}
_GROUPS = {None, "!", f"{_CORE}map", f"{_CORE}seq"}
#: libyaml where the package brings it: ten times as fast on a cohort of thousands.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Plain(str):
    """A scalar without quotes."""

    __slots__ = ()


class Entries(dict[str, Any]):
    """A mapping; ``lines`` tells where each key stands (from 1)."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


class Members(list[Any]):
    """A list; ``lines`` tells where each member begins (from 1)."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


def load(source: bytes | str) -> Any:
    """The one document in ``source`` as ``Entries``, ``Members``, ``str``, ``Plain`` and ``None``.

    Raises ``Refused`` with one fault that has its line: not UTF-8, no YAML, a key twice, a tag that
    is none of the core schema, deeper than 40, an alias within itself, more than one document.
    """
    text = source if isinstance(source, str) else _decoded(source)
    builder = _Builder()
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.YAMLError as error:
        raise Refused([_syntax(error)]) from error
    return builder.root


def _decoded(source: bytes) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise Refused([Fault("", "not_utf8", line)]) from error


def _events(source: str) -> Iterator[Any]:
    yield from yaml.parse(source, Loader=_LOADER)


def _syntax(error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or type(error).__name__
    return Fault("", "yaml_syntax", mark.line + 1 if mark else None, {"problem": str(problem)})


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    holder: Entries | Members
    anchor: str | None
    key: str | None = None
    #: The key or number of the member that was begun last.
    at: str = ""
    #: How many parts came before it, repeated ones counted each time.
    before: int = 0


class _Builder:
    """Takes parser events one by one, without recursion: depth is ours to limit."""

    def __init__(self) -> None:
        self.root: Any = None
        self._open: list[_Open] = []
        self._anchors: dict[str, Any] = {}
        self._nodes = self._repeated = 0
        self._sizes: dict[str, int] = {}
        self._documents = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._add(_scalar(event, line), line, event.anchor)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._begin(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end(self._open.pop())
        elif isinstance(event, yaml.AliasEvent):
            self._alias(str(event.anchor), line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._refuse("yaml_documents", line)

    def _refuse(self, code: str, line: int, **params: str) -> None:
        path = ".".join(one.at for one in self._open if one.at)
        raise Refused([Fault(path, code, line, params)])

    def _begin(self, event: Any, line: int) -> None:
        if event.tag not in _GROUPS:
            self._refuse("yaml_tag", line, tag=str(event.tag))
        holder = Entries() if isinstance(event, yaml.MappingStartEvent) else Members()
        self._add(holder, line, event.anchor)
        if len(self._open) >= MOST_DEPTH:
            self._refuse("yaml_depth", line, most=str(MOST_DEPTH))
        self._open.append(_Open(holder, event.anchor, before=self._nodes + self._repeated))

    def _end(self, done: _Open) -> None:
        if done.anchor is not None:
            self._sizes[done.anchor] = self._nodes + self._repeated - done.before

    def _alias(self, anchor: str, line: int) -> None:
        if anchor not in self._anchors or any(one.anchor == anchor for one in self._open):
            self._refuse("yaml_alias", line, name=anchor)
        self._repeated += self._sizes.get(anchor, 0)
        if self._repeated > MOST_REPEATED:
            self._refuse("yaml_size", line)
        self._add(self._anchors[anchor], line, None)

    def _add(self, value: Any, line: int, anchor: str | None) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._refuse("yaml_size", line)
        if anchor is not None:
            self._anchors[anchor] = value
            self._sizes.pop(anchor, None)
        if not self._open:
            self.root = value
            return
        top = self._open[-1]
        if isinstance(top.holder, Members):
            top.holder.append(value)
            top.holder.lines.append(line)
            top.at = str(len(top.holder) - 1)
        elif top.key is None:
            self._key(top, value, line)
        else:
            top.holder[top.key] = value
            top.key = None

    def _key(self, top: _Open, value: Any, line: int) -> None:
        """Keys are texts: ``1`` and ``"1"`` are the same level, option or count."""
        if isinstance(value, Entries | Members):
            self._refuse("yaml_key", line)
        key = "null" if value is None else str(value)
        assert isinstance(top.holder, Entries)
        top.at = key
        if key in top.holder:
            self._refuse("duplicate_key", line, key=key)
        top.holder.lines[key] = line
        top.key = key


def _scalar(event: Any, line: int) -> str | None:
    if event.tag in _PLAIN or (not event.style and event.tag is None):
        return None if event.value in NULLS else Plain(event.value)
    if event.tag not in (None, "!", _TEXT):
        raise Refused([Fault("", "yaml_tag", line, {"tag": str(event.tag)})])
    return str(event.value)
