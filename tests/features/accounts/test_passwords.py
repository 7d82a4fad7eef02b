"""How passwords are kept, and what is done with hashes from before."""

from __future__ import annotations

import importlib.util

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from werkzeug.security import check_password_hash, generate_password_hash

from app.extensions import db
from app.features.accounts.rules import PASSWORD_MAX
from app.features.accounts.services import hashing
from app.transaction import transaction

PASSWORD = "Right-Horse-77"


def stored(app, username="park1"):
    with app.app_context():
        return db.session.scalar(sa.select(User.password).where(User.username == username))


def put(app, value, username="park1"):
    with app.app_context(), transaction():
        db.session.execute(sa.update(User).where(User.username == username).values(password=value))


def sign_in(browser, password=PASSWORD):
    return browser.post("/login", data={"username": "park1", "password": password})


@pytest.mark.parametrize("method", ["scrypt", "pbkdf2:sha256:1"])
def test_a_hash_from_before_opens_and_is_made_anew(app, client, method):
    put(app, generate_password_hash(PASSWORD, method=method))
    assert sign_in(client, "Wrong-Horse-77").status_code == 400
    assert not stored(app).startswith("$argon2id$")
    assert sign_in(client).status_code == 303
    kept = stored(app)
    assert kept.startswith("$argon2id$")
    again = app.test_client()
    assert sign_in(again).status_code == 303
    assert stored(app) == kept


@pytest.fixture
def shipped():
    """The module as the application loads it, not as the tests made it cheap."""
    spec = importlib.util.spec_from_file_location("shipped_hashing", hashing.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_new_password_is_kept_by_argon2id(shipped):
    assert shipped.hashed(PASSWORD).startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert shipped._nobody().startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert shipped._old_nobody().startswith("scrypt:32768:8:1$")


def test_a_weaker_hash_of_ours_is_made_anew(app, client, shipped, monkeypatch):
    put(app, hashing.hashed(PASSWORD))
    monkeypatch.setattr(hashing, "_HASHER", shipped._HASHER)
    assert sign_in(client).status_code == 303
    assert "m=32768" in stored(app)


@pytest.mark.parametrize("value", ["", "$argon2id$broken", "plain", "$argon2i$v=19$m=8,t=1,p=1$"])
def test_a_broken_hash_opens_for_nobody(app, client, value):
    put(app, value)
    assert sign_in(client, value or "x").status_code == 400
    assert sign_in(client).status_code == 400


def test_a_giant_text_is_never_hashed(monkeypatch):
    seen = []
    monkeypatch.setattr(hashing, "_argon2", lambda _stored, given: seen.append(len(given)) or True)
    monkeypatch.setattr(
        hashing, "check_password_hash", lambda _stored, given: seen.append(len(given)) or True
    )
    kept = "$argon2id$x"
    assert not hashing.matches(kept, "x" * (PASSWORD_MAX + 1))
    assert not hashing.matches(kept, "x\x00")
    assert set(seen) == {0}
    assert hashing.matches(kept, "x" * PASSWORD_MAX)


@pytest.mark.parametrize("old_ones", [True, False])
def test_unknown_old_and_new_names_cost_the_same_checks(monkeypatch, old_ones):
    """While hashes from before are left each check is made in both ways, else in one."""
    work = []
    argon2, werkzeug = hashing._argon2, check_password_hash
    monkeypatch.setattr(hashing, "_argon2", lambda *given: work.append("new") or argon2(*given))
    monkeypatch.setattr(
        hashing, "check_password_hash", lambda *given: work.append("old") or werkzeug(*given)
    )
    kept = [None, hashing.hashed(PASSWORD)]
    kept += [generate_password_hash(PASSWORD)] if old_ones else []
    told = []
    for one in kept:
        work.clear()
        assert hashing.matches(one, PASSWORD, old_ones=old_ones) == (one is not None)
        told.append(list(work))
    assert told == [["new", "old"] if old_ones else ["new"]] * len(kept)
