"""接口令牌: made by its person, shown once, told; ended by its person or 系统管理员."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Forbidden, Refusal
from app.engines import trail
from app.engines.notices import InboxMessage
from app.extensions import db
from app.features.accounts import services
from app.features.accounts.models import AccessToken
from app.features.accounts.services import tokens
from app.transaction import transaction
from app.web.sessions import LoginSession
from tests.support import api, people
from tests.support.forms import errors, user_id

BASE = "/me/tokens"
FORM = {"name": "ERP 同步", "scopes": ["enterprises:read"], "days": "90", "purpose": ""}


def rows():
    return list(db.session.scalars(sa.select(AccessToken).order_by(AccessToken.id)))


def test_a_token_is_shown_once_and_kept_as_a_hash(app, as_):
    browser = as_("park1")
    assert "还没有接口令牌" in browser.page(f"{BASE}/list/")
    answer = browser.post(f"{BASE}/add", data=FORM)
    secret = re.search(r"pdk_[a-z0-9]{8}_[\w-]{43}", answer.text)[0]
    assert answer.headers["Cache-Control"] == "no-store"
    page = browser.page(f"{BASE}/list/")
    assert secret not in page
    assert secret[:12] in page
    with app.app_context(), scope.unscoped():
        (row,) = rows()
        assert secret not in str(vars(row))
        assert row.token_hash == tokens.hash_of(secret)
        told = db.session.scalars(
            sa.select(InboxMessage).where(InboxMessage.kind == "account.token_made")
        ).all()
        assert [one.user_id for one in told] == [user_id("park1")]
        (entry,) = trail.history("access_token", row.id)
        assert secret not in str(entry.details) + entry.object_label
    assert len(api.Caller(app, secret).get("/enterprises")["items"]) == 0


def test_an_ended_token_stays_in_the_list_and_is_no_good(app, as_):
    with app.app_context():
        made = api.token("park1")
        pk = made.row.id
    browser = as_("park1")
    assert as_("park2").post(f"{BASE}/delete/{pk}").status_code == 404
    assert browser.post(f"{BASE}/delete/{pk}").status_code == 303
    assert "已失效" in browser.page(f"{BASE}/list/")
    api.Caller(app, made.secret).get("/parks", 401)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "请填写名称"),
        ({"name": "x" * 61}, "请填写名称"),
        ({"scopes": []}, "至少选择一项"),
        ({"scopes": ["enterprises:read", "nothing:read"]}, "超出您现在的权限"),
        ({"scopes": ["enterprises:personal"]}, "请写明用途"),
        ({"days": "9999"}, "不是有效的选择"),
    ],
)
def test_what_is_wrong_stands_beside_the_field(as_, changes, words):
    answer = as_("park1").post(f"{BASE}/add", data=FORM | changes)
    assert answer.status_code == 400
    assert any(words in one for one in errors(answer.text)), errors(answer.text)


def test_a_clerk_is_offered_what_a_clerk_may(as_):
    page = as_("clerk1").page(f"{BASE}/add")
    assert "enterprises:write" in page
    assert "news:write" not in page
    answer = as_("clerk1").post(f"{BASE}/add", data=FORM | {"scopes": ["news:write"]})
    assert "超出您现在的权限" in errors(answer.text)[0]


def test_a_row_for_each_thing_reading_before_writing(as_):
    page = as_("park1").page(f"{BASE}/add")
    rows_ = page.split('<div class="choices-row">')[1:]
    told = [re.findall(r'name="scopes"\s+value="([^"]+)"', row) for row in rows_]
    assert told[0] == ["enterprises:read", "enterprises:write", "enterprises:personal"]
    assert [one[:2] for one in told[1:3]] == [["parks:read", "parks:write"], ["news:read", "news:write"]]  # fmt: skip
    ids = re.findall(r'id="(scopes[^"]*)"', page)
    assert len(ids) == len(set(ids))


def test_only_ones_own_parks_can_be_acted_for(app, as_):
    browser = as_("both")
    with app.app_context():
        ids = {code: people.park(code).id for code in ("P01", "P02", "B01")}
    assert browser.post(f"{BASE}/add", data=FORM | {"park_id": str(ids["B01"])}).status_code == 400
    browser.post(f"{BASE}/add", data=FORM | {"park_id": str(ids["P02"])})
    with app.app_context(), scope.unscoped():
        assert [(one.park_id, one.park_name) for one in rows()] == [(ids["P02"], "凤凰岛测试园区")]


def test_names_are_ones_own_once_and_ten_are_enough(context):
    actor = people.actor("park1")
    wanted = {"scopes": frozenset({"parks:read"}), "allowed": frozenset({"parks:read"})}

    def make(name):
        with scope.acting_as(actor), transaction():
            asked = tokens.Wanted(name=name, park_id=actor.acting_park_id, days=1, **wanted)
            services.make_token(actor, asked, now=clock.now())

    for number in range(10):
        make(str(number))
    for name, code in (("0", "token_name_taken"), ("x", "")):
        with pytest.raises(Refusal) as refused:
            make(name)
        assert refused.value.fields.get("name", "") == code
    assert refused.value.code == "token_too_many"


def test_who_is_signed_in_for_a_while_proves_to_be_there_first(app, as_):
    browser = as_("park1")
    with app.app_context(), transaction():
        for one in db.session.scalars(sa.select(LoginSession)):
            one.created_at -= timedelta(minutes=20)
    answer = browser.get(f"{BASE}/add")
    assert (answer.status_code, answer.location) == (303, "/me/proof/?next=/me/tokens/add")
    assert "令牌可以代表您读写数据" in browser.page(answer.location)
    assert browser.post(f"{BASE}/add", data=FORM).status_code == 303
    with app.app_context(), scope.unscoped():
        assert rows() == []


def test_no_token_makes_a_token_and_nobody_who_only_looks(context):
    from app.core.values import replace

    actor = people.actor("park1")
    asked = tokens.Wanted("x", frozenset(), None, 1)
    for other in (replace(actor, via="ERP"), replace(actor, viewed_by=people.actor("sysadmin"))):
        with pytest.raises(Forbidden):
            services.make_token(other, asked, now=clock.now())


def test_sysadmin_sees_all_and_ends_any_and_its_person_is_told(app, as_):
    with app.app_context():
        made = api.token("park1")
        pk = made.row.id
    browser = as_("sysadmin")
    page = browser.page("/desk/tokens/list/")
    assert made.row.mark in page
    assert "测park1" in page
    assert browser.post(f"/desk/tokens/delete/{pk}").status_code == 303
    api.Caller(app, made.secret).get("/parks", 401)
    with app.app_context(), scope.unscoped():
        kinds = set(db.session.scalars(sa.select(InboxMessage.kind)))
        assert "account.token_ended" in kinds
    for who in ("operator", "park1", "secadmin", "auditor"):
        assert as_(who).get("/desk/tokens/list/").status_code == 403
    assert as_("secadmin").get(f"{BASE}/add").status_code == 403


def test_what_ends_all_sign_ins_ends_the_tokens_of_that_person_only(app, context):
    """A changed password, 停用 and 强制下线 go this way."""
    made, others = api.token("park1"), api.token("park2")
    api.Caller(app, made.secret).get("/parks", 200)
    with scope.unscoped(), transaction():
        from app.features.accounts.services import sessions

        sessions.end_all(user_id("park1"), keep_row=1)
    api.Caller(app, made.secret).get("/parks", 401)
    assert api.Caller(app, others.secret).get("/parks", 200)
