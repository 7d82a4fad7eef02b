"""``flask enterprises``: answers, exit codes, and that a dry run changes nothing (decisions.md 15)."""

from __future__ import annotations

import json

import openpyxl
import pytest
import sqlalchemy as sa

from app.core import scope
from app.extensions import db
from app.features.enterprises.models import Enterprise
from tests.support import enterprises as made


@pytest.fixture
def run(app):
    """Runs a command line; gives (exit code, stdout)."""
    runner = app.test_cli_runner()

    def command(*words):
        result = runner.invoke(args=["enterprises", *map(str, words)])
        return result.exit_code, result.stdout

    return command


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "名录.csv"
    path.write_bytes(made.csv_bytes([made.row(1), made.row(2, contact_phone="12")]))
    return path


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "好.csv"
    path.write_bytes(made.csv_bytes([made.row(1), made.row(2)]))
    return path


def number(app) -> int:
    with app.app_context(), scope.unscoped():
        query = sa.select(sa.func.count()).select_from(Enterprise)
        return int(db.session.scalar(query) or 0)


def test_a_dry_run_is_the_default_and_changes_nothing(app, run, good):
    code, out = run("import", good, "--park", "P01", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["plan"] == {"new": 2, "changed": 0, "unchanged": 0, "error": 0}
    assert number(app) == 0


def test_errors_name_row_heading_and_what_to_write(app, run, file, tmp_path):
    code, out = run("import", file, "--park", "P01", "--json", "--errors", tmp_path / "errors.xlsx")
    answer = json.loads(out)
    assert code == 1
    assert answer["errors"][0]["row"] == 3
    assert answer["errors"][0]["heading"] == "联系电话"
    assert "11 位手机号" in answer["errors"][0]["message"]
    book = openpyxl.load_workbook(tmp_path / "errors.xlsx")
    assert any("手机号" in str(cell.value) for row in book.active.iter_rows() for cell in row)


def test_apply_with_errors_changes_nothing_unless_only_good(app, run, file):
    code, out = run("import", file, "--park", "P01", "--apply", "--json")
    assert code == 1
    assert json.loads(out)["applied"] is False
    assert number(app) == 0
    code, out = run("import", file, "--park", "P01", "--apply", "--only-good", "--json")
    assert code == 1
    assert json.loads(out)["applied"] is True
    assert number(app) == 1


def test_apply_undo_and_apply_again(app, run, good):
    code, out = run("import", good, "--park", "P01", "--apply", "--year", "2024", "--json")
    answer = json.loads(out)
    assert (code, answer["applied"], answer["year"]) == (0, True, 2024)
    code, out = run("undo-import", answer["import"], "--json")
    assert code == 0
    assert json.loads(out)["reversed"] == 2
    assert number(app) == 0
    code, _out = run("undo-import", answer["import"], "--json")
    assert code == 3


def test_a_refused_file_exits_with_three(app, run, tmp_path):
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\x03\x04 damaged")
    code, out = run("import", path, "--park", "P01", "--json")
    answer = json.loads(out)
    assert code == 3
    assert answer["refused"] is True
    assert answer["reason"]


@pytest.mark.parametrize(
    "words",
    [
        ("--park", "P99"),
        (),
        ("--park", "P01", "--only-good"),
        ("--park", "P01", "--as", "nobody"),
        ("--park", "P01", "--year", "12"),
    ],
)
def test_wrong_usage_exits_with_two(run, good, words):
    assert run("import", good, *words)[0] == 2


def test_acting_as_a_clerk_stays_in_the_clerks_park(app, run, good):
    assert run("import", good, "--park", "P02", "--as", "clerk1", "--apply")[0] == 2
    assert run("import", good, "--park", "P01", "--as", "clerk1", "--apply")[0] == 0
    assert number(app) == 2


def test_an_export_imported_again_plans_no_change(run, good, tmp_path):
    run("import", good, "--park", "P01", "--apply")
    for kind in ("xlsx", "csv"):
        out = tmp_path / f"out.{kind}"
        assert run("export", out, "--park", "P01", "--purpose", "核对")[0] == 0
        code, text = run("import", out, "--park", "P01", "--json")
        assert code == 0
        assert json.loads(text)["plan"]["unchanged"] == 2
    assert run("export", tmp_path / "no.xlsx", "--park", "P01")[0] == 3
