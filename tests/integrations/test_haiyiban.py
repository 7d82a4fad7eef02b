"""The 海易办 client in both flows against the sandbox, and against answers that lie."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from app.core.outside import Advice, NotConfigured, OutsideError, Refused, Slow, WrongAnswer
from app.integrations import haiyiban
from app.integrations.haiyiban import Client, Flow, HaiyibanClient, IdentityKind
from app.integrations.http import Outside
from sandbox.seed import PASSWORD
from tests.integrations import hostile
from tests.integrations.conftest import logged, settings

BACK = "http://127.0.0.1:8080/login/haiyiban/callback"
FLOWS = [Flow.oauth2, Flow.ticket]
PERSON, LEGAL = IdentityKind.person, IdentityKind.legal
TOKEN = {"access_token": "t", "token_type": "Bearer", "expires_in": 7200}
HUMAN = {"userId": "p1", "userType": "person", "authLevel": "LV3", "name": "陈海明"}
FIRM = {"userId": "l1", "userType": "legal", "authLevel": 2, "name": "陈海明", "corpName": "某公司",
        "uscc": "91460200MA5TWK0101", "legalName": "陈海明", "contAddr": "三亚市"}  # fmt: skip


@pytest.fixture(params=FLOWS)
def client(request, sandbox):
    return haiyiban.from_settings(sandbox.settings(HAIYIBAN_FLOW=request.param))


def sent_back(sandbox, client, kind, username, state="s&1", *, way="account"):
    """Sign in at the site as a person does; the query that the browser brings back."""
    url = urlsplit(client.authorize_url(kind=kind, redirect_uri=BACK, state=state))
    answer = sandbox.browser.get(f"{url.path}?{url.query}")
    assert answer.location.startswith("/haiyiban/login?kind=")
    page = sandbox.browser.get(answer.location)
    assert "去注册" in page.text
    form = {"kind": kind.value, "username": username, "password": PASSWORD, "way": way}
    answer = sandbox.browser.post("/haiyiban/login", data=form)
    assert answer.location.startswith(BACK + "?")
    return parse_qs(urlsplit(answer.location).query)


def identity(client, answer, kind, state="s&1"):
    return client.identity(answer, kind=kind, redirect_uri=BACK, state=state)


def signed_in(sandbox, client, kind, username):
    query = sent_back(sandbox, client, kind, username)
    assert query["state"] == ["s&1"]
    [answer] = query[client.answer_parameter]
    return answer


def test_a_natural_person_is_told_without_a_company(sandbox, client):
    answer = signed_in(sandbox, client, PERSON, "chenhaiming")
    found = identity(client, answer, PERSON)
    assert (found.issuer, found.subject, found.kind, found.level) == (
        "haiyiban",
        "p-1001",
        PERSON,
        3,
    )
    assert (found.name, found.mobile, found.company) == ("陈海明", "13800138001", None)
    assert len(found.id_number) == 18


def test_a_company_is_told_with_name_code_representative_and_address(sandbox, client):
    answer = signed_in(sandbox, client, LEGAL, "lanwan")
    company = identity(client, answer, LEGAL).company
    assert company.name == "海南蓝湾供应链管理有限公司"
    assert company.uscc.startswith("91460200MA5TWK02")
    assert (company.representative, company.address) == ("符文静", "海南省三亚市崖州区科技大道18号")


def test_the_level_is_told(sandbox, client):
    assert client.least_level == 2
    answer = signed_in(sandbox, client, LEGAL, "chuxiao")
    assert identity(client, answer, LEGAL).level == 1


def test_a_scan_signs_in_as_well(sandbox, client):
    query = sent_back(sandbox, client, LEGAL, "yefeng", way="scan")
    [answer] = query[client.answer_parameter]
    assert identity(client, answer, LEGAL).subject == "l-2001"


def test_who_is_signed_in_there_comes_straight_back_until_the_logout(sandbox, client):
    signed_in(sandbox, client, LEGAL, "yefeng")
    url = urlsplit(client.authorize_url(kind=LEGAL, redirect_uri=BACK, state="s2"))
    again = sandbox.browser.get(f"{url.path}?{url.query}")
    assert again.location.startswith(BACK)
    other = urlsplit(client.authorize_url(kind=PERSON, redirect_uri=BACK, state="s3"))
    assert "/login" in sandbox.browser.get(f"{other.path}?{other.query}").location
    out = urlsplit(client.logout_url(redirect_uri=BACK))
    assert sandbox.browser.get(f"{out.path}?{out.query}").location == BACK
    assert "/login" in sandbox.browser.get(f"{url.path}?{url.query}").location


def test_a_code_or_ticket_is_good_once(sandbox, client):
    answer = signed_in(sandbox, client, PERSON, "linxiaoyu")
    identity(client, answer, PERSON)
    with pytest.raises(Refused) as caught:
        identity(client, answer, PERSON)
    assert caught.value.advice == Advice.AGAIN


def test_a_made_up_code_or_ticket_is_refused(client):
    with pytest.raises(Refused) as caught:
        identity(client, "nobody", PERSON)
    assert caught.value.advice == Advice.AGAIN
    assert client.check().startswith("answers as documented")


def test_a_code_for_another_address_is_refused(sandbox, client):
    answer = signed_in(sandbox, client, PERSON, "chenhaiming")
    with pytest.raises(Refused):
        client.identity(answer, kind=PERSON, redirect_uri=BACK + "/other", state="s&1")


def test_a_company_cannot_be_taken_for_a_person(sandbox, client):
    answer = signed_in(sandbox, client, LEGAL, "yefeng")
    with pytest.raises(WrongAnswer, match="another kind"):
        identity(client, answer, PERSON)


def test_a_foreign_return_address_is_not_served(sandbox, client):
    url = urlsplit(
        client.authorize_url(kind=PERSON, redirect_uri="https://evil.example/", state="s")
    )
    assert sandbox.browser.get(f"{url.path}?{url.query}").status_code == 400
    out = urlsplit(client.logout_url(redirect_uri="https://evil.example/"))
    assert sandbox.browser.get(f"{out.path}?{out.query}").location == "/haiyiban/home"


def test_register_leads_to_the_sites_own_page(sandbox, client):
    url = urlsplit(client.register_url(kind=LEGAL))
    assert "法人注册" in sandbox.browser.get(f"{url.path}?{url.query}").text


def test_a_wrong_secret_is_the_operators_to_mend(sandbox):
    client = haiyiban.from_settings(sandbox.settings() | {"HAIYIBAN_CLIENT_SECRET": "x"})
    with pytest.raises(Refused) as caught:
        client.check()
    assert (caught.value.code, caught.value.advice) == ("invalid_client", Advice.OPERATOR)


@pytest.mark.parametrize("fault", ["down", "busy", "html", "huge", "redirect", "badjson", "refuse"])
def test_a_haiyiban_in_trouble_is_told_as_trouble(sandbox, client, fault):
    sandbox.switch(haiyiban=fault)
    with pytest.raises(OutsideError) as caught:
        identity(client, "any", PERSON)
    assert caught.value.advice == Advice.LATER


@pytest.mark.parametrize("fault", ["slow", "drip"])
@pytest.mark.parametrize("flow", FLOWS)
def test_a_slow_haiyiban_is_given_up_in_time(sandbox, fault, flow):
    sandbox.switch(haiyiban=fault)
    client = haiyiban.from_settings(sandbox.settings(HAIYIBAN_FLOW=flow, OUTSIDE_SECONDS=1))
    began = time.monotonic()
    with pytest.raises(Slow):
        identity(client, "any", PERSON)
    assert time.monotonic() - began < 2.5


# answers that lie


def answering(*bodies, head=hostile.HEAD):
    rest = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in bodies]

    def talk(connection, over):
        hostile.saying(rest.pop(0), head if len(rest) == 0 else hostile.HEAD)(connection, over)

    return hostile.listening(talk)


def told(*bodies, kind=PERSON, flow=Flow.oauth2, head=hostile.HEAD, **changes):
    with answering(*bodies, head=head) as address:
        client = HaiyibanClient(Outside("haiyiban", address), Client("id", "s", flow, **changes))
        return identity(client, "c", kind)


def jwt(header, claims, signature=b""):
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "RS256"])
def test_an_identity_as_a_token_of_any_algorithm_is_refused(alg):
    token = jwt({"alg": alg, "typ": "JWT"}, HUMAN, b"" if alg == "none" else b"signed")
    head = hostile.status(b"200 OK", b"Content-Type: application/jwt")
    with pytest.raises(WrongAnswer, match="no JSON"):
        told(TOKEN, token, head=head)
    with pytest.raises(WrongAnswer, match="broken JSON"):
        told(TOKEN, token)
    with pytest.raises(WrongAnswer, match="no object"):
        told(TOKEN, b'"' + token + b'"')


def test_an_id_token_beside_the_access_token_is_not_read():
    forged = jwt({"alg": "none"}, HUMAN | {"userId": "somebody-else"}).decode()
    assert told(TOKEN | {"id_token": forged}, HUMAN).subject == "p1"


def test_other_names_of_fields_are_a_setting():
    theirs = {"uid": "p9", "userType": "person", "authLevel": "3", "name": "林"}
    fields = {**haiyiban.FIELDS, "subject": "uid"}
    assert told(TOKEN, theirs, fields=fields).subject == "p9"


def test_a_landline_or_a_wrong_number_is_no_mobile():
    for number in ("0898-88812345", "12345", None, 7):
        assert told(TOKEN, HUMAN | {"phone": number}).mobile == ""
    assert told(TOKEN, HUMAN | {"phone": "+86 138 0013 8000"}).mobile == "13800138000"


@pytest.mark.parametrize(
    "bodies",
    [
        ({},),
        ({"access_token": 1},),
        (TOKEN | {"token_type": "mac"},),
        (TOKEN | {"access_token": "a\u4e2d"},),
        (TOKEN, {}),
        (TOKEN, HUMAN | {"userId": ""}),
        (TOKEN, HUMAN | {"userId": 7}),
        (TOKEN, HUMAN | {"userId": "x" * 129}),
        (TOKEN, HUMAN | {"userId": "a\x00b"}),
        (TOKEN, HUMAN | {"name": "a\u202eb"}),
        (TOKEN, HUMAN | {"name": "长" * 201}),
        (TOKEN, HUMAN | {"userType": "admin"}),
        (TOKEN, HUMAN | {"userType": ["person"]}),
        (TOKEN, HUMAN | {"authLevel": "LV0"}),
        (TOKEN, HUMAN | {"authLevel": "LV33"}),
        (TOKEN, HUMAN | {"authLevel": None}),
    ],
)
def test_an_answer_that_is_not_as_assumed_signs_nobody_in(bodies):
    with pytest.raises(WrongAnswer):
        told(*bodies)


def firm(**changes):
    from sandbox.seed import credit_code

    return FIRM | {"uscc": credit_code("91460200MA5TWK09")} | changes


def test_a_company_as_assumed_is_taken():
    assert told(TOKEN, firm(uscc=firm()["uscc"].lower()), kind=LEGAL).company.uscc == firm()["uscc"]


@pytest.mark.parametrize(
    "wrong",
    [{"uscc": FIRM["uscc"]}, {"uscc": ""}, {"corpName": ""}, {"legalName": None}, {"contAddr": 1}],
)
def test_a_company_with_a_wrong_code_or_a_gap_is_not_taken(wrong):
    with pytest.raises(WrongAnswer):
        told(TOKEN, firm(**wrong), kind=LEGAL)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"serviceResponse": []},
        {"serviceResponse": {}},
        {"serviceResponse": {"authenticationSuccess": {"user": "p1"}}},
        {"serviceResponse": {"authenticationSuccess": {"attributes": HUMAN}}},
        {"serviceResponse": {"authenticationSuccess": {"user": ["p1"], "attributes": HUMAN}}},
    ],
)
def test_a_ticket_answer_that_is_not_as_documented_signs_nobody_in(body):
    body = json.loads(json.dumps(body).replace('"userId": "p1", ', ""))
    with pytest.raises(WrongAnswer):
        told(body, flow=Flow.ticket)


@pytest.mark.parametrize(
    ("error", "advice"),
    [("invalid_grant", "again"), ("server_error", "later"), ("redirect_uri_mismatch", "operator")],
)
def test_each_refusal_says_what_to_do(error, advice):
    head = hostile.status(b"400 Bad", b"Content-Type: application/json")
    with pytest.raises(Refused) as caught:
        told({"error": error}, head=head)
    assert caught.value.advice.value == advice


def test_neither_log_nor_representation_holds_code_secret_or_person(sandbox, client):
    answer = signed_in(sandbox, client, LEGAL, "yefeng")
    with logged() as lines:
        found = identity(client, answer, LEGAL)
    shown = f"{lines} {found!r} {client._client!r}"
    assert lines
    assert all(word not in shown for word in (answer, "sandbox-only", "陈海明", "13800138001"))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"HAIYIBAN_FLOW": "saml"}, "HAIYIBAN_FLOW"),
        ({"HAIYIBAN_CLIENT_ID": ""}, "HAIYIBAN_CLIENT_ID"),
        ({"HAIYIBAN_CLIENT_SECRET": ""}, "HAIYIBAN_CLIENT_SECRET"),
        ({"HAIYIBAN_PATHS": "tokens=/x"}, "HAIYIBAN_PATHS"),
        ({"HAIYIBAN_PATHS": "token=x"}, "HAIYIBAN_PATHS"),
        ({"HAIYIBAN_FIELDS": "id=x"}, "HAIYIBAN_FIELDS"),
        ({"HAIYIBAN_URL": "http://wssp.hainan.gov.cn"}, "https"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(wrong, named):
    with pytest.raises(NotConfigured, match=named):
        haiyiban.from_settings(settings() | wrong)


def test_without_an_address_nothing_is_offered():
    assert haiyiban.from_settings(settings() | {"HAIYIBAN_URL": ""}) is None
