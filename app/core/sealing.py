"""Encryption of single fields: AES-256-GCM with a key id in the value, and a blind index to look up by.

One interface for all of it, so that another cipher (SM4, SM3) can take its place in one file.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from app.core.secrets_file import write_exclusively

INDEX = "index"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class BrokenSeal(Exception):
    """The value was not sealed by one of our keys, or for another place."""


class Keyring(Struct, frozen=True):
    """``keys``: id -> 32 bytes; new values are sealed with ``active``. ``index_key`` never rotates:
    what was looked up by it must be found again."""

    keys: Mapping[str, bytes]
    active: str
    index_key: bytes

    def seal(self, text: str, place: str) -> str:
        """``<key id>.<base64 of nonce and ciphertext>``; opens for the same ``place`` only.

        ``place`` names table, column and row (``organisation.bank_account:12``): a value copied
        into another row does not open there.
        """
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self.keys[self.active]).encrypt(nonce, text.encode(), place.encode())
        return f"{self.active}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, value: str, place: str) -> str:
        """The text again; raises ``BrokenSeal``."""
        key_id, _dot, rest = value.partition(".")
        key = self.keys.get(key_id)
        if key is None:
            raise BrokenSeal(f"no key {key_id[:12]!r}")
        try:
            raw = base64.urlsafe_b64decode(rest.encode())
            plain = AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal(place) from error
        return plain.decode()

    def index(self, text: str, purpose: str) -> str:
        """64 hex digits that stand for ``text``: equal texts are found, none can be read."""
        return hmac.new(self.index_key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def read_keyring(path: Path) -> Keyring:
    """The keys of a file with lines ``id:64 hex digits``, ``index`` among them; the last one seals.

    Made with one key where there is no file. Raises ``ValueError`` naming a line that is no key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{name}:{secrets.token_hex(_KEY_BYTES)}" for name in (INDEX, "k1")]
        write_exclusively(path, "\n".join(lines) + "\n")
    keys: dict[str, bytes] = {}
    for number, line in enumerate(path.read_text().split(), 1):
        name, _colon, digits = line.partition(":")
        try:
            keys[name] = bytes.fromhex(digits)
        except ValueError:
            keys[name] = b""
        if len(keys[name]) != _KEY_BYTES or not name.isalnum():
            msg = f"{path.name}, line {number}: a key is id:64 hex digits"
            raise ValueError(msg)
    index_key = keys.pop(INDEX, None)
    if index_key is None or not keys:
        msg = f"{path.name}: needs a line index:… and one key at least"
        raise ValueError(msg)
    return Keyring(keys, next(reversed(keys)), index_key)


def add_key(path: Path) -> str:
    """Append a new key, which seals from the next start on; returns its id."""
    known = read_keyring(path)
    number = 1 + max((int(name[1:]) for name in known.keys if name[1:].isdigit()), default=0)
    with path.open("a") as file:
        file.write(f"k{number}:{secrets.token_hex(_KEY_BYTES)}\n")
    return f"k{number}"
