"""The SMS clients against the sandbox, and what happens when a provider fails."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from app.core import clock
from app.core.outside import Advice, NotConfigured, Refused
from app.integrations.http import Limits, Outside
from app.integrations.settings import sms_providers
from app.integrations.sms import (
    PARAMETERS,
    Breaker,
    SmsGateway,
    SmsKind,
    SmsMessage,
    SmsOutcome,
    SmsResult,
)
from app.integrations.sms.aliyun import AliyunKeys, AliyunSms
from app.integrations.sms.tencent import TencentKeys, TencentSms
from sandbox.sms import TEMPLATES
from tests.integrations import hostile
from tests.integrations.conftest import PHONE, logged, settings

CODE = SmsMessage(PHONE, SmsKind.code, {"code": "246810", "minutes": "5"}, "m-1")
TEMPLATE = {SmsKind.code: "1"}


def gateway(sandbox, seconds=5, **others):
    found = sandbox.settings(OUTSIDE_SECONDS=seconds, **others)
    return SmsGateway(list(sms_providers(found)), seconds=seconds)


def one(port, message=CODE):
    [result] = port.send([message])
    assert result.phone == message.phone
    return result


def client(name, address, seconds=5, **keys):
    outside = Outside(name, address, Limits(seconds))
    if name == "aliyun":
        return AliyunSms(outside, AliyunKeys("id", "key", "名", keys.get("templates", TEMPLATE)))
    return TencentSms(outside, TencentKeys("id", "key", "1", "r", "名", TEMPLATE))


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
@pytest.mark.parametrize("kind", SmsKind)
def test_every_kind_of_message_arrives_in_its_words(sandbox, name, kind):
    params = {key: f"<{key}>值" for key in PARAMETERS[kind]}
    result = one(gateway(sandbox, SMS_PROVIDERS=name), SmsMessage(PHONE, kind, params, "m-7"))
    assert (result.outcome, result.provider) == (SmsOutcome.accepted, name)
    assert result.message_id
    [message] = sandbox.state.messages
    assert message.phone == PHONE
    assert message.text.startswith("【综试区】")
    assert all(value in message.text for value in params.values())


def test_the_templates_of_the_sandbox_are_those_of_the_port():
    assert len(TEMPLATES) == len(SmsKind)


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
def test_each_number_has_its_own_result(sandbox, name):
    wrong = SmsMessage("99900000000", CODE.kind, CODE.params)
    results = gateway(sandbox, SMS_PROVIDERS=name).send([CODE, wrong, CODE])
    kinds = [one.outcome.value for one in results]
    assert kinds == ["accepted", "refused", "accepted"]
    assert len({results[0].message_id, results[2].message_id}) == 2
    assert [one.phone for one in results] == [PHONE, "99900000000", PHONE]


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
def test_a_wrong_key_is_refused_and_is_the_operators_to_mend(sandbox, name):
    found = sandbox.settings(SMS_PROVIDERS=name)
    [port] = sms_providers(found | {f"SMS_{name.upper()}_KEY_SECRET": "another"})
    result = one(port)
    assert result.code in {"SignatureDoesNotMatch", "AuthFailure.SignatureFailure"}
    assert (result.outcome, result.advice) == (SmsOutcome.refused, Advice.OPERATOR)
    assert sandbox.texts == []


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
def test_a_signature_of_long_ago_is_refused(sandbox, name):
    [port] = sms_providers(sandbox.settings(SMS_PROVIDERS=name))
    port._now = lambda: clock.now() - timedelta(hours=1)
    assert one(port).code in {"InvalidTimeStamp.Expired", "AuthFailure.SignatureExpire"}


def test_a_nonce_is_good_for_one_request(sandbox, monkeypatch):
    monkeypatch.setattr("app.integrations.sms.aliyun.secrets.token_hex", lambda _n: "same")
    port = gateway(sandbox, SMS_PROVIDERS="aliyun")
    assert [one(port).code, one(port).code] == ["OK", "SignatureNonceUsed"]


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
def test_check_asks_for_the_template_and_sends_nothing(sandbox, name):
    [port] = sms_providers(sandbox.settings(SMS_PROVIDERS=name))
    assert port.check(SmsKind.code).endswith("is approved")
    sandbox.switch(**{name: "refuse"})
    with pytest.raises(Refused) as caught:
        port.check(SmsKind.code)
    assert caught.value.advice == Advice.OPERATOR
    assert sandbox.texts == []


# the second provider


def test_the_first_is_used_while_it_works(sandbox):
    assert one(gateway(sandbox)).provider == "aliyun"
    assert one(gateway(sandbox, SMS_PROVIDERS="tencent,aliyun")).provider == "tencent"


def test_a_first_that_refuses_for_its_account_is_replaced_by_the_second(sandbox):
    sandbox.switch(aliyun="refuse")
    result = one(gateway(sandbox))
    assert (result.provider, result.outcome) == ("tencent", SmsOutcome.accepted)
    assert len(sandbox.texts) == 1


def test_a_first_that_is_not_there_is_replaced_by_the_second(sandbox):
    result = one(gateway(sandbox, SMS_ALIYUN_URL=hostile.closed_port()))
    assert (result.provider, result.outcome) == ("tencent", SmsOutcome.accepted)


@pytest.mark.parametrize("fault", ["slow", "down", "html", "busy", "badjson", "huge", "redirect"])
def test_a_message_that_may_have_been_sent_is_not_sent_again(sandbox, fault):
    sandbox.switch(aliyun=fault)
    result = one(gateway(sandbox, seconds=1 if fault == "slow" else 5))
    assert (result.provider, result.outcome) == ("aliyun", SmsOutcome.unknown)
    assert len(sandbox.texts) == (1 if fault == "slow" else 0)
    assert [text for text in sandbox.texts if "腾讯" in text] == []


def test_a_number_that_had_too_many_gets_none_from_the_second_either(sandbox):
    sandbox.switch(aliyun="limit")
    result = one(gateway(sandbox))
    assert (result.code, result.advice) == ("isv.BUSINESS_LIMIT_CONTROL", Advice.LATER)
    assert sandbox.texts == []
    sandbox.switch(aliyun="", tencent="limit")
    result = one(gateway(sandbox, SMS_PROVIDERS="tencent,aliyun"))
    assert result.code == "LimitExceeded.PhoneNumberDailyLimit"
    assert sandbox.texts == []


def test_the_answer_comes_within_the_deadline_of_both_together(sandbox):
    began = time.monotonic()
    with hostile.listening(hostile.silent) as dead:
        port = gateway(sandbox, seconds=1, SMS_ALIYUN_URL=dead, SMS_TENCENT_URL=dead)
        assert one(port).outcome == SmsOutcome.unknown
    assert time.monotonic() - began < 2


def test_a_gateway_over_nobody_says_so():
    result = one(SmsGateway([]))
    assert (result.outcome, result.code) == (SmsOutcome.refused, "NoProvider")
    assert result.advice == Advice.OPERATOR


def test_a_kind_without_a_template_goes_to_the_second(sandbox):
    port = gateway(sandbox, SMS_ALIYUN_TEMPLATES="code=SMS_1")
    news = SmsMessage(PHONE, SmsKind.notice, {"title": "x"})
    assert [one(port, news).provider, one(port).provider] == ["tencent", "aliyun"]


# the breaker


class Teller:
    """A provider that answers as it is told and counts."""

    name = "teller"

    def __init__(self):
        self.good, self.asked = False, 0

    def send(self, messages, *, deadline=None):
        self.asked += 1
        outcome = SmsOutcome.accepted if self.good else SmsOutcome.unknown
        return [SmsResult(messages[0].phone, outcome, self.name)]


def test_after_three_failures_a_provider_rests_and_one_call_tries_it_again():
    at, teller = [0.0], Teller()
    port = SmsGateway([teller], breaker=lambda: Breaker(now=lambda: at[0]))
    for _ in range(5):
        one(port)
    assert teller.asked == 3
    assert one(port).code == "Resting"
    at[0] = 61
    one(port)
    one(port)
    assert teller.asked == 4  # the one that was let through failed: it rests again
    at[0] = 122
    teller.good = True
    assert [one(port).outcome, one(port).outcome] == [SmsOutcome.accepted] * 2
    assert teller.asked == 6


def test_a_success_wipes_out_earlier_failures():
    teller = Teller()
    port = SmsGateway([teller])
    for teller.good in (False, False, True, False, False, True):
        one(port)
    assert teller.asked == 6


def test_the_second_works_while_the_first_rests(sandbox):
    with hostile.listening(hostile.hanging_up) as dead:
        port = gateway(sandbox, SMS_ALIYUN_URL=dead)
        outcomes = [one(port).outcome.value for _ in range(4)]
    assert outcomes == ["unknown", "unknown", "unknown", "accepted"]


def test_refusals_of_numbers_let_nobody_rest(sandbox):
    sandbox.switch(aliyun="limit")
    port = gateway(sandbox, SMS_PROVIDERS="aliyun")
    assert {one(port).code for _ in range(5)} == {"isv.BUSINESS_LIMIT_CONTROL"}


# answers that are JSON, but not as documented


@pytest.mark.parametrize(
    ("name", "body", "outcome"),
    [
        ("aliyun", b"{}", "unknown"),
        ("aliyun", b'{"Code": 1}', "unknown"),
        ("aliyun", b'{"Code": "isp.SYSTEM_ERROR"}', "unknown"),
        ("aliyun", b'{"Code": "isv.OUT_OF_SERVICE"}', "refused"),
        ("tencent", b"{}", "unknown"),
        ("tencent", b'{"Response": {}}', "unknown"),
        ("tencent", b'{"Response": {"SendStatusSet": []}}', "unknown"),
        ("tencent", b'{"Response": {"SendStatusSet": [{"Code": "Ok", "PhoneNumber": "+1"}]}}', "unknown"),
        ("tencent", b'{"Response": {"SendStatusSet": [{"PhoneNumber": "+8613800138000"}]}}', "unknown"),
        ("tencent", b'{"Response": {"Error": {"Code": "InternalError.Timeout"}}}', "unknown"),
        ("tencent", b'{"Response": {"Error": {"Code": "RequestLimitExceeded"}}}', "refused"),
    ],
)  # fmt: skip
def test_only_a_documented_answer_is_a_success(name, body, outcome):
    with hostile.listening(hostile.saying(body)) as address:
        assert one(client(name, address)).outcome.value == outcome


# settings, and what is never shown


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"SMS_PROVIDERS": "aliyun,other"}, "SMS_PROVIDERS"),
        ({"SMS_PROVIDERS": "aliyun,aliyun"}, "SMS_PROVIDERS"),
        ({"SMS_SIGN_NAME": ""}, "SMS_SIGN_NAME"),
        ({"SMS_ALIYUN_KEY_SECRET": ""}, "SMS_ALIYUN_KEY_SECRET"),
        ({"SMS_TENCENT_APP_ID": ""}, "SMS_TENCENT_APP_ID"),
        ({"SMS_ALIYUN_TEMPLATES": "deadline=SMS_2"}, "SMS_ALIYUN_TEMPLATES"),
        ({"SMS_ALIYUN_TEMPLATES": "code"}, "SMS_ALIYUN_TEMPLATES"),
        ({"SMS_ALIYUN_TEMPLATES": "code=1,code=2"}, "SMS_ALIYUN_TEMPLATES"),
        ({"SMS_ALIYUN_TEMPLATES": "code=1,other=2"}, "SMS_ALIYUN_TEMPLATES"),
        ({"SMS_TENCENT_TEMPLATES": "code=abc"}, "SMS_TENCENT_TEMPLATES"),
        ({"SMS_ALIYUN_URL": "http://dysmsapi.aliyuncs.com"}, "https"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(wrong, named):
    with pytest.raises(NotConfigured, match=named):
        list(sms_providers(settings() | wrong))


def test_a_message_must_fill_its_template():
    with pytest.raises(ValueError, match="minutes"):
        SmsMessage(PHONE, SmsKind.code, {"code": "1"})


def test_neither_log_nor_representation_holds_number_code_or_key(sandbox):
    with logged() as lines:
        port = gateway(sandbox)
        result = one(port)
    keys = port.providers[0]._keys, port.providers[1]._keys
    shown = f"{lines} {CODE!r} {result!r} {keys!r}"
    assert {line["event"] for line in lines} == {"outside", "sms"}
    for hidden in (PHONE, "246810", "sandbox-only"):
        assert hidden not in shown
