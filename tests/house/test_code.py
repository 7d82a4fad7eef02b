"""What the code itself must keep to; each rule names its few exceptions and why."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BULK = "app/features/enterprises/services/bulk.py"
MAX_LINES = 400
MAX_FUNCTION = 40
#: Longer than the limit today, with the reason. A file that shrinks must leave this list.
LONG_FILES = {
    "tests/support/preview.py": "made-up data of every kind of page",
}
LONG_FUNCTIONS: dict[tuple[str, str], str] = {}
#: ORM statements on entities, which the scope of app.extensions.scoping narrows: file -> entities.
STATEMENTS = {
    "app/web/sessions.py": {"LoginSession"},
    "app/engines/jobs/recovery.py": {"Job"},
    "app/engines/jobs/running.py": {"Job"},
    "app/engines/jobs/context.py": {"Job"},
    "app/engines/trail/recording.py": {"AuditHead"},
    "app/features/enterprises/services/counts.py": {"EnterpriseCount"},
    "app/features/accounts/services/sign_in.py": {"SignInAttempt"},
    "app/features/accounts/services/codes.py": {"PhoneCode"},
    "app/features/accounts/services/puzzles.py": {"Puzzle"},
    "app/features/accounts/services/ways_in.py": {"UsedState"},
    "app/engines/documents/services.py": {"Consent"},
    "app/engines/notices/inbox.py": {"InboxMessage", "InboxChoice"},
    "app/features/accounts/services/devices.py": {"KnownDevice"},
    "app/features/accounts/services/second_factor.py": {
        *("SecondFactor", "RecoveryCode", "SecondFactorAttempt"),
    },
}
#: ``__table__`` for reading only.
TABLES = {"app/engines/trail/verification.py", "app/extensions/model.py"}
COMMITS = {"app/transaction.py", "app/web/errors.py"}
CLOCK = {"app/core/clock.py"}
#: Ages of files, against their own time stamps.
FILE_AGES = {"app/cli/worker.py", "app/engines/files/sweeping.py", "app/engines/files/disk.py"}


@cache
def files(suffix: str = ".py") -> tuple[Path, ...]:
    """Files of the repository, new ones included."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return tuple(ROOT / name for name in listed if name.endswith(suffix) and (ROOT / name).exists())


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def own(*, tests: bool = False) -> Iterator[tuple[str, str, ast.Module]]:
    """Name, text and tree of every own Python file but migrations."""
    for file in files():
        name = name_of(file)
        if name.startswith("migrations/") or (name.startswith("tests/") and not tests):
            continue
        yield name, *_read(file)


@cache
def _read(file: Path) -> tuple[str, ast.Module]:
    text = file.read_text()
    return text, ast.parse(text)


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Each rule looks at all of them: a walk through the code takes two seconds."""
    return tuple(ast.walk(tree))


def dotted(node: ast.AST) -> str:
    """``a.b.c`` of an attribute chain; "" in front of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in nodes(tree):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def test_files_stay_short():
    long = {name for name, text, _tree in own(tests=True) if text.count("\n") > MAX_LINES}
    assert long == set(LONG_FILES)


def test_functions_stay_short():
    long = {
        (name, node.name)
        for name, _text, tree in own()
        for node in nodes(tree)
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= MAX_FUNCTION
    }
    assert long == set(LONG_FUNCTIONS)


def test_modules_say_what_they_are_for():
    silent = [
        name
        for name, text, tree in own(tests=True)
        if text.count("\n") > 15 and not ast.get_docstring(tree)
    ]
    assert silent == []


