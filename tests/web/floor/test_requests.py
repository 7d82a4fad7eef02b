"""U10-U22: what a request may name: methods, tokens, rows, fields, orders, pages, filters."""

from __future__ import annotations

import io
import threading

import pytest
import sqlalchemy as sa
from flask import url_for

from app.core import scope
from app.core.errors import NotFound
from app.extensions import csrf, db
from app.features.enterprises.models import Enterprise
from app.features.parks.models import Park
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people
from tests.support.forms import form_of, token_of

#: WeChat's push has a signature; looks are chosen on pages kept for all visitors (same origin only).
TOKENLESS = {"WechatEventView.event": 404, "preferences": 302}
LIST = "/desk/enterprises/list/"
HTTPS = {"Referer": "https://localhost/desk/"}


@pytest.fixture
def rows(app):
    """Ids of (own, another of one's own, another park's)."""
    with app.app_context(), scope.unscoped():
        return (
            made.add("P01", 1, name="三亚海风有限公司").id,
            made.add("P01", 2, name="三亚云帆有限公司").id,
            made.add("P02", 3, name="凤凰保税有限公司").id,
        )


def stored(app, pk):
    with app.app_context(), scope.unscoped():
        return db.session.scalar(sa.select(Enterprise).where(Enterprise.id == pk))


# -- methods and tokens ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path",
    ["delete/{}", "bulk/delete", "bulk/status", "reveal/{}/email", "columns"],
)
def test_u10_a_get_neither_deletes_nor_acts(app, as_, rows, path):
    before = stored(app, rows[0]).version
    answer = as_("park1").get(f"/desk/enterprises/{path.format(rows[0])}?ids={rows[0]}&status=注销")
    assert answer.status_code in (404, 405)
    assert stored(app, rows[0]).version == before


def test_u10_a_post_without_the_token_changes_nothing(site, browser):
    with site.app_context(), scope.unscoped():
        pk = made.add("P01", 11).id
    client = browser("park1")
    address = f"/desk/enterprises/delete/{pk}"
    page = client.page(f"/desk/enterprises/show/{pk}")
    other = token_of(browser("park1").page("/desk/"))
    for token in ("", "x", other, token_of(page)[:-2]):
        assert client.post(address, data={"csrf_token": token}, headers=HTTPS).status_code == 400
    foreign = {"Referer": "https://evil.example/"}
    bad = client.post(address, data={"csrf_token": token_of(page)}, headers=foreign)
    assert bad.status_code == 400
    assert stored(site, pk).deleted_at is None
    good = client.post(address, data={"csrf_token": token_of(page)}, headers=HTTPS)
    assert good.status_code == 303
    assert stored(site, pk).deleted_at is not None


@pytest.mark.one_database("the token is asked for before a row is read")
def test_u10_every_route_that_posts_asks_for_the_token(site, browser):
    client = browser("park1")
    for rule in site.url_map.iter_rules():
        if "POST" not in rule.methods:
            continue
        values = dict.fromkeys(rule.arguments, 1)
        with site.test_request_context(base_url="https://localhost"):
            address = url_for(rule.endpoint, **values)
        answer = client.post(address)
        assert answer.status_code == TOKENLESS.get(rule.endpoint, 400), rule.rule
        assert rule.endpoint in TOKENLESS or "安全校验" in answer.text, rule.rule


def test_u11_no_route_that_a_browser_calls_is_exempt_from_the_token(site):
    names = "app.features.accounts.views.wechat_events.event app.web.locale._save"
    calls = "app.web.api.dispatch.api_operation"  # a cookie is nothing there: test_rights.py
    assert csrf._exempt_views == {*names.split(), calls}
    assert csrf._exempt_blueprints == set()


# -- rows -------------------------------------------------------------------------------------------
def test_u12_actions_touch_only_rows_in_scope(app, as_, rows):
    own, _second, foreign = rows
    data = {"pk": [own, foreign], "status.value": "注销"}
    browser = as_("park1")
    for act in ("status", "delete"):
        assert browser.post(f"/desk/enterprises/bulk/{act}", data=data).status_code == 404
    for pk in rows:
        assert (stored(app, pk).status, stored(app, pk).deleted_at) == ("在园", None)
    browser.post("/desk/enterprises/bulk/delete", data={"all": "1", "count": "2", "next": LIST})
    assert [stored(app, pk).deleted_at is None for pk in rows] == [False, False, True]


