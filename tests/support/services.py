"""What the tests need beside Python: found on this machine, or installed by apt-get where allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

POSTGRES_FOLDERS = "/usr/lib/postgresql"
POLICY = "/usr/sbin/policy-rc.d"
#: Quiet, and patient with another apt that is at work.
APT = ("-qq", "-o", "DPkg::Lock::Timeout=120")


@dataclass(frozen=True)
class Service:
    """A program (or font) the tests use and the Debian packages it comes from, the best first."""

    packages: tuple[str, ...]
    what_for: str
    there: Callable[[], bool]

    def package(self, attempt: int) -> str:
        """What to install now; not every release of the system knows the best one."""
        return self.packages[min(attempt, len(self.packages) - 1)]


def postgres_folder() -> Path | None:
    """Where ``initdb`` and ``postgres`` are: the newest server, else what PATH has."""
    folders = sorted(Path(POSTGRES_FOLDERS).glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((one for one in folders if (one / "initdb").exists()), None)


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


def chromium() -> str | None:
    """The system's browser; one is never downloaded. The one without a window needs half the time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def _has_cjk_font() -> bool:
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    return any(next(folder.rglob("*CJK*"), None) for folder in folders if folder.is_dir())


SERVICES = (
    Service(("postgresql",), "the second database", lambda: postgres_folder() is not None),
    Service(
        ("chromium-headless-shell", "chromium"), "browser tests", lambda: chromium() is not None
    ),
    Service(("fonts-noto-cjk",), "Chinese text in the browser", _has_cjk_font),
    Service(
        ("libreoffice-calc",),
        "round trips of workbooks",
        lambda: shutil.which("soffice") is not None,
    ),
    Service(("redis-server",), "request limits", lambda: shutil.which("redis-server") is not None),
)


def missing() -> list[Service]:
    return [one for one in SERVICES if not one.there()]


def ensure() -> None:
    """Install what is missing as root or by sudo that asks for no password.

    Otherwise say exactly what to install and exit 1.
    """
    lacking = missing()
    if not lacking:
        return
    rights = _rights()
    if rights is not None and shutil.which("apt-get"):
        for attempt in range(max(len(one.packages) for one in lacking)):
            if lacking:
                packages = [one.package(attempt) for one in lacking]
                print(f"installing {' '.join(packages)}", flush=True)
                _install(rights, packages)
                lacking = missing()
    if lacking:
        sys.exit(_advice(lacking))


def _rights() -> list[str] | None:
    """What a command begins with to run as root; nothing when that is not to be had."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _run(["sudo", "-n", "true"], quiet=True) == 0:
        return ["sudo", "-n"]
    return None


def _advice(lacking: Sequence[Service]) -> str:
    lines = [f"  {one.packages[-1]:18} {one.what_for}" for one in lacking]
    sudo = "" if os.geteuid() == 0 else "sudo "
    command = f"{sudo}apt-get install -y " + " ".join(one.packages[-1] for one in lacking)
    return "\n".join(["these packages are missing:", *lines, f"install them: {command}"])


def _install(rights: Sequence[str], packages: Sequence[str]) -> None:
    """No questions, no daemons: dpkg's policy file forbids starting what a package brings."""
    # Set by env: sudo forwards nothing of ours.
    quiet = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", *APT]
    ours = not Path(POLICY).exists()
    if ours:
        script = f"printf '#!/bin/sh\\nexit 101\\n' > {POLICY} && chmod 755 {POLICY}"
        _run([*rights, "sh", "-c", script])
    try:
        _run([*quiet, "update"])
        _run([*quiet, "install", "-y", "--no-install-recommends", *packages])
    finally:
        if ours:
            _run([*rights, "rm", "-f", POLICY])


def _run(command: Sequence[str], *, quiet: bool = False) -> int:
    """The exit code. Nobody is there to answer, so there is no standard input."""
    output = subprocess.DEVNULL if quiet else None
    done = subprocess.run(
        list(command), stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
    )
    return done.returncode
