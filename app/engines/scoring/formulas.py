"""Arithmetic over item codes by a small parser of its own: ``+ - * / ( )``, decimals, codes, ``sum()``.

A text becomes a tree, the tree a function over one park's numbers. Nothing is ever handed to
Python's own ``eval`` or ``compile``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from app.engines.scoring.exact import Ratio, minus, plus, ratio_of, times

#: One park's raw numbers in the order of the scheme's data items; None = missing.
Row = Sequence[Ratio | None]
Evaluate = Callable[[Row], Ratio]
MOST_SIGNS = 2_000
MOST_DEPTH = 40
#: Each is a call within a call when the formula is computed; Python's stack holds so many easily.
MOST_OPERATIONS = 250
#: Codes are letters, digits and ``_``; digits alone are a number.
CODE = re.compile(r"(?:[^\W\d]|[0-9])+")
_TOKEN = re.compile(r"\s*(?:(?P<name>(?:[^\W\d]|[0-9])*[^\W\d](?:[^\W\d]|[0-9])*)|(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)|(?P<sign><=|>=|[-+*/()<>]))")  # fmt: skip
COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    ">=": lambda one, other: one >= other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    "<": lambda one, other: one < other,
}


class FormulaError(ValueError):
    """``code`` and ``params`` say what is wrong with a formula."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Number:
    value: Decimal


@dataclass(frozen=True)
class Item:
    """One park's value of a data item."""

    code: str


@dataclass(frozen=True)
class Sum:
    """The sum of a data item over the cohort."""

    code: str


@dataclass(frozen=True)
class Operation:
    sign: str
    left: Node
    right: Node


Node = Number | Item | Sum | Operation


@dataclass(frozen=True)
class Formula:
    """A parsed expression; equal formulas have equal trees."""

    text: str
    root: Node

    @cached_property
    def items(self) -> tuple[str, ...]:
        """Codes of the data items of the park itself, each once, in order of appearance."""
        return _codes(self.root, Item)

    @cached_property
    def sums(self) -> tuple[str, ...]:
        """Codes of the data items that are summed over the cohort."""
        return _codes(self.root, Sum)

    @cached_property
    def divisions(self) -> tuple[Operation, ...]:
        return tuple(
            one for one in walk(self.root) if isinstance(one, Operation) and one.sign == "/"
        )

    def with_numbers(self, shown: Mapping[str, str]) -> str:
        """The text with numbers put in: ``shown`` holds one for each item, ``sum(code)`` included."""

        def put(found: re.Match[str]) -> str:
            text = shown.get(re.sub(r"\s", "", found[0]), found[0])
            return f"({text})" if text.startswith("-") else text

        return re.sub(rf"sum\s*\(\s*{CODE.pattern}\s*\)|[0-9.]*{CODE.pattern}", put, self.text)


@dataclass(frozen=True)
class Comparison:
    """``left op right``: a check between items, a filter of the cohort."""

    text: str
    left: Formula
    op: str
    right: Formula

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.left.items + self.right.items))

    def holds(self, index: Mapping[str, int]) -> Callable[[Row], bool]:
        """A function that wants every item present; raises ``ZeroDivisionError`` like a formula."""
        left, right = compiled(self.left.root, index), compiled(self.right.root, index)
        compare = COMPARISONS[self.op]

        def test(row: Row) -> bool:
            (n, d), (m, e) = left(row), right(row)
            return compare(n * e, m * d)

        return test


def parse(text: str) -> Formula:
    """The formula in ``text``. Raises ``FormulaError`` with the sign that cannot be there."""
    parser = _Parser(text)
    root = parser.expression(0)
    parser.end()
    return Formula(text, root)


def parse_comparison(text: str) -> Comparison:
    """``a <= b`` with formulas at both sides. Raises ``FormulaError``."""
    found = re.fullmatch(r"([^<>]+)(>=|<=|<|>)([^<>=]+)", text)
    if found is None:
        raise FormulaError("formula_comparison")
    return Comparison(text, parse(found[1].strip()), found[2], parse(found[3].strip()))


def walk(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Operation):
        yield from walk(node.left)
        yield from walk(node.right)


def _codes(root: Node, kind: type[Item | Sum]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.code for one in walk(root) if isinstance(one, kind)))


