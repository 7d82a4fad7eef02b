"""Aliyun dysmsapi 2017-05-25 and Tencent sms 2021-01-11, as far as the platform uses them."""

from __future__ import annotations

import json
import re
import secrets
import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.core import clock
from app.core.phones import normalise
from sandbox.context import keys, state
from sandbox.faults import fault, strike
from sandbox.signatures import aliyun_fault, tencent_fault

#: number -> text with the names of Aliyun's variables; Tencent numbers them in this order.
TEMPLATES = {
    "1": "验证码${code}，${minutes}分钟内有效。请勿告诉他人。",
    "2": "《${title}》将于${deadline}截止，请及时办理。",
    "3": "《${title}》审核结果：${result}。",
    "4": "${park}邀请您加入平台，请在${days}天内登录接受。",
    "5": "您的账号发生变动：${event}（${time}）。如非本人操作请尽快修改。",
    "6": "您有一条新消息：${title}",
    "7": "您的入驻申请${number}：${result}。",
}
VARIABLE = re.compile(r"\$\{(\w+)\}")
ARREARS = {
    "aliyun": "isv.AMOUNT_NOT_ENOUGH",
    "tencent": "FailedOperation.InsufficientBalanceInSmsPackage",
}

aliyun = Blueprint("aliyun", __name__, url_prefix="/sms/aliyun")
tencent = Blueprint("tencent", __name__, url_prefix="/sms/tencent")
strike(aliyun, "aliyun")
strike(tencent, "tencent")


def filled(template: str, values: dict[str, str]) -> str | None:
    """The text of a template, ``None`` when a value is missing."""
    names = VARIABLE.findall(TEMPLATES[template])
    if set(names) - set(values):
        return None
    return VARIABLE.sub(lambda found: values[found[1]], TEMPLATES[template])


def signed(text: str) -> str:
    """As it arrives on a phone."""
    return f"【{keys().sign_name}】{text}"


@aliyun.route("", methods=["GET", "POST"])
def aliyun_call() -> tuple[Response, int]:
    wrong = aliyun_fault(request, keys().aliyun_id, keys().secret)
    if not wrong and not state().first_use(request.headers["x-acs-signature-nonce"]):
        wrong = "SignatureNonceUsed"
    if not wrong and request.headers.get("x-acs-version") != "2017-05-25":
        wrong = "InvalidVersion"
    if wrong:
        return _aliyun(wrong, HostId=request.host), 404 if "NotFound" in wrong else 400
    action = {"SendSms": _aliyun_send, "QuerySmsTemplate": _aliyun_template}.get(
        request.headers["x-acs-action"]
    )
    if action is None:
        return _aliyun("InvalidAction.NotFound"), 404
    return action(request.args.to_dict()), 200


def _aliyun(code: str, **more: Any) -> Response:
    said = {"RequestId": str(uuid.uuid4()).upper(), "Code": code, "Message": code}
    return jsonify(said | more)


def _aliyun_send(asked: dict[str, str]) -> Response:
    phone = normalise(asked.get("PhoneNumbers", ""))
    template = asked.get("TemplateCode", "").removeprefix("SMS_")
    if fault("aliyun") == "refuse":
        return _aliyun(ARREARS["aliyun"])
    if fault("aliyun") == "limit":
        return _aliyun("isv.BUSINESS_LIMIT_CONTROL")
    if phone is None or "-" in phone:
        return _aliyun("isv.MOBILE_NUMBER_ILLEGAL")
    if asked.get("SignName") != keys().sign_name:
        return _aliyun("isv.SMS_SIGNATURE_ILLEGAL")
    if template not in TEMPLATES:
        return _aliyun("isv.SMS_TEMPLATE_ILLEGAL")
    try:
        values = json.loads(asked.get("TemplateParam", "{}"))
    except ValueError:
        return _aliyun("isv.INVALID_JSON_PARAM")
    if (text := filled(template, values)) is None:
        return _aliyun("isv.TEMPLATE_MISSING_PARAMETERS")
    number = state().deliver(phone, "阿里云", signed(text))
    return _aliyun("OK", BizId=f"{number}^0")


