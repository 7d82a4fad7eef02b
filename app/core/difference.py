"""What changed between two texts, word by word, in pieces that a person can read.

Chinese is compared sign by sign and shown in runs; Latin words, numbers and codes are whole. The
comparison has a budget: in long texts, runs of words that stand once in both are found first, and
what differs too much between them is told as replaced.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import groupby, takewhile

from msgspec import Struct

#: Numbers (with separators, decimals, percent), words of letters, white space, any other sign.
_TOKEN = re.compile(
    r"\d+(?:[.,:/\-]\d+)*%?"
    r"|[^\W\d_\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
    r"|[^\S\n]+|\n|.",
    re.DOTALL,
)
_EDGE = re.compile(r"[\W_]")
#: Steps of one comparison: less than half a second.
BUDGET = 400_000
#: So many words in a row, once in each text, are the same place.
ANCHOR = 8
#: What lies between two such places is compared word by word up to so many steps.
BETWEEN = 40_000


class Kind(StrEnum):
    """What became of a piece."""

    same = "same"
    gone = "gone"
    new = "new"


class Piece(Struct, frozen=True):
    """A run of text and what became of it."""

    kind: Kind
    text: str


Run = tuple[Kind, list[str]]


def words(old: str, new: str, *, budget: int = BUDGET) -> list[Piece]:
    """The pieces of both texts in order: without ``new`` ones the old text, without ``gone`` the new."""
    purse = [budget]
    before, after = tokens(old), tokens(new)
    runs = _edits(before, after, purse, budget // 2)
    if runs is None:
        runs = list(_anchored(before, after, purse))
    runs = _shifted(_joined(_semantic(_joined(runs))))
    return [Piece(kind, "".join(parts)) for kind, parts in runs]


def tokens(text: str) -> list[str]:
    """What is compared as a whole."""
    return _TOKEN.findall(text)


def _anchored(before: list[str], after: list[str], purse: list[int]) -> Iterator[Run]:
    """Places that stand once in both texts, in the same order, and what differs between them."""
    i = j = 0
    for p, q in [*_anchors(before, after), (len(before), len(after))]:
        if p < i or q < j:
            continue  # inside of what was the same already
        gone, come = before[i:p], after[j:q]
        yield from _edits(gone, come, purse, BETWEEN) or _replaced(gone, come)
        same = _onward(before, after, p, q)
        yield Kind.same, before[p : p + same]
        i, j = p + same, q + same


def _onward(before: list[str], after: list[str], p: int, q: int) -> int:
    """How many words are the same from two places on."""
    count = 0
    while p + count < len(before) and q + count < len(after):
        if before[p + count] != after[q + count]:
            break
        count += 1
    return count


def _anchors(before: list[str], after: list[str]) -> list[tuple[int, int]]:
    """The longest list of pairs of places that rises in both texts."""
    here, there = _once(before), _once(after)
    pairs = [(place, there[gram]) for gram, place in here.items() if gram in there]
    ends: list[int] = []  # the smallest end of a rising list of each length
    at: list[int] = []
    behind: list[int] = []
    for number, (_place, other) in enumerate(pairs):
        length = bisect_left(ends, other)
        behind.append(at[length - 1] if length else -1)
        ends[length : length + 1] = [other]
        at[length : length + 1] = [number]
    chosen: list[tuple[int, int]] = []
    number = at[-1] if at else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = behind[number]
    return chosen[::-1]


def _once(parts: list[str]) -> dict[tuple[str, ...], int]:
    """Runs of words that stand in a text once, in their order, and where."""
    seen: dict[tuple[str, ...], int] = {}
    for place in range(len(parts) - ANCHOR + 1):
        gram = tuple(parts[place : place + ANCHOR])
        seen[gram] = -1 if gram in seen else place
    return {gram: place for gram, place in seen.items() if place >= 0}


def _replaced(before: list[str], after: list[str]) -> list[Run]:
    return [(Kind.gone, before), (Kind.new, after)]


def _edits(before: list[str], after: list[str], purse: list[int], most: int) -> list[Run] | None:
    """The shortest way from one list to the other; ``None`` when it takes more than ``most`` steps."""
    head = _common(before, after)
    rest_before, rest_after = before[head:], after[head:]
    tail = _common(reversed(rest_before), reversed(rest_after))
    middle_before = rest_before[: len(rest_before) - tail]
    middle_after = rest_after[: len(rest_after) - tail]
    middle: list[Run] | None
    if middle_before and middle_after:
        middle = _shortest(middle_before, middle_after, purse, most)
    else:
        middle = _replaced(middle_before, middle_after)
    if middle is None:
        return None
    return [(Kind.same, before[:head]), *middle, (Kind.same, before[len(before) - tail :])]


def _common(one: Iterable[str], other: Iterable[str]) -> int:
    """How many words are the same from the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _shortest(a: list[str], b: list[str], purse: list[int], most: int) -> list[Run] | None:
    """Myers' greedy algorithm. Its steps are paid for from the purse."""
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    spent = 0
    for edits in range(len(a) + len(b) + 1):
        trace.append(dict(furthest))
        spent += 2 * edits + 1
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (
                diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]
            )
            x = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
            start = x
            while x < len(a) and x - diagonal < len(b) and a[x] == b[x - diagonal]:
                x += 1
            spent += x - start
            furthest[diagonal] = x
            if x >= len(a) and x - diagonal >= len(b):
                purse[0] -= spent
                return _walked(a, b, trace)
        if spent > min(most, purse[0]):
            break
    purse[0] -= spent
    return None


