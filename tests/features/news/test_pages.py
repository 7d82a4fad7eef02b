"""新闻资讯发布 as people meet it: the form that saves itself, review, the bin, the word list."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.engines import review
from app.extensions import db
from app.features.news import queries, services
from app.features.news.models import Article
from app.features.news.rules import KIND, State
from app.transaction import transaction
from app.web import site
from tests.features.desk.test_settings_page import save
from tests.features.news import made
from tests.support import people
from tests.support.forms import form_of

HANGS = "/desk/bin/hanging/news"
BASE = "/desk/news"


def send(browser, address, act="save", **typed):
    values = form_of(browser.page(address))
    return browser.post(address, data={**values, **typed, "act": act})


def typed(**changes):
    names = ("title", "category", "summary", "body", "source")
    return {**{name: made.GOOD[name] for name in names}, **changes}


def only(app):
    with app.app_context():
        from app.core import scope
        from app.extensions import db
        from app.features.news.models import Article

        with scope.unscoped():
            return [one.id for one in db.session.query(Article).order_by(Article.id)]


def test_from_the_empty_form_to_the_reader(app, as_):
    writer, reviewer = as_("park1"), as_("reviewer")
    answer = send(writer, f"{BASE}/add", "send", **typed(title=""))
    assert answer.status_code == 400
    assert "必填" in answer.text
    assert made.GOOD["summary"] in answer.text
    answer = send(writer, f"{BASE}/add", "send", **typed())
    (pk,) = only(app)
    assert answer.location == f"{BASE}/show/{pk}"
    page = writer.page(f"{BASE}/show/{pk}")
    for words in ("待审核，已等待 0 个工作日", "已提交，待管理员审核", "撤回"):
        assert words in page
    assert writer.get(f"{BASE}/edit/{pk}").location == f"{BASE}/show/{pk}"
    with app.app_context():
        found = made.pending(pk).id
    shown = reviewer.page(f"/desk/reviews/show/{found}")
    assert made.GOOD["title"] in shown
    decided = {"seen": re.search(r'name="seen" value="(\d+)"', shown)[1], "act": "approve"}
    reviewer.post(f"/desk/reviews/decision/{found}", data=decided)
    assert "已发布" in writer.page(f"{BASE}/list/?state=public")
    with app.app_context():
        assert made.titles() == [made.GOOD["title"]]


def test_the_reviewer_sees_only_what_changed(app, as_):
    with app.app_context():
        pk = made.published()
        made.change(pk, summary="新的摘要", send=True)
        found = made.pending(pk).id
    page = as_("reviewer").page(f"/desk/reviews/show/{found}?view=changes")
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert re.findall(r'<th scope="row">\s*<span>(.*?)</span>', table) == ["摘要"]


def test_a_returned_article_opens_the_named_fields_only(app, as_):
    with app.app_context():
        pk = made.write(send=True)
        made.send_back(pk, "title")
    writer = as_("park1")
    page = writer.page(f"{BASE}/edit/{pk}")
    values = form_of(page)
    assert "title" in values
    assert not {"body", "summary", "cover_key", "files", "top"} & set(values)
    assert "请修改" in page
    assert "备货仓二期已经投入使用" in page  # to be read, not to be typed
    answer = writer.post(f"{BASE}/edit/{pk}", data={**values, "title": "改好了", "act": "send"})
    assert answer.location == f"{BASE}/show/{pk}"
    with app.app_context():
        assert made.pending(pk).content["title"] == "改好了"
        assert made.pending(pk).content["body"] == made.GOOD["body"]


def test_two_editors_get_the_merge_page_and_lose_nothing(app, as_):
    with app.app_context():
        pk = made.write()
    address = f"{BASE}/edit/{pk}"
    one, other = as_("park1"), as_("both")
    first, second = form_of(one.page(address)), form_of(other.page(address))
    assert one.post(address, data={**first, "title": "甲", "summary": "甲写"}).status_code == 303
    page = other.post(address, data={**second, "title": "乙"})
    assert page.status_code == 409
    assert "您填写期间，测park1 已保存了新的内容" in page.text
    values = form_of(page.text)
    assert (values["title"], values["merge.title"]) == ("乙", "mine")
    assert "merge.summary" not in values  # the review engine merged it
    assert other.post(address, data=values).status_code == 303
    with app.app_context():
        content = made.pending(pk).content
    assert (content["title"], content["summary"]) == ("乙", "甲写")


def test_it_saves_by_itself_and_says_when(app, as_):
    writer = as_("park1")
    values = form_of(writer.page(f"{BASE}/add"))
    answer = writer.post(f"{BASE}/autosave", data={**values, "title": "半篇", "publish_at": "坏"})
    (pk,) = only(app)
    assert answer.json["action"] == f"{BASE}/edit/{pk}"
    assert re.fullmatch(r"已自动保存 \d\d:\d\d", answer.json["message"])
    again = writer.post(f"{BASE}/autosave", data={**values, "title": "半篇"})
    assert again.json["action"] == f"{BASE}/edit/{pk}"  # the same form: no second article
    late = {**values, "version": answer.json["version"], "opened": answer.json["opened"]}
    saved = writer.post(f"{BASE}/autosave/{pk}", data={**late, "title": "大半篇"})
    assert int(saved.json["version"]) > int(answer.json["version"])
    clash = as_("both").post(f"{BASE}/autosave/{pk}", data={**late, "title": "另一篇"})
    assert clash.status_code == 409
    assert "其他人保存过" in clash.json["message"]
    with app.app_context():
        assert (only(app), made.pending(pk).content["title"]) == ([pk], "大半篇")


def test_confirmed_twice_it_is_submitted_once(app, as_):
    writer = as_("park1")
    values = {**form_of(writer.page(f"{BASE}/add")), **typed(), "act": "send"}
    assert [writer.post(f"{BASE}/add", data=values).status_code for _ in "12"] == [303, 303]
    with app.app_context():
        (pk,) = only(app)
        acts = [one.act for one in review.events(made.pending(pk))]
    assert acts == ["begin", "submit"]


def test_a_cover_and_files_are_kept_with_the_form_and_hostile_ones_refused(app, as_):
    writer = as_("park1")
    values = {**form_of(writer.page(f"{BASE}/add")), **typed(title="")}
    good = {"cover_file": (io.BytesIO(made.png()), "封面.png"),
            "files_new": (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "办法.pdf")}  # fmt: skip
    page = writer.post(f"{BASE}/add", data={**values, **good, "act": "send"})
    assert page.status_code == 400
    kept = form_of(page.text)
    assert len(kept["cover_key"]) == len(kept["files"]) == 32  # chosen once, whatever was missing
    assert "办法.pdf" in page.text
    for wrong in (
        {"cover_file": (io.BytesIO(b"<svg onload=alert(1)>"), "a.png")},
        {"cover_file": (io.BytesIO(made.png()), "a.svg")},
        {"files_new": (io.BytesIO(b"MZ\x90\x00" * 50), "办法.pdf")},
        {"files_new": (io.BytesIO(b"<html><script>x</script>"), "a.docx")},
    ):
        answer = writer.post(f"{BASE}/add", data={**kept, **wrong, "title": "x", "act": "save"})
        assert answer.status_code == 400, wrong
    assert only(app) == []
    answer = writer.post(f"{BASE}/add", data={**kept, "title": "x", "act": "send"})
    assert answer.status_code == 400
    assert "请为封面填写替代文字" in answer.text
    assert 'href="#cover_alt"' in answer.text  # at the text, not at the file
    assert 'href="#cover_file"' not in answer.text
    done = {**kept, "title": "x", "cover_alt": "仓库外景", "act": "send"}
    assert writer.post(f"{BASE}/add", data=done).status_code == 303
    (pk,) = only(app)
    with app.app_context():
        made.approve(pk)
        key = made.article(pk).cover_key
    visitor = app.test_client()
    assert visitor.get(f"/pictures/{key}").status_code == 200
    file = visitor.get(f"/news/{pk}/files/{kept['files']}")
    assert file.status_code == 200
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert visitor.get(f"/news/{pk}/files/{key}").status_code == 404
    with app.app_context():
        made.revoke(pk)
    for address in (f"/pictures/{key}", f"/news/{pk}/files/{kept['files']}"):
        assert visitor.get(address).status_code == 404


def test_hostile_text_is_clean_on_every_page(app, as_):
    writer = as_("park1")
    bad = '<p onclick="x()">好<img src=x onerror=alert(1)><script>alert(2)</script></p>'
    title = '"><script>alert(3)</script>'
    send(writer, f"{BASE}/add", "send", **typed(body=bad, title=title))
    (pk,) = only(app)
    for address in ("show", "preview"):
        page = writer.page(f"{BASE}/{address}/{pk}")
        for words in ("onclick", "onerror", "alert(2)", "<script>alert(3)"):
            assert words not in page, (address, words)


def test_warnings_reach_the_author_and_the_reviewer(app, as_):
    zone = as_("operator")
    page = zone.page("/desk/news-words/")
    assert "词库是空的" in page
    file = {"file": (io.BytesIO("免租\n最高级\n".encode("gb18030")), "词库.txt")}
    assert zone.post("/desk/news-words/", data=file).status_code == 303
    assert "免租" in zone.page("/desk/news-words/")
    writer = as_("park1")
    body = '<p>免 租 6 个月，电话 13800138000。<a href="https://example.com/a">看</a></p>'
    answer = send(writer, f"{BASE}/add", "send", **typed(body=body))
    page = writer.page(answer.location)
    for words in ("敏感词“免租”1 次", "138****8000", "example.com"):
        assert words in page
    (pk,) = only(app)
    with app.app_context():
        found = made.pending(pk).id
    page = as_("reviewer").page(f"/desk/reviews/show/{found}")
    for words in ("敏感词“免租”1 次", "138****8000", "example.com"):
        assert words in page
    zone.post("/desk/news-words/clear")
    assert "敏感词" not in as_("reviewer").page(f"/desk/reviews/show/{found}")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.txt", "没有词语"),
        (b"a\x00b", "a.txt", "每行一个词"),
        ("词\n".encode(), "a.exe", "每行一个词"),
        (b"\xff\xfe\xff", "a.csv", "每行一个词"),
        (("长" * 41).encode(), "a.txt", "过长"),
        ("\n".join(str(n) for n in range(5_001)).encode(), "a.txt", "最多 5000 个词"),
        (b"x" * (1024 * 1024 + 1), "a.txt", "超过 1 MB"),
    ],
)
def test_a_wrong_word_list_is_refused_and_the_old_one_stays(app, as_, content, name, words):
    with app.app_context():
        made.do("operator", services.replace_words, io.BytesIO("旧词".encode()), "旧.txt")
    answer = as_("operator").post("/desk/news-words/", data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == 400
    assert words in answer.text
    with app.app_context():
        assert queries.word_list().words == ["旧词"]


def test_what_each_sees_and_may(app, as_):
    with app.app_context():
        draft, sent = made.write(title="草稿甲"), made.write(title="已送乙", send=True)
        zone = made.write("operator", title="综试区丙")
    lists = {
        "park1": {"草稿甲", "已送乙"},
        "clerk1": {"草稿甲", "已送乙"},
        "park2": set(),
        "reviewer": {"已送乙"},
        "operator": {"已送乙", "综试区丙"},
    }
    for who, titles in lists.items():
        page = as_(who).page(f"{BASE}/list/")
        assert {one for one in ("草稿甲", "已送乙", "综试区丙") if one in page} == titles, who
    as_("expert1").page(f"{BASE}/list/", status=403)
    as_("clerk1").page(f"{BASE}/edit/{draft}", status=403)
    as_("operator").page(f"{BASE}/edit/{sent}", status=403)
    as_("operator").page(f"{BASE}/show/{sent}")
    as_("reviewer").page(f"{BASE}/show/{draft}", status=404)
    for address in (f"show/{zone}", f"edit/{zone}", f"preview/{zone}"):
        as_("park1").page(f"{BASE}/{address}", status=404)
    for address in (f"show/{draft}", f"edit/{draft}", f"preview/{draft}", f"hanging/{draft}"):
        as_("park2").page(f"{BASE}/{address}", status=404)


def test_search_tabs_filters_and_their_counts(app, as_):
    with app.app_context():
        made.published(title="备货仓投用", category="通知公告")
        made.write(title="直播大赛")
    browser = as_("park1")
    assert "直播大赛" in browser.page(f"{BASE}/list/?q=zbds")
    assert "备货仓投用" not in browser.page(f"{BASE}/list/?q=zbds")
    page = browser.page(f"{BASE}/list/?state=draft")
    assert "直播大赛" in page
    assert "备货仓投用" not in page
    assert re.search(r'state=public"[^>]*>已发布<span class="pill">1<', page)
    assert "备货仓投用" in browser.page(f"{BASE}/list/?category=通知公告")
    browser.page(f"{BASE}/list/?state=wrong", status=400)
    as_("operator").page(f"{BASE}/list/?park=zone")


def dated(pk, **columns):
    with scope.unscoped(), transaction():
        db.session.execute(sa.update(Article).where(Article.id == pk).values(**columns))


def test_what_is_over_or_waits_for_its_hour_is_not_called_published(app, as_):
    """Tab, list, dialogs of deleting and giving back: each says what readers see."""
    day = timedelta(days=1)
    with app.app_context():
        now, over, later = (
            made.published(title=one) for one in ("现在读到", "已经过期", "明天才到")
        )
        dated(over, published_at=clock.now() - 2 * day, expires_at=clock.now() - day)
        dated(later, published_at=clock.now() + day)
    browser = as_("park1")
    tabs = browser.page(f"{BASE}/list/")
    for tab, words, title in (
        ("public", "已发布", "现在读到"),
        ("later", "定时发布", "明天才到"),
        ("over", "已失效", "已经过期"),
    ):
        assert re.search(rf'state={tab}"[^>]*>{words}<span class="pill">1<', tabs)
        page = browser.page(f"{BASE}/list/?state={tab}")
        table = page[page.index("<tbody>") : page.index("</tbody>")]
        assert [one for one in ("现在读到", "明天才到", "已经过期") if one in table] == [title]
    gone = "删除后公开页面立即撤下。"
    for pk, told in ((now, [gone]), (over, []), (later, [])):
        assert browser.get(f"{HANGS}/{pk}").json["lines"] == told
        browser.post(f"{BASE}/delete/{pk}")
        assert browser.get(f"{HANGS}/{pk}").json["lines"] == (
            ["恢复后将重新公开。"] if told else []
        )


def test_the_home_page_says_whose_news_it_is_and_has_notices(app, as_, client):
    with app.app_context():
        made.published(title="园区的动态", source="别处")
        made.published("operator", title="停机维护通知", category="通知公告")
        park, zone = people.park("P01").name, site.zone_name()
    page = client.page("/")
    rows = page[page.index('class="news-list"') : page.index('class="home-side"')]
    assert f"</span> <span>{park}</span></p>" in rows
    assert f"</span> <span>{zone}</span></p>" in rows
    notices = page[page.index('class="home-notices"') :]
    notices = notices[: notices.index("</ul>")]
    assert "停机维护通知" in notices
    assert "园区的动态" not in notices
    kinds = re.findall(r'class="tint info">(园区|基地)<', client.page("/parks/"))
    assert kinds == sorted(kinds, key=["园区", "基地"].index)
    assert set(kinds) == {"园区", "基地"}
    for address in re.findall(r'<a href="([^"]+)"><svg[^>]*>', page[page.index("home-services") :]):
        assert client.get(address).status_code in (200, 302, 303, 308), address
    save(as_("operator"), "home", home__notices="园区动态")
    page = client.page("/")
    assert "园区的动态" in page[page.index('class="home-notices"') :]


def test_the_preview_shows_what_readers_get(app, as_):
    """The summary stands in lists only, the source is named in the same words."""
    with app.app_context():
        pk = made.published(source_link="https://example.com/a")
    for page in (
        as_("park1").page(f"{BASE}/preview/{pk}"),
        app.test_client().page(f"/news/{pk}"),
    ):
        assert "css/public.css" in page  # what readers see it in
        main = page[page.index("<main") : page.index("</main>")]
        assert "来源：园区办公室" in main
        assert "查看原文" in main
        assert made.GOOD["summary"] not in main
    assert made.GOOD["summary"] in as_("park1").page(f"{BASE}/show/{pk}")


def test_the_bin_says_what_hangs_and_gives_it_back(app, as_):
    with app.app_context():
        pk = made.published()
    browser = as_("park1")
    assert browser.get(f"{HANGS}/{pk}").json["lines"] == ["删除后公开页面立即撤下。"]
    browser.post(f"{BASE}/delete/{pk}", data={"reason": "重复"})
    page = browser.page("/desk/bin/list/?kind=news")
    assert all(words in page for words in (made.GOOD["title"], "重复"))
    zone = as_("operator").page("/desk/bin/list/")  # restoring is the park's word
    assert (made.GOOD["title"] in zone, 'formaction="/desk/bin/restore/' in zone) == (True, False)
    assert browser.get(f"{HANGS}/{pk}").json["lines"] == ["恢复后将重新公开。"]
    browser.post(f"/desk/bin/undo/news/{pk}")
    with app.app_context():
        assert made.titles() == [made.GOOD["title"]]


def test_recalled_and_discarded_from_its_page(app, as_):
    with app.app_context():
        pk = made.published()
        made.change(pk, title="改了", send=True)
    browser = as_("park1")
    browser.post(f"{BASE}/withdraw/{pk}")
    assert "已撤回" in browser.page(f"{BASE}/show/{pk}")
    browser.post(f"{BASE}/discard/{pk}")
    page = browser.page(f"{BASE}/show/{pk}")
    assert made.GOOD["title"] in page
    with app.app_context():
        assert review.pending(KIND, pk) is None
        assert made.article(pk).state is State.passed
    browser.post(f"{BASE}/withdraw/{pk}")
    assert "状态已经改变" in browser.page(f"{BASE}/show/{pk}")


def test_who_works_for_two_parks_writes_for_the_chosen_one(app, as_):
    send(as_("both"), f"{BASE}/add", **typed())
    (pk,) = only(app)
    with app.app_context():
        assert made.article(pk).park_id == min(people.park(c).id for c in ("P01", "P02"))
