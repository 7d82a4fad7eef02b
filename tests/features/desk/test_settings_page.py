"""平台设置: shown everywhere at once, checked, never lost to a second person."""

from __future__ import annotations

import re

import pytest

from app.features.desk.site import GROUPS, contrast_to_white
from tests.support.forms import errors, form_of

BASE = "/desk/settings"
HIDDEN = re.compile(r'name="(version\.[\w.]+)" value="(\d+)"')


def seen(browser, group="site"):
    return dict(HIDDEN.findall(browser.page(f"{BASE}/{group}")))


def save(browser, group="site", versions=None, **values):
    typed = {key.replace("__", "."): value for key, value in values.items()}
    shown = seen(browser, group) if versions is None else versions
    return browser.post(f"{BASE}/{group}", data={**shown, **typed})


def test_a_name_and_a_footer_are_on_every_page_at_once(as_, client):
    browser = as_("operator")
    assert "ICP备案号" not in client.page("/")
    name = {"site__name": "临海综试区<b>", "site__platform": "服务大厅"}
    assert save(browser, **name).status_code == 303
    assert save(browser, "footer", footer__icp="ICP备1号", footer__phone="12345").status_code == 303
    for page in (client.page("/"), client.page("/login"), browser.page("/desk/")):
        assert "临海综试区&lt;b&gt;" in page
        assert "服务大厅" in page
        assert "12345" in page
    assert "ICP备1号" in client.page("/")
    assert "临海综试区" in browser.page(f"{BASE}/site").split("变更记录")[1]


def test_a_setting_goes_back_to_what_was_shipped(as_, client):
    browser = as_("operator")
    save(browser, site__short="临海")
    assert "恢复默认" in browser.page(f"{BASE}/site")
    save(browser, site__short="别的", restore="site.short")
    assert "恢复默认" not in browser.page(f"{BASE}/site")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"site__colour": "#FFD700"}, "4.5:1"),
        ({"site__colour": "red"}, "#RRGGBB"),
        ({"site__name": "长" * 121}, "过长"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(as_, values, words):
    browser = as_("operator")
    answer = save(browser, **{"site__short": "没有保存", **values})
    assert answer.status_code == 400
    assert words in errors(answer.text)[0]
    assert 'value="没有保存"' in answer.text
    assert "没有保存" not in browser.page(f"{BASE}/site")


def test_a_link_is_never_a_script(as_):
    answer = save(as_("operator"), "footer", footer__conac="javascript:alert(1)")
    assert answer.status_code == 400


LINKS = "园区名单 | /parks/ | All parks\n\n海易办 ｜ https://example.com/a?b=1"


def test_links_stand_under_the_search_and_in_the_footer_in_the_language_of_the_page(as_, client):
    bare = client.page("/")
    assert "热门" not in bare
    assert "相关网站" not in bare
    browser = as_("operator")
    assert save(browser, "home", home__hot=LINKS).status_code == 303
    assert save(browser, "footer", footer__sites=LINKS).status_code == 303
    home = client.page("/")
    hot = home[home.index("home-hot") : home.index("home-figures")]
    assert '<a href="/parks/">园区名单</a>' in hot
    outside = '<a href="https://example.com/a?b=1" rel="noopener noreferrer">海易办</a>'
    assert outside in hot
    foot = client.page("/news/")
    assert outside in foot[foot.index("相关网站") :]
    client.post("/preferences", data={"lang": "en", "next": "/"})
    english = client.page("/")
    assert '<a href="/parks/">All parks</a>' in english
    assert "海易办</a>" in english


@pytest.mark.parametrize(
    "line",
    [
        "首页",
        "首页 | javascript:alert(1)",
        "首页 | //example.com",
        "首页 | /\\example.com",
        "首页 | http://example.com",
        'x | /a" onclick="b',
        " | /parks/",
        "a | /a | b | c",
        "\n".join(["首页 | /"] * 13),
    ],
)
def test_a_line_that_is_no_link_is_refused_and_kept_to_be_mended(as_, client, line):
    answer = save(as_("operator"), "home", home__hot=f"好 | /parks/\n{line}")
    assert answer.status_code == 400
    assert "文字 | 网址" in errors(answer.text)[0]
    assert "好 | /parks/" in answer.text
    assert "热门" not in client.page("/")


def test_the_second_of_two_people_sees_the_firsts_value_and_keeps_the_own(as_):
    first, second = as_("operator"), as_("operator2")
    opened = seen(second)
    save(first, site__name="先保存的")
    answer = save(second, versions=opened, site__name="后保存的")
    assert answer.status_code == 409
    asked = form_of(answer.text)
    assert (asked["site.name"], asked["merge.site.name"]) == ("后保存的", "mine")
    assert "用对方的 先保存的" in answer.text
    assert second.post(f"{BASE}/site", data=asked).status_code == 303
    assert "后保存的" in first.page("/desk/")


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_each_group_is_saved_as_the_browser_sends_it(as_, group):
    """Every input with what it shows: nothing that stands there is refused."""
    browser = as_("operator")
    sent = form_of(browser.page(f"{BASE}/{group}"), f"{BASE}/{group}")
    assert len(sent) > 2
    answer = browser.post(f"{BASE}/{group}", data=sent)
    assert (answer.status_code, errors(answer.text)) == (303, [])


def test_two_people_with_two_settings_of_one_page_do_not_clash(as_):
    first, second = as_("operator"), as_("operator2")
    page = second.page(f"{BASE}/site")
    opened = dict(re.findall(r'name="((?:version|opened)\.[\w.]+)" value="([^"]*)"', page))
    save(first, site__name="先保存的")
    typed = {"site.name": opened["opened.site.name"], "site.platform": "后保存的大厅"}
    assert second.post(f"{BASE}/site", data={**opened, **typed}).status_code == 303
    shown = first.page("/desk/")
    assert "先保存的" in shown
    assert "后保存的大厅" in shown


def test_a_colour_dresses_the_pages(as_, client):
    save(as_("operator"), site__colour="#0B5A3C")
    assert 'style="--brand:#0B5A3C;--brand-hover:#084830"' in client.page("/")


def test_contrast_is_counted_as_wcag_does():
    assert round(contrast_to_white("#000000"), 1) == 21.0
    assert round(contrast_to_white("#767676"), 2) == 4.54
    assert round(contrast_to_white("#ffffff"), 1) == 1.0


@pytest.mark.parametrize(("who", "status"), [("park1", 403), ("reviewer", 403), ("operator", 200)])
def test_only_the_operator_sets(as_, who, status):
    as_(who).page(f"{BASE}/", status=status)


def test_there_are_no_other_groups(as_):
    as_("operator").page(f"{BASE}/nothing", status=404)
