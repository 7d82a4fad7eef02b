"""``flask assessments score``: answer, exit codes, and that it needs nothing but its two files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import schemes

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def cohort(tmp_path):
    path = tmp_path / "cohort.yaml"
    path.write_text(json.dumps({"subjects": schemes.reference()["examples"]["subjects"]}))
    return path


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()

    def command(*words):
        result = runner.invoke(args=["assessments", "score", *map(str, words)])
        return result.exit_code, result.stdout, result.stderr

    return command


def test_the_answer_is_one_json_object_with_the_worked_scores(run, cohort):
    code, out, err = run(schemes.REFERENCE, cohort)
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert set(answer) == {"P-A", "P-B", "P-C", "P-D", "P-E"}
    assert answer["P-C"]["items"]["A5"] == "NA"
    assert answer["P-C"]["final"] == "35.92"
    assert set(answer["P-A"]) == {
        *("items", "blocks", "base", "bonus", "deductions", "final", "rank", "grade"),
        *("failed_gates", "veto", "in_cohort"),
    }


def test_explanations_are_added_on_request(run, cohort):
    _code, out, _err = run(schemes.REFERENCE, cohort, "--explain")
    answer = json.loads(out)
    assert (
        answer["P-A"]["explanation"]["items"]["A2"]["formula_with_numbers"] == "17000 / 20000 * 100"
    )
    assert answer["P-E"]["explanation"]["veto"] == "V1"


def test_a_scheme_with_errors_is_refused_with_place_and_reason(run, cohort, tmp_path):
    scheme = tmp_path / "scheme.yaml"
    text = schemes.REFERENCE.read_text()
    scheme.write_text(text.replace("value: staff_fulltime", "value: staff_part_time"))
    code, out, err = run(scheme, cohort)
    line = 1 + text[: text.index("value: staff_fulltime")].count("\n")
    assert code == 3
    assert json.loads(out) == {
        "refused": True,
        "errors": [
            {
                "path": "indicators.A3.value",
                "line": line,
                "message": "没有数据项“staff_part_time”",
            }
        ],
    }
    assert err == f"indicators.A3.value（第 {line} 行）：没有数据项“staff_part_time”\n"


def test_a_cohort_with_errors_is_refused(run, tmp_path):
    cohort = tmp_path / "cohort.yaml"
    cohort.write_text("subjects:\n- {id: P-1, values: {employees: 85%}}\n")
    code, out, _err = run(schemes.REFERENCE, cohort)
    answer = json.loads(out)
    assert (code, answer["refused"]) == (3, True)
    assert answer["errors"][0]["path"] == "subjects.P-1.values.employees"


def test_what_is_outside_its_limits_is_told_beside_the_answer(run, tmp_path):
    cohort = tmp_path / "cohort.yaml"
    cohort.write_text("subjects:\n- {id: P-1, values: {employees: -1}}\n")
    code, out, err = run(schemes.REFERENCE, cohort)
    assert (code, list(json.loads(out))) == (0, ["P-1"])
    assert err == "subjects.P-1.values.employees：-1 不能小于 0\n"


def test_a_fault_of_the_whole_file_is_told_as_such(run, cohort, tmp_path):
    scheme = tmp_path / "scheme.yaml"
    scheme.write_text("")
    code, out, err = run(scheme, cohort)
    assert (code, err) == (3, "文件：此处应为键值（键: 值）\n")
    assert json.loads(out)["errors"][0]["path"] == ""


@pytest.mark.parametrize("words", [[], ["nowhere.yaml", "nowhere.yaml"], [schemes.REFERENCE]])
def test_wrong_usage_is_told_apart(run, words):
    code, out, _err = run(*words)
    assert (code, out) == (2, "")


def test_neither_a_database_nor_a_setting_is_needed(cohort, tmp_path):
    """A process of its own with an empty environment but for a database that does not answer."""
    flask = Path(sys.executable).with_name("flask")
    env = {"PATH": os.defpath, "LC_ALL": "C", "DATA_DIR": str(tmp_path / "var")}
    env["DATABASE_URL"] = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    words = [
        str(flask),
        "--app",
        "app",
        "assessments",
        "score",
        str(schemes.REFERENCE),
        str(cohort),
    ]
    result = subprocess.run(words, env=env, cwd=ROOT, capture_output=True, check=True)
    assert json.loads(result.stdout)["P-A"]["final"] == "100.27"
    assert not list(tmp_path.rglob("parkdesk.db*"))


BLOCKED = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"flask", "flask_babel", "flask_appbuilder", "sqlalchemy", "click"}:
            raise ImportError(name)
sys.meta_path.insert(0, Refuse())
from pathlib import Path
from app.engines import scoring
scheme = scoring.read_scheme(Path(sys.argv[1]).read_bytes())
cohort = scoring.read_cohort(scheme, Path(sys.argv[2]).read_bytes())
outcomes = scoring.score(scheme, cohort, explain=True)
again = scoring.recompute(scoring.explained(outcomes["P-A"]))
print(outcomes["P-A"].final, again["final"])
"""


def test_the_engine_works_where_flask_cannot_be_imported(cohort):
    words = [sys.executable, "-c", BLOCKED, str(schemes.REFERENCE), str(cohort)]
    result = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["100.27", "100.27"]
