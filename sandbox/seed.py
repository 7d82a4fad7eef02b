"""Made-up people and companies of the sandbox; the numbers have valid check signs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from werkzeug.security import generate_password_hash

from app.core import uscc

PASSWORD = "Demo-2026-Sanya"  # noqa: S105 - published with the demo
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class WechatUser:
    """Somebody with a phone that can scan."""

    openid: str
    unionid: str
    nickname: str


@dataclass(frozen=True)
class Company:
    """What a business licence says."""

    name: str
    uscc: str
    representative: str
    address: str
    kind: str = "有限责任公司"
    since: str = "2021-06-18"


@dataclass(frozen=True)
class Account:
    """A 海易办 account: of a natural person, or of a company and who works for it."""

    username: str
    subject: str
    name: str
    id_number: str
    mobile: str
    level: int = 3
    company: Company | None = None
    password_hash: str = ""
    address: str = ""

    @property
    def kind(self) -> str:
        return "legal" if self.company else "person"


def credit_code(body: str) -> str:
    """A 统一社会信用代码 from its first 16 signs."""
    whole = body + uscc.organisation_sign(body[8:16])
    return whole + uscc.check_sign(whole)


def id_number(body: str) -> str:
    """An identity number (GB 11643) from its first 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def wechat_users() -> dict[str, WechatUser]:
    """By openid."""
    named = (("1", "海风"), ("2", "椰林小站"), ("3", "Lin 林"))
    users = (WechatUser(f"o-sandbox-{key}", f"u-sandbox-{key}", name) for key, name in named)
    return {one.openid: one for one in users}


def accounts() -> dict[str, Account]:
    """By user name. All have the demo's password."""
    hashed = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1000")
    return {one.username: replace(one, password_hash=hashed) for one in _accounts()}


def _accounts() -> tuple[Account, ...]:
    chen = id_number("46020019880312401")
    lin = id_number("46020019900521302")
    fu = id_number("46020019890917501")
    coast = Company(
        "三亚椰风跨境电子商务有限公司",
        credit_code("91460200MA5TWK01"),
        "陈海明",
        "海南省三亚市吉阳区迎宾路示范园1号楼301室",
    )
    bay = Company(
        "海南蓝湾供应链管理有限公司",
        credit_code("91460200MA5TWK02"),
        "符文静",
        "海南省三亚市崖州区科技大道18号",
        since="2019-11-05",
    )
    low = Company(
        "三亚初晓商贸有限公司",
        credit_code("91460200MA5TWK03"),
        "林小雨",
        "海南省三亚市天涯区解放路66号",
    )
    return (
        Account("chenhaiming", "p-1001", "陈海明", chen, "13800138001"),
        Account("linxiaoyu", "p-1002", "林小雨", lin, "13800138002", level=1),
        Account("yefeng", "l-2001", "陈海明", chen, "13800138001", company=coast),
        Account("lanwan", "l-2002", "符文静", fu, "13800138003", company=bay),
        Account("chuxiao", "l-2003", "林小雨", lin, "13800138002", level=1, company=low),
    )
