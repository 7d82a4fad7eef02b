"""A 工作台 with something in every part of it, and the reading of its page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import html5lib
import sqlalchemy as sa

from app.core import clock, scope
from app.engines import review
from app.extensions import db
from app.features.objections import services as objections
from app.features.parks import services as parks
from app.features.settlements import services
from app.transaction import transaction
from tests.features.news import made as news
from tests.features.parks import profiles
from tests.support import assessments, enterprises, people, rankings, settlements

COUNT = re.compile(r'<p class="count" role="status">([^<]+)</p>')
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
#: Digits that count nothing: days, shares, names and words that people wrote.
TOLD = ("data-lines", "data-days", "data-rate", "data-plain")


def fill() -> None:
    """Something of each kind in the first park, a little in the second."""
    for serial, more in (
        (901, {"roles": ("平台", "卖家"), "customs_modes": ("9610",)}),
        (902, {"roles": ("卖家",), "customs_modes": ("9610", "1210")}),
        (903, {"status": "暂停"}),
        (904, {"status": "迁出"}),
    ):
        enterprises.add("P01", serial, **more)
    enterprises.add("P02", 905)
    _news()
    _settlements()
    profiles.propose("park1")
    _claim()
    _assessment()
    for days, found in enumerate(_waiting()):
        with scope.unscoped(), transaction():
            db.session.merge(found).submitted_at = clock.now() - timedelta(days=3 * days)


def _news() -> None:
    news.write("park1")
    news.published("park1")
    for title in ("一", "二", "三", "四"):
        news.write("park1", send=True, title=f"待审{title}")
    back, zones = news.write("park1", send=True), news.write("operator", send=True)
    news.send_back(back, "title")
    news.send_back(zones, "title")
    news.revoke(news.published("park2"))


def _settlements() -> None:
    late = clock.now() - timedelta(days=20)
    settlements.made("P01", now=late)
    settlements.made("P01", now=late)
    settlements.made("P01", by="user1")
    called, landed, *declined = (settlements.made("P01", now=late) for _ in range(4))
    actor = people.actor("park1")
    with scope.acting_as(actor), transaction():
        services.follow(actor, called.id, "已联系", seen=1, now=clock.now())
        code = enterprises.row(960)["uscc"]
        landing = services.Landing(code, "三亚落地有限公司", clock.today())
        services.land(actor, landed.id, landing, seen=1, now=clock.now())
        for one in declined:  # no number of the funnel is like another
            services.decline(actor, one.id, "space", "", seen=1, now=clock.now())


def _assessment() -> None:
    """A filing that waits for its reviewer, one that waits for its park, an objection."""
    found = assessments.opened(("P01", "P02"))
    assessments.submitted(found, "P02", by="park2")
    _round, snapshot = rankings.published()
    actor = people.actor("park1")
    with scope.acting_as(actor), transaction():
        claim = objections.Claim("total", "请核对总分。")
        objections.file(actor, people.park("P01").id, snapshot.id, claim, now=clock.now())


def _claim() -> None:
    """A licence of user1's that waits."""
    actor = people.actor("user1")
    with transaction():
        parks.claim_by_licence(
            actor,
            uscc=enterprises.row(970)["uscc"],
            name="三亚执照有限公司",
            representative="赵执照",
            address="三亚市二号",
            file=parks.Licence(io.BytesIO(PDF), "执照.pdf"),
        )


def _waiting() -> list[review.Revision]:
    query = sa.select(review.Revision).where(review.Revision.state == review.State.submitted)
    with scope.unscoped():
        return list(db.session.scalars(query.order_by(review.Revision.id)))


# -- reading ------------------------------------------------------------------------------------
def main_of(page: str) -> Any:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return next(one for one in tree.iter("main"))


def numbers_of(page: str) -> list[tuple[str, str]]:
    """``(address, text)`` of every number in charts and 待办, and of each key figure."""
    main = main_of(page)
    found = [
        (one.get("href"), "".join(one.itertext()).strip())
        for one in main.iter("a")
        if one.get("data-counts") is not None
    ]
    for card in main.iter("div"):
        if card.get("class") == "keyfig":
            value = next(card.iter("b")).text
            found.append((next(card.iter("a")).get("href"), value))
    return found


def listed(page: str) -> str:
    """What a list says of itself: the number that its filters leave."""
    told = COUNT.search(page)
    assert told is not None
    return re.findall(r"[\d,]+", told[1])[-1]


def strays(page: str) -> list[str]:
    """Texts with a digit that is no link to a list, nor a day, a share or somebody's words."""
    return [text for text in _texts(main_of(page)) if re.search(r"\d", text)]


def _texts(node: Any) -> Iterator[str]:
    """All text below a node, but of what says what it is."""
    if callable(node.tag):  # a comment
        return
    css = node.get("class") or ""
    told = any(node.get(name) is not None for name in ("data-counts", *TOLD))
    if told or node.tag in ("time", "svg") or css in ("keyfig", "doors", "page-head"):
        return
    yield node.text or ""
    for child in node:
        yield from _texts(child)
        yield child.tail or ""