def test_nothing_is_left_open_or_skipped():
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|\.(sk" r"ip|sk" r"ipif|xf" r"ail)\(|mark\.(sk" r"ip|xf" r"ail)|importor" r"skip")  # fmt: skip
    found = [
        f"{name}: {line.strip()}"
        for name, text, _tree in own(tests=True)
        for line in text.splitlines()
        if marks.search(line)
    ]
    assert found == []


def test_money_is_never_a_float_and_times_are_aware():
    for name, _text, tree in own():
        for node in nodes(tree):
            kind = dotted(node)
            assert kind not in {"sa.Numeric", "sa.Float", "sa.REAL", "sa.Double"}, (
                name,
                node.lineno,
            )
            if kind in {"sa.DateTime", "sa.TIMESTAMP"}:
                assert name == "app/extensions/model.py", (name, node.lineno)


def test_tables_of_ours_hold_no_inexact_number_and_no_naive_time(app):
    import sqlalchemy as sa

    from app.extensions import UtcDateTime
    from app.extensions.model import PlainModel

    for mapper in PlainModel.registry.mappers:
        if not issubclass(mapper.class_, PlainModel):
            continue  # FAB's own
        for column in mapper.local_table.columns:
            assert not isinstance(column.type, sa.Numeric), column
            if isinstance(column.type, sa.DateTime | UtcDateTime):
                assert isinstance(column.type, UtcDateTime), column


def test_every_table_shares_one_metadata(app):
    from app.extensions import db
    from app.extensions.model import PlainModel

    assert db.metadata is PlainModel.metadata
    assert len(db.metadata.tables) > 20


def test_bulk_writing_lives_in_one_module():
    for name, _text, tree in own():
        if name == BULK:
            continue
        for called, node in calls(tree):
            last = called.rpartition(".")[2]
            assert not last.startswith("bulk_") or "session" not in called, (name, node.lineno)
            if called in {
                "sa.insert",
                "sa.update",
                "sa.delete",
                "postgresql.insert",
                "sqlite.insert",
            }:
                target = dotted(node.args[0])
                assert target in STATEMENTS.get(name, set()), (name, node.lineno, target)
        if name not in TABLES:
            lines = [n.lineno for n in nodes(tree) if dotted(n).endswith(".__table__")]
            assert lines == [], (name, lines)


def test_no_sql_text_writes():
    """Text SQL is for reading, locks and pragmas; the trail's triggers are a migration's."""
    for name, _text, tree in own():
        for called, node in calls(tree):
            if called not in {"sa.text", "text"} or not isinstance(node.args[0], ast.Constant):
                continue
            first = str(node.args[0].value).split()[0].upper()
            assert first not in {"INSERT", "UPDATE", "DELETE", "DROP", "ALTER"}, (name, node.lineno)


def test_only_one_module_commits():
    for name, _text, tree in own():
        for called, node in calls(tree):
            if called.endswith(("session.commit", "session.rollback")):
                assert name in COMMITS, (name, node.lineno)


def test_only_the_clock_knows_the_time():
    forbidden = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")
    for name, _text, tree in own():
        for called, node in calls(tree):
            if called.endswith(forbidden):
                assert name in CLOCK, (name, node.lineno)
            if called == "time.time":
                assert name in FILE_AGES, (name, node.lineno)


def test_views_come_through_the_safe_base():
    """Nobody inherits FAB's views but the two bases (security.md, decision 2)."""
    bases = {"ModelView", "ModelRestApi", "BaseView", "BaseApi", "MasterDetailView",
             "MultipleView", "CompactCRUDMixin", "SimpleFormView", "PublicFormView", "IndexView"}  # fmt: skip
    allowed = {("app/web/base_views.py", "RegisterView"), ("app/web/pages.py", "Page")}
    found = {
        (name, node.name)
        for name, _text, tree in own()
        for node in nodes(tree)
        if isinstance(node, ast.ClassDef)
        and {dotted(base).rpartition(".")[2] for base in node.bases} & bases
    }
    assert found == allowed


def test_registered_views_derive_from_the_bases(app):
    from app.web.base_views import RegisterView
    from app.web.pages import Page

    assert all(isinstance(view, Page | RegisterView) for view in app.appbuilder.baseviews)


def test_registers_name_their_columns(app):
    """FAB's defaults are all columns (U15): a register of ours names them, or has no form."""
    from app.web.base_views import RegisterView

    for view in app.appbuilder.baseviews:
        if isinstance(view, RegisterView):
            assert view.search_columns == ["id"]
            assert "can_edit" not in view.access or view.form_class is not None
            names = {one.name for one in view.fields if one.sortable} | {"id"}
            assert set(view.order_columns) <= names


#: No machine's folder and no account's home may be in a file that is committed.
MACHINE = re.compile(r"(?<![\w.$}])/(home|root|work|Users|srv|mnt|var/lib)/[a-z]")
TEXT = (".py", ".html", ".css", ".js", ".sh", ".md", ".toml", ".cfg", ".ini", ".txt", ".in", ".po", ".yaml", "Makefile")  # fmt: skip


@pytest.mark.parametrize("suffix", TEXT)
def test_no_path_of_a_machine(suffix):
    here = Path(__file__)
    found = [
        f"{name_of(file)}: {line.strip()[:100]}"
        for file in files(suffix)
        if file != here
        for line in file.read_text().splitlines()
        if MACHINE.search(line)
    ]
    assert found == []


def test_pages_load_nothing_from_elsewhere():
    loads = re.compile(r"""(src|href|url\(|@import|action)\s*[=\s(]*["']?\s*(https?:)?//[a-z]""", re.IGNORECASE)  # fmt: skip
    found = [
        f"{name_of(file)}: {match.group()}"
        for suffix in (".html", ".css", ".js", ".svg")
        for file in files(suffix)
        if name_of(file).startswith("app/")
        for match in [loads.search(file.read_text())]
        if match
    ]
    assert found == []


#: One act has one way to be refused: its view says it in a sentence of its own.
SAID_BY_THE_PAGE = {"job_is_final", "job_is_not_failed"}


def _codes(tree: ast.AST) -> Iterator[str]:
    """Codes that a module refuses with: the first argument and the values of ``fields``."""
    for called, node in calls(tree):
        if called.rpartition(".")[2] != "Refusal":
            continue
        if node.args and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)
        for keyword in node.keywords:
            if keyword.arg == "fields" and isinstance(keyword.value, ast.Dict):
                for value in keyword.value.values:
                    if isinstance(value, ast.Constant):
                        yield str(value.value)


def test_every_code_of_a_refusal_has_words(app):
    """A code without words would be told as "could not be saved" and nothing else."""
    import sys

    worded: set[str] = set()
    for module in [one for name, one in sys.modules.items() if name.startswith("app.")]:
        for name, value in vars(module).items():
            if isinstance(value, dict) and name.endswith(("REFUSALS", "LABELS", "WORDS", "TEXTS")):
                worded |= {str(key) for key in value}
    used = {(code, name) for name, _text, tree in own() for code in _codes(tree)}
    assert len(used) > 20
    assert {code for code, _name in used} - worded == SAID_BY_THE_PAGE


def test_annotations_of_mapped_classes_are_no_texts():
    """SQLAlchemy would compile each of them again at every start (ADR 23)."""
    mapped = [
        path for path in sorted((ROOT / "app").rglob("*.py")) if "Mapped[" in path.read_text()
    ]
    assert len(mapped) > 20
    texts = [path for path in mapped if "from __future__ import annotations" in path.read_text()]
    assert texts == []
