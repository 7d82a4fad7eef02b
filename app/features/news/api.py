"""新闻资讯 in the REST API: the register's list, one article, and its upsert by a key of the caller."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound
from app.engines import dictionaries, richtext
from app.features.news import policy, rules, services
from app.features.news.labels import HEADINGS, REFUSALS
from app.features.news.models import Article
from app.features.news.services import putting
from app.features.news.views.register import NewsView
from app.features.news.views.source import FILTERS
from app.features.news.views.writing import meet
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.access import Tenant
from app.web.api import listing
from app.web.api.operation import DRY_RUN, Answer, Call, Operation, Parameter, tag_of
from app.web.api.problems import Fault, Problem
from app.web.api.schema import FLAG, MOMENT, TEXT, Field, Shape, one_of, text
from app.web.api.scopes import Scope
from app.web.api.writing import SUBMIT, Outcome, differing, dry

VIEW = policy.VIEW
ABOUT = _l("新闻资讯")
READ = Scope(
    "news:read",
    _l("读取新闻资讯"),
    frozenset({f"can_list on {VIEW}", f"can_show on {VIEW}"}),
    about=ABOUT,
)
WRITE = Scope(
    "news:write",
    _l("撰写新闻资讯（提交审核）"),
    frozenset({f"can_add on {VIEW}", f"can_edit on {VIEW}"}),
    about=ABOUT,
)
SORTS = ("updated_at", "title")
ZONE = "zone"
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}|~[0-9]{1,18}", re.ASCII)
NAMES = ("title", "category", "state", "public", "published_at", "expires_at", "top", "updated_at",
         "park_id", "external_key")  # fmt: skip
MINUTE = {"type": ["string", "null"], "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}$"}
KEY = Parameter(
    *(
        "key",
        {**text(64), "pattern": f"^({_KEY.pattern})$"},
        _l("调用方自定的键；~编号 指页面上写的新闻"),
    ),
    place="path",
    example="cms-2026-001",
)

WRITTEN = (
    Field("title", text(rules.LENGTHS["title"]), HEADINGS["title"], example="备货仓二期投入使用"),
    Field("category", text(60), HEADINGS["category"], example="园区动态"),
    Field("summary", text(rules.LENGTHS["summary"]), HEADINGS["summary"]),
    Field(
        "body",
        text(200_000),
        _l("正文（HTML，按页面同样的规则清理）"),
        example="<p>已投入使用。</p>",
    ),
    Field("source", text(rules.LENGTHS["source"]), HEADINGS["source"]),
    Field("source_link", text(rules.LENGTHS["source_link"]), HEADINGS["source_link"]),
    Field("publish_at", MINUTE, _l("定时发布（北京时间）")),
    Field("expire_at", MINUTE, _l("到期下线（北京时间）")),
    Field("top", FLAG, HEADINGS["top"]),
)
ROW = Shape(
    "ArticleRow",
    (
        Field("key", TEXT, KEY.words, example="cms-2026-001"),
        Field("park", TEXT, _l("园区/基地编码；zone 指综试区"), example="P01"),
        Field("title", TEXT, HEADINGS["title"]),
        Field("category", TEXT, HEADINGS["category"]),
        Field("state", one_of([str(one) for one in rules.State]), HEADINGS["state"]),
        Field("public", FLAG, HEADINGS["public"]),
        Field("published_at", MOMENT, HEADINGS["published_at"]),
        Field("expires_at", MOMENT, HEADINGS["expires_at"]),
        Field("top", FLAG, HEADINGS["top"]),
        Field("updated_at", MOMENT, HEADINGS["updated_at"]),
    ),
)
ARTICLE = Shape("Article", (*ROW.fields, Field("content", Shape("ArticleContent", WRITTEN))))
PUT = Shape(
    "ArticlePut",
    (*WRITTEN, SUBMIT),
    _l("没有给出的字段保持不变。封面和附件在页面上维护。"),
    partial=True,
)
ARTICLES = listing.shape_of_list("Articles", ROW)
RESULT = Outcome("ArticleResult", "article", ARTICLE, ("key", "park"))


def list_news(call: Call) -> Answer:
    """The rows of the screen, page by page."""
    codes = {park.id: park.code for park in parks.all_by_code()}

    def item(row: Any) -> dict[str, Any]:
        return told(row, row.pk, codes.get(row.park_id), call.actor)

    answer, _criteria = listing.page(
        call, listing.view_of(NewsView), names=NAMES, sorts=SORTS, item=item
    )
    return answer


def told(row: Any, key: int, code: str | None, actor: Actor) -> dict[str, Any]:
    """An article as JSON has it, without its content."""
    own = row.park_id == (None if actor.sees_all else actor.acting_park_id)
    times = {name: getattr(row, name) for name in ("published_at", "expires_at", "updated_at")}
    return {
        "key": (row.external_key if own else None) or f"{putting.OWN}{key}",
        "park": code or ZONE,
        **{name: getattr(row, name) for name in ("title", "category", "public", "top")},
        "state": str(row.state),
        **{name: at and at.isoformat() for name, at in times.items()},
    }


def read_article(call: Call) -> Answer:
    """One article as this caller meets it on the screens."""
    found = putting.by_key(call.actor, _key(call))
    if found is None or found.deleted_at is not None:
        raise NotFound("article")
    data = _whole(found, call)
    return Answer(data, tag=tag_of(data))


def _key(call: Call) -> str:
    key = call.path["key"]
    if not _KEY.fullmatch(key):
        raise Problem("not_found")
    return key


def _whole(found: Article, call: Call) -> dict[str, Any]:
    code = parks.by_id(found.park_id).code if found.park_id is not None else None
    content = meet(call.actor, found).content
    shown = {one.name: _plain(one.name, content.get(one.name)) for one in WRITTEN}
    return {**told(found, found.id, code, call.actor), "content": shown}


def _plain(name: str, value: Any) -> Any:
    if name in ("publish_at", "expire_at"):
        return value or None
    return bool(value) if name == "top" else (value or "")


def put_article(call: Call) -> Answer:
    """What the form of an article does: a draft, or 确定."""
    key = _key(call)
    given = {name: value for name, value in call.body.items() if name != "submit"}
    values = {name: value if value is not None else "" for name, value in given.items()}
    send = call.body.get("submit")
    if wrong := _faults(values):
        raise Problem("invalid", errors=wrong)

    before: dict[str, Any] = {}

    def seen(found: Article | None) -> None:
        if found is None and key.startswith(putting.OWN):
            raise NotFound("article")
        before.update({} if found is None else _whole(found, call))
        now = () if found is None else (tag_of(before),)
        if (call.only_new and now) or (call.match and not now) or not call.fits(*now):
            raise Problem("changed")

    with transaction(), dry(call):
        found, result = services.put(call.actor, key, values, send=send, seen=seen)
        data = _whole(found, call)
        changed = differing(before.get("content"), data["content"])
        return RESULT.answer(call, result, data, changed=changed)


def _faults(values: Mapping[str, Any]) -> list[Fault]:
    """What the form itself says before anything is saved: its words, its text."""
    wrong = []
    word = values.get("category")
    if word and word not in dictionaries.options(rules.CATEGORIES, clock.today()):
        wrong.append(Fault("choice", _("不在可选的取值之内"), "/category"))
    if "body" in values:
        text = richtext.clean(values["body"])
        said = {"most": rules.BODY_MOST, "number": text.length}
        if text.length > rules.BODY_MOST:
            words = richtext.LABELS["richtext_over"]
            wrong.append(Fault("richtext_over", str(words) % said, "/body"))
    return wrong


OPERATIONS = (
    Operation(
        *("list_news", "GET", "/news", _l("新闻资讯列表"), "news"),
        scope=READ,
        rights=frozenset({f"can_list on {VIEW}"}),
        tenant=Tenant.park,
        run=list_news,
        answers=ARTICLES,
        parameters=(*listing.PAGING, listing.WHERE),
        filters=FILTERS,
        sorts=SORTS,
        searches=NewsView.search_label,
    ),
    Operation(
        *("read_article", "GET", "/news/{key}", _l("一篇新闻资讯"), "news"),
        scope=READ,
        rights=frozenset({f"can_show on {VIEW}"}),
        tenant=Tenant.park,
        run=read_article,
        answers=ARTICLE,
        parameters=(KEY,),
    ),
    Operation(
        *("put_article", "PUT", "/news/{key}", _l("新增或修改一篇新闻资讯"), "news"),
        scope=WRITE,
        rights=WRITE.rights,
        tenant=Tenant.park,
        run=put_article,
        body=PUT,
        answers=RESULT.shape(),
        reads=READ,
        parameters=(KEY, DRY_RUN),
        words={**REFUSALS, **richtext.LABELS},
        makes=True,
    ),
)
