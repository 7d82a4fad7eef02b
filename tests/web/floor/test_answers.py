"""U6, U49 and the dress of refusals: headers by value, nothing from elsewhere, 429 and 405 pages."""

from __future__ import annotations

import re

import pytest

from app.web.errors import WORDS
from tests.support.forms import token_of

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize(
    "address",
    ["/", "/login", "/desk/", "/desk/enterprises/list/", "/none", "/health/live", "/logout"],
)
def test_u06_every_answer_carries_exactly_these_headers(browser, address):
    answer = browser("park1").get(address)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert not {"Server", "X-Powered-By"} & set(answer.headers.keys())


def test_u06_a_static_file_is_cached_by_its_content(browser):
    page = browser().page("/")
    address = re.search(r'href="(/static/css/app\.css\?v=[0-9a-f]{12})"', page)[1]
    answer = browser().get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    for path in (
        "../config.py",
        "..%2fconfig.py",
        "../../migrations/env.py",
        "templates/layout/base.html",
    ):
        assert browser().get(f"/static/{path}").status_code == 404


def test_u49_no_page_asks_for_bootstrap_3_jquery_or_another_host(browser):
    old = re.compile(r"jquery|bootstrap-theme|glyphicon|font-awesome|select2|googleapis|gstatic|cdn\.|/appbuilder/", re.IGNORECASE)  # fmt: skip
    for address in ("/", "/login", "/desk/", "/desk/enterprises/list/", "/desk/enterprises/add"):
        page = browser("" if address == "/login" else "park1").page(address)
        assert not old.search(page), address
        hosts = re.findall(r"""(?:src|href|action)=["'](https?:)?//""", page)
        assert hosts == [], address


def test_u49_fabs_static_files_are_not_served(site, browser):
    for path in ("/static/appbuilder/css/bootstrap.min.css", "/static/appbuilder/js/jquery-latest.js",
                 "/appbuilder/static/css/ab.css"):  # fmt: skip
        assert browser().get(path).status_code == 404
    assert not any(
        "appbuilder" in rule.rule or rule.endpoint.startswith("appbuilder")
        for rule in site.url_map.iter_rules()
    )


def test_u49_no_inline_script_or_handler_in_a_page(browser):
    for address in ("/", "/login", "/desk/", "/desk/enterprises/list/"):
        page = browser("" if address == "/login" else "operator").page(address)
        assert not re.search(r"<script(?![^>]*\ssrc=)", page)
        assert not re.search(r"\son\w+=[\"']", page)
        assert "javascript:" not in page


@pytest.mark.parametrize("status", sorted(WORDS))
def test_every_refusal_wears_the_dress_of_the_site(site, browser, status):
    from app.web.errors import error_page

    with site.test_request_context("/", base_url="https://localhost"):
        page = error_page(status).get_data(as_text=True)
    assert str(WORDS[status][0]) in page
    assert "<main" in page
    assert "Traceback" not in page


def test_a_script_is_answered_in_json(browser):
    answer = browser().get("/none", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json["status"] == 404


def test_a_wrong_method_names_the_right_one(browser):
    answer = browser("park1").put("/desk/enterprises/list/")
    assert answer.status_code in (400, 405)
    answer = browser("park1").get("/switch-park")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_health_says_nothing_about_the_inside(browser):
    live, ready = browser().get("/health/live"), browser().get("/health/ready")
    assert live.json == {"status": "ok"}
    assert (ready.status_code, ready.json) == (200, {"status": "ok", "failed": []})


def test_text_from_people_is_shown_as_text(site, browser):
    client = browser("park1")
    evil = '"><script>window.__xss=1</script><img src=x onerror=alert(1)>'
    for address in ("/desk/enterprises/list/", "/login"):
        page = client.get(address, query_string={"q": evil, "next": evil}).text
        assert "<script>window" not in page
        assert "<img src=x" not in page
    token = token_of(client.page("/desk/enterprises/list/"))
    saved = client.post(
        "/desk/enterprises/views",
        data={"name": evil, "query": "q=x", "csrf_token": token},
        headers={"Referer": "https://localhost/desk/"},
    )
    assert saved.status_code == 303
    assert "<script>window" not in client.page("/desk/enterprises/list/")
