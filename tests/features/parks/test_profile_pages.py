"""信息维护, 完善服务商信息 and the zone's register, as people see them."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa

from app.core import scope
from app.engines import files, review
from app.extensions import db
from app.features.parks import queries
from app.features.parks.models import Park
from app.features.parks.services import profiles
from tests.features.parks import certified
from tests.features.parks.profiles import PDF, acting, apply, decide, png, propose, raw, upload
from tests.support import people
from tests.support.forms import hidden

INFO, PROVIDER = "/desk/park-info/", "/me/provider/"


def posted(page: str, act: str, **changes):
    values = {name: value for name, value in raw(**changes).items() if name != "evidence"}
    return {**values, "version": hidden(page, "version"), "act": act}


def pending(park="P01"):
    with scope.unscoped():
        db.session.expire_all()
        return review.pending(profiles.KIND, people.park(park).id)


@pytest.mark.parametrize(
    ("who", "address", "status"),
    [
        ("park1", INFO, 200),
        ("clerk1", INFO, 200),
        ("operator", INFO, 403),
        ("user1", INFO, 403),
        ("user1", PROVIDER, 200),
        ("reviewer", PROVIDER, 403),
        ("reviewer", "/desk/parks/list/", 200),
        ("reviewer", "/desk/parks/export", 403),
        ("operator", "/desk/parks/export", 200),
        ("park1", "/desk/parks/list/", 403),
        ("park1", "/desk/park-figures/list/", 200),
    ],
)
def test_who_opens_what(app, as_, who, address, status):
    assert as_(who).get(address).status_code == status


def test_nobody_is_sent_to_the_sign_in(client):
    assert client.get(INFO).location.startswith("/login")
    assert client.get(PROVIDER).location.startswith("/login")


def test_a_draft_is_kept_sent_withdrawn_and_thrown_away(app, as_):
    browser = as_("park1")
    page = browser.page(INFO)
    data = posted(page, "draft", name="", cbec_area="很多")
    assert browser.post(INFO, data=data).status_code == 303
    page = browser.page(INFO)
    assert "很多" in page
    assert "尚未提交的草稿" in page
    data = {**posted(page, "send"), "evidence": (io.BytesIO(PDF), "证明.pdf")}
    assert browser.post(INFO, data=data).status_code == 303
    page = browser.page(INFO)
    assert "待管理员审核" in page
    assert 'value="send"' not in page
    with app.app_context():
        assert pending().content["introduction"] == "<p>以跨境独立站为主导业态。</p>"
    assert browser.post(INFO + "withdrawal").status_code == 303
    assert 'value="send"' in browser.page(INFO)
    browser.post(INFO + "discard")
    with app.app_context():
        assert pending() is None


def test_a_refused_form_keeps_what_was_typed_and_its_files(app, as_):
    browser = as_("park1")
    data = {
        **posted(browser.page(INFO), "send", uscc="WRONG"),
        "photos": (io.BytesIO(png()), "门.png"),
        "evidence": (io.BytesIO(b"MZ not a pdf"), "a.pdf"),
    }
    answer = browser.post(INFO, data=data)
    assert answer.status_code == 400
    assert "南湾数字贸易产业园" in answer.text
    assert "错误：" in answer.text
    (key,) = re.findall(r'name="photos.key" value="([0-9a-f]{32})"', answer.text)
    with app.app_context(), scope.unscoped():
        assert files.by_key(key).expires_at is not None
        assert pending() is None


def test_what_a_colleague_saved_meanwhile_becomes_a_merge(app, as_):
    mine, other = as_("park1"), as_("both")
    first = mine.page(INFO)
    mine.post(INFO, data=posted(first, "draft"))
    opened = mine.page(INFO)
    seen = other.page(INFO)
    assert other.post(INFO, data=posted(seen, "draft", address="甲路 1 号")).status_code == 303
    answer = mine.post(INFO, data=posted(opened, "draft", address="乙路 2 号"))
    assert answer.status_code == 409
    assert "甲路 1 号" in answer.text
    assert "乙路 2 号" in answer.text
    data = {name: hidden(answer.text, name) for name in ("typed", "version", "act")}
    assert mine.post(INFO, data={**data, "merge.address": "theirs"}).status_code == 303
    with app.app_context():
        assert pending().content["address"] == "甲路 1 号"


@pytest.mark.parametrize(
    "data", [{}, {"version": "x", "act": "send"}, {"version": "0", "act": "rm"},
             {"version": "0", "act": "draft", "typed": "{"}]
)  # fmt: skip
def test_a_post_that_no_form_makes_is_400(app, as_, data):
    assert as_("park1").post(INFO, data=data).status_code == 400


def test_a_clerk_and_another_park_cannot_write(app, as_):
    assert as_("clerk1").post(INFO, data={"version": "0", "act": "draft"}).status_code == 403
    as_("park2").post(INFO, data=posted(as_("park2").page(INFO), "draft", name="别家"))
    with app.app_context():
        assert pending("P01") is None
        assert pending("P02") is not None


def test_the_way_from_a_company_to_its_back_office(app, as_):
    browser = as_("user1")
    assert "请先完成企业认证" in browser.page(PROVIDER)
    with app.app_context():
        certified.certify("user1")
    page = browser.page(PROVIDER)
    assert "三亚认证1号有限公司" in page
    assert "立即前往后台" not in page.split("审核通过后")[0]
    data = {**posted(page, "send"), "evidence": (io.BytesIO(PDF), "证明.pdf")}
    assert browser.post(PROVIDER, data=data).status_code == 303
    assert "待管理员审核" in browser.page(PROVIDER)
    with app.app_context(), scope.unscoped():
        found = db.session.scalar(sa.select(review.Revision))
        seen, key = found.version, found.id
    reviewer = as_("reviewer")
    answer = reviewer.post(f"/desk/reviews/decision/{key}", data={"act": "approve", "seen": seen})
    assert answer.status_code == 303
    assert 'href="/desk/"' in browser.page(PROVIDER)
    assert "立即前往后台" in browser.page(PROVIDER)
    assert "服务商后台" in browser.page("/me/")
    browser.page(INFO)
    with app.app_context(), scope.unscoped():
        pk = db.session.scalar(sa.select(Park.id).order_by(Park.id.desc()))
    page = as_("operator").page(f"/desk/parks/edit/{pk}")
    assert "三亚认证1号有限公司；以审核通过的园区信息为准" in page  # the field shows the code only


def test_a_refusal_is_told_with_its_reason(app, as_):
    with app.app_context():
        certified.certify("user1")
        decide(review.refuse, apply("user1"), reason="面积与材料不符")
    page = as_("user1").page(PROVIDER)
    assert "面积与材料不符" in page
    assert 'value="send"' in page


def test_an_application_is_taken_back_by_its_applicant(app, as_):
    """It belongs to no park yet: its row lies outside everybody's row scope. First sent, then resent."""
    with app.app_context():
        certified.certify("user1")
        sent = apply("user1")
        key, evidence = sent.id, sent.content["evidence"]
    browser = as_("user1")
    for address in ("南湾路 2 号", "南湾路 3 号"):
        assert browser.post(PROVIDER + "withdrawal").status_code == 303
        assert "尚未提交的草稿" in browser.page(PROVIDER)
        with app.app_context(), scope.unscoped():
            seen = db.session.get(review.Revision, key).version
            sent = acting("user1", review.submit, key, seen=seen)
            sent = decide(review.send_back, sent, reason="请核对", fields=["address"])
            apply("user1", seen=sent.version, address=address, evidence=evidence)


