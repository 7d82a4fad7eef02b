"""``make test`` on a bare machine: what it installs and how, or what it asks a person to do."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import run
from tests.support import postgres, services

ASK_SUDO = ["sudo", "-n", "true"]


class Machine:
    """A machine without some of the packages; records every command instead of running it."""

    def __init__(self, monkeypatch, tmp_path):
        self.commands: list[list[str]] = []
        self.lacking = {"postgresql", "chromium"}
        self.programs = {"apt-get", "sudo"}
        self.root = True
        self.sudo_works = True
        self.apt_works = True
        self.knows = {"postgresql", "chromium-light", "chromium"}
        monkeypatch.setattr(services, "POLICY", str(tmp_path / "policy-rc.d"))
        monkeypatch.setattr(
            services,
            "SERVICES",
            tuple(self._service(n) for n in ("postgresql", "chromium", "redis-server")),
        )
        monkeypatch.setattr(shutil, "which", lambda name: name if name in self.programs else None)
        monkeypatch.setattr(os, "geteuid", lambda: 0 if self.root else 1000)
        monkeypatch.setattr(subprocess, "run", self.run)

    def _service(self, package):
        known = ("chromium-light", package) if package == "chromium" else (package,)
        return services.Service(
            known, f"what {package} is for", lambda: package not in self.lacking
        )

    def run(self, command, **options):
        assert options["stdin"] is subprocess.DEVNULL  # nobody answers a question
        self.commands.append(command)
        if command == ASK_SUDO:
            return SimpleNamespace(returncode=0 if self.sudo_works else 1)
        if "install" in command and self.apt_works:
            asked = set(command[command.index("--no-install-recommends") + 1 :])
            if asked <= self.knows:  # apt-get installs all or nothing
                self.lacking -= {one.replace("-light", "") for one in asked}
        return SimpleNamespace(returncode=0)

    @property
    def apt(self):
        return [" ".join(one) for one in self.commands if "apt-get" in one]


@pytest.fixture
def machine(monkeypatch, tmp_path):
    return Machine(monkeypatch, tmp_path)


QUIET = "env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -o DPkg::Lock::Timeout=120"
INSTALL = f"{QUIET} install -y --no-install-recommends postgresql chromium-light"


def test_nothing_missing_runs_nothing(machine):
    machine.lacking = set()
    services.ensure()
    assert machine.commands == []


def test_root_installs_only_what_is_missing_without_a_question(machine):
    services.ensure()
    assert machine.apt == [f"{QUIET} update", INSTALL]
    assert ASK_SUDO not in machine.commands


def test_where_the_best_package_is_not_known_the_next_is_installed(machine):
    machine.knows -= {"chromium-light"}
    services.ensure()
    second = INSTALL.replace("chromium-light", "chromium")
    assert machine.apt == [f"{QUIET} update", INSTALL, f"{QUIET} update", second]


def test_no_daemon_starts_and_a_policy_of_the_machine_stays(machine):
    services.ensure()
    first, last = machine.commands[0], machine.commands[-1]
    assert first[:2] == ["sh", "-c"]
    assert "exit 101" in first[2]
    assert last == ["rm", "-f", services.POLICY]
    machine.commands.clear()
    machine.lacking = {"chromium"}
    Path(services.POLICY).write_text("the machine's own")
    services.ensure()
    assert [one[0] for one in machine.commands] == ["env", "env"]


def test_the_policy_file_is_a_script_that_forbids(tmp_path, monkeypatch):
    """The one command that is not apt's own, really run."""
    kept = []
    monkeypatch.setattr(services, "POLICY", str(tmp_path / "policy-rc.d"))
    monkeypatch.setattr(services, "_run", lambda command, **_kw: kept.append(list(command)) or 0)
    services._install([], ["chromium"])
    subprocess.run(kept[0], check=True)
    assert subprocess.run([services.POLICY], check=False).returncode == 101


def test_sudo_without_a_password_is_used(machine):
    machine.root = False
    services.ensure()
    assert machine.apt == [f"sudo -n {QUIET} update", f"sudo -n {INSTALL}"]
    assert all(one[:2] == ["sudo", "-n"] for one in machine.commands)


