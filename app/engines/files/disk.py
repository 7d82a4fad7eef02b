"""Where the bytes lie: a folder, or whatever fsspec can reach."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any


class Disk:
    """The store. ``scratch`` is a local folder for files on their way in or out."""

    def __init__(self, url: str, scratch: Path) -> None:
        import fsspec  # noqa: PLC0415 - no start waits for it
        from fsspec.implementations.local import LocalFileSystem  # noqa: PLC0415

        self._fs: Any
        self._fs, self._root = fsspec.core.url_to_fs(url)
        self._local = isinstance(self._fs, LocalFileSystem)
        # A rename is atomic only within one file system.
        self._scratch = Path(self._root) / ".incoming" if self._local else scratch

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """An empty temporary folder of one upload; gone afterwards, whatever happened."""
        folder = self._scratch / uuid.uuid4().hex
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, source: Path, key: str) -> None:
        """Put a finished temporary file in its place, durably: all of it or nothing."""
        target = self._path(key)
        if not self._local:
            self._upload(source, target)
            return
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb+") as file:
            os.fsync(file.fileno())
        source.rename(target)
        _sync_folder(Path(target).parent)

    def _upload(self, source: Path, target: str) -> None:
        self._fs.put_file(str(source), target)
        if self._fs.size(target) != source.stat().st_size:
            self._fs.rm_file(target)
            msg = "the store kept another number of bytes"
            raise OSError(msg)

    def open(self, key: str) -> IO[bytes]:
        """The file for reading; ``FileNotFoundError`` when it is not there."""
        file: IO[bytes] = self._fs.open(self._path(key), "rb")
        return file

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """A path that other programs can read: the file itself, or a copy for the while."""
        if self._local:
            yield Path(self._path(key))
            return
        with self.incoming() as folder:
            self._fs.get_file(self._path(key), str(folder / key))
            yield folder / key

    def remove(self, key: str) -> None:
        """Delete a file; one that is not there is fine."""
        try:
            self._fs.rm_file(self._path(key))
        except FileNotFoundError:
            return

    def keys_before(self, moment: datetime) -> Iterator[str]:
        """Keys of files last written before ``moment``."""
        if not self._fs.exists(self._root):
            return
        for name, info in sorted(self._fs.find(self._root, detail=True).items()):
            key = name.rpartition("/")[2]
            if is_key(key) and name == self._path(key) and _written(info) < moment:
                yield key

    def clear_incoming(self, moment: datetime) -> int:
        """Delete uploads that a killed process left unfinished before ``moment``."""
        stale = [
            folder
            for folder in self._scratch.glob("*")
            if folder.stat().st_mtime < moment.timestamp()
        ]
        for folder in stale:
            shutil.rmtree(folder, ignore_errors=True)
        return len(stale)

    def _path(self, key: str) -> str:
        """Only 32 hex digits ever become a path."""
        if not is_key(key):
            msg = "not a key"
            raise ValueError(msg)
        return f"{self._root}/{key[:2]}/{key}"


def is_key(text: str) -> bool:
    """Whether a text is what ``store`` gives as a key: 32 hex digits."""
    return len(text) == 32 and set(text) <= set("0123456789abcdef")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _written(info: dict[str, Any]) -> datetime:
    """When a listed file was written; fsspec's stores name it differently."""
    value = info.get("mtime") or info.get("LastModified") or info.get("created")
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.fromtimestamp(float(value or 0), UTC)
