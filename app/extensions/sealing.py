"""The keys with which single fields are sealed; opened once by the application factory."""

from __future__ import annotations

from pathlib import Path

from app.core.sealing import Keyring, read_keyring

_ring: list[Keyring] = []


def open_keys(path: Path) -> None:
    """Read the key file (made on a machine that has none)."""
    _ring[:] = [read_keyring(path)]


def keyring() -> Keyring:
    """The keys of this application."""
    return _ring[0]
