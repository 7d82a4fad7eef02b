"""The row decides: no file without a row, no row without its whole file."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.actor import NOBODY, SYSTEM
from app.core.errors import NotFound, Refusal
from app.engines import files
from app.engines.files import services
from app.extensions import db
from app.transaction import transaction
from tests.engines.files import samples
from tests.support import people

TABLE = "企业名称,地址\n甲,乙\n".encode()


@pytest.fixture(params=["folder", "elsewhere"])
def store_root(request, tmp_path, context):
    """A store of this test alone: a folder, or one that is not local files."""
    before = list(services._disks)
    if request.param == "folder":
        files.open_store(f"file://{tmp_path / 'files'}", tmp_path / "scratch")
    else:
        files.open_store(f"memory://{request.node.name}-{time.monotonic_ns()}", tmp_path)
    yield tmp_path
    services._disks[:] = before


@pytest.fixture
def folder(tmp_path, context):
    before = list(services._disks)
    files.open_store(f"file://{tmp_path / 'files'}", tmp_path / "scratch")
    yield tmp_path / "files"
    services._disks[:] = before


def _keep(data: bytes = TABLE, name: str = "企业.csv", actor=SYSTEM, **kwargs) -> files.StoredFile:
    given = {
        "kind": "t.plain",
        "allowed": frozenset({"csv", "xlsx", "png"}),
        "max_bytes": 2**20,
    }
    with transaction():
        return files.store(actor, io.BytesIO(data), name, **{**given, **kwargs})


def _on_disk(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def _stored() -> list[str]:
    return list(services.disk().keys_before(clock.now() + timedelta(hours=1)))


def test_what_was_stored_is_read_back_byte_for_byte(store_root):
    file = _keep(actor=people.actor("park1"), park_id=people.park("P01").id)
    assert (file.name, file.media_type, file.size) == ("企业.csv", "text/csv", len(TABLE))
    assert file.sha256 == hashlib.sha256(TABLE).hexdigest()
    with files.open_file(file) as stream:
        assert stream.read() == TABLE
    with files.local_path(file) as path:
        assert path.read_bytes() == TABLE
    assert files.intact(file)
    assert files.by_key(file.key).id == file.id
    assert _stored() == [file.key]


def test_a_removed_file_goes_after_the_commit_and_not_before(store_root):
    file = _keep()
    with transaction():
        files.remove(file)
        assert _stored() == [file.key]
    assert _stored() == []
    assert not files.intact(file)


def test_a_removal_that_is_rolled_back_keeps_the_file(store_root):
    file = _keep()

    def act() -> None:
        with transaction():
            files.remove(file)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert files.intact(files.by_key(file.key))


def test_a_rolled_back_row_takes_its_file_along(store_root):
    def act() -> None:
        with transaction():
            file = files.store(
                SYSTEM,
                io.BytesIO(TABLE),
                "a.csv",
                kind="export",
                allowed=frozenset({"csv"}),
                max_bytes=100,
            )
            assert file.key in _stored()
            raise ZeroDivisionError

    kept = _keep()
    with pytest.raises(ZeroDivisionError):
        act()
    assert _stored() == [kept.key]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "file_empty"),
        (b"a" * (2**20 + 1), "a.csv", "file_too_big"),
        (samples.SVG, "a.png", "file_type"),
        (samples.image(), "a.csv", "file_extension"),
        (samples.huge_png(), "a.png", "image_too_big"),
    ],
)
def test_a_refused_file_leaves_nothing(folder, data, name, code):
    with pytest.raises(Refusal) as refusal:
        _keep(data, name)
    assert refusal.value.code == code
    assert str(files.LABELS[code] % refusal.value.params)
    assert _on_disk(folder) == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(files.StoredFile)) == 0


def test_the_limit_itself_is_allowed(folder):
    assert _keep(b"a" * 2**20).size == 2**20


def test_a_picture_is_stored_as_drawn_anew(folder):
    file = _keep(samples.image() + b"<script>", "图.png")
    data = services.disk().open(file.key).read()
    assert b"script" not in data
    assert (file.size, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_no_part_of_the_given_name_reaches_the_disk(folder):
    file = _keep(name="../../../tmp/恶意.csv")
    assert file.name == "恶意.csv"
    assert _on_disk(folder) == [folder / file.key[:2] / file.key]


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "A" * 32, "0" * 31, "0" * 31 + "/"])
def test_only_a_key_ever_becomes_a_path(folder, key):
    with pytest.raises(ValueError, match="not a key"):
        services.disk().open(key)


@pytest.mark.parametrize("fails", ["write", "fsync", "rename"])
def test_a_disk_error_leaves_neither_row_nor_half_a_file(folder, monkeypatch, fails):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    target = {"write": (services, "copy"), "fsync": (os, "fsync"), "rename": (Path, "rename")}
    monkeypatch.setattr(*target[fails], full)
    with pytest.raises(files.StorageUnavailable):
        _keep()
    monkeypatch.undo()
    assert _on_disk(folder) == []
    assert files.intact(_keep())


def test_bytes_that_changed_or_vanished_are_noticed(folder):
    file = _keep()
    (folder / file.key[:2] / file.key).write_bytes(b"x")
    assert not files.intact(file)


def test_expired_and_held_files_are_not_served(folder):
    expired = _keep(expires_at=clock.now() - timedelta(seconds=1))
    held = _keep()
    with transaction():
        held.state = "held"
    later = _keep(expires_at=clock.now() + timedelta(hours=1))
    for file in (expired, held):
        with pytest.raises(NotFound):
            files.by_key(file.key)
    assert files.by_key(later.key)


def test_the_sweeper_takes_what_a_killed_process_left(folder):
    kept, expired = _keep(), _keep(expires_at=clock.now() - timedelta(seconds=1))
    old, young = "a" * 32, "b" * 32
    for key in (old, young):
        (folder / key[:2]).mkdir(exist_ok=True)
        (folder / key[:2] / key).write_bytes(b"without a row")
    (folder / ".incoming" / "half").mkdir()
    (folder / ".incoming" / "half" / "raw").write_bytes(b"half")
    (folder / "aa" / "README").write_bytes(b"not ours")
    past = time.time() - 25 * 3600
    for path in (folder / "aa" / old, folder / kept.key[:2] / kept.key):
        os.utime(path, (past, past))
    for path in (folder / ".incoming" / "half", folder / "aa" / "README"):
        os.utime(path, (past, past))
    with transaction():
        swept = files.sweep()
    assert swept == files.Swept(expired=1, orphans=1, unfinished=1)
    assert sorted(_stored()) == sorted([kept.key, young])
    assert not (folder / expired.key[:2] / expired.key).exists()
    assert (folder / "aa" / "README").exists()


def test_sweeping_an_empty_store_is_fine(folder):
    with transaction():
        assert files.sweep() == files.Swept()


def test_who_may_read_by_default(folder):
    park = people.park("P01").id
    file = _keep(actor=people.actor("park1"), park_id=park)
    own = _keep(actor=people.actor("operator"))
    readers = {
        name: (files.may_read(people.actor(name), file), files.may_read(people.actor(name), own))
        for name in ("park1", "clerk1", "park2", "operator", "operator2", "sysadmin", "user1")
    }
    assert readers == {
        "park1": (True, False),
        "clerk1": (True, False),
        "park2": (False, False),
        "operator": (False, True),
        "operator2": (False, False),
        "sysadmin": (False, False),
        "user1": (False, False),
    }
    assert not files.may_read(NOBODY, _keep(actor=SYSTEM))


def test_a_kind_may_have_its_own_rule(folder):
    files.kind("t.open", lambda actor, _file: actor.username == "reviewer")
    file = _keep(kind="t.open", actor=people.actor("park1"))
    assert files.may_read(people.actor("reviewer"), file)
    assert not files.may_read(people.actor("park1"), file)