def test_u12_a_missing_row_is_the_same_404_and_never_none(as_, rows):
    for ids in (["987654321"], [str(rows[0]), "987654321"]):
        answer = as_("park1").post("/desk/enterprises/bulk/delete", data={"pk": ids})
        assert answer.status_code == 404


@pytest.mark.parametrize("person", ["", "park1", "user1"])
def test_u13_an_unknown_action_is_no_500(as_, client, person):
    browser = as_(person) if person else client
    wanted = {"": 302, "park1": 404, "user1": 403}[person]
    for name in ("none", "__init__", "record", "ids", "delete_link"):
        answer = browser.post(f"/desk/enterprises/bulk/{name}", data={"pk": "1"})
        assert answer.status_code == wanted, name


def test_u13_fabs_action_routes_do_not_exist(app, as_):
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert not any("action" in rule for rule in rules)
    browser = as_("operator")
    assert browser.post("/desk/enterprises/action_post", data={"action": "x"}).status_code == 404
    assert browser.get("/desk/enterprises/action/delete/1").status_code == 404


def test_u14_a_row_cannot_be_moved_to_another_park(app, as_, rows):
    browser = as_("both")  # acts for P01, belongs to P02 as well
    with app.app_context(), scope.unscoped():
        other = people.park("P02").id
    values = form_of(browser.page(f"/desk/enterprises/edit/{rows[0]}"))
    values |= {"park_id": str(other), "park": str(other), "remark": "改过"}
    assert browser.post(f"/desk/enterprises/edit/{rows[0]}", data=values).status_code == 303
    with app.app_context(), scope.unscoped():
        assert stored(app, rows[0]).park_id == people.park("P01").id
    assert stored(app, rows[0]).remark == "改过"


def test_u14_the_session_itself_refuses_a_foreign_row(app, rows):
    """Below every view: the scope holds for whatever is flushed."""
    with app.app_context(), scope.unscoped():
        mine, theirs = people.park("P01").id, people.park("P02").id
        actor = people.actor("park1")
        foreign = stored(app, rows[2])
        own = stored(app, rows[0])
        with scope.acting_as(actor):
            for change in (
                lambda: setattr(foreign, "remark", "x"),
                lambda: setattr(own, "park_id", theirs),
                lambda: db.session.add(Enterprise(park_id=theirs, uscc="x" * 18, name="x")),
                lambda: db.session.delete(foreign),
            ):
                with pytest.raises(NotFound):
                    tried(change, own, foreign)
                db.session.expire_all()
            visible = set(db.session.scalars(sa.select(Enterprise.park_id)))
            parks = set(db.session.scalars(sa.select(Park.id)))
        assert visible == parks == {mine}


def test_u14_without_a_scope_nothing_is_visible(app, rows):
    with app.app_context():
        assert db.session.scalars(sa.select(Enterprise)).all() == []


# -- fields -----------------------------------------------------------------------------------------
def test_u15_only_the_fields_of_the_form_are_written(app, as_, rows):
    browser = as_("park1")
    before = stored(app, rows[0])
    values = form_of(browser.page(f"/desk/enterprises/edit/{rows[0]}"))
    hostile = {
        "id": "1", "source": "import", "import_id": "7", "deleted_at": "2020-01-01", "version_id": "99",
        "created_by": "1", "updated_by": "1", "created_at": "2020-01-01", "name_key": "x", "delete_reason": "x",
    }  # fmt: skip
    answer = browser.post(
        f"/desk/enterprises/edit/{rows[0]}", data=hostile | values | {"remark": "新"}
    )
    assert answer.status_code == 303
    after = stored(app, rows[0])
    same = ("id", "source", "import_id", "deleted_at", "created_by", "created_at", "name_key")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert after.remark == "新"
    assert before.version < after.version < 9