def _walked(a: list[str], b: list[str], trace: list[dict[int, int]]) -> list[Run]:
    """The way back through the trace, turned round."""
    runs: list[Run] = []
    x, y = len(a), len(b)
    for edits in range(len(trace) - 1, -1, -1):
        furthest, diagonal = trace[edits], x - y
        down = diagonal == -edits or (
            diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]
        )
        before = diagonal + 1 if down else diagonal - 1
        from_x = furthest[before]
        from_y = from_x - before
        while x > max(from_x, 0) and y > max(from_y, 0):
            x, y = x - 1, y - 1
            runs.append((Kind.same, [a[x]]))
        if edits:
            runs.append((Kind.new, [b[from_y]]) if down else (Kind.gone, [a[from_x]]))
            x, y = from_x, from_y
    return runs[::-1]


def _joined(runs: list[Run]) -> list[Run]:
    """Neighbours of a kind as one run; between two unchanged ones, what is gone stands first."""
    out: list[Run] = []
    for same, group in groupby(runs, lambda run: run[0] == Kind.same):
        parts: dict[Kind, list[str]] = {kind: [] for kind in Kind}
        for kind, some in group:
            parts[kind] += some
        kinds = (Kind.same,) if same else (Kind.gone, Kind.new)
        out += [(kind, parts[kind]) for kind in kinds if parts[kind]]
    return out


def _semantic(runs: list[Run]) -> list[Run]:
    """A few equal signs between two larger changes are chance: they become part of the change."""
    while True:
        out: list[Run] = []
        changed = False
        for place, (kind, parts) in enumerate(runs):
            weight = sum(_weight(one) for one in parts)
            inner = kind == Kind.same and 0 < place < len(runs) - 1
            if inner and weight <= min(_around(runs, place, -1), _around(runs, place, 1)):
                out += [(Kind.gone, parts), (Kind.new, parts)]
                changed = True
            else:
                out.append((kind, parts))
        if not changed:
            return runs
        runs = _joined(out)


def _around(runs: list[Run], place: int, step: int) -> int:
    """The larger of what is gone and what is new on one side."""
    most = 0
    place += step
    while 0 <= place < len(runs) and runs[place][0] != Kind.same:
        most = max(most, len(runs[place][1]))
        place += step
    return most


def _weight(word: str) -> int:
    """A whole word or number that stayed says more than a sign."""
    return 0 if word.isspace() else min(len(word), 2)


def _shifted(runs: list[Run]) -> list[Run]:
    """A lone change moves to where it begins or ends with a clause, if the text stays the same."""
    out = [(kind, list(parts)) for kind, parts in runs]
    for place in range(1, len(out) - 1):
        left, (kind, parts), right = out[place - 1], out[place], out[place + 1]
        if kind == Kind.same or left[0] != Kind.same or right[0] != Kind.same:
            continue
        best = max(_positions(left[1], parts, right[1]), key=lambda one: (one[0], -one[1]))
        moved = best[1]
        whole = left[1] + parts + right[1]
        cut = len(left[1]) - moved
        out[place - 1] = (Kind.same, whole[:cut])
        out[place] = (kind, whole[cut : cut + len(parts)])
        out[place + 1] = (Kind.same, whole[cut + len(parts) :])
    return _joined([run for run in out if run[1]])


def _positions(left: list[str], parts: list[str], right: list[str]) -> Iterator[tuple[int, int]]:
    """``(score, how far to the left)`` of each place where the change may stand."""
    whole = left + parts + right
    length = len(parts)
    for step in (1, -1):
        cut = len(left)
        while True:
            yield _score(whole, cut, cut + length), len(left) - cut
            onward = cut - 1 if step == 1 else cut
            if not 0 <= onward < len(whole) - length or whole[onward] != whole[onward + length]:
                break
            cut -= step


def _score(whole: list[str], start: int, end: int) -> int:
    """2 for each border that is also the border of a clause."""
    after_clause = start == 0 or bool(_EDGE.fullmatch(whole[start - 1]))
    ends_clause = bool(_EDGE.fullmatch(whole[end - 1]))
    before_clause = end == len(whole) or bool(_EDGE.fullmatch(whole[end]))
    return 2 * after_clause + 2 * ends_clause + before_clause
