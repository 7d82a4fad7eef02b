"""用户管理 as the 系统管理员 uses it."""

from __future__ import annotations

import re

import pytest

from app.engines import trail
from app.features.accounts import queries
from tests.support.forms import errors, form_of, save, user_id

BASE = "/desk/users"


def shown_password(text: str) -> str:
    found = re.search(r"<code>([a-z2-9-]{19})</code>", text)
    assert found is not None
    return found[1]


def added(browser, username="wangmin", name="王敏"):
    answer = browser.post(f"{BASE}/add", data={"username": username, "name": name})
    assert answer.status_code == 200, errors(answer.text)
    return shown_password(answer.text), answer


def test_a_password_is_shown_once_and_must_be_changed(app, as_, client):
    browser = as_("sysadmin")
    password, answer = added(browser)
    assert answer.headers["Cache-Control"] == "no-store"
    with app.app_context():
        made = user_id("wangmin")
    for address in (f"{BASE}/show/{made}", f"{BASE}/show/{made}?tab=history", f"{BASE}/list/"):
        assert password not in browser.page(address)
    secadmin = as_("secadmin")
    save(secadmin, f"/desk/grants/edit/{made}", roles=["reviewer"])
    client.post("/login", data={"username": "wangmin", "password": password})
    for address in ("/desk/", "/desk/enterprises/list/", "/me/devices/list/"):
        assert client.get(address).location == "/me/password/", address
    assert client.post("/desk/enterprises/columns").location == "/me/password/"
    new = {"current": password, "new": "correct horse battery", "repeat": "correct horse battery"}
    assert client.post("/me/password/", data=new).status_code == 303
    client.page("/desk/")
    client.post("/logout")
    client.post("/login", data={"username": "wangmin", "password": "correct horse battery"})
    client.page("/desk/")


def test_a_refused_name_is_said_beside_the_field_and_what_was_typed_stays(as_):
    answer = as_("sysadmin").post(f"{BASE}/add", data={"username": "park1", "name": "陈某"})
    assert answer.status_code == 400
    assert "已被使用" in errors(answer.text)[0]
    assert 'value="陈某"' in answer.text


def test_sysadmin_gives_no_roles_and_secadmin_makes_no_accounts(app, as_):
    with app.app_context():
        someone = user_id("user1")
    sysadmin, secadmin = as_("sysadmin"), as_("secadmin")
    for address in ("/desk/grants/list/", f"/desk/grants/edit/{someone}", "/desk/roles/list/"):
        assert sysadmin.get(address).status_code == 403
    for address in (f"{BASE}/list/", f"{BASE}/add", f"{BASE}/edit/{someone}"):
        assert secadmin.get(address).status_code == 403
    before = sysadmin.page(f"{BASE}/edit/{someone}")
    save(sysadmin, f"{BASE}/edit/{someone}", page=before, name="改名", active="1", roles="sysadmin")
    with app.app_context():
        assert queries.account(someone).roles == ("enterprise_user",)


@pytest.mark.parametrize("act", ["deactivate", "force-out", "reset"])
def test_what_ends_a_persons_sessions_ends_them_at_once(app, as_, act):
    person = as_("park1")
    person.page("/desk/")
    with app.app_context():
        someone = user_id("park1")
    answer = as_("sysadmin").post(f"{BASE}/{act}/{someone}")
    assert answer.status_code == (200 if act == "reset" else 303)
    assert person.get("/desk/").location.startswith("/login")


def test_a_reset_shows_the_new_password_once_and_the_old_one_is_dead(app, as_, client):
    browser = as_("sysadmin")
    first, _answer = added(browser)
    with app.app_context():
        made = user_id("wangmin")
    second = shown_password(browser.post(f"{BASE}/reset/{made}").text)
    old = client.post("/login", data={"username": "wangmin", "password": first})
    assert old.status_code == 400
    new = client.post("/login", data={"username": "wangmin", "password": second})
    assert new.status_code == 303


def test_one_does_not_reset_or_deactivate_oneself_or_the_last_secadmin(app, as_):
    browser = as_("sysadmin")
    with app.app_context():
        me, secadmin = user_id("sysadmin"), user_id("secadmin")
    assert "停用" not in browser.page(f"{BASE}/show/{me}")
    for address, words in (
        (f"{BASE}/reset/{me}", "自己的密码请在"),
        (f"{BASE}/deactivate/{me}", "不能停用自己的账号"),
        (f"{BASE}/deactivate/{secadmin}", "最后一名可用的安全管理员"),
    ):
        browser.post(address)
        assert words in browser.page(f"{BASE}/list/"), address
    answer = save(browser, f"{BASE}/edit/{secadmin}", answers=400, name="安全", active="0")
    assert "最后一名可用的安全管理员" in errors(answer.text)[0]
    with app.app_context():
        assert queries.account(secadmin).active
        assert queries.account(me).active


def test_a_stale_save_is_a_merge_and_loses_nothing(app, as_):
    first, second = as_("sysadmin"), as_("sysadmin")
    with app.app_context():
        someone = user_id("user1")
    address = f"{BASE}/edit/{someone}"
    page = first.page(address)
    save(second, address, name="他人改的", active="1")
    answer = save(first, address, answers=409, page=page, name="我改的", active="0")
    assert "他人改的" in answer.text
    assert "我改的" in answer.text
    assert form_of(answer.text)["active"] == "0"  # clashes with nothing: not asked
    save(first, address, page=answer.text, name="我改的", active="0", **{"merge.name": "theirs"})
    with app.app_context():
        account = queries.account(someone)
        assert (account.name, account.active) == ("他人改的", False)
        assert len(trail.history("user", someone)) == 2


def test_there_is_no_way_to_delete_a_person(app, as_):
    with app.app_context():
        someone = user_id("user1")
    assert as_("sysadmin").post(f"{BASE}/delete/{someone}").status_code == 404


def test_the_list_tells_roles_parks_and_state_and_filters_by_them(app, as_, client):
    browser = as_("sysadmin")
    text = browser.page(f"{BASE}/list/?q=park1")
    assert "园区/基地管理员" in text
    assert "鹿回头测试园区" in text
    assert 'href="/desk/users/show/' in browser.page(f"{BASE}/list/?role=auditor")
    for _ in range(5):
        client.post("/login", data={"username": "park2", "password": "wrong-wrong"})
    locked = browser.page(f"{BASE}/list/?state=locked")
    assert ">park2<" in locked
    assert ">park1<" not in locked
    assert browser.get(f"{BASE}/list/?role=nobody").status_code == 400


def test_the_list_takes_the_same_number_of_statements_for_any_number_of_people(app, as_):
    from sqlalchemy import event

    from app.extensions import db

    browser = as_("sysadmin")
    seen: list[str] = []

    def note(_c, _cursor, statement, *_rest):
        seen.append(statement)

    with app.app_context():
        event.listen(db.engines[None], "before_cursor_execute", note)
    numbers = []
    for query in ("?q=sysadmin", ""):
        browser.page(f"{BASE}/list/{query}")
        seen.clear()
        browser.page(f"{BASE}/list/{query}")
        numbers.append(len(seen))
    with app.app_context():
        event.remove(db.engines[None], "before_cursor_execute", note)
    assert numbers[1] <= numbers[0] + 1
