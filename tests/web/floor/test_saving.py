"""U29-U33: what a person sees when a save fails, and what the database holds then."""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from app.core import scope
from app.core.errors import Refusal, Stale
from app.extensions import db
from app.features.enterprises import queries, services
from app.features.enterprises.models import Enterprise
from tests.support import enterprises as made
from tests.support.forms import form_of

ADD = "/desk/enterprises/add"
INTERNAL = re.compile(
    r"\bSELECT .+ FROM |INSERT INTO|UPDATE \w+ SET|psycopg|sqlite3|sqlalchemy|Traceback|/site-packages/|UNIQUE constraint"
    r"|IntegrityError|OperationalError|13800138000.*parameters",
    re.IGNORECASE,
)


@pytest.fixture
def own(app):
    with app.app_context(), scope.unscoped():
        return made.add("P01", 1).id


def typed(serial: int, **changes):
    return {**made.row(serial), "roles": ["卖家"], "customs_modes": ["9610"], **changes}


def number(app) -> int:
    with app.app_context(), scope.unscoped():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Enterprise))


def remark(app, pk) -> str | None:
    with app.app_context(), scope.unscoped():
        return db.session.scalar(sa.select(Enterprise.remark).where(Enterprise.id == pk))


@pytest.mark.parametrize("kind", ["syntax", "type", "bug"])
def test_u29_no_sql_no_path_no_stack_is_ever_shown(app, as_, own, monkeypatch, kind):
    def broken(*_args, **_kwargs):
        if kind == "bug":
            raise KeyError("secret-inner-word")
        text = "SELECT secret_inner_word FROM nowhere" if kind == "syntax" else "SELECT 1 WHERE x"
        db.session.execute(sa.text(text))

    monkeypatch.setattr(services, "change", broken)
    browser = as_("park1")
    values = form_of(browser.page(f"/desk/enterprises/edit/{own}"))
    app.testing, app.config["PROPAGATE_EXCEPTIONS"] = False, False
    try:
        answer = browser.post(f"/desk/enterprises/edit/{own}", data=values | {"remark": "机密"})
    finally:
        app.testing, app.config["PROPAGATE_EXCEPTIONS"] = True, None
    assert answer.status_code in (500, 503)
    assert not INTERNAL.search(answer.text)
    assert "secret" not in answer.text
    assert remark(app, own) is None


def test_u30_a_duplicate_that_slips_through_is_a_409_beside_the_field(app, as_, own, monkeypatch):
    """Two people at once: the look-up finds nothing, the database's own key refuses."""
    monkeypatch.setattr(queries, "alive_with_code", lambda *_args: None)
    browser = as_("park1")
    answer = browser.post(ADD, data=form_of(browser.page(ADD)) | typed(1, remark="要留住的话"))
    assert answer.status_code == 409
    assert "要留住的话" in answer.text
    assert not INTERNAL.search(answer.text)
    assert re.search(r'id="uscc-error|aria-describedby="[^"]*uscc[^"]*error', answer.text)
    assert number(app) == 1


def test_u30_a_conflict_nobody_foresaw_is_a_409_page(app, as_, own, monkeypatch):
    def conflict(*_args, **_kwargs):
        raise IntegrityError("INSERT INTO secret_table", {"account": "6222"}, Exception("UNIQUE"))

    monkeypatch.setattr(services, "discard", conflict)
    answer = as_("park1").post(f"/desk/enterprises/delete/{own}")
    assert answer.status_code == 409
    assert "6222" not in answer.text
    assert not INTERNAL.search(answer.text)
    assert number(app) == 1


def test_u31_a_refused_form_is_no_redirect_and_keeps_every_word(app, as_):
    browser = as_("park1")
    data = typed(1, uscc="123", contact_phone="12", remark="要留住的话", settled_on="2024-13-45")
    answer = browser.post(ADD, data=form_of(browser.page(ADD)) | data)
    assert answer.status_code == 400
    for word in ("要留住的话", "123", "2024-13-45", 'aria-invalid="true"'):
        assert word in answer.text
    assert number(app) == 0
    assert "已保存" not in browser.page("/desk/enterprises/list/")


def test_u32_a_stale_save_is_a_409_with_mine_and_theirs_and_nothing_is_lost(app, as_, own):
    address = f"/desk/enterprises/edit/{own}"
    first, second = as_("park1"), as_("clerk1")
    mine, theirs = form_of(first.page(address)), form_of(second.page(address))
    assert (
        second.post(address, data=theirs | {"remark": "对方的话", "industry": ""}).status_code
        == 303
    )
    clash = first.post(address, data=mine | {"remark": "我的话", "contact_name": "新联系人"})
    assert clash.status_code == 409
    for word in ("我的话", "对方的话", "新联系人"):
        assert word in clash.text
    assert remark(app, own) == "对方的话"
    merged = form_of(clash.text)
    saved = first.post(address, data=merged | {"merge.remark": "theirs"})
    assert saved.status_code == 303
    with app.app_context(), scope.unscoped():
        item = db.session.get(Enterprise, own)
        assert (item.remark, item.contact_name) == ("对方的话", "新联系人")


