"""The platform is any zone's: no code and no template names a place (demo data and samples may)."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = "三亚"


def test_nothing_says_where_it_runs():
    files = [
        file
        for file in [ROOT / "config.py", *ROOT.glob("app/**/*")]
        if file.suffix in (".py", ".html", ".js", ".css", ".txt", ".svg")
        and "cli/demo" not in file.as_posix()
    ]
    assert len(files) > 300
    named = [file.relative_to(ROOT).as_posix() for file in files if PLACE in file.read_text()]
    assert named == []
