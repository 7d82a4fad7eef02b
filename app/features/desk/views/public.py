"""The public site: home, news, parks, search, site map."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import Response, abort, current_app, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.engines import settings
from app.features.desk.public import PROVIDERS, Found, News, Wanted
from app.features.desk.site import STEPS, notices_category
from app.web.access import Tenant
from app.web.pages import Page
from app.web.public_cache import keep

A_PAGE = 12
MOST_PAGES = 500
LONGEST = 60
HOME_NEWS, HOME_NOTICES, HOME_PARKS, PARK_NEWS, SEARCHED = 5, 3, 4, 3, 50
HOME_RANKINGS = 2
FILTERS = ("type", "level", "mode", "area")


class HomeView(Page):
    """The public home, and what belongs to no one list."""

    route_base = ""
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset({"index", "search", "sitemap", "robots"})

    @expose("/")
    def index(self) -> Any:
        steps = [
            (settings.get(f"home.step{one}"), settings.get(f"home.step{one}_text")) for one in STEPS
        ]
        return keep(
            self.render(
                "public/home.html",
                news=_newest("", HOME_NEWS),
                services=_services(),
                notices=_newest(board := notices_category(), HOME_NOTICES),
                board=board,
                rankings=PROVIDERS.rankings()[:HOME_RANKINGS],
                parks=_parks(Wanted(), 0, HOME_PARKS),
                figures=PROVIDERS.figures(),
                steps=[one for one in steps if one[0]] or _usual_steps(),
            )
        )

    @expose("/search")
    def search(self) -> Any:
        """News and parks by words, pinyin or initials."""
        wanted = _wanted()
        nothing = Found()
        news = _news(wanted.q, "", 0, SEARCHED) if wanted.q else nothing
        parks = _parks(wanted, 0, SEARCHED) if wanted.q else nothing
        return keep(self.render("public/search.html", wanted=wanted, news=news, parks=parks))

    @expose("/sitemap.xml")
    def sitemap(self) -> Response:
        pages = [
            ("/", None),
            ("/news/", None),
            ("/parks/", None),
            ("/rankings/", None),
            *PROVIDERS.addresses(),
        ]
        root = request.host_url.rstrip("/")
        text = self.render("public/sitemap.xml", pages=pages, root=root)
        return _plain(text, "application/xml")

    @expose("/robots.txt")
    def robots(self) -> Response:
        closed = ("/desk/", "/me/", "/login", "/search")
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
        lines.append(f"Sitemap: {request.host_url}sitemap.xml")
        return _plain("\n".join(lines) + "\n", "text/plain")


class PublicNewsView(Page):
    """新闻资讯 as everybody reads it."""

    route_base = "/news"
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset({"index", "article"})

    @expose("/")
    def index(self) -> Any:
        wanted = _wanted("category")
        categories = PROVIDERS.categories()
        category = _known(wanted.chosen["category"], categories)
        found = _news(wanted.q, category, (wanted.page - 1) * A_PAGE, A_PAGE)
        pager = _pager("/news/", wanted, found.count)
        return keep(
            self.render(
                "public/news.html",
                wanted=wanted,
                found=found,
                pager=pager,
                categories=categories,
                category=category,
                rankings=bool(PROVIDERS.rankings()),
            )
        )

    @expose("/<pk:pk>")
    def article(self, pk: int) -> Any:
        found = PROVIDERS.article(pk)
        if found is None:
            abort(404)
        earlier, later = PROVIDERS.neighbours(pk)
        return keep(self.render("public/article.html", article=found, earlier=earlier, later=later))


class PublicParksView(Page):
    """园区/基地 as everybody sees them."""

    route_base = "/parks"
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset({"index", "park"})

    @expose("/")
    def index(self) -> Any:
        wanted = _wanted(*FILTERS)
        found = _parks(wanted, (wanted.page - 1) * A_PAGE, A_PAGE)
        return keep(
            self.render(
                "public/parks.html",
                wanted=wanted,
                found=found,
                pager=_pager("/parks/", wanted, found.count),
                choices=_choices(),
            )
        )

    @expose("/<string:slug>")
    def park(self, slug: str) -> Any:
        found = PROVIDERS.park(slug) if len(slug) <= LONGEST else None
        if found is None:
            abort(404)
        if found.park.slug != slug:  # the code leads on to the address of the profile
            return redirect(found.park.url)
        return keep(
            self.render("public/park.html", page=found, news=PROVIDERS.news_of(slug, PARK_NEWS))
        )


class PublicRankingsView(Page):
    """考核排名公示: what the zone lets everybody read."""

    route_base = "/rankings"
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset({"index", "ranking"})

    @expose("/")
    def index(self) -> Any:
        return keep(self.render("public/rankings.html", found=PROVIDERS.rankings()))

    @expose("/<pk:pk>")
    def ranking(self, pk: int) -> Any:
        found = PROVIDERS.ranking(pk)
        if found is None:
            abort(404)
        return keep(self.render("public/ranking.html", page=found))


def _news(q: str, category: str, skip: int, most: int) -> Found:
    return PROVIDERS.news_page(q=q, category=category, skip=skip, most=most)


def _parks(wanted: Wanted, skip: int, most: int) -> Found:
    known = PROVIDERS.park_choices()
    chosen = {name: _known(wanted.chosen.get(name, ""), known.get(name, ())) for name in FILTERS}
    return PROVIDERS.parks_page(q=wanted.q, **chosen, skip=skip, most=most)


def _choices() -> list[tuple[str, Any, Any]]:
    """Filters that have something to choose: name, label, choices."""
    known = PROVIDERS.park_choices()
    labels = {"type": _("类型"), "level": _("级别"), "mode": _("监管方式"), "area": _("所在区划")}
    return [(name, labels[name], known[name]) for name in FILTERS if known.get(name)]


def _known(code: str, choices: Any) -> str:
    """A code that is offered; anything else filters nothing."""
    return code if any(code == one for one, _words in choices) else ""


def _wanted(*names: str) -> Wanted:
    text = request.args.get("page", "")
    page = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
    return Wanted(
        q=" ".join(request.args.get("q", "").split())[:LONGEST],
        page=min(max(page, 1), MOST_PAGES),
        chosen={name: request.args.get(name, "") for name in names},
    )


def _pager(base: str, wanted: Wanted, count: int) -> SimpleNamespace:
    pages = min(max(-(-count // A_PAGE), 1), MOST_PAGES)

    def address(number: int) -> str:
        asked = {"q": wanted.q, **wanted.chosen, "page": str(number) if number > 1 else ""}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{base}?{query}" if query else base

    return SimpleNamespace(
        number=wanted.page,
        pages=pages,
        previous=address(min(wanted.page - 1, pages)) if wanted.page > 1 else "",
        following=address(wanted.page + 1) if wanted.page < pages else "",
    )


def _newest(category: str, most: int) -> Sequence[News]:
    return PROVIDERS.news_page(q="", category=category, skip=0, most=most).items


def _services() -> list[tuple[str, str, str, str]]:
    """常用服务: drawing, words, what it is about, address (asks to sign in where it must)."""
    return [
        ("file-pencil", _("申请入驻"), _("选园区，填需求"), "/parks/"),
        ("certificate", _("企业认证"), _("海易办法人账号"), "/me/"),
        ("building-warehouse", _("完善服务商信息"), _("申请成为园区或基地"), "/me/"),
        ("clipboard-list", _("办理进度"), _("登录后查看"), "/me/applications/"),
    ]


def _usual_steps() -> list[tuple[str, str]]:
    return [
        (_("注册登录"), _("用手机号与短信验证码、微信扫码或海易办账号登录平台。")),
        (_("认证企业身份"), _("在用户中心前往海易办认证，企业信息自动同步。")),
        (_("提交入驻申请"), _("选择园区或基地，填写经营计划，上传材料。")),
        (_("园区受理落地"), _("园区联系答复，有账号的可在消息中查看结果。")),
    ]


def _plain(text: str, kind: str) -> Response:
    return current_app.response_class(text, mimetype=kind)