@pytest.mark.parametrize(
    "query",
    ["_flt_0_owner=1", "_flt_9_name=x", "_oc_EnterpriseView=password", "page_X=2", "psize_X=-1"],
)
def test_u16_fabs_own_parameters_are_refused(as_, rows, query):
    browser = as_("park1")
    for path in ("add", f"edit/{rows[0]}", "list/", f"show/{rows[0]}"):
        assert browser.get(f"/desk/enterprises/{path}?{query}").status_code == 400
        if path == "add":
            assert browser.post(f"/desk/enterprises/{path}?{query}", data={}).status_code == 400


def test_u17_pickers_offer_no_park_and_nobody(as_):
    page = as_("park1").page("/desk/enterprises/add")
    assert 'name="park_id"' not in page
    for word in ("凤凰岛测试园区", "崖州测试基地", "reviewer", "operator2"):
        assert word not in page
    assert "凤凰岛测试园区" in as_("operator").page("/desk/enterprises/add")


def test_u17_a_park_that_does_not_exist_is_refused(app, as_):
    browser = as_("operator")
    values = form_of(browser.page("/desk/enterprises/add"))
    values |= {**made.row(5), "roles": ["卖家"], "customs_modes": ["9610"]}
    for park in ("987654321", "x", "-1", "1" * 30, ""):
        answer = browser.post("/desk/enterprises/add", data=values | {"park_id": park})
        assert answer.status_code in (400, 404), park


# -- orders, pages, filters -------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["password", "park.name", "owner.password", "created_by", "version", "__class__", "id;drop", "-", "--name"]
)  # fmt: skip
def test_u18_a_list_is_ordered_by_its_own_columns_only(as_, name):
    wanted = 200 if name == "-" else 400
    assert as_("park1").get(LIST, query_string={"sort": name}).status_code == wanted


@pytest.mark.parametrize("page", ["abc", "-1", "1e3", "9" * 23, "٣", "1.5", "0x1", " 1"])
def test_u19_a_page_number_is_a_number(as_, page):
    assert as_("park1").get(LIST, query_string={"page": page}).status_code == 400


@pytest.mark.parametrize(
    ("size", "status"), [("100000000", 200), ("0", 200), ("99", 200), ("-1", 400), ("9" * 30, 400)]
)
def test_u19_a_page_is_never_longer_than_a_hundred_rows(app, as_, size, status):
    with app.app_context(), scope.unscoped():
        for serial in range(30):
            made.add("P01", 100 + serial)
    answer = as_("park1").get(LIST, query_string={"size": size})
    assert answer.status_code == status
    assert answer.text.count('name="pk"') == (25 if status == 200 else 0)


@pytest.mark.parametrize(
    "text", ["(" * 3000, "[" * 3000, "9" * 5000, "!(" * 100, "a\x00b", "\x1b[31m"]
)
def test_u20_deep_long_and_odd_queries_are_400(as_, text):
    for name in ("q", "status", "settled_on.from", "annual_sales.from", "year", "sort"):
        assert as_("park1").get(LIST, query_string={name: text}).status_code == 400, name


def test_u21_a_view_gives_each_request_filters_of_its_own(app):
    """FAB keeps one ``Filters`` for all threads: rows of another request's search came up."""
    view = next(one for one in app.appbuilder.baseviews if type(one).__name__ == "EnterpriseView")
    barrier = threading.Barrier(4)
    mixed: list[object] = []

    def ask(number: int) -> None:
        for turn in range(50):
            with app.test_request_context(f"{LIST}?q={number}"):
                mine = view._filters
                mine.values.append((number, turn))
                barrier.wait(10)
                if view._filters is not mine or mine.values != [(number, turn)]:
                    mixed.append((number, turn, list(mine.values)))
                barrier.wait(10)

    run(ask)
    assert mixed == []


def test_u21_threads_never_see_each_others_search(site, browser):
    with site.app_context(), scope.unscoped():
        for number in range(4):
            made.add("P01", 200 + number, name="甲乙丙丁"[number] * 8 + "有限公司")
    wrong: list[str] = []

    def ask(number: int) -> None:
        client = browser("clerk1")
        mine, *_ = sign = "甲乙丙丁"[number] * 8
        for _ in range(15):
            page = client.page(LIST, query_string={"q": sign})
            others = [one * 8 for one in "甲乙丙丁" if one != mine]
            if sign not in page or any(other in page for other in others):
                wrong.append(sign)

    run(ask)
    assert wrong == []


