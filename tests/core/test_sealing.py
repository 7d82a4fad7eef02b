"""Sealed fields: nobody reads them without the key, and none opens in another place."""

from __future__ import annotations

import stat

import pytest

from app.core.sealing import BrokenSeal, add_key, read_keyring

PLACE = "organisation.bank_account:12"


@pytest.fixture
def ring(tmp_path):
    return read_keyring(tmp_path / "data.keys")


def test_what_is_sealed_opens_in_its_place_only(ring):
    sealed = ring.seal("6222020200112233", PLACE)
    assert ring.open(sealed, PLACE) == "6222020200112233"
    assert "6222" not in sealed
    with pytest.raises(BrokenSeal):
        ring.open(sealed, "organisation.bank_account:13")


def test_the_same_text_is_never_sealed_alike(ring):
    assert ring.seal("a", PLACE) != ring.seal("a", PLACE)


@pytest.mark.parametrize("change", [lambda s: s[:-2] + "AA", lambda s: "k9" + s[2:], lambda _s: ""])
def test_a_changed_value_does_not_open(ring, change):
    with pytest.raises(BrokenSeal):
        ring.open(change(ring.seal("text", PLACE)), PLACE)


def test_a_new_key_seals_and_the_old_one_still_opens(tmp_path):
    path = tmp_path / "data.keys"
    before = read_keyring(path)
    sealed, index = before.seal("text", PLACE), before.index("13900139000", "phone")
    assert add_key(path) == "k2"
    after = read_keyring(path)
    assert after.open(sealed, PLACE) == "text"
    assert not sealed.startswith(f"{after.active}.")
    assert after.seal("text", PLACE).startswith(f"{after.active}.")
    assert after.index("13900139000", "phone") == index


def test_the_index_finds_equals_and_keeps_purposes_apart(ring):
    assert ring.index("x", "phone") == ring.index("x", "phone")
    assert ring.index("x", "phone") != ring.index("x", "code")
    assert ring.index("x", "phone") != ring.index("y", "phone")


def test_the_file_is_its_owners_alone_and_a_bad_line_is_named(tmp_path):
    path = tmp_path / "data.keys"
    read_keyring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text(path.read_text() + "k2:short\n")
    with pytest.raises(ValueError, match="line 3"):
        read_keyring(path)
    path.write_text("k1:" + "0" * 64 + "\n")
    with pytest.raises(ValueError, match="index"):
        read_keyring(path)