def test_u32_what_does_not_clash_is_merged_without_asking_and_told(app, as_, own):
    address = f"/desk/enterprises/edit/{own}"
    first, second = as_("park1"), as_("clerk1")
    mine, theirs = form_of(first.page(address)), form_of(second.page(address))
    second.post(address, data=theirs | {"remark": "对方的话", "business_address": "新路 1 号"})
    saved = first.post(address, data=mine | {"contact_name": "新联系人"})
    assert saved.status_code == 303
    told = "您填写期间，测clerk1 修改了经营地址、备注，已一并保留。"
    assert told in html.unescape(first.page(saved.location))
    with app.app_context(), scope.unscoped():
        item = db.session.get(Enterprise, own)
        assert (item.remark, item.business_address, item.contact_name) == (
            "对方的话",
            "新路 1 号",
            "新联系人",
        )


def test_u32_only_what_clashes_is_asked_with_what_stood_there_before(app, as_, own):
    address = f"/desk/enterprises/edit/{own}"
    first, second = as_("park1"), as_("clerk1")
    first.post(address, data=form_of(first.page(address)) | {"remark": "起先"})
    mine, theirs = form_of(first.page(address)), form_of(second.page(address))
    second.post(address, data=theirs | {"remark": "对方的话", "business_address": "新路 1 号"})
    clash = first.post(address, data=mine | {"remark": "我的话", "contact_name": "新联系人"})
    assert clash.status_code == 409
    asked = form_of(clash.text)
    assert {name for name in asked if name.startswith("merge.")} == {"merge.remark"}
    assert "原值：起先" in clash.text
    assert "测clerk1 还修改了经营地址，与您的修改不冲突" in html.unescape(clash.text)
    assert (asked["business_address"], asked["contact_name"]) == ("新路 1 号", "新联系人")
    # a third save while the choice is made: what it changed is kept as well, or asked again
    third = form_of(second.page(address))
    second.post(address, data=third | {"business_address": "新路 2 号"})
    assert first.post(address, data=asked).status_code == 303
    with app.app_context(), scope.unscoped():
        item = db.session.get(Enterprise, own)
        assert (item.remark, item.business_address) == ("我的话", "新路 2 号")


@pytest.mark.parametrize("forged", ["", "{}", '{"remark": ""}', "[1]", "9" * 60_000])
def test_u32_without_what_the_form_was_opened_with_every_difference_is_asked(app, as_, own, forged):
    """Half of it forged or lost: nothing of the other person's is overwritten unasked."""
    address = f"/desk/enterprises/edit/{own}"
    first, second = as_("park1"), as_("clerk1")
    mine, theirs = form_of(first.page(address)), form_of(second.page(address))
    second.post(address, data=theirs | {"business_address": "新路 1 号"})
    answer = first.post(address, data=mine | {"opened": forged, "remark": "我的话"})
    assert answer.status_code == 409
    assert {"merge.remark", "merge.business_address"} <= form_of(answer.text).keys()
    assert remark(app, own) is None


def test_u32_a_record_that_never_rests_is_told_after_some_tries(app, as_, own, monkeypatch):
    def stale(*_args, **_kwargs):
        raise Stale

    monkeypatch.setattr(services, "change", stale)
    browser = as_("park1")
    address = f"/desk/enterprises/edit/{own}"
    answer = browser.post(address, data=form_of(browser.page(address)) | {"remark": "我的话"})
    assert answer.status_code == 409
    assert form_of(answer.text)["remark"] == "我的话"


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 40, "0"])
def test_u32_a_version_nobody_was_given_saves_nothing(app, as_, own, version):
    browser = as_("park1")
    values = form_of(browser.page(f"/desk/enterprises/edit/{own}")) | {"remark": "x"}
    answer = browser.post(f"/desk/enterprises/edit/{own}", data=values | {"version": version})
    assert answer.status_code in (400, 409)
    assert remark(app, own) is None


def test_u33_a_locked_database_is_a_503_and_never_saved(app, as_, own, monkeypatch):
    def locked(*_args, **_kwargs):
        raise OperationalError("UPDATE enterprise", {}, Exception("database is locked"))

    monkeypatch.setattr(services, "change", locked)
    browser = as_("park1")
    values = form_of(browser.page(f"/desk/enterprises/edit/{own}"))
    answer = browser.post(f"/desk/enterprises/edit/{own}", data=values | {"remark": "x"})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "locked" not in answer.text
    assert "已保存" not in browser.page("/desk/enterprises/list/")
    assert remark(app, own) is None


def test_a_refused_change_is_not_saved_by_a_later_commit(app, as_, own, monkeypatch):
    """FAB leaves the changed object in the session: the next commit, say of an audit row, saves it."""
    original = services.change

    def refuse(actor, pk, values, **kwargs):
        original(actor, pk, values, **kwargs)
        raise Refusal("wrong_somehow")

    monkeypatch.setattr(services, "change", refuse)
    browser = as_("park1")
    values = form_of(browser.page(f"/desk/enterprises/edit/{own}"))
    answer = browser.post(f"/desk/enterprises/edit/{own}", data=values | {"remark": "不该留下"})
    assert answer.status_code == 400
    browser.post("/desk/enterprises/columns", data={"columns": "name"})
    assert remark(app, own) is None


def test_after_saving_one_lands_on_a_fixed_page(as_, own):
    """FAB goes to whatever page was visited last, also in another tab."""
    browser = as_("park1")
    browser.page("/desk/jobs/")
    values = form_of(browser.page(f"/desk/enterprises/edit/{own}"))
    browser.page("/desk/")
    answer = browser.post(f"/desk/enterprises/edit/{own}", data=values)
    assert answer.location == f"/desk/enterprises/show/{own}"