def test_the_register_filters_shows_and_exports_what_is_in_force(app, as_):
    with app.app_context():
        decide(review.approve, propose("park1"))
    browser = as_("operator")
    here = "/desk/parks/list/?level=city&division=460203&mode=1210"
    assert "南湾数字贸易产业园" in browser.page(here)
    assert "凤凰岛测试园区" not in browser.page(here)
    assert "南湾数字贸易产业园" not in browser.page("/desk/parks/list/?level=national")
    with app.app_context():
        pk = people.park("P01").id
    page = browser.page(f"/desk/parks/show/{pk}")
    assert "南湾片区数贸路 9 号" in page
    links = re.findall(r'<ul class="cell-links"><li><a href="(/files/[0-9a-f]+)">[^<]+</a>', page)
    assert links
    assert {browser.get(one).status_code for one in links} == {200}
    answer = browser.post("/desk/parks/export?level=city", data={"format": "csv"})
    text = answer.get_data(as_text=True)
    assert "南湾数字贸易产业园" in text
    assert "凤凰岛" not in text
    assert browser.post("/desk/parks/export", data={}).data[:2] == b"PK"


def test_figures_are_typed_by_the_park_and_verified_by_the_zone(app, as_):
    mine, zone = as_("park1"), as_("operator")
    data = {"version": "", "opened": "", "year": "2024", "firms": "36", "cbec_firms": "40"}
    assert "不能大于企业总数" in mine.post("/desk/park-figures/add", data=data).text
    answer = mine.post("/desk/park-figures/add", data={**data, "cbec_firms": "30"})
    assert answer.status_code == 303
    pk = int(answer.location.rpartition("/")[2])
    assert as_("park2").get(f"/desk/park-figures/show/{pk}").status_code == 404
    assert mine.post(f"/desk/park-figures/verify/{pk}?seen=1").status_code == 403
    edit = f"/desk/park-figures/edit/{pk}"
    for where in (f"/desk/park-figures/show/{pk}", "/desk/park-figures/list/"):
        assert edit in mine.page(where)
    assert zone.post(f"/desk/park-figures/verify/{pk}?seen=1").status_code == 303
    with app.app_context(), scope.unscoped():
        assert queries.figures(pk).verified_at is not None
    for where in (f"/desk/park-figures/show/{pk}", "/desk/park-figures/list/"):
        assert edit not in mine.page(where)
        assert edit in zone.page(where)
    changed = {**data, "version": "2", "cbec_firms": "31"}
    answer = mine.post(edit, data=changed)
    assert answer.status_code == 400
    assert "已核定" in answer.text


