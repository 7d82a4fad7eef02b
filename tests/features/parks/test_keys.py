"""``flask keys``: a new key seals, the old one opens until everything is sealed anew."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.sealing import BrokenSeal, read_keyring
from app.extensions import db, sealing
from app.features.accounts.models import SEALED_PHONE, Identity, Puzzle
from app.features.accounts.services import puzzles
from app.features.parks.models import SEALED_ACCOUNT, Organisation
from app.transaction import transaction
from tests.features.parks.certified import DIGITS, bank, certify, user_id


@pytest.fixture
def key_file(app, tmp_path, monkeypatch):
    """Keys of this test alone; afterwards the application has its own again."""
    path = tmp_path / "data.keys"
    monkeypatch.setitem(app.config, "DATA_KEYS_FILE", str(path))
    before = sealing.keyring()
    sealing.open_keys(path)
    yield path
    sealing._ring[:] = [before]


@pytest.fixture
def sealed(app, key_file):
    """One value in each sealed column that lives longer than a few minutes, and a puzzle."""
    with app.app_context():
        certify("user1")
        bank("user1", 2)
        with transaction():
            phone = Identity(provider="phone", subject="x", user_id=user_id("user1"))
            db.session.add(phone)
            db.session.flush()
            SEALED_PHONE.seal(phone, "13912345678")
            puzzles.new_sum("b" * 64)


def values() -> dict[str, str]:
    return {
        "account": db.session.scalar(  # the demo's other companies have none
            sa.select(Organisation.bank_account).where(Organisation.bank_account.is_not(None))
        ),
        "phone": db.session.scalar(sa.select(Identity.sealed)),
        "puzzle": db.session.scalar(sa.select(Puzzle.sealed)),
    }


def opened() -> tuple[str, str]:
    company = db.session.scalar(sa.select(Organisation).where(Organisation.bank_tail == "1234"))
    phone = db.session.scalar(sa.select(Identity).where(Identity.provider == "phone"))
    return SEALED_ACCOUNT.open(company), SEALED_PHONE.open(phone)


def test_every_sealed_column_is_declared(app):
    """A column that holds sealed values and is not declared would be lost with the old key."""
    declared = {column.name for column in sealing.sealed_columns()}
    assert {
        "organisation.bank_account",
        "identity.sealed",
        "sms_note.sealed",
        "puzzle.sealed",
    } <= declared
    named = {
        f"{table.name}.sealed"
        for table in db.metadata.tables.values()
        if "sealed" in table.c
        and isinstance(table.c.sealed.type, sa.Text)
        and type(table.c.sealed.type) is sa.Text
    }
    assert named <= declared


def test_a_new_key_and_everything_sealed_anew(app, key_file, sealed):
    runner = app.test_cli_runner()
    added = runner.invoke(args=["keys", "add"])
    assert (added.exit_code, "added k2" in added.output) == (0, True)
    assert DIGITS not in key_file.read_text()
    sealing.open_keys(key_file)  # the restart
    with app.app_context():
        before = values()
        assert all(value.startswith("k1.") for value in before.values())
        assert opened() == (DIGITS, "13912345678")
    done = runner.invoke(args=["keys", "reseal"])
    assert done.exit_code == 0, done.output
    assert "organisation.bank_account: 1 sealed with k2" in done.output
    with app.app_context():
        assert all(value.startswith("k2.") for value in values().values())
    again = runner.invoke(args=["keys", "reseal"])
    assert "organisation.bank_account: 0 sealed" in again.output
    lines = [line for line in key_file.read_text().split() if not line.startswith("k1:")]
    key_file.write_text("\n".join(lines))
    sealing.open_keys(key_file)  # the old key is gone for good
    with app.app_context():
        assert opened() == (DIGITS, "13912345678")


def test_a_value_that_does_not_open_ends_with_one(app, key_file, sealed):
    runner = app.test_cli_runner()
    runner.invoke(args=["keys", "add"])
    sealing.open_keys(key_file)
    with app.app_context(), transaction():
        company = db.session.scalar(sa.select(Organisation).where(Organisation.bank_tail == "1234"))
        company.bank_account = "k1.AAAA"
        company.updated_at = clock.now()
    done = runner.invoke(args=["keys", "reseal"])
    assert done.exit_code == 1
    assert "organisation.bank_account: cannot be opened" in done.output


def test_a_value_copied_into_another_row_does_not_open(app, key_file, sealed):
    with app.app_context():
        certify("park1", 2)
        with transaction():
            value = values()["account"]
            other = db.session.scalar(
                sa.select(Organisation).where(Organisation.bank_account.is_(None))
            )
            other.bank_account = value
        with pytest.raises(BrokenSeal):
            SEALED_ACCOUNT.open(other)


def test_reading_the_file_again_gives_the_same_index(key_file):
    assert read_keyring(key_file).index("1", "x") == sealing.keyring().index("1", "x")
