"""docs/fab-traps.md names a test for each trap of Flask-AppBuilder; the unsafe defaults have one each."""

from __future__ import annotations

import re
from pathlib import Path

from flask_appbuilder.security.sqla.models import User

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.compile(r"^def (test_u\d\d\w*)\(", re.MULTILINE)


def written() -> str:
    return "\n".join(one.read_text() for one in sorted((ROOT / "tests").rglob("test_*.py")))


def test_every_trap_names_tests_that_there_are():
    page, known = (ROOT / "docs/fab-traps.md").read_text(), written()
    rows = [line for line in page.splitlines() if line.startswith("| ")][2:]
    assert len(rows) >= 30
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, row
        assert [one for one in named if f"def {one}(" not in known] == [], row


def test_every_unsafe_default_has_a_test_that_carries_its_number():
    numbers = {int(one) for name in ROWS.findall(written()) for one in re.findall(r"u(\d\d)", name)}
    assert numbers == set(range(1, 50))


def test_nobody_derives_from_the_user_of_fab(app):
    """Two classes over one table are two people with one key."""
    assert User.__subclasses__() == []
    assert [
        one.class_.__name__ for one in User.registry.mappers if one.local_table.name == "ab_user"
    ] == ["User"]