def test_another_parks_evidence_is_404(app, as_):
    with app.app_context():
        key = upload("park1")["key"]
    assert as_("park1").get(f"/files/{key}").status_code == 200
    assert as_("park2").get(f"/files/{key}").status_code == 404


def test_the_list_of_figures_shows_its_rows_and_searches_by_park(app, as_):
    mine = as_("park1")
    data = {"version": "", "opened": "", "year": "2024", "firms": "36", "export_value": "12.5"}
    assert mine.post("/desk/park-figures/add", data=data).status_code == 303
    assert "12.50" in mine.page("/desk/park-figures/list/")
    zone = as_("operator")
    with app.app_context():
        name = people.park("P01").name
    assert "12.50" in zone.page(f"/desk/park-figures/list/?q={name[:3]}")
    assert "12.50" not in zone.page("/desk/park-figures/list/?q=没有这个园区")
    assert "12.50" in zone.page("/desk/park-figures/list/?sort=park&verified=0")
    assert "12.50" not in as_("park2").page("/desk/park-figures/list/")


def test_the_first_change_after_an_upgrade_is_read_against_what_the_park_began_with(app, as_):
    with app.app_context():
        certified.certify("user1")
        decide(review.approve, apply("user1"))
        (park_id,) = people.actor("user1").park_ids
        values = raw(hours="9:00–18:00", evidence=[])
        sent = acting("user1", profiles.propose, park_id, values, seen=0, send=True)
        key = sent.id
    page = as_("reviewer").page(f"/desk/reviews/show/{key}")
    assert (
        page.count('class="is-changed"') == 2
    )  # the hours, and the evidence that is not sent again
    assert "最初内容" in page
