"""Sign-in by user name and password, sessions on the server, sign-out."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from werkzeug.security import generate_password_hash

from app.extensions import db
from app.transaction import transaction


def _give_password(app, username, password):
    with app.app_context(), transaction():
        user = db.session.scalar(sa.select(User).where(User.username == username))
        user.password = generate_password_hash(password, method="pbkdf2:sha256:1")


def test_a_good_password_opens_the_desk_and_logout_kills_the_cookie(app, client):
    _give_password(app, "park1", "Right-Horse-77")
    answer = client.post("/login", data={"username": "park1", "password": "Right-Horse-77"})
    assert answer.status_code == 303
    assert answer.location == "/desk/"
    client.page("/desk/")
    cookie = client.get_cookie("s").value
    client.post("/logout")
    thief = app.test_client()
    thief.set_cookie("s", cookie)
    assert thief.get("/desk/").status_code == 302


def _without(text, username):
    return re.sub(r'name="csrf_token"[^>]*>', "", text.replace(f'value="{username}"', ""))


def test_known_and_unknown_names_get_the_same_answer(app, client):
    _give_password(app, "park1", "Right-Horse-77")
    known = client.post("/login", data={"username": "park1", "password": "x" * 12})
    unknown = client.post("/login", data={"username": "nobody", "password": "x" * 12})
    assert known.status_code == unknown.status_code == 400
    assert _without(known.text, "park1") == _without(unknown.text, "nobody")


def test_five_failures_lock_a_name_even_for_the_right_password(app, client):
    _give_password(app, "park1", "Right-Horse-77")
    for _ in range(5):
        client.post("/login", data={"username": "park1", "password": "wrong-wrong"})
    answer = client.post("/login", data={"username": "park1", "password": "Right-Horse-77"})
    assert answer.status_code == 429


def test_a_deactivated_person_is_out_at_once(app, as_):
    browser = as_("park1")
    browser.page("/desk/")
    with app.app_context(), transaction():
        db.session.execute(sa.update(User).where(User.username == "park1").values(active=False))
    assert browser.get("/desk/").status_code == 302


def test_the_sign_in_page_has_the_manuals_name_and_is_found_with_a_slash(client):
    page = client.page("/login")
    assert "<h1>登录/注册</h1>" in page
    answer = client.get("/login/?next=/desk/jobs/")
    assert (answer.status_code, answer.location) == (301, "/login?next=/desk/jobs/")
    assert client.get("/login/?way=account").location == "/login?way=account"
