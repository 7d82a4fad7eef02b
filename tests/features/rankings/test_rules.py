"""Rows, gaps, ties and versions, without a database."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.values import replace
from app.features.rankings.rules import chain
from app.features.rankings.rules.following import Followed, followed
from app.features.rankings.rules.gap import gap
from app.features.rankings.rules.moves import moves
from app.features.rankings.rules.rows import Scored, change, place_in_kind, published
from app.features.rankings.rules.ties import ties

HEAD: dict[str, Any] = {
    "blocks": [{"code": "A", "name": "甲", "max_score": "60"}, {"code": "B", "name": "乙", "max_score": "40"}],
    "grades": [{"code": "low", "name": "差", "min": "0"}, {"code": "mid", "name": "中", "min": "60"}, {"code": "top", "name": "优", "min": "90"}],
    "bonus_cap": "3", "deduction_cap": "5", "low": "0", "high": "110",
    "rounding": {"digits": 2, "mode": "HALF_UP"}, "gate_failure_cap": "mid",
    "quota": {"ratio": "0.3", "rounding": "floor", "at_least": 1}, "vetoes": {},
}  # fmt: skip
SCRIPT = Path("app/features/rankings/recompute/recompute.py").resolve()


def scored(
    code: str, a: str, b: str, *, rank: int, bonus: str = "0", less: str = "0", grade: str = "mid", **more: Any
) -> Scored:  # fmt: skip
    base = Decimal(a) + Decimal(b)
    total = base + min(Decimal(bonus), 3) - min(Decimal(less), 5)
    outcome = {
        "blocks": {"A": a, "B": b}, "base": f"{base}", "bonus": {"P": bonus}, "deductions": {"N": less},
        "final": f"{min(max(total, Decimal(0)), Decimal(110)):.2f}", "rank": rank, "grade": grade, "veto": None,
    }  # fmt: skip
    return Scored(int(code[1:]), code, f"园{code}", more.pop("kind", "park"), outcome, **more)


def test_the_sheet_goes_by_rank_and_those_without_one_come_last() -> None:
    none = {"blocks": {}, "base": None, "bonus": {}, "deductions": {}, "final": None, "rank": None, "grade": "low", "veto": "V1"}  # fmt: skip
    rows = published(
        [
            Scored(9, "P9", "园", "park", none),
            scored("P2", "40", "30", rank=2),
            scored("P1", "50", "30", rank=1),
        ]
    )
    assert [row.code for row in rows] == ["P1", "P2", "P9"]
    assert (rows[2].final, rows[2].bonus, rows[2].tie_order) == (None, None, 0)


def test_equal_totals_keep_the_order_of_the_tie_breakers() -> None:
    rows = published(
        [
            scored("P1", "40", "30", rank=1),
            scored("P2", "30", "40.00", rank=2),
            scored("P3", "35", "35", rank=2),
            scored("P4", "20", "20", rank=4),
        ]
    )
    assert [row.tie_order for row in rows] == [1, 2, 2, 1]


def test_the_place_within_the_type_comes_from_the_same_ranks() -> None:
    rows = published(
        [
            scored("P1", "50", "30", rank=1),
            scored("P2", "45", "30", rank=2, kind="base"),
            scored("P3", "40", "30", rank=3, kind="base"),
        ]
    )
    assert [place_in_kind(rows, row) for row in rows] == [1, 1, 2]


@pytest.mark.parametrize(("before", "gained"), [(3, 2), (1, 0), (None, None)])
def test_a_change_of_rank_counts_places_gained(before: int | None, gained: int | None) -> None:
    (row,) = published([scored("P1", "50", "30", rank=1, previous_rank=before)])
    assert change(row) == gained


#: The first number drawn waits until hypothesis has read our sources: a second on a busy machine.
patient = settings(suppress_health_check=[HealthCheck.too_slow])
points = st.decimals(0, 60, places=2)
few = st.decimals(0, 12, places=2)


@patient
@given(st.tuples(points, points, points, points, few, few, few, few))
def test_the_parts_of_a_gap_add_up_to_it(drawn: tuple[Decimal, ...]) -> None:
    a1, b1, a2, b2, p1, p2, n1, n2 = (f"{one}" for one in drawn)
    upper, lower = published(
        [
            scored("P1", a1, b1, rank=1, bonus=p1, less=n1),
            scored("P2", a2, b2, rank=2, bonus=p2, less=n2),
        ]
    )
    parts = gap(upper, lower, HEAD)
    whole = Decimal(upper.final or 0) - Decimal(lower.final or 0)
    assert sum(one.points for one in parts) == whole
    assert all(one.points for one in parts) or [one.kind for one in parts] == ["tie"]


def test_moves_name_what_changed_and_whether_a_rank_or_grade_did() -> None:
    old = published([scored("P1", "50", "30", rank=1), scored("P2", "40", "30", rank=2)])
    new = published([scored("P1", "50", "30", rank=1), scored("P2", "40", "31", rank=2)])
    (move,) = moves(old, new)
    assert (move.park_id, move.moved) == (2, False)
    assert {name: (a, b) for name, a, b in move.fields}["block:B"] == ("30", "31")
    changed = published([replace_rank(one) for one in (scored("P1", "50", "30", rank=1),)])
    assert moves(old[:1], changed)[0].moved


def replace_rank(one: Scored) -> Scored:
    return replace(one, outcome={**one.outcome, "rank": 2})


def test_a_code_off_the_paper_is_read_as_typed_in_any_way() -> None:
    code = chain.short_code()
    assert chain.typed_code(chain.shown_code(code).lower()) == code
    assert chain.typed_code(f" {code[:4]} {code[4:]} ") == code
    assert chain.typed_code("7K3M") == chain.typed_code("O0I1-L!!!-??") == ""


# -- the script that travels with the package --------------------------------------------------
def package(tmp_path: Path, rows: Any) -> Path:
    told = {"head": HEAD, "rows": [one.told() for one in rows], "previous": chain.FIRST}
    told["digest"] = chain.digest(HEAD, rows, chain.FIRST)
    file = tmp_path / "ranking.json"
    file.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return file


def recomputed(file: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file)], capture_output=True, text=True, check=False
    )
    assert not done.stderr
    return done.returncode, done.stdout


ROWS = (
    scored("P1", "58", "38.00", rank=1, bonus="4", grade="top"),
    scored("P2", "57", "36", rank=2, grade="mid", steps=("quota",)),
    scored("P3", "50", "40", rank=3, grade="mid", steps=("gate",)),
    scored("P4", "20", "10", rank=4, less="9", grade="low"),
)


def test_the_package_computes_totals_ranks_and_grades_again(tmp_path: Path) -> None:
    code, said = recomputed(package(tmp_path, published(ROWS)))
    assert (code, said.split(",")[1]) == (0, " 0 differences")


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("final", "96.01", "total is"),
        ("rank", 3, "rank is"),
        ("computed_grade", "top", "grade is"),
        ("name", "别的园", "digest is"),
    ],
)
def test_the_package_shows_whatever_was_changed(
    tmp_path: Path, field: str, value: object, word: str
) -> None:
    file = package(tmp_path, published(ROWS))
    told = json.loads(file.read_text(encoding="utf-8"))
    told["rows"][1][field] = value
    file.write_text(json.dumps(told), encoding="utf-8")
    code, said = recomputed(file)
    assert code == 1
    assert word in said


@patient
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=12))
def test_a_tie_names_exactly_those_with_the_same_total(drawn: list[tuple[int, int]]) -> None:
    """``drawn``: a total and what parts equal totals; ranks as competitions count them."""
    ordered = sorted(drawn, reverse=True)
    cohort = [
        scored(f"P{at}", f"{total}.00", "0.00", rank=1 + ordered.index((total, second)))
        for at, (total, second) in enumerate(ordered)
    ]
    rows = published(cohort)
    found = ties(rows)
    totals = [row.final for row in rows]
    assert {one.final for one in found} == {one for one in totals if totals.count(one) > 1}
    for one in found:
        same = [row for row in rows if row.final == one.final]
        assert list(one.names) == [row.name for row in same]
        assert one.ordered == (len({row.rank for row in same}) > 1)
        assert set(one.shared) == {
            row.rank for row in same if [each.rank for each in same].count(row.rank) > 1
        }


def test_what_follows_by_itself_moved_and_rests_on_nothing_that_was_judged() -> None:
    rests_on = {"A1": frozenset({"area"}), "C1": frozenset({"trade"}), "P4": frozenset({"P4"})}
    before = {1: {"A1": "2", "C1": "5", "P4": "0"}, 2: {"A1": "1", "C1": "5", "P4": "1"}}
    after = {
        1: {"A1": "3", "C1": "5", "P4": "1"},
        2: {"A1": "1", "C1": "4", "P4": "0"},
        3: {"A1": "9"},
    }
    found = followed(before, after, rests_on=rests_on, judged={1: frozenset({"area"})})
    assert found == (Followed("C1", (2,)), Followed("P4", (1, 2)))
    assert followed(before, before, rests_on=rests_on, judged={}) == ()
