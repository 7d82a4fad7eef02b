"""The public form: a proven number, once, nothing typed lost, the same answer to everybody."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.engines import documents, notices
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.accounts.models import Identity
from app.features.parks.models import Park, ParkProfile
from app.features.settlements import queries
from app.features.settlements.models import SettlementApplication
from app.transaction import transaction
from tests.features.accounts.outside import PHONE, ask_code, enter, outside, visitor
from tests.features.accounts.test_phone_codes import forget_the_budget
from tests.features.parks.certified import certify, company

__all__ = ["outside", "visitor"]
FORM = "/parks/p01/apply"
JSON = {"Accept": "application/json"}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def fields(browser, form=FORM, **changes):
    page = browser.page(form)
    return {
        "key": hidden(page, "key"),
        "document": hidden(page, "document"),
        "company": "三亚海风跨境电商有限公司",
        "contact_name": "钱海风",
        "phone": PHONE,
        "needs": ["通关", "仓储"],
        "office_area": "1,200",
        "budget": "80.5",
        "message": "希望靠近 <b>保税仓</b>",
        "agree": "y",
        **changes,
    }


def get_code(browser, outside, form=FORM, phone=PHONE, **more) -> str:
    answer = browser.post(f"{form}/code", data={"phone": phone, **more}, headers=JSON)
    assert answer.status_code == 200, answer.text
    return outside.sms.code


def send(browser, data, form=FORM):
    return browser.post(form, data=data, content_type="multipart/form-data")


def rows(app):
    with app.app_context(), scope.unscoped():
        query = sa.select(SettlementApplication).order_by(SettlementApplication.id)
        return list(db.session.scalars(query))


def test_from_the_form_to_a_reference_number(app, visitor, outside):
    data = fields(visitor, files=(io.BytesIO(PDF), "商业计划书.pdf"))
    done = send(visitor, data | {"code": get_code(visitor, outside)})
    assert (done.status_code, done.location.partition("?")[0]) == (303, f"{FORM}/done")
    (found,) = rows(app)
    assert found.number in visitor.page(done.location)
    assert app.test_client().get(done.location).location == FORM  # nobody else's receipt
    assert (found.state, found.company, found.contact_phone) == ("new", data["company"], PHONE)
    assert (found.office_area, str(found.budget)) == (1200, "80.50")
    assert found.needs == ("通关", "仓储")
    assert found.phone_index == notices.phone_index(PHONE)
    assert (found.user_id, found.agreed_address) == (None, "127.0.0.1")
    with app.app_context(), scope.unscoped():
        assert found.document_id == documents.current("privacy", clock.today()).id
        ((_one, stored),) = queries.files_of(found.id)
        assert (stored.name, stored.created_by, stored.park_id) == ("商业计划书.pdf", None, found.park_id)  # fmt: skip
        assert [one.act for one in queries.log(found.id)] == ["submit"]
    assert visitor.get(f"/files/{stored.key}").status_code == 302


def test_pressed_twice_it_is_one_application(app, visitor, outside):
    data = fields(visitor) | {"code": get_code(visitor, outside)}
    assert [send(visitor, data).status_code for _ in range(3)] == [303] * 3
    assert len(rows(app)) == 1


def test_another_browser_with_the_same_key_is_another_form(app, visitor, outside):
    data = fields(visitor) | {"code": get_code(visitor, outside)}
    assert send(visitor, data).status_code == 303
    other = app.test_client()
    other.page(FORM)
    assert send(other, data).status_code == 400  # its code is not this browser's
    assert len(rows(app)) == 1


def test_a_code_of_the_sign_in_proves_nothing_here(app, visitor, outside):
    ask_code(visitor)
    answer = send(visitor, fields(visitor) | {"code": outside.sms.code})
    assert answer.status_code == 400
    assert rows(app) == []


@pytest.mark.parametrize("code", ["", "000000", "１２３４５６", "' OR 1=1"])
def test_without_the_code_nothing_is_sent_and_everything_typed_stays(app, visitor, outside, code):
    get_code(visitor, outside)
    refused = send(visitor, fields(visitor) | {"code": code})
    assert refused.status_code == 400
    for typed in ("三亚海风跨境电商有限公司", "钱海风", "1,200", "&lt;b&gt;保税仓&lt;/b&gt;"):
        assert typed in refused.text
    assert re.search(r'value="通关"[^>]* checked', refused.text)
    assert rows(app) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"company": ""}, "请填写企业名称"),
        ({"uscc": "91460200MA0000000X"}, "校验不符"),
        ({"phone": "12345"}, "请输入正确的手机号"),
        ({"email": "x@"}, "邮箱格式不正确"),
        ({"budget": "NaN"}, "最多两位小数"),
        ({"budget": "1.234"}, "最多两位小数"),
        ({"office_area": "-5"}, "不小于 0"),
        ({"office_area": "9" * 40}, "不小于 0"),
        ({"expected_on": "2001-01-01"}, "10 年内"),
        ({"needs": ["<script>"]}, "没有这个选项"),
        ({"agree": ""}, "请阅读并同意隐私政策"),
        ({"document": "1"}, "隐私政策已更新"),
        ({"document": "x" * 12}, "隐私政策已更新"),
        ({"files": (io.BytesIO(b"<html><script>"), "x.pdf")}, "不支持的文件类型"),
        ({"files": (io.BytesIO(PDF), "x.png")}, "扩展名不符"),
    ],
)
def test_hostile_and_odd_input_is_told_beside_its_field(app, visitor, outside, changes, words):
    data = fields(visitor) | {"code": get_code(visitor, outside)} | changes
    refused = send(visitor, data)
    assert refused.status_code == 400
    assert words in refused.text
    assert "钱海风" in refused.text
    assert rows(app) == []


def test_four_files_are_too_many(app, visitor, outside):
    files = [(io.BytesIO(PDF), f"{number}.pdf") for number in range(4)]
    refused = send(visitor, fields(visitor, files=files) | {"code": get_code(visitor, outside)})
    assert refused.status_code == 400
    assert "最多上传 3 个文件" in refused.text
    assert rows(app) == []


def test_a_made_up_key_or_a_nul_is_a_bad_request(visitor, outside):
    code = get_code(visitor, outside)
    assert send(visitor, fields(visitor, key="x") | {"code": code}).status_code == 400
    assert send(visitor, fields(visitor, company="a\x00b") | {"code": code}).status_code == 400


def test_the_answer_to_a_code_tells_nothing_of_the_number(app, visitor, outside):
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    forget_the_budget(app)
    told = []
    for number in (PHONE, "13800000001"):
        browser = app.test_client()
        browser.page(FORM)
        answer = browser.post(f"{FORM}/code", data={"phone": number}, headers=JSON)
        told.append((answer.status_code, answer.json))
    assert told[0] == told[1]
    again = visitor.post(f"{FORM}/code", data={"phone": PHONE}, headers=JSON)
    assert again.status_code == 429
    plain = visitor.post(f"{FORM}/code", data=fields(visitor))
    assert plain.status_code == 429
    assert "钱海风" in plain.text


def test_what_is_wrong_with_a_code_stands_at_the_code(app, visitor, outside):
    """Without a script as well: no list of errors, which belongs to a form that was sent."""
    answer = visitor.post(f"{FORM}/code", data={"phone": "123"})
    assert answer.status_code == 400
    assert "data-error-summary" not in answer.text
    assert re.search(r'id="phone-error" role="alert">', answer.text)
    assert re.search(r'<input[^>]*aria-invalid="true"[^>]*name="phone"', answer.text)
    sent = send(visitor, fields(visitor, phone="123"))
    assert sent.status_code == 400
    assert 'href="#phone"' in sent.text.partition("data-error-summary")[2]


def test_a_second_code_asks_for_a_puzzle_and_shows_one(app, visitor, outside):
    get_code(visitor, outside)
    forget_the_budget(app)
    get_code(visitor, outside)
    with app.app_context(), transaction():
        from datetime import timedelta

        from app.features.accounts.models import PhoneCode

        earlier = clock.now() - timedelta(minutes=2)
        db.session.execute(sa.update(PhoneCode).values(created_at=earlier))
    asked = visitor.post(f"{FORM}/code", data={"phone": PHONE}, headers=JSON)
    assert (asked.status_code, asked.json["code"]) == (400, "puzzle_needed")
    shown = visitor.post(f"{FORM}/puzzle", data=fields(visitor, kind="sum"))
    assert "得数" in shown.text
    assert "钱海风" in shown.text


@pytest.mark.parametrize("key", ["P99", "p01-", "..", "%2e%2e", "x" * 300])
def test_a_park_that_is_not_there_is_a_404(client, key):
    assert client.get(f"/parks/{key}/apply").status_code in (404, 308)


@pytest.mark.parametrize("key", ["P01", "p01", "typed-name"])
def test_the_form_stands_under_every_address_of_its_park_and_has_one(app, client, key):
    """As the park's page: the slug of its profile, and what else names it leads there."""
    with app.app_context(), scope.unscoped(), transaction():
        park = db.session.scalar(sa.select(Park).where(Park.code == "P01"))
        named = {"name": park.name, "kind": park.kind, "level": "city", "division": "460200"}
        db.session.add(ParkProfile(park_id=park.id, slug="typed-name", **named))
    answer = client.get(f"/parks/{key}/apply")
    if key != "typed-name":
        assert answer.headers["Location"].endswith("/parks/typed-name/apply")
        answer = client.get(answer.headers["Location"])
    assert 'action="/parks/typed-name/apply"' in answer.text
    assert client.post(f"/parks/{key}/apply", data={}).status_code == 400
    assert client.get("/parks/TYPED-NAME/apply").status_code == 404


