"""平台设置: what an operator sets of the site, in groups. Nothing here names a place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.engines import review, settings
from app.engines.settings import Shape, Spec
from app.web.site import read_link

GROUPS: Mapping[str, Any] = {
    "site": _l("站点"),
    "footer": _l("页脚"),
    "home": _l("首页"),
    "review": _l("审核"),
    "bin": _l("回收站"),
}
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
STEPS = (1, 2, 3, 4)
SHORT, LONG = 120, 400
MOST_LINKS, LINKS_LONG = 12, 3_000
CONTRAST = 4.5
REMIND_AFTER = "review.remind_after"
NOTICES = "通知公告"  # a word of the shipped dictionary of categories


def notices_category() -> str:
    """The category whose articles stand under 公示公告 on the home page."""
    return str(settings.get("home.notices") or NOTICES)


def remind_after() -> int:
    """Working days after which reviewers are nudged: always while the promise can still be kept."""
    return min(int(settings.get(REMIND_AFTER)), review.answer_days() - 1)


def contrast_to_white(colour: str) -> float:
    """Contrast of ``#rrggbb`` to white, as WCAG counts it."""
    light = 0.0
    for at, share in ((1, 0.2126), (3, 0.7152), (5, 0.0722)):
        part = int(colour[at : at + 2], 16) / 255
        light += share * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return 1.05 / (light + 0.05)


def _text(most: int) -> Any:
    return lambda value: "setting_long" if len(value) > most else None


def _colour(value: str) -> str | None:
    if not value:
        return None
    if not COLOUR.fullmatch(value):
        return "setting_colour"
    return "setting_contrast" if contrast_to_white(value) < CONTRAST else None


def _link(value: str) -> str | None:
    """An address of our own, or a site elsewhere: never a script."""
    if not value:
        return None
    good = re.fullmatch(r"https://[^\s<>\"']+", value) is not None
    return None if good and len(value) <= LONG else "setting_link"


def _links(value: str) -> str | None:
    """A link a line; a line that cannot be read would be missing from the page unseen."""
    if len(value) > LINKS_LONG:
        return "setting_long"
    lines = [line for line in value.splitlines() if line.strip()]
    good = len(lines) <= MOST_LINKS and all(read_link(line) for line in lines)
    return None if good else "setting_links"


def _days(value: Any) -> str | None:
    return None if isinstance(value, int) and 1 <= value <= 60 else "setting_number"


def _plain(key: str, title: Any, hint: Any = "") -> Spec:
    return Spec(key, title, key.partition(".")[0], hint=hint, check=_text(SHORT))


def _list(key: str, title: Any) -> Spec:
    hint = _l(
        "每行一条：文字 | 网址 | 英文（可不填），例如：海易办 | https://example.gov.cn。不填则不显示"
    )
    group = key.partition(".")[0]
    return Spec(key, title, group, shape=Shape.long, hint=hint, check=_links)


def _site() -> tuple[Spec, ...]:
    return (
        _plain("site.name", _l("综试区名称"), _l("不填时使用部署时的名称")),
        _plain("site.name_en", _l("英文名称")),
        _plain("site.short", _l("简称")),
        _plain("site.platform", _l("平台名称")),
        Spec("site.logo", _l("标志图片"), "site", shape=Shape.picture),
        Spec(
            "site.colour",
            _l("主色"),
            "site",
            shape=Shape.colour,
            check=_colour,
            hint=_l("白底上的对比度须不低于 4.5:1，例如 #0B62C4"),
        ),
    )


def _footer() -> tuple[Spec, ...]:
    return (
        _plain("footer.host", _l("主办单位")),
        _plain("footer.operator", _l("承办单位")),
        _plain("footer.address", _l("地址")),
        _plain("footer.phone", _l("联系电话")),
        _plain("footer.email", _l("邮箱")),
        _plain("footer.site_code", _l("网站标识码")),
        _plain("footer.icp", _l("ICP备案号")),
        _plain("footer.police", _l("公安备案号")),
        Spec(
            "footer.conac", _l("党政机关网站标识"), "footer", check=_link, hint=_l("标识页的网址")
        ),
        Spec("footer.mistakes", _l("我为政府网站找错"), "footer", check=_link, hint=_l("链接网址")),
        _list("footer.services", _l("链接：办事服务")),
        _list("footer.information", _l("链接：网站信息（补充）")),
        _list("footer.sites", _l("链接：相关网站")),
    )


def _home() -> tuple[Spec, ...]:
    steps = [
        spec
        for number in STEPS
        for spec in (
            _plain(f"home.step{number}", _l("入驻步骤 %(n)s：标题", n=number)),
            Spec(
                f"home.step{number}_text",
                _l("入驻步骤 %(n)s：说明", n=number),
                "home",
                shape=Shape.long,
                check=_text(LONG),
            ),
        )
    ]
    return (
        _plain("home.title", _l("横幅标题")),
        _plain("home.notices", _l("公示公告的栏目"), _l("不填时为“通知公告”")),
        Spec("home.text", _l("横幅文字"), "home", shape=Shape.long, check=_text(LONG)),
        _list("home.hot", _l("搜索框下的热门链接")),
        Spec("home.picture", _l("横幅图片"), "home", shape=Shape.picture),
        *steps,
    )


def define() -> None:
    """Called by wiring, before kinds of review add theirs to the last group."""
    remind = Spec(
        REMIND_AFTER,
        _l("催办：等待超过几个工作日"),
        "review",
        default=3,
        hint=_l("少于答复承诺的天数；设得更大时，按承诺前一个工作日催办。"),
        shape=Shape.number,
        check=_days,
    )
    settings.define(*_site(), *_footer(), *_home(), remind)