@pytest.mark.parametrize("why", ["no sudo", "sudo asks", "no apt-get", "apt fails"])
def test_what_cannot_be_installed_is_said_once_with_the_command(machine, capsys, why):
    machine.root = why == "apt fails"
    machine.sudo_works = why != "sudo asks"
    machine.apt_works = False
    machine.programs -= {"no sudo": {"sudo"}, "no apt-get": {"apt-get"}}.get(why, set())
    with pytest.raises(SystemExit) as ended:
        services.ensure()
    said = str(ended.value.code)  # text: Python prints it and ends with 1
    sudo = "" if machine.root else "sudo "
    assert said.splitlines()[-1] == f"install them: {sudo}apt-get install -y postgresql chromium"
    assert "what chromium is for" in said
    assert "redis-server" not in said
    assert bool(machine.apt) == (why == "apt fails")


def test_a_process_that_gives_up_ends_with_one():
    code = "import sys; sys.path.insert(0, '.'); from tests.support import services as s; s.missing = lambda: [s.SERVICES[0]]; s._rights = lambda: None; s.ensure()"
    done = subprocess.run(
        [shutil.which("python3") or "python3", "-c", code],
        cwd=run.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip().endswith("apt-get install -y postgresql")


def _postgres_commands(monkeypatch, tmp_path, users):
    ran, owned = [], []

    def run_one(command, **options):
        ran.append((Path(command[0]).name, options.get("user"), options.get("extra_groups")))
        return SimpleNamespace(returncode=0)

    def named(name):
        if name not in users:
            raise KeyError(name)
        return SimpleNamespace(pw_uid=users[name], pw_gid=users[name])

    monkeypatch.setattr(postgres, "postgres_folder", lambda: tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda _folder, uid, _gid: owned.append(uid))
    monkeypatch.setattr(pwd, "getpwnam", named)
    monkeypatch.setattr(subprocess, "run", run_one)
    with postgres.server():
        pass
    return ran, owned


@pytest.mark.parametrize("users", [{"postgres": 107, "nobody": 65534}, {"nobody": 65534}])
def test_postgresql_never_runs_as_root(monkeypatch, tmp_path, users):
    ran, owned = _postgres_commands(monkeypatch, tmp_path, users)
    uid = users.get("postgres", 65534)
    assert ran == [("initdb", uid, []), ("pg_ctl", uid, []), ("pg_ctl", uid, [])]
    assert owned == [uid]


# the run itself


def test_called_bare_the_run_compiles_what_is_old(monkeypatch, tmp_path):
    folder = tmp_path / "translations/en/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text('msgctxt "plan"\nmsgid "新增"\nmsgstr "New"\n')
    monkeypatch.setattr(run, "ROOT", tmp_path)
    run.compile_catalogues()
    made = folder / "messages.mo"
    assert "New" in made.read_bytes().decode("utf-8", "replace")
    made.write_bytes(b"newer")
    run.compile_catalogues()
    assert made.read_bytes() == b"newer"
    os.utime(made, (1, 1))
    run.compile_catalogues()
    assert made.read_bytes() != b"newer"


def test_the_run_hands_its_paths_to_every_part(monkeypatch):
    asked = []

    def part(name, options, paths, **environment):
        asked.append((name, paths, "TEST_DATABASE_URL" in environment))
        return run.Outcome(name, 1, 0, ok=True)

    monkeypatch.setattr(run.signal, "signal", lambda *_: None)
    monkeypatch.setattr(run, "pytest", part)
    monkeypatch.setattr(run, "server", lambda: postgres.contextlib.nullcontext("postgresql://x"))
    monkeypatch.setattr(services, "ensure", lambda: asked.append("services"))
    monkeypatch.setattr(run, "compile_catalogues", lambda: asked.append("catalogues"))
    monkeypatch.chdir("/")
    assert run.main(["tests/web"]) == 0
    assert Path.cwd() == run.ROOT
    paths = ["tests/web"]
    assert asked == [
        "services",
        "catalogues",
        ("SQLite", paths, False),
        ("PostgreSQL", paths, True),
        ("browser", paths, False),
    ]


@pytest.mark.parametrize("paths", ["", "tests/web", "tests/web tests/core"])
def test_make_test_passes_its_paths_on(paths):
    done = subprocess.run(
        ["make", "--no-print-directory", "-n", "test", f"T={paths}"],
        cwd=run.ROOT,
        env={name: text for name, text in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1].strip().endswith(f"-m tests.run {paths}".strip())
