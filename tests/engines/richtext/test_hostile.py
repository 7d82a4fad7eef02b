"""Whatever is sent: nothing runs, nothing is fetched from elsewhere, cleaning comes to rest."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Refusal
from app.engines.richtext import clean, shown, text
from app.engines.richtext.rules import MAX_SIGNS
from tests.engines.richtext.reading import faults

KEY = "0123456789abcdef" * 2
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    f'<img src="/pictures/{KEY}" onload="alert(1)" style="background:url(//e.example/x)">',
    f'<img src="https://e.example/pictures/{KEY}/../../x.png" alt=a>',
    f'<img src="/pictures/{KEY}" srcset="https://e.example/x 2x" alt=a>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#115;cript:alert(1)">x</a>',
    '<a href="java&Tab;script&colon;alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    '<a href="//e.example/x">x</a>',
    '<a href="/\\e.example/x">x</a>',
    '<a href="\\\\e.example\\x">x</a>',
    '<a href="https://a.example" target=_top onclick=alert(1) ping="https://e.example">x</a>',
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<title><img src=x onerror=alert(1)></title>",
    "<xmp><img src=x onerror=alert(1)></xmp><plaintext><img src=x onerror=alert(1)>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<iframe src="javascript:alert(1)">',
    '<object data="javascript:alert(1)"></object><embed src="javascript:alert(1)">',
    '<base href="https://e.example/"><a href="/x">x</a>',
    '<meta http-equiv="refresh" content="0;url=https://e.example/">',
    '<link rel=stylesheet href="https://e.example/x.css"><style>@import "//e.example"</style>',
    '<p style="width: expression(alert(1)); background: url(javascript:alert(1))">x</p>',
    '<p class="text-center modal fixed" id="main" name="cookie">x</p>',
    '<form action="https://e.example"><input name=password><button formaction=javascript:alert(1)>x</button></form>',
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<!--<img src='--><img src=x onerror=alert(1)>'>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<table background='https://e.example/x'><td background='//e.example'><script>x</script>",
    "<body onload=alert(1)><p>x</p></body>",
    "<p>a\x00b</p><scr\x00ipt>alert(1)</scr\x00ipt>",
    '<img alt="</p><script>alert(1)</script>" src="/pictures/' + KEY + '">',
    "<custom-x is=script onclick=alert(1)>x</custom-x><mp-x src=//e.example></mp-x>",
    "<a href='https://e.example' style='position:fixed;inset:0'>x</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    '<p><svg><![CDATA[><image xlink:href="]]><img src=x onerror=alert(1)>"></svg>',
]  # fmt: skip


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_of_an_attack_is_left(html):
    for sent in (html, f"<p>{html}</p>", f"<table><tr><td>{html}", f"<pre>{html}", f"<h1>{html}"):
        out = clean(sent).html
        assert not faults(out), out
        assert clean(out).html == out


PIECES = st.sampled_from(
    [
        *HOSTILE,
        *(f"<{tag}>" for tag in ("p", "b", "i", "u", "a href=/x", "div", "section", "h1", "h2", "h5")),
        *(f"<{tag}>" for tag in ("ul", "ol start=3", "li", "table", "tr", "td", "th colspan=2", "pre")),
        *(f"<{tag}>" for tag in ("thead", "caption", "blockquote", "br", "hr", "dl", "dt", "center")),
        *(f"</{tag}>" for tag in ("p", "b", "div", "ul", "li", "table", "td", "tr", "a", "h1", "pre")),
        "<p style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>1.</span>",
        "<p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>",
        "<span style='font-weight:bold;text-align:right;vertical-align:super'>",
        "<p class=text-end>", "<p align=center>", "<style>.xl65{font-weight:700}</style>",
        f"<img src=/pictures/{KEY} alt='a \"b\"'>", "甲", "乙 丙", " ", "\n", "&nbsp;", "　", "&lt;b&gt;",
        "1\xa0000", "\u200b", "'", '"', "&amp;amp;", "<", ">", "</", "<!--", "-->",
    ]
)  # fmt: skip
ANYTHING = st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=14).map("".join)


@settings(max_examples=400, deadline=None)
@given(ANYTHING)
def test_cleaning_comes_to_rest_and_lets_nothing_through(html):
    cleaned = clean(html, known=lambda _key: True)
    assert not faults(cleaned.html), cleaned.html
    again = clean(cleaned.html, known=lambda _key: True)
    assert again.html == cleaned.html
    assert again.dropped == ()
    text(html)


@settings(max_examples=150, deadline=None)
@given(ANYTHING)
def test_what_a_page_shows_holds_no_handler_and_nothing_foreign(html):
    out = shown(html, {})
    assert "<script" not in out
    allowed = {"<a rel>", "<a target>", "<div>", "<span>"}
    assert set(faults(out)) <= allowed


def test_a_picture_of_somebody_else_is_lost_and_told():
    html = f'<p><img src="/pictures/{KEY}" alt="a"></p>'
    assert clean(html, known=lambda key: key == KEY).html == html
    other = clean(html, known=lambda _key: False)
    assert other.html == ""
    assert [(one.kind, one.count) for one in other.dropped] == [("image", 1)]


@pytest.mark.parametrize(
    "html",
    [
        "<b>" * 20_000 + "x",
        "".join(f"<b id={n}>" for n in range(2_000)) + "x",
        "<div>" * 20_000 + "x" + "</div>" * 20_000,
        "<ul><li>" * 5_000 + "x",
        "<table><tr><td>" * 3_000 + "x",
        "<a href=/x>" * 10_000,
        "<!--" * 50_000,
        "<" * 100_000,
        "<p>" + "&nbsp;" * 60_000,
        "<script" * 40_000,
        "<br>" * 60_000,
    ],
)
def test_a_text_made_to_be_slow_is_not(html):
    begun = time.monotonic()
    out = clean(html, known=lambda _key: True).html
    assert time.monotonic() - begun < 15
    assert not faults(out)


def test_a_book_is_refused():
    clean("x" * MAX_SIGNS)
    with pytest.raises(Refusal, match="richtext_too_long"):
        clean("x" * (MAX_SIGNS + 1))
