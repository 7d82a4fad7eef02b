"""The public site with invented providers, and without any."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.core.values import replace
from app.features.desk import public
from app.features.desk.public import Article, Figures, Found, News, Park, ParkPage, matches
from app.features.desk.views import public as views

HOSTILE = "<script>window.__xss=1</script>"
NEWS = [
    News(
        number,
        f"跨境政策解读第{number}期",
        datetime(2026, 11, number, 2, tzinfo=UTC),
        category="政策解读",
        source="平台运营中心",
    )
    for number in range(1, 15)
]
PARKS = [
    Park("lingang", "P01", "临港保税物流园", kind="园区", level="国家级", modes=("1210",)),
    Park("yezhou", "B01", f"椰洲直播基地{HOSTILE}", kind="基地"),
]


def _news_page(*, q, category, skip, most):
    found = [one for one in reversed(NEWS) if matches(one.title, q)]
    if category:
        found = [one for one in found if category == "policy"]
    return Found(found[skip : skip + most], len(found))


def _parks_page(*, q, skip, most, **chosen):
    found = [one for one in PARKS if matches(one.name, q)]
    if chosen["type"]:
        found = [one for one in found if one.code.startswith(chosen["type"])]
    return Found(found[skip : skip + most], len(found))


FILLED = {
    "news_page": _news_page,
    "categories": lambda: (("policy", "政策解读"), ("notice", "通知公告")),
    "article": lambda pk: (
        Article(
            NEWS[pk - 1],
            f"<p>正文内容</p>{HOSTILE}",
            source_link="https://example.com/a",
            attachments=(("办事指南.pdf", "/files/x", "120 KB"),),
        )
        if 0 < pk <= len(NEWS)
        else None
    ),
    "neighbours": lambda pk: (
        NEWS[pk - 2] if pk > 1 else None,
        NEWS[pk] if pk < len(NEWS) else None,
    ),
    "news_of": lambda _slug, most: NEWS[:most],
    "parks_page": _parks_page,
    "park_choices": lambda: {"type": (("P", "园区"), ("B", "基地"))},
    "park": lambda slug: next(
        (
            ParkPage(
                one,
                operator="临港物流有限公司",
                introduction=f"<p>紧邻港口</p>{HOSTILE}",
                services=(("报关报检", "单证预审"),),
                contacts=(("招商电话", "0000-8866 2018"),),
            )
            for one in PARKS
            if one.slug == slug
        ),
        None,
    ),
    "figures": lambda: Figures(
        (("入驻企业", "3,026", "家", "users"),), date(2026, 10, 31), "平台统计"
    ),
    "addresses": lambda: (("/news/1", date(2026, 11, 1)), ("/parks/lingang", date(2026, 11, 2))),
}


@pytest.fixture
def filled(monkeypatch):
    for name, given in FILLED.items():
        monkeypatch.setattr(public.PROVIDERS, name, given)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", ("还没有新闻资讯", "还没有公开的园区或基地", "如何入驻")),
        ("/news/", ("还没有新闻资讯",)),
        ("/parks/", ("还没有公开的园区或基地", "共 0 家")),
        ("/search?q=x", ("没有找到相关内容",)),
    ],
)
def test_nothing_provided_is_a_page_with_words(client, monkeypatch, address, words):
    monkeypatch.setattr(views, "PROVIDERS", public.Providers())
    text = client.page(address)
    assert all(one in text for one in words)
    assert "数据截至" not in text


@pytest.mark.usefixtures("filled")
def test_the_home_shows_news_parks_and_figures_with_day_and_source(client):
    text = client.page("/")
    for words in ("数据截至 2026-10-31", "来源：平台统计", "3,026", "临港保税物流园", "登录/注册"):
        assert words in text
    assert text.count("跨境政策解读第") == 5
    assert HOSTILE not in text


@pytest.mark.usefixtures("filled")
def test_the_news_are_in_pages_and_categories(client):
    first = client.page("/news/?category=policy")
    assert "第14期" in first
    assert "第2期" not in first
    assert 'href="/news/?category=policy&amp;page=2"' in first
    assert "第2期" in client.page("/news/?category=policy&page=2")
    assert "没有符合条件" in client.page("/news/?category=notice&q=nothing")
    assert "第14期" in client.page("/news/?category=forged%27--")


@pytest.mark.usefixtures("filled")
def test_an_article_has_its_neighbours_source_and_files(client):
    text = client.page("/news/3")
    for words in ("正文内容", "来源：平台运营中心", "上一篇", "下一篇", "办事指南.pdf", "第4期"):
        assert words in text
    assert "__xss" not in text
    assert "上一篇" not in client.page("/news/1")
    client.page("/news/999", status=404)


@pytest.mark.usefixtures("filled")
def test_parks_are_filtered_and_a_park_takes_applications(client):
    only = client.page("/parks/?type=P")
    assert "共 1 家" in only
    assert "椰洲" not in only
    text = client.page("/parks/lingang")
    assert text.count('href="/parks/lingang/apply"') == 2
    assert "紧邻港口" in text
    assert "__xss" not in text
    client.page("/parks/nowhere", status=404)


def test_a_park_that_takes_nobody_has_no_button(client, monkeypatch):
    page = replace(FILLED["park"]("lingang"), takes=False)
    monkeypatch.setattr(public.PROVIDERS, "park", lambda _slug: page)
    assert "/apply" not in client.page("/parks/lingang")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("q", ["临港", "lingang", "lgbswly", "LG", "Ｌｉｎ ｇａｎｇ"])
def test_the_search_finds_words_pinyin_and_initials(client, q):
    text = client.page(f"/search?q={q}")
    assert "临港保税物流园" in text
    assert "椰洲" not in text


@pytest.mark.usefixtures("filled")
def test_hostile_input_is_text(client):
    text = client.page(f"/search?q={HOSTILE}%27%22")
    assert "<script>window" not in text
    for page in ("-1", "0", "x", "99999999999", "²"):
        client.page(f"/news/?page={page}")


@pytest.mark.usefixtures("filled")
def test_site_map_and_robots(client):
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    assert "<loc>http://localhost/parks/lingang</loc><lastmod>2026-11-02</lastmod>" in answer.text
    robots = client.page("/robots.txt")
    assert "Disallow: /desk/" in robots
    assert "Sitemap: http://localhost/sitemap.xml" in robots


def test_a_visitors_page_is_conditional_and_a_persons_is_not(client, as_):
    first = client.get("/")
    assert first.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in first.headers
    again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    mine = as_("park1").get("/")
    assert mine.headers["Cache-Control"] == "no-store"


def test_the_looks_are_kept_without_script(client):
    answer = client.post("/preferences", data={"view": "large", "next": "/news/"})
    assert answer.status_code == 302
    text = client.page("/news/")
    assert 'data-view="large"' in text
    client.post("/preferences", data={"view": ""})
    assert "data-view" not in client.page("/news/")
    odd = client.post("/preferences", data={"view": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert odd.status_code == 400
