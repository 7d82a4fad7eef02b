"""``flask doctor sms|wechat|sso`` against the sandbox, and the ports that a process opens."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.cli import FlaskGroup

import config
from app.cli import doctor, pinned
from app.integrations import ports as opened
from app.integrations.ports import Ports, open_ports, ports
from app.integrations.sms import SmsGateway
from sandbox.serving import Taken, make
from tests.integrations import hostile
from tests.integrations.conftest import PHONE, settings


@pytest.fixture
def ask(sandbox):
    """Run the command with the settings of the sandbox; what it printed and its end."""

    def run(*arguments, **others):
        app = Flask("doctor-test")
        app.config.update(sandbox.settings() | others)
        doctor.init(app)
        result = app.test_cli_runner().invoke(FlaskGroup(), args=["doctor", *arguments])
        return result.exit_code, result.output

    return run


@pytest.fixture
def _ports_of_before():
    before = ports()
    yield
    opened.use(before)


def test_sms_asks_for_each_template_of_each_provider_and_sends_nothing(sandbox, ask):
    code, said = ask("sms")
    assert code == 0
    assert said.count("ok    ") == 14
    assert "ok    aliyun code: template SMS_1 is approved" in said
    assert "ok    tencent notice: template 6 is approved" in said
    assert sandbox.texts == []


def test_sms_sends_by_each_provider_when_asked(sandbox, ask):
    code, said = ask("sms", "--send", "+86 138 0013 8000")
    assert (code, len(sandbox.texts)) == (0, 2)
    assert "aliyun sends: 138****8000" in said
    assert PHONE not in said


def test_sms_tells_what_fails_and_ends_with_1(sandbox, ask):
    sandbox.switch(aliyun="refuse")
    code, said = ask("sms", "--send", PHONE)
    assert code == 1
    assert "FAIL  aliyun code: refused with isv.OUT_OF_SERVICE - look at keys" in said
    assert "FAIL  aliyun sends: refused (isv.AMOUNT_NOT_ENOUGH)" in said
    assert "ok    tencent sends" in said
    assert "sandbox-only" not in said


@pytest.mark.parametrize("number", ["12345", "0898-88812345"])
def test_sms_sends_to_mobiles_only(ask, number):
    assert ask("sms", "--send", number)[0] == 2


def test_sms_names_a_template_that_is_missing(ask):
    code, said = ask("sms", SMS_ALIYUN_TEMPLATES="code=SMS_1", SMS_PROVIDERS="aliyun")
    assert code == 1
    assert said.count("ok    ") == 1
    assert "FAIL  aliyun notice: SMS_ALIYUN_TEMPLATES names no template of this kind" in said


@pytest.mark.parametrize(
    ("name", "empty", "words"),
    [
        ("sms", "SMS_PROVIDERS", "SMS_PROVIDERS is empty"),
        ("sms", "SMS_SIGN_NAME", "SMS_SIGN_NAME is empty"),
        ("wechat", "WECHAT_APP_ID", "WECHAT_APP_ID is empty"),
        ("wechat", "WECHAT_APP_SECRET", "WECHAT_APP_SECRET is empty"),
        ("sso", "HAIYIBAN_URL", "HAIYIBAN_URL is empty"),
    ],
)
def test_what_is_not_set_is_named(ask, name, empty, words):
    code, said = ask(name, **{empty: ""})
    assert code == 1
    assert words in said


@pytest.mark.parametrize(
    ("name", "flow", "words"),
    [
        ("wechat", "oauth2", "ok    wechat: application and secret are known\n"),
        ("sso", "oauth2", "ok    haiyiban: answers as documented (oauth2)\n"),
        ("sso", "ticket", "ok    haiyiban: answers as documented (ticket)\n"),
    ],
)
def test_wechat_and_sso_are_well_with_the_right_keys(ask, name, flow, words):
    code, said = ask(name, HAIYIBAN_FLOW=flow)
    assert code == 0
    assert said.endswith(words)


@pytest.mark.parametrize(
    ("name", "setting"), [("wechat", "WECHAT_APP_SECRET"), ("sso", "HAIYIBAN_CLIENT_SECRET")]
)
def test_wrong_keys_are_told_without_the_key(ask, name, setting):
    code, said = ask(name, **{setting: "wRoNg-4711"})
    assert code == 1
    assert "look at keys and settings" in said
    assert "wRoNg-4711" not in said


def test_a_service_that_is_down_is_told(ask):
    code, said = ask("wechat", WECHAT_API_URL=hostile.closed_port())
    assert code == 1
    assert "no connection - the service is in trouble" in said


# the ports of a process


@pytest.mark.usefixtures("_ports_of_before")
def test_the_ports_are_opened_from_the_settings():
    open_ports(settings())
    assert [one.name for one in ports().sms.providers] == ["aliyun", "tencent"]
    assert (ports().wechat.issuer, ports().haiyiban.issuer) == ("open.weixin.qq.com", "haiyiban")


@pytest.mark.usefixtures("_ports_of_before")
@pytest.mark.parametrize("others", [{"APP_MODE": "production"}, {"SANDBOX_PORT": "0"}])
def test_nothing_is_offered_where_nothing_is_set(others):
    open_ports(config.settings({}, **{"APP_MODE": "demo"} | others))
    assert ports() == Ports(sms=ports().sms)
    assert isinstance(ports().sms, SmsGateway)
    assert ports().sms.providers == ()


@pytest.mark.usefixtures("_ports_of_before")
def test_a_half_set_service_ends_the_start_in_words():
    with pytest.raises(ValueError, match="wechat: WECHAT_APP_SECRET is empty"):
        open_ports(settings() | {"WECHAT_APP_SECRET": ""})


def test_a_secret_comes_from_its_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text("k-4711\n")
    found = config.settings({}, SMS_ALIYUN_KEY_SECRET_FILE=str(file))
    assert found["SMS_ALIYUN_KEY_SECRET"] == "k-4711"
    assert config.settings({}, APP_MODE="demo", WECHAT_APP_SECRET_FILE=str(file))[
        "WECHAT_APP_SECRET"
    ] == "k-4711"  # fmt: skip
    with pytest.raises(config.BadSetting, match="WECHAT_APP_SECRET_FILE cannot be read"):
        config.settings({}, WECHAT_APP_SECRET_FILE=str(tmp_path / "none"))


def test_what_the_operator_sets_wins_over_the_sandbox():
    found = config.settings({"WECHAT_OPEN_URL": "https://open.weixin.qq.com"}, APP_MODE="demo")
    assert found["WECHAT_OPEN_URL"] == "https://open.weixin.qq.com"
    assert found["WECHAT_API_URL"] == "http://127.0.0.1:8081/wechat"


def test_production_wants_https_of_every_service():
    app = Flask("pinned-test")
    app.config.update(settings())
    faults = [one for one in pinned.faults(app) if "https" in one]
    assert len(faults) == len(pinned.OUTSIDE)


def test_a_port_that_is_taken_is_told(sandbox):
    with pytest.raises(Taken, match="in use"):
        make(sandbox.app, sandbox.port)