def constant(node: Node) -> Ratio | None:
    """What a part without items is; None for one with items.

    Raises ``ZeroDivisionError`` when it divides by zero.
    """
    if _codes(node, Item) or _codes(node, Sum):
        return None
    return compiled(node, {})(())


def divides_by_constant_zero(formula: Formula) -> bool:
    """Whether any denominator is zero whatever the parks fill in."""
    try:
        lower = [constant(one.right) for one in formula.divisions]
    except ZeroDivisionError:
        return True
    return any(one is not None and one[0] == 0 for one in lower)


def compiled(node: Node, index: Mapping[str, int]) -> Evaluate:
    """A function from a row (``index``: item code -> place) to the exact value.

    It wants every item present and raises ``ZeroDivisionError`` for a denominator of 0. A sum over
    the cohort is found in the row under ``sum(code)``.
    """
    if isinstance(node, Number):
        value = ratio_of(node.value)
        return lambda _row: value
    if isinstance(node, Item | Sum):
        place = index[node.code if isinstance(node, Item) else f"sum({node.code})"]
        return lambda row: row[place]  # type: ignore[return-value]
    left, right = compiled(node.left, index), compiled(node.right, index)
    if node.sign == "/":
        return _division(left, right)
    act = {"+": plus, "-": minus, "*": times}[node.sign]
    return lambda row: act(left(row), right(row))


def _division(left: Evaluate, right: Evaluate) -> Evaluate:
    def divide(row: Row) -> Ratio:
        (n, d), (m, e) = left(row), right(row)
        if m == 0:
            raise ZeroDivisionError
        return (n * e, d * m) if m > 0 else (-n * e, -d * m)

    return divide


class _Parser:
    """Recursive descent; ``depth`` keeps brackets within what Python's stack holds."""

    def __init__(self, text: str) -> None:
        if len(text) > MOST_SIGNS:
            raise FormulaError("formula_long", most=MOST_SIGNS)
        self._tokens = list(_tokens(text))
        self._at = self._operations = 0

    def _next(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, *signs: str) -> str | None:
        """The next token if it is one of the signs."""
        token = self._next()
        if token is None or token[0] != "sign" or token[1] not in signs:
            return None
        self._at += 1
        return token[1]

    def end(self) -> None:
        if (token := self._next()) is not None:
            raise FormulaError("formula_sign", sign=token[1])

    def expression(self, depth: int) -> Node:
        found = self._term(depth)
        while sign := self._take("+", "-"):
            found = self._joined(sign, found, self._term(depth))
        return found

    def _term(self, depth: int) -> Node:
        found = self._factor(depth)
        while sign := self._take("*", "/"):
            found = self._joined(sign, found, self._factor(depth))
        return found

    def _joined(self, sign: str, left: Node, right: Node) -> Operation:
        self._operations += 1
        if self._operations > MOST_OPERATIONS:
            raise FormulaError("formula_operations", most=MOST_OPERATIONS)
        return Operation(sign, left, right)

    def _factor(self, depth: int) -> Node:
        if depth > MOST_DEPTH:
            raise FormulaError("formula_deep", most=MOST_DEPTH)
        if sign := self._take("+", "-"):
            return self._joined(sign, Number(Decimal(0)), self._factor(depth + 1))
        if self._take("("):
            found = self.expression(depth + 1)
            self._close()
            return found
        return self._operand()

    def _close(self) -> None:
        if not self._take(")"):
            raise FormulaError("formula_open")

    def _operand(self) -> Node:
        token = self._next()
        if token is None:
            raise FormulaError("formula_end")
        kind, text = token
        if kind == "sign":
            raise FormulaError("formula_sign", sign=text)
        self._at += 1
        if kind == "number":
            return Number(Decimal(text))
        if not self._take("("):
            return Item(text)
        return self._sum(text)

    def _sum(self, name: str) -> Node:
        """``sum(code)`` is the only function there is."""
        inner = self._next()
        if name != "sum":
            raise FormulaError("formula_function", name=name)
        if inner is None or inner[0] != "name":
            raise FormulaError("formula_sum")
        self._at += 1
        self._close()
        return Sum(inner[1])


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise FormulaError("formula_sign", sign=text[at:].strip()[0])
        assert found.lastgroup is not None
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()