def _aliyun_template(asked: dict[str, str]) -> Response:
    template = asked.get("TemplateCode", "").removeprefix("SMS_")
    if fault("aliyun") == "refuse":
        return _aliyun("isv.OUT_OF_SERVICE")
    if template not in TEMPLATES:
        return _aliyun("isv.SMS_TEMPLATE_ILLEGAL")
    return _aliyun(
        "OK",
        TemplateCode=asked["TemplateCode"],
        TemplateStatus=1,
        TemplateType=0,
        TemplateName="模拟模板",
        TemplateContent=TEMPLATES[template],
        Reason="无审批备注",
        CreateDate="2026-01-05 09:00:00",
    )


@tencent.post("")
def tencent_call() -> Response:
    wrong = tencent_fault(request, keys().tencent_id, keys().secret)
    if not wrong and request.headers.get("X-TC-Version") != "2021-01-11":
        wrong = "NoSuchVersion"
    if wrong:
        return _tencent_error(wrong)
    asked = request.get_json(silent=True)
    action = {"SendSms": _tencent_send, "DescribeSmsTemplateList": _tencent_templates}.get(
        request.headers.get("X-TC-Action", "")
    )
    if action is None or not isinstance(asked, dict):
        return _tencent_error("InvalidAction")
    return action(asked)


def _tencent(**more: Any) -> Response:
    return jsonify(Response={**more, "RequestId": str(uuid.uuid4())})


def _tencent_error(code: str) -> Response:
    """Errors come with HTTP 200."""
    return _tencent(Error={"Code": code, "Message": code})


def _tencent_send(asked: dict[str, Any]) -> Response:
    if asked.get("SmsSdkAppId") != keys().tencent_app:
        return _tencent_error("UnauthorizedOperation.SmsSdkAppIdVerifyFail")
    rows = [_tencent_one(str(number), asked) for number in asked.get("PhoneNumberSet") or ()]
    return _tencent(SendStatusSet=rows)


def _tencent_one(number: str, asked: dict[str, Any]) -> dict[str, Any]:
    serial, code = "", _tencent_refusal(number, asked)
    if not code:
        template = str(asked["TemplateId"])
        names = VARIABLE.findall(TEMPLATES[template])
        values = dict(zip(names, asked["TemplateParamSet"], strict=True))
        text = signed(filled(template, values) or "")
        serial = f"2645:{state().deliver(number.removeprefix('+86'), '腾讯云', text)}"
    return {
        "SerialNo": serial,
        "PhoneNumber": number,
        "Fee": 0 if code else 1,
        "SessionContext": asked.get("SessionContext", ""),
        "Code": code or "Ok",
        "Message": code or "send success",
        "IsoCode": "CN",
    }


def _tencent_refusal(number: str, asked: dict[str, Any]) -> str:
    template = str(asked.get("TemplateId", ""))
    if fault("tencent") == "refuse":
        return ARREARS["tencent"]
    if fault("tencent") == "limit":
        return "LimitExceeded.PhoneNumberDailyLimit"
    phone = normalise(number)
    if phone is None or "-" in phone or not number.startswith("+"):
        return "InvalidParameterValue.IncorrectPhoneNumber"
    if asked.get("SignName") != keys().sign_name:
        return "FailedOperation.SignatureIncorrectOrUnapproved"
    if template not in TEMPLATES:
        return "FailedOperation.TemplateIncorrectOrUnapproved"
    if len(asked.get("TemplateParamSet") or ()) != len(VARIABLE.findall(TEMPLATES[template])):
        return "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
    return ""


def _tencent_templates(asked: dict[str, Any]) -> Response:
    if fault("tencent") == "refuse":
        return _tencent_error("UnauthorizedOperation.SdkAppIdIsDisabled")
    rows = [
        {
            "TemplateId": number,
            "International": 0,
            "StatusCode": 0,
            "ReviewReply": "",
            "TemplateName": "模拟模板",
            "CreateTime": int(clock.now().timestamp()),
            "TemplateContent": TEMPLATES[str(number)],
        }
        for number in asked.get("TemplateIdSet") or ()
        if str(number) in TEMPLATES
    ]
    return _tencent(DescribeTemplateStatusSet=rows)


def send_code(phone: str, purpose: str) -> None:
    """The sandbox's own messages: the code of 海易办's registration."""
    code = f"{secrets.randbelow(10**6):06d}"
    state().phone_codes[phone] = code
    text = f"【海易办（模拟）】{purpose}验证码{code}，10分钟内有效。"
    state().deliver(phone, "海易办（模拟）", text)
