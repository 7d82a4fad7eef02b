"""``flask assessments score SCHEME COHORT``: a round scored from two files, without a database.

stdout holds JSON only (docs/scoring.md), everything for people goes to stderr. Exit: 0 scored,
2 wrong usage, 3 refused.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from flask_babel import force_locale

from app.engines import scoring
from app.engines.scoring.labels import message, placed

group = AppGroup("assessments", help="Assessments from the command line.")
REFUSED = 3
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def init(app: Flask) -> None:
    app.cli.add_command(group)


@group.command("score")
@click.argument("scheme", type=FILE)
@click.argument("cohort", type=FILE)
@click.option("--explain", is_flag=True, help="add how every score came about")
def score_command(scheme: Path, cohort: Path, *, explain: bool) -> None:
    """Score the parks in COHORT by SCHEME (both YAML) and print one JSON object."""
    with force_locale("zh"):
        try:
            read = scoring.read_scheme(scheme.read_bytes())
            subjects = scoring.read_cohort(read, cohort.read_bytes())
        except scoring.Refused as refused:
            _refuse(refused.faults)
            sys.exit(REFUSED)
        for remark in scoring.remarks(read, subjects):
            click.echo(placed(remark), err=True)
    _answer(scoring.score(read, subjects, explain=explain), explain=explain)


def _refuse(faults: Iterable[scoring.Fault]) -> None:
    for fault in faults:
        click.echo(placed(fault), err=True)
    errors = [{"path": one.path, "line": one.line, "message": message(one)} for one in faults]
    _write(json.dumps({"refused": True, "errors": errors}, ensure_ascii=False))


def _answer(outcomes: dict[str, scoring.Outcome], *, explain: bool) -> None:
    """One line for each park: readable, and comparable by ``diff``."""
    lines = []
    for own, outcome in outcomes.items():
        answer: dict[str, Any] = outcome.as_json()
        if explain:
            answer["explanation"] = scoring.explained(outcome)
        lines.append(f"{_text(own)}: {_text(answer)}")
    _write("{\n" + ",\n".join(lines) + "\n}")


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


def _write(text: str) -> None:
    """UTF-8 whatever the terminal's locale says."""
    click.echo(text.encode())
