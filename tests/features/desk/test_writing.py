"""Pictures on pages and in the editor: who sees them, how long they are kept, what is refused."""

from __future__ import annotations

import io

import pytest

from app.engines import files
from app.transaction import transaction
from tests.engines.files import samples

PICTURES = "/desk/writing/pictures"


def sent(browser, data: bytes | None = None, name: str = "大门.png"):
    body = {"file": (io.BytesIO(data or samples.image("PNG", (900, 300))), name)}
    return browser.post(PICTURES, data=body, headers={"Accept": "application/json"})


def published(app, address: str, *, public: bool = True) -> None:
    with app.app_context(), transaction():
        (files.publish if public else files.withdraw)([address.rpartition("/")[2]])


def test_an_uploaded_picture_is_for_its_park_and_the_zone_until_it_is_published(app, as_, client):
    answer = sent(as_("park1"))
    assert answer.status_code == 201
    address = answer.json["url"]
    assert (answer.json["width"], answer.json["height"]) == (900, 300)
    for name, status in (("clerk1", 200), ("reviewer", 200), ("park2", 404), ("user1", 404)):
        private = as_(name).get(address)
        assert private.status_code == status, name
        assert private.headers["Cache-Control"] == "no-store"
    assert client.get(address).status_code == 404

    published(app, address)
    seen = client.get(address)
    assert seen.status_code == 200
    assert seen.mimetype == "image/png"
    assert seen.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert seen.headers["Content-Disposition"] == "inline"
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in seen.headers
    again = client.get(address, headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")

    published(app, address, public=False)
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"If-None-Match": seen.headers["ETag"]}).status_code == 404


def test_drawings_follow_their_picture(app, as_, client):
    address = sent(as_("park1")).json["url"]
    key = address.rpartition("/")[2]
    with app.app_context():
        sizes = files.drawn([key])[key].sizes
    small = next(one.url for one in sizes if one.width == 320)
    assert client.get(small).status_code == 404
    assert as_("park1").get(small).status_code == 200
    published(app, address)
    assert client.get(small).status_code == 200


def test_a_file_that_is_no_picture_is_not_shown_as_one(app, as_, client):
    with app.app_context(), transaction():
        file = files.store(
            *(files_actor(), io.BytesIO("甲,乙\n".encode()), "a.csv"),
            kind=files.CONTENT, allowed=frozenset({"csv"}), max_bytes=100,
        )  # fmt: skip
        file.published = True
        key = file.key
    assert client.get(f"/pictures/{key}").status_code == 404
    assert client.get("/pictures/" + "f" * 32).status_code == 404
    assert client.get("/pictures/none").status_code == 404


def files_actor():
    from tests.support import people

    return people.actor("park1")


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (samples.SVG, "a.svg", "SVG"),
        (samples.image("GIF"), "a.gif", "GIF"),
        (samples.huge_png(), "a.png", "尺寸过大"),
        (samples.EXE, "a.png", "不支持的文件类型"),
    ],
)
def test_a_refused_picture_says_why(as_, data, name, words):
    answer = sent(as_("park1"), data, name)
    assert answer.status_code == 400
    assert words in answer.json["message"]


def test_no_file_at_all_is_told(as_):
    answer = as_("park1").post(PICTURES, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json["message"] == "文件为空，请重新选择。"


def test_pasted_html_comes_back_as_it_would_be_saved(as_):
    browser = as_("operator")
    html = (
        "<p class=MsoNormal onclick=x><b>甲</b><o:p></o:p></p><img src='https://e.example/a.png'>"
    )
    answer = browser.post("/desk/writing/pasted", data={"html": html})
    assert answer.json["html"] == "<p><strong>甲</strong></p>"
    assert answer.json["message"] == "粘贴的内容中，以下部分没有保留：站外图片 1 张。"
    long = browser.post("/desk/writing/pasted", data={"html": "x" * 500_001})
    assert (long.status_code, long.json["message"]) == (400, "正文过长，请分成几篇。")


def test_a_picture_of_another_park_is_lost_from_what_is_pasted(as_):
    address = sent(as_("park1")).json["url"]
    html = f'<img src="{address}" alt="大门">'
    own = as_("clerk1").post("/desk/writing/pasted", data={"html": html}).json
    assert own == {"html": f'<p><img src="{address}" alt="大门"></p>', "message": ""}
    assert as_("park2").post("/desk/writing/pasted", data={"html": html}).json["html"] == ""
