"""A PostgreSQL server of the tests' own: new cluster in a temporary folder, free port, loopback."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.services import postgres_folder

#: It holds throw-away data: no waiting for the disk.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "150",
    "shared_buffers": "64MB",
    "unix_socket_directories": "''",
    "listen_addresses": "127.0.0.1",
}


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Start a server, give its SQLAlchemy address, stop it and delete everything."""
    programs = postgres_folder()
    assert programs is not None, "PostgreSQL is missing"
    folder = Path(tempfile.mkdtemp(prefix="parkdesk-pg-"))
    try:
        _own(folder)
        data = folder / "data"
        # Not C: with it PostgreSQL's LIKE and upper() would not be what a deployment has.
        kind = ["-U", "parkdesk", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        _as_user([programs / "initdb", "-D", data, *kind])
        port = free_port()
        options = " ".join(f"-c {name}={value}" for name, value in FAST.items())
        start = [programs / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", folder / "log"]
        try:
            _as_user([*start, "-o", f"-p {port} {options}", "start"])
        except subprocess.CalledProcessError as error:
            raise RuntimeError((folder / "log").read_text()[-2000:]) from error
        try:
            yield f"postgresql+psycopg://parkdesk@127.0.0.1:{port}/postgres"
        finally:
            _as_user([programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _server_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: take its own user there, else ``nobody``."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


def _own(folder: Path) -> None:
    if user := _server_user():
        os.chown(folder, user.pw_uid, user.pw_gid)


def _as_user(command: list[object]) -> None:
    user = _server_user()
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    subprocess.run(
        [str(part) for part in command],
        check=True,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        cwd="/",
        **identity,
    )
