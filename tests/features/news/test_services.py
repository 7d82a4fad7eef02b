"""Articles from the first draft to the recycle bin: what readers see changes exactly then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal, Stale
from app.engines import files, review, trail
from app.features.news import queries, rules, services
from app.features.news.rules import KIND, State
from tests.features.news import made
from tests.support import people

pytestmark = pytest.mark.usefixtures("context")


def at(hours: float) -> str:
    moment = clock.now() + timedelta(hours=hours)
    return moment.astimezone(clock.SHANGHAI).strftime(rules.MOMENT)


def test_readers_see_it_exactly_from_the_approval_on():
    pk = made.write()
    assert made.article(pk).state is State.draft
    made.change(pk, send=True)
    assert made.article(pk).state is State.waiting
    assert made.titles() == []
    with pytest.raises(NotFound):
        queries.published_by_id(pk)
    made.approve(pk)
    assert made.titles() == [made.GOOD["title"]]
    row, content = queries.published_by_id(pk)
    assert (row.state, content["body"]) == (State.passed, made.GOOD["body"])
    assert clock.now() - row.published_at < timedelta(minutes=1)


def test_the_old_text_stays_until_the_new_one_is_approved():
    pk = made.published()
    since = made.article(pk).published_at
    made.change(pk, title="备货仓三期", send=True)
    assert made.titles() == [made.GOOD["title"]]
    assert made.article(pk).state is State.waiting
    made.approve(pk)
    assert made.titles() == ["备货仓三期"]
    assert made.article(pk).published_at == since
    made.change(pk, title="备货仓四期", send=True)
    found = made.pending(pk)
    made.do("reviewer", review.refuse, found.id, seen=found.version, reason="不合适")
    assert made.titles() == ["备货仓三期"]
    assert (made.article(pk).state, made.article(pk).public) == (State.refused, True)
    made.change(pk, summary="接着改")
    assert made.pending(pk).content["title"] == "备货仓四期"  # goes on from what was refused


def test_withdrawn_by_the_zone_nothing_older_comes_back():
    pk = made.published()
    made.change(pk, title="第二稿", send=True)
    made.approve(pk)
    with pytest.raises(Refusal):
        made.revoke(pk, by="park1")
    made.revoke(pk)
    assert made.titles() == []
    assert made.article(pk).state is State.revoked
    made.change(pk, title="第三稿", send=True)
    made.approve(pk)
    assert made.titles() == ["第三稿"]


def test_time_of_publication_and_expiry():
    later = made.published(title="以后", publish_at=at(2))
    short = made.published(title="短", expire_at=at(1), publish_at=at(-1))
    made.published(title="置顶的旧闻", publish_at=at(-100), top=True)
    assert made.titles() == ["置顶的旧闻", "短"]
    soon = clock.now() + timedelta(hours=3)
    with scope.unscoped():
        assert [one.title for one in queries.published(now=soon).rows] == ["置顶的旧闻", "以后"]
        assert queries.category_counts(now=soon) == {"园区动态": 2}
        with pytest.raises(NotFound):
            queries.published_by_id(later)
        assert queries.published_by_id(later, now=soon)[0].id == later
    row = made.article(short)
    assert rules.shown(row.published_at, row.expires_at, row.expires_at) is rules.Shown.over
    assert rules.shown(row.published_at, row.expires_at, row.published_at) is rules.Shown.now


def test_lists_of_a_park_of_the_zone_by_words_and_neighbours():
    first = made.published(title="甲", publish_at=at(-3))
    second = made.published("park2", title="乙", publish_at=at(-2), category="通知公告")
    third = made.write("operator", title="丙", publish_at=at(-1), send=True)
    made.approve(third, "reviewer")
    assert made.titles() == ["丙", "乙", "甲"]
    assert made.titles(park_id=people.park("P01").id) == ["甲"]
    assert made.titles(zone=True) == ["丙"]
    assert made.titles(category="通知公告") == ["乙"]
    assert made.titles(q="yi") == ["乙"]
    assert made.titles(size=1, page=2) == ["乙"]
    newer, older = queries.neighbours(made.article(second))
    assert (newer.id, older.id) == (third, first)
    assert queries.neighbours(made.article(second), park_id=people.park("P02").id) == (None, None)


def test_nobody_decides_their_own_and_the_zone_writes_for_itself_alone():
    pk = made.write("operator", send=True)
    with pytest.raises(Refusal, match="review_own"):
        made.approve(pk, "operator")
    made.do("operator2", services.withdraw, pk)  # a colleague of the zone goes on with it
    made.change(pk, by="operator2", title="同事改过", send=True)
    made.approve(pk, "reviewer")
    assert made.titles(zone=True) == ["同事改过"]
    theirs = made.write()
    for verb in (
        lambda: made.change(theirs, by="operator", title="越俎"),
        lambda: made.do("operator", services.remove, theirs, reason=""),
        lambda: made.do("operator", services.withdraw, theirs),
        lambda: made.write("reviewer"),
        lambda: made.write("clerk1"),
    ):
        with pytest.raises(Forbidden):
            verb()
    for verb in (
        lambda: made.change(theirs, by="park2", title="别家"),
        lambda: made.do("park2", services.remove, theirs, reason=""),
        lambda: made.change(pk, by="park1", title="别家"),
    ):
        with pytest.raises(NotFound):
            verb()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"title": " ", "category": "", "body": ""}, {"title", "category", "body"}),
        ({"expire_at": "2020-01-01 00:00"}, {"expire_at"}),
        ({"publish_at": "2999-01-02 00:00", "expire_at": "2999-01-01 00:00"}, {"expire_at"}),
    ],
)
def test_what_is_missing_is_named_at_sending_and_a_draft_may_lack_it(changes, wrong):
    pk = made.write(**changes)
    with pytest.raises(Refusal) as refused:
        made.change(pk, send=True)
    assert set(refused.value.fields) == wrong
    assert made.article(pk).state is State.draft


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "长" * 101}, "title"),
        ({"source_link": "javascript:alert(1)"}, "source_link"),
        ({"publish_at": "明天"}, "publish_at"),
        ({"expire_at": "9999-12-31 23:59"}, "expire_at"),
        ({"cover": {"key": "f" * 32, "alt": "x"}}, "cover"),
        ({"attachments": ["../../etc/passwd"]}, "attachments"),
    ],
)
def test_not_even_a_draft_may_hold_it(changes, field):
    with pytest.raises(Refusal) as refused:
        made.write(**changes)
    assert set(refused.value.fields) == {field}


def test_pictures_and_files_of_others_are_refused_or_left_out():
    theirs, own = made.picture("park2"), made.picture()
    file = made.pdf("park2")
    with pytest.raises(Refusal, match="cover_unknown"):
        made.write(cover={"key": theirs, "alt": "别家"})
    with pytest.raises(Refusal, match="file_unknown"):
        made.write(attachments=[file["key"]])
    with pytest.raises(Refusal, match="file_unknown"):
        made.write(attachments=[own])  # a picture is no attachment
    body = f'<p>x<img src="/pictures/{theirs}" alt="b"><img src="/pictures/{own}" alt="a"></p>'
    pk = made.write(body=body + "<script>alert(1)</script><p onclick=x>y</p>")
    kept = made.pending(pk).content["body"]
    assert own in kept
    assert theirs not in kept
    assert "script" not in kept
    assert "onclick" not in kept


def test_pictures_are_public_with_the_article_and_files_stay():
    cover, inside, file = made.picture(), made.picture(colour="teal"), made.pdf()
    body = f'<p>x</p><p><img src="/pictures/{inside}" alt="图"></p>'
    pk = made.write(
        cover={"key": cover, "alt": "仓库"}, body=body, attachments=[file["key"]], send=True
    )
    assert files.by_key(file["key"]).expires_at is None
    assert files.by_key(cover).expires_at is None
    assert not made.is_public(cover)
    made.approve(pk)
    assert made.is_public(cover)
    assert made.is_public(inside)
    made.change(pk, body="<p>没有图了</p>", send=True)
    made.approve(pk)
    assert made.is_public(cover)
    assert not made.is_public(inside)
    made.do("park1", services.remove, pk, reason="")
    assert not made.is_public(cover)
    made.do("park1", services.restore, pk)
    assert made.is_public(cover)
    made.revoke(pk)
    assert not made.is_public(cover)


def test_a_picture_that_another_article_shows_stays_public():
    cover = made.picture()
    first = made.published(cover={"key": cover, "alt": "共用"})
    second = made.published(title="另一篇", cover={"key": cover, "alt": "共用"})
    made.do("park1", services.remove, first, reason="")
    assert made.is_public(cover)
    made.do("park1", services.remove, second, reason="")
    assert not made.is_public(cover)


def test_deleted_and_restored():
    pk = made.published()
    made.do("park1", services.remove, pk, reason="重复")
    assert made.titles() == []
    with pytest.raises(NotFound):
        made.change(pk, title="死后")
    with pytest.raises(NotFound):
        made.do("park1", services.remove, pk, reason="")
    made.do("park1", services.restore, pk)
    assert made.titles() == [made.GOOD["title"]]
    acts = [one.action for one in trail.history(KIND, pk)]
    assert acts[:2] == ["news.restored", "news.deleted"]
    assert acts[-1] in ("news.created", "review.submit")


def test_deleting_takes_it_out_of_the_queue_unless_somebody_reads_it():
    pk = made.write(send=True)
    made.do("park1", services.remove, pk, reason="")
    assert made.pending(pk).state is review.State.draft
    made.do("park1", services.restore, pk)
    made.change(pk, send=True)
    made.do("reviewer", review.pick, made.pending(pk).id)
    with pytest.raises(Refusal, match="news_being_reviewed"):
        made.do("park1", services.remove, pk, reason="")


def test_a_draft_thrown_away():
    alone = made.write()
    made.do("park1", services.discard, alone)
    assert made.article(alone).deleted_at is not None
    made.do("park1", services.restore, alone)
    made.change(alone, summary="重来")
    assert made.pending(alone).content["title"] == made.GOOD["title"]
    public = made.published()
    made.change(public, title="改坏了")
    made.do("park1", services.discard, public)
    assert (made.article(public).state, made.titles()) == (State.passed, [made.GOOD["title"]])
    made.change(public, summary="又改")
    assert made.pending(public).content["title"] == made.GOOD["title"]


def test_a_correction_changes_the_named_fields_only():
    pk = made.write(send=True)
    made.send_back(pk, "title")
    assert made.article(pk).state is State.returned
    with pytest.raises(Refusal, match="review_locked"):
        made.change(pk, title="新题", body="<p>偷改</p>")
    made.change(pk, title="新题", send=True)
    made.approve(pk)
    assert made.titles() == ["新题"]


def test_sent_twice_it_is_one():
    token = "a" * 32
    assert made.write(token=token, send=True) == made.write(token=token, send=True)
    assert made.write(token="b" * 32) == made.write(token="b" * 32)
    pk = made.write(token="c" * 32)
    with pytest.raises(review.Clash):
        made.write(token="c" * 32, title="退回去又改的")
    made.change(pk, send=True)
    sent = made.pending(pk)
    made.change(pk, send=True, **made.GOOD)
    assert made.pending(pk).version == sent.version


def test_two_write_at_once():
    pk = made.published()
    made.change(pk, by="park1", seen=0, title="甲的标题")
    made.change(pk, by="both", seen=0, summary="乙的摘要")  # another field: both stay
    assert made.pending(pk).content["title"] == "甲的标题"
    assert made.pending(pk).content["summary"] == "乙的摘要"
    with pytest.raises(review.Clash) as clash:
        made.change(pk, by="both", seen=0, title="乙的标题")
    assert clash.value.fields == ("title",)
    seen = made.pending(pk).version
    made.change(pk, seen=seen, send=True)
    made.approve(pk)
    with pytest.raises(Stale):
        made.change(pk, seen=seen, title="太晚了")


def test_the_number_of_stages_is_a_setting():
    from app.engines import settings

    def three(actor):
        settings.change(actor, {"review_stages.news": 2}, {})

    made.do("operator", three)
    pk = made.write(send=True)
    made.approve(pk, "reviewer")
    assert made.titles() == []
    made.approve(pk, "operator2")
    assert made.titles() == [made.GOOD["title"]]
