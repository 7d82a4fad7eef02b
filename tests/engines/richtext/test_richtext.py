"""One text has one way to be written; and what a text says to search, to lists of words, on a page."""

from __future__ import annotations

import pytest

from app.core.pictures import Drawn, Size
from app.engines import richtext
from app.engines.richtext import clean, shown, summary, text, words_found

KEY = "0123456789abcdef" * 2
IMG = f'<img src="/pictures/{KEY}" alt="大门">'


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("甲", "<p>甲</p>"),
        ("<div>甲<br><br>乙<br>丙</div>", "<p>甲</p><p>乙<br>丙</p>"),
        ("<b><i>甲</i></b><i><b>乙</b></i>", "<p><strong><em>甲乙</em></strong></p>"),
        ("<b><p>甲</p><p>乙</p></b>", "<p><strong>甲</strong></p><p><strong>乙</strong></p>"),
        ("<h1>甲</h1><h2>乙</h2><h6>丙</h6>", "<h2>甲</h2><h3>乙</h3><h4>丙</h4>"),
        ("<h2>甲</h2><h3>乙</h3>", "<h2>甲</h2><h3>乙</h3>"),
        ("<h2><b>甲</b></h2>", "<h2>甲</h2>"),
        ("<ul>甲<li>乙</ul>", "<ul><li>甲</li><li>乙</li></ul>"),
        ("<ol start=4><li>甲", '<ol start="4"><li>甲</li></ol>'),
        ("<ol start=-1><li>甲", "<ol><li>甲</li></ol>"),
        ("<li>甲", "<ul><li>甲</li></ul>"),
        ("<td>甲", "<p>甲</p>"),
        ("<table><tr><td>甲</table>", "<p>甲</p>"),
        ("<table></table><ul></ul><blockquote></blockquote><pre> </pre>", ""),
        ('<a href="HTTPS://a.example/x?y=1&z=2"><u>甲</u></a>', '<p><a href="HTTPS://a.example/x?y=1&amp;z=2">甲</a></p>'),
        ('<a href="#top">甲</a> <a href="mailto:a@b.example">乙</a>', '<p>甲 <a href="mailto:a@b.example">乙</a></p>'),
        (f"<p>{IMG}</p>", f"<p>{IMG}</p>"),
        (f'<img src="https://site.example/pictures/{KEY}?v=1#x" alt="大门">', f"<p>{IMG}</p>"),
        ("<p>10\xa0000 件</p><p>\xa0</p>", "<p>10&nbsp;000 件</p>"),
        ("<p>　　甲\u200b乙</p>", "<p>甲乙</p>"),
        ("<p style='text-align: right'>甲</p>", '<p class="text-end">甲</p>'),
        ("<center><p>甲</p></center>", '<p class="text-center">甲</p>'),
        ("<span style='display:none'>甲</span>乙", "<p>乙</p>"),
        ("<pre>  a\n <b>b</b>&lt;</pre>", "<pre><code>  a\n b&lt;</code></pre>"),
        ("<table><tr><th>甲<th>乙<tr><th>丙<td rowspan=900>丁</table>",
         ('<table><thead><tr><th scope="col">甲</th><th scope="col">乙</th></tr></thead>'
         '<tbody><tr><th scope="row">丙</th><td rowspan="100">丁</td></tr></tbody></table>')),
    ],
)  # fmt: skip
def test_one_way_to_write_it(given, kept):
    assert clean(given).html == kept
    assert clean(kept).html == kept


def test_what_the_editor_writes_is_kept_but_for_what_says_nothing():
    html = (
        '<table style="min-width: 50px;"><colgroup><col style="min-width: 25px;"></colgroup><tbody><tr>'
        '<th colspan="1" rowspan="1"><p>甲</p></th><th colspan="1" rowspan="1"><p>乙</p></th></tr><tr>'
        '<td colspan="1" rowspan="1"><p>1</p></td><td colspan="1" rowspan="1"><p></p></td></tr></tbody></table>'
        '<ul><li><p>一</p><ul><li><p>二</p></li></ul></li></ul><p></p>'
    )  # fmt: skip
    assert clean(html).html == (
        '<table><thead><tr><th scope="col">甲</th><th scope="col">乙</th></tr></thead>'
        "<tbody><tr><td>1</td><td></td></tr></tbody></table><ul><li>一<ul><li>二</li></ul></li></ul>"
    )


def test_pictures_without_words_are_counted():
    html = f'{IMG}<img src="/pictures/{KEY}"><img src="/pictures/{KEY}" alt=" ">'
    assert clean(html).without_alt == 2
    assert richtext.pictures(html) == (KEY,)


def test_plain_text_has_a_line_for_each_block_and_words_of_pictures():
    html = f"<h2>标题</h2><p>甲<br>乙{IMG}</p><ul><li>丙<ul><li>丁</li></ul></li></ul><table><tr><td>1</td><td>2</td></tr></table>"
    assert text(html) == "标题\n甲\n乙大门\n丙\n丁\n1\t2"


def test_a_summary_ends_with_a_sentence_where_it_can():
    assert summary("<p>短。</p>") == "短。"
    assert summary("<p>" + "一二三四五六七八。" * 20 + "</p>", 30) == "一二三四五六七八。" * 3
    assert summary("<p>" + "字" * 200 + "</p>", 30) == "字" * 29 + "…"


def test_words_of_a_list_are_found_however_they_are_written():
    html = "<p>本店为<b>最</b> 佳之选，ＢＥＳＴ，best。</p><p>全网第一</p>"
    found = {
        one.word: one for one in words_found(html, ["最佳", "Best", "没有", "", "第一", "最佳"])
    }
    assert {word: one.count for word, one in found.items()} == {"最佳": 1, "Best": 2, "第一": 1}
    assert found["最佳"].around == "本店为最 佳之选，ＢＥＳＴ，best"
    assert words_found(html, []) == ()


def test_a_page_tells_ways_out_of_the_house_apart_and_loads_pictures_late():
    drawn = Drawn(
        f"/pictures/{KEY}", 640, 480, (Size("/pictures/a", 320, "image/webp"), Size(f"/pictures/{KEY}", 640, "image/jpeg"))
    )  # fmt: skip
    html = f'<p><a href="/parks/x">甲</a><a href="https://a.example/">乙</a>{IMG}</p>'
    out = shown(html, {KEY: drawn})
    assert '<a href="/parks/x">甲</a>' in out
    assert '<a href="https://a.example/" rel="noopener noreferrer nofollow" target="_blank">' in out
    assert '<source type="image/webp" srcset="/pictures/a 320w"' in out
    assert 'alt="大门" width="640" height="480" loading="lazy"' in out
    assert '<span class="rich-missing">大门</span>' in shown(html, {})
    assert shown("<table><tr><td>1<td>2</table>", {}).startswith(
        '<div class="rich-table" tabindex="0"><table>'
    )


def test_the_author_is_told_what_is_missing(app):
    with app.test_request_context():
        lost = clean("<img src=a><img src=b><iframe></iframe>").dropped
        words = richtext.lost_words(lost)
        assert (
            words == "粘贴的内容中，以下部分没有保留：站外图片 2 张、嵌入的视频、卡片或网页 1 个。"
        )
        assert richtext.lost_words(()) == ""