def test_u22_signs_of_like_are_plain_text(app, as_):
    with app.app_context(), scope.unscoped():
        made.add("P01", 31, name="百分之_百%有限公司")
        made.add("P01", 32, name="没有符号有限公司")
    browser = as_("park1")
    for text in ("%", "_", "之_百", "百%", "\\"):
        page = browser.page(LIST, query_string={"q": text})
        assert ("百分之_百%有限公司" in page) is (text != "\\")
        assert "没有符号有限公司" not in page


@pytest.mark.parametrize(
    "query", ["status=none", "roles=none", "settled_on.from=2024-13-01", "staff_count.to=NaN", "year=1", "annual_sales.from=Infinity"]
)  # fmt: skip
def test_u22_a_bad_value_never_opens_the_list(as_, rows, query):
    answer = as_("park1").get(f"{LIST}?{query}")
    assert answer.status_code == 400
    assert "三亚海风" not in answer.text


# -- keys and text ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "key", ["0", "9" * 18, "9" * 19, "9" * 400, "-1", "1.0", "%00", "abc", "１"]
)
def test_keys_of_any_shape_are_404(as_, key):
    for path in ("show", "edit", "imports", "undo/enterprise", "delete"):
        for base in ("/desk/enterprises", "/desk/jobs", "/desk/bin"):
            for method in ("get", "post"):
                answer = getattr(as_("park1"), method)(f"{base}/{path}/{key}")
                assert answer.status_code in (404, 405), (path, key)
    for path in (f"/desk/jobs/{key}", f"/desk/jobs/{key}/status", f"/files/{key}"):
        assert as_("park1").get(path).status_code == 404, path


@pytest.mark.parametrize(
    "name", ["甲\x00乙", "x" * 50_000, "\ud800".encode("utf-16", "surrogatepass")]
)
def test_nul_and_giant_text_in_a_form_is_a_400_beside_the_field(as_, name):
    browser = as_("park1")
    values = form_of(browser.page("/desk/enterprises/add"))
    values |= {**made.row(6), "roles": ["卖家"], "customs_modes": ["9610"], "name": name}
    answer = browser.post("/desk/enterprises/add", data=values)
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


def test_a_giant_form_is_413(as_):
    browser = as_("park1")
    answer = browser.post("/desk/enterprises/add", data={"name": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "文件过大" in answer.text
    many = {f"f{number}": "x" for number in range(3000)}
    answer = browser.post("/desk/enterprises/add", data=many, content_type="multipart/form-data")
    assert answer.status_code == 413


def tried(change, *items) -> None:
    with transaction():
        db.session.add_all(items)
        change()


def run(ask) -> None:
    """``ask(0..3)`` in four threads; an exception in one of them fails the test."""
    failed: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            ask(number)
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []


def test_a_route_takes_as_much_as_it_may_and_no_more(site, browser):
    """The token is checked, and so the body read, before the view could raise the limit."""
    client = browser("park1")
    token = token_of(client.page("/desk/enterprises/imports/new"))

    def send(path: str, mib: int):
        data = {"csrf_token": token, "file": (io.BytesIO(b"x" * mib * 1024 * 1024), "a.csv")}
        return client.post(path, data=data, headers=HTTPS).status_code

    assert send("/desk/enterprises/imports/new", 22) != 413
    assert send("/desk/enterprises/imports/new", 102) == 413
    assert send("/desk/enterprises/add", 22) == 413


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/login", "username"),
        ("/desk/enterprises/views", "name"),
        ("/desk/enterprises/columns", "columns"),
        ("/desk/enterprises/bulk/delete", "reason"),
        ("/preferences", "lang"),
        ("/switch-park", "park_id"),
    ],
)
def test_nul_in_any_field_of_any_form_is_a_400(as_, address, name):
    """PostgreSQL refuses it with an error that would be a 500."""
    assert as_("park1").post(address, data={name: "a\x00b"}).status_code == 400
