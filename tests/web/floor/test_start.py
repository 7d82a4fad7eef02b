"""U46, U48 and what must hold before a site may serve: deploy, schema, doctor, production values."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask.cli import FlaskGroup
from flask_appbuilder.security.sqla.models import Role, User
from flask_migrate import upgrade
from werkzeug.security import generate_password_hash

import config
from app.cli import doctor, pinned, serve
from app.cli.demo.people import PASSWORD as PUBLISHED
from app.cli.deploy import code_head, current_head, deploy
from app.core import clock, scope
from app.engines.trail.models import AuditEntry
from app.extensions import UtcDateTime, db
from app.features.accounts.rules import ALL_ROLES
from app.transaction import transaction
from tests.support import people, sites

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def bare(tmp_path, request):
    """An application over an empty database of its own."""
    database = sites.empty_database(tmp_path, "bare")
    with sites.site(tmp_path, database, APP_MODE="production", HUEY_IMMEDIATE=True) as app:
        yield app


def command(app, arguments: list[str]):
    """``flask <arguments>`` in this process."""
    return app.test_cli_runner().invoke(FlaskGroup(), args=arguments)


def tables(app) -> list[str]:
    with app.app_context():
        return sa.inspect(db.engine).get_table_names()


# -- start and deploy -------------------------------------------------------------------------------
def test_u46_a_start_writes_no_table_and_no_permission(bare):
    bare.test_client().get("/health/live", base_url="https://localhost")
    assert tables(bare) == []


def test_u46_two_deploys_at_once_on_an_empty_database_make_everything_once(tmp_path):
    database = sites.empty_database(tmp_path, "twice")
    environment = {
        **{name: text for name, text in os.environ.items() if name not in config.ENVIRONMENT},
        "APP_MODE": "production",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database,
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "deploy"]
    both = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [one.communicate(timeout=120) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert not any("Traceback" in err or "ERROR" in err for _out, err in said)
    assert sum("migrated" in out for out, _err in said) == 1
    assert sum("roles written" in out for out, _err in said) == 1
    assert sum("nothing to do" in out for out, _err in said) == 1
    engine = sa.create_engine(database or f"sqlite:///{tmp_path / 'parkdesk.db'}")
    with engine.connect() as connection:
        roles = connection.scalars(sa.text("SELECT name FROM ab_role")).all()
        granted = connection.scalar(sa.text("SELECT count(*) FROM ab_permission_view_role"))
    engine.dispose()
    assert sorted(roles) == sorted(str(role) for role in ALL_ROLES)
    assert granted > 50


def test_deploying_again_does_nothing_and_repairs_changed_rights(bare):
    with bare.app_context(), scope.unscoped():
        assert len(deploy()) >= 2
        assert deploy() == ["nothing to do"]
        with transaction():
            clerk = db.session.scalar(sa.select(Role).where(Role.name == "park_clerk"))
            taken = len(clerk.permissions)
            clerk.permissions = []
            db.session.add(Role(name="added by an administrator"))
        assert deploy() == ["roles written"]
        db.session.expire_all()
        assert len(db.session.get(Role, clerk.id).permissions) == taken
        assert db.session.scalar(sa.select(Role).where(Role.name.like("added%"))) is not None


def test_a_view_that_does_not_declare_its_rights_stops_the_deployment(app, monkeypatch):
    from app.cli import roles

    view = next(one for one in reversed(app.appbuilder.baseviews) if one.access)
    monkeypatch.setattr(type(view), "access", {})
    with pytest.raises(roles.DeclarationError):
        roles.declared(app.appbuilder)
    monkeypatch.undo()
    monkeypatch.setattr(type(view), "tenant", None)  # perhaps a base class has one
    with pytest.raises(roles.DeclarationError):
        roles.declared(app.appbuilder)


def test_deploy_backs_a_sqlite_database_up_before_it_migrates(tmp_path):
    """PostgreSQL has its own backups (docs/operation.md): there deploy makes none."""
    with sites.site(tmp_path, "", APP_MODE="production") as app, app.app_context():
        scripts = ScriptDirectory(app.extensions["migrate"].directory)
        before = scripts.get_revision(code_head()).down_revision
        upgrade(revision=before)
        with transaction():
            db.session.add(Role(name="of the version before"))
        with scope.unscoped():
            said = deploy()
        (copy,) = (tmp_path / "backups").glob("*.db")
        assert said[0] == f"backup {copy.name}"
        assert current_head() == code_head()
        assert _roles(db.engine) == 1 + len(ALL_ROLES)
    held = sa.create_engine(f"sqlite:///{copy}")
    with held.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == before
    assert _roles(held) == 1
    held.dispose()


def test_a_database_behind_the_code_is_not_ready_and_no_worker_starts_on_it(bare):
    with bare.app_context():
        deploy()
        _set_version("0001")
    answer = bare.test_client().get("/health/ready", base_url="https://localhost")
    assert (answer.status_code, answer.json["failed"]) == (503, ["schema"])
    assert bare.test_client().get("/health/live", base_url="https://localhost").status_code == 200
    result = command(bare, ["worker"])
    assert result.exit_code == 1
    assert "flask --app app deploy" in result.output


def test_a_database_newer_than_the_code_is_refused_in_words(bare):
    with bare.app_context():
        deploy()
        _set_version("9999")
    result = command(bare, ["deploy"])
    assert result.exit_code == 1
    assert "run a newer version" in result.output
    assert "Traceback" not in result.output


def test_a_damaged_database_file_is_refused_and_no_new_one_is_made(tmp_path):
    (tmp_path / "parkdesk.db").write_bytes(b"this was a database once" * 200)
    before = (tmp_path / "parkdesk.db").read_bytes()
    with sites.site(tmp_path, "", APP_MODE="production") as app:
        result = command(app, ["deploy"])
    assert result.exit_code == 1
    assert "cannot be read" in result.output
    assert "backups" in result.output
    assert (tmp_path / "parkdesk.db").read_bytes() == before


def test_a_production_database_with_demo_accounts_is_refused(bare):
    with bare.app_context(), scope.unscoped():
        deploy()
        people.make_everybody()
        with transaction():
            known = generate_password_hash(PUBLISHED, method="pbkdf2:sha256:1")
            names = User.username.in_(("park1", "operator"))
            db.session.execute(sa.update(User).where(names).values(password=known))
        with pytest.raises(click.ClickException, match="operator, park1"):
            deploy()
        with pytest.raises(doctor.Bad, match="operator, park1"):
            doctor.checks(strict=True)["demo accounts"]()
        with transaction():
            other = generate_password_hash("Another-1-Word", method="pbkdf2:sha256:1")
            db.session.execute(sa.update(User).where(names).values(password=other))
        assert deploy() == ["nothing to do"]


# -- values of production ---------------------------------------------------------------------------
def test_a_fresh_production_set_up_has_no_fault(bare):
    assert pinned.faults(bare) == []


@pytest.fixture(scope="module")
def made_once(tmp_path_factory):
    """Of an application whose settings alone are read one is enough."""
    with sites.site(tmp_path_factory.mktemp("values"), "", APP_MODE="production") as app:
        yield app


@pytest.fixture
def values(made_once):
    """Its settings may be changed: each test finds them as they were."""
    before = dict(made_once.config)
    assert pinned.faults(made_once) == []
    yield made_once
    made_once.config.clear()
    made_once.config.update(before)


@pytest.mark.one_database("it reads settings")
@pytest.mark.parametrize("name", sorted(pinned.EXACT))
def test_each_pinned_value_is_missed_when_it_is_wrong_or_gone(values, name):
    wanted = values.config[name]
    for wrong in (not wanted if isinstance(wanted, bool) else "other", None):
        values.config[name] = wrong
        assert [one for one in pinned.faults(values) if one.startswith(name)]
    del values.config[name]
    assert [one for one in pinned.faults(values) if one.startswith(name)]


@pytest.mark.one_database("it reads settings")
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", None),
        ("TRUSTED_HOSTS", []),
        ("TRUSTED_HOSTS", ["*"]),
        ("TRUSTED_HOSTS", [".example.org"]),
        ("FAB_SAFE_REDIRECT_HOSTS", []),
        ("PERMANENT_SESSION_LIFETIME", config.timedelta(hours=9)),
        ("SESSION_IDLE_MINUTES", 31),
        ("MAX_FORM_MEMORY_SIZE", None),
        ("MAX_FORM_PARTS", 10**6),
        ("MAX_CONTENT_LENGTH", None),
        ("RATELIMIT_STORAGE_URI", ""),
        ("WTF_CSRF_ENABLED", False),
        ("PROXY_HOPS", 2),
    ],
)
def test_each_value_with_a_bound_is_missed_outside_it(values, name, wrong):
    values.config[name] = wrong
    assert [one for one in pinned.faults(values) if name in one]


def test_a_production_start_with_a_wrong_value_is_refused_in_words(bare):
    bare.config["SESSION_COOKIE_SECURE"] = False
    with bare.app_context(), pytest.raises(click.ClickException) as refused:
        serve.serve(bare)
    assert "SESSION_COOKIE_SECURE is False, must be True" in refused.value.message
    assert tables(bare) == []


def test_the_proxies_in_front_are_counted_exactly(tmp_path):
    with sites.site(tmp_path, "", APP_MODE="production", PROXY_HOPS=2) as app:
        assert pinned.faults(app) == []
        app.wsgi_app.x_for = 3
        assert any(one.startswith("PROXY_HOPS") for one in pinned.faults(app))


@pytest.mark.parametrize(
    ("name", "text"),
    [("APP_MODE", "prod"), ("PORT", "http"), ("PROXY_HOPS", "-1"), ("WEB_WORKERS", "２")],
)
def test_a_setting_that_cannot_be_meant_is_refused_by_name(name, text):
    with pytest.raises(config.BadSetting, match=name):
        config.settings({name: text})


def test_a_short_secret_key_is_refused(tmp_path):
    (tmp_path / "key").write_text("short")
    with (
        pytest.raises(ValueError, match="at least 32"),
        sites.site(tmp_path, "", SECRET_KEY_FILE=str(tmp_path / "key")),
    ):
        pass


# -- doctor -----------------------------------------------------------------------------------------
def test_doctor_says_one_line_a_check_and_ends_with_0(bare):
    with bare.app_context():
        deploy()
    result = command(bare, ["doctor", "--deploy"])
    lines = result.output.splitlines()
    assert result.exit_code == 0, result.output
    assert lines[-1] == "doctor: all is well"
    assert [line.split(":")[0].removeprefix("ok    ") for line in lines[:-1]] == list(
        doctor.checks(strict=True)
    )


def test_doctor_ends_with_1_and_names_what_fails(bare):
    bare.config["SESSION_COOKIE_SECURE"] = False
    bare.config["WORKER_EXPECTED"] = 1
    result = command(bare, ["doctor"])
    assert result.exit_code == 1
    failed = [line.split(":")[0] for line in result.output.splitlines() if line.startswith("FAIL")]
    assert failed == [
        f"FAIL  {name}"
        for name in (
            *("settings", "database", "search index", "public role"),
            *("zone and park", "trail", "worker"),
        )
    ]
    assert "SESSION_COOKIE_SECURE" in result.output
    assert "Traceback" not in result.output


def test_doctor_misses_a_public_role_that_may_something_and_a_readable_key(bare):
    with bare.app_context(), scope.unscoped():
        deploy()
        with transaction():
            clerk = db.session.scalar(sa.select(Role).where(Role.name == "park_clerk"))
            db.session.add(Role(name="Public", permissions=list(clerk.permissions)))
        key = Path(bare.config["DATA_DIR"]) / "secret.key"
        key.chmod(0o644)
        checks = doctor.checks(strict=True)
        for name in ("public role", "secret key"):
            with pytest.raises(doctor.Bad):
                checks[name]()


def test_doctor_misses_what_keeps_the_search_index(bare):
    with bare.app_context(), scope.unscoped():
        deploy()
        check = doctor.checks(strict=False)["search index"]
        assert check() == "kept by the database"
        sqlite = db.engine.dialect.name == "sqlite"
        what, name = ("TRIGGER", "added") if sqlite else ("INDEX", "name")
        with transaction():
            db.session.execute(sa.text(f"DROP {what} search_enterprise_{name}"))
        with pytest.raises(doctor.Bad, match=f"search_enterprise_{name}"):
            check()


def test_doctor_misses_space_and_a_broken_trail(bare, monkeypatch):
    with bare.app_context(), scope.unscoped():
        deploy()
        usage = type(shutil.disk_usage("/"))(10**9, 10**9 - 1, 1)
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _path: usage)
        broken = doctor.trail.verify()
        monkeypatch.setattr(doctor.trail, "verify", lambda _n: _not_ok(broken))
        checks = doctor.checks(strict=False)
        for name in ("disk", "trail"):
            with pytest.raises(doctor.Bad):
                checks[name]()


def test_the_page_of_settings_is_what_the_code_says():
    assert (ROOT / "docs/settings.md").read_text() == doctor.settings_page()


# -- times ------------------------------------------------------------------------------------------
def test_u48_times_are_aware_and_utc_and_a_naive_one_is_an_error(app, context):
    from app.engines import trail

    with transaction():
        trail.record(people.actor("park1"), "park.updated", people.park("P01"), details={})
    entry = db.session.scalar(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))
    assert entry.at.utcoffset().total_seconds() == 0
    assert abs((clock.now() - entry.at).total_seconds()) < 60
    assert people.park("P01").created_at.tzinfo is UTC
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), db.engine.dialect)  # noqa: DTZ001


def _not_ok(found):
    from app.core.values import replace

    return replace(found, ok=False, first_bad_id=7, reason="changed")


def _roles(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(sa.text("SELECT count(*) FROM ab_role"))


def _set_version(revision: str) -> None:
    db.session.remove()
    with transaction():
        db.session.execute(
            sa.text("UPDATE alembic_version SET version_num = :to"), {"to": revision}
        )
    db.session.remove()