def test_a_suspended_park_takes_nothing(app, client):
    with app.app_context(), scope.unscoped(), transaction():
        park = db.session.scalar(sa.select(Park).where(Park.code == "B01"))
        park.status = "suspended"
    assert client.get("/parks/B01/apply").status_code == 404
    assert client.post("/parks/B01/apply").status_code == 404


def test_without_an_application_there_is_no_thanks(client):
    assert client.get(f"{FORM}/done").location == FORM


def test_signed_in_the_form_knows_the_company_and_needs_no_code(app, visitor, outside):
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    with app.app_context(), scope.unscoped():
        user = accounts.by_id(db.session.scalar(sa.select(Identity.user_id)))
        certify(user.username)
        user_id = user.id
    name = company()["name"]
    page = visitor.page(FORM)
    assert name in page
    assert f'value="{PHONE}"' in page
    assert "139****5678" in page
    data = fields(visitor, company=name)
    assert send(visitor, data).status_code == 303
    (found,) = rows(app)
    assert found.user_id == user_id
    with app.app_context():
        assert ("privacy", "apply") in [
            (document.kind, consent.channel) for consent, document in documents.consents_of(user_id)
        ]
    other = send(visitor, fields(visitor, phone="13800000009"))
    assert other.status_code == 400  # another number wants its code
    assert found.number in visitor.page("/me/applications/")


def test_a_visitors_application_is_theirs_after_they_sign_in_with_that_number(
    app, visitor, outside, as_
):
    data = fields(visitor) | {"code": get_code(visitor, outside)}
    assert send(visitor, data).status_code == 303
    (found,) = rows(app)
    forget_the_budget(app)
    stranger = app.test_client()  # the same name, another number
    stranger.page("/login")
    ask_code(stranger, "13800000002")
    enter(stranger, outside.sms.code, "13800000002")
    assert found.number not in stranger.page("/me/applications/")
    owner = app.test_client()
    owner.page("/login")
    ask_code(owner)
    enter(owner, outside.sms.code)
    page = owner.page("/me/applications/")
    assert found.number in page
    assert "待处理" in page
    away = f"/me/applications/{found.id}/withdraw"
    assert stranger.post(away).status_code == 404
    assert as_("park1").post(away).status_code == 404
    assert owner.post(away).status_code == 303
    assert "已撤回" in owner.page("/me/applications/")
    assert found.contact_name in as_("park1").page("/desk/settlements/list/?state=withdrawn")
