"""Pages of 考核方案: imported, edited node by node, tried, compared, previewed, frozen."""

from __future__ import annotations

import copy
import io
import json
import re
from decimal import Decimal
from typing import Any

import pytest

from app.core import scope
from app.core.errors import Refusal
from app.extensions import db
from app.features.assessments.models import AssessmentScheme
from app.features.assessments.queries import filings
from app.features.assessments.queries import schemes as queries
from app.features.assessments.rules import scheme_nodes as nodes
from app.features.assessments.rules.scheme_compare import compare
from app.features.assessments.services import impact, schemes
from app.features.assessments.views.scheme_page import rule_words, shown_line
from app.transaction import end_reading, transaction
from tests.support import assessments as made
from tests.support import judging, people
from tests.support.forms import form_of

BASE = "/desk/assessment-schemes"
A2 = "indicators.0.children.1"


def fresh(version: Any) -> Any:
    end_reading()
    db.session.expire_all()
    return queries.version(version.id)


def _preview(version: Any) -> impact.Preview | None:
    """With the round that the page takes by itself."""
    version = fresh(version)
    rounds = impact.choices(version)
    return impact.preview(version, rounds[0][0]) if rounds else None


def typed(version: Any, at: str, **changes: str) -> dict[str, Any]:
    """The form of a node as the page holds it, with what somebody changes."""
    version = fresh(version)
    place = nodes.place_of(at)
    texts = nodes.texts_of(place, nodes.node_at(version.content, place))
    opened = json.dumps(texts)
    return {**texts, "at": at, "seen": str(version.version), "opened": opened, **changes}


def change(version: Any, at: str, **changes: str) -> None:
    """The same through the service."""
    actor, version = people.actor("operator"), fresh(version)
    place = nodes.place_of(at)
    node, wrong = nodes.read(
        place, nodes.node_at(version.content, place), typed(version, at, **changes)
    )
    assert not wrong
    with scope.acting_as(actor), transaction():
        content = nodes.changed(version.content, place, node)
        schemes.change(actor, version.id, content, seen=version.version)


def test_a_scheme_begins_from_the_reference_or_a_file(context: object, as_: Any) -> None:
    browser = as_("operator")
    answer = browser.post(f"{BASE}/add", data={"code": "X-1", "name": "三亚方案"})
    assert answer.status_code == 303, answer.text
    page = browser.page(answer.headers["Location"])
    assert "没有错误，可以用于考核" in page
    assert "100 / 100" in page
    exported = browser.get(f"{answer.headers['Location']}/export/xlsx").data
    data = {"code": "X-2", "name": "又一方案", "file": (io.BytesIO(exported), "方案.xlsx")}
    assert browser.post(f"{BASE}/add", data=data).status_code == 303
    end_reading()
    one, two = db.session.scalars(db.select(AssessmentScheme).order_by(AssessmentScheme.id))
    digests = {queries.versions(key.id)[0].digest for key in (one, two)}
    assert len(digests) == 1
    again = browser.post(f"{BASE}/add", data={"code": "X-2", "name": "第三个"})
    assert again.status_code == 400
    assert "方案编码已被使用" in again.text


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"a: 1\na: 2", "x.yaml", "写了两次"),
        (b"PK\x03\x04rubbish", "x.xlsx", "方案文件有错误"),
        (b"\xff\xfe\x00", "x.yaml", "UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(
    context: object, as_: Any, data: bytes, name: str, said: str
) -> None:
    form = {"code": "X-1", "name": "方案", "file": (io.BytesIO(data), name)}
    answer = as_("operator").post(f"{BASE}/add", data=form)
    assert answer.status_code == 400
    assert said in answer.text
    assert 'value="X-1"' in answer.text


def test_a_node_is_edited_in_its_form_and_faults_lead_to_their_place(
    context: object, as_: Any
) -> None:
    version, browser = made.reference(), as_("operator")
    page = browser.page(f"{BASE}/version/{version.id}/node?at={A2}")
    assert "场地利用率" in page
    data = typed(version, A2, max_score="5", value="area_leased_m2 / nothing")
    assert browser.post(f"{BASE}/version/{version.id}/node", data=data).status_code == 303
    page = browser.page(f"{BASE}/version/{version.id}")
    assert "没有数据项“nothing”" in page
    assert f'href="#{A2.replace(".", "-")}"' in page
    assert "19 / 18" in page
    assert "101" not in page  # the blocks' own marks still make 100
    assert "A2 场地利用率 · 计算公式：没有数据项“nothing”" in page
    assert "A 基础承载与运营管理 · 分值：分值合计为 19" in page
    assert "indicators.A" not in page


def test_a_version_is_told_by_one_number(context: object, as_: Any) -> None:
    page = as_("operator").page(f"{BASE}/version/{made.reference().id}")
    assert "v1" in page
    assert '<span class="muted">版本</span>' not in page


def test_a_scheme_is_told_in_words(context: object, as_: Any) -> None:
    version = made.reference()
    page = as_("operator").page(f"{BASE}/version/{version.id}")
    for words in (
        "分档：0 起得 0 分、1000 起得 1.5 分",
        "家数不足时的后备规则：分档得分",
        "area_cbec_m2 &gt;= 1000",
        "优秀 90 分起、良好 75 分起",
        "小数位数 2、取舍方式 四舍五入",
        "各板块得分率都不低于 60%",
        "评分互不公开：是",
        "认定文件",
    ):
        assert words in page, words
    assert "未写明" not in page
    ways = re.findall(r"/(up|down)\?at=vetoes\.(\d)", page)
    assert ways == [
        ("down", "0"),
        *((way, n) for n in "123" for way in ("up", "down")),
        ("up", "4"),
    ]


def test_a_line_that_cannot_be_read_is_told_and_kept(context: object, as_: Any) -> None:
    version = made.reference()
    at = "indicators.0.children.0"
    data = typed(version, at, **{"rule.bands.bands": "0 到 1.5"})
    answer = as_("operator").post(f"{BASE}/version/{version.id}/node", data=data)
    assert answer.status_code == 400
    assert "“0 到 1.5”的写法不对" in answer.text
    assert fresh(version).version == 1


def test_a_stale_node_keeps_what_was_typed_and_what_others_saved(context: object, as_: Any) -> None:
    version = made.reference()
    data = typed(version, A2, name="我的名称")
    change(version, "gates.0", name="别人改的")
    answer = as_("operator").post(f"{BASE}/version/{version.id}/node", data=data)
    assert answer.status_code == 303  # another node: nothing clashes
    content = fresh(version).content
    assert content["gates"][0]["name"] == "别人改的"
    assert content["indicators"][0]["children"][1]["name"] == "我的名称"


def test_two_people_in_one_node_are_asked_only_what_both_wrote(context: object, as_: Any) -> None:
    version, browser = made.reference(), as_("operator")
    address = f"{BASE}/version/{version.id}/node"
    data = typed(version, A2, name="我的名称", unit="家次")
    change(version, A2, name="别人的名称", max_score="9")
    answer = browser.post(address, data=data)
    assert answer.status_code == 409
    asked = form_of(answer.text)
    assert {name for name in asked if name.startswith("merge.")} == {"merge.name"}
    assert "用对方的 别人的名称" in answer.text
    assert browser.post(address, data={**asked, "merge.name": "theirs"}).status_code == 303
    node = fresh(version).content["indicators"][0]["children"][1]
    assert (node["name"], node["unit"], node["max_score"]) == ("别人的名称", "家次", "9")


def test_what_was_typed_follows_its_node_when_somebody_moves_it(context: object, as_: Any) -> None:
    """By its number alone it would be written into the neighbour without a word."""
    version, browser = made.reference(), as_("operator")
    address = f"{BASE}/version/{version.id}"
    data, gone = typed(version, A2, unit="我的单位"), typed(version, A2, unit="另一单位")
    before = {one["code"]: one for one in fresh(version).content["indicators"][0]["children"]}
    browser.post(f"{address}/up?at={A2}&seen=1")
    assert browser.post(f"{address}/node", data=data).status_code == 303
    after = {one["code"]: one for one in fresh(version).content["indicators"][0]["children"]}
    assert after == before | {"A2": before["A2"] | {"unit": "我的单位"}}
    browser.post(f"{address}/remove?at=indicators.0.children.0&seen=3")
    answer = browser.post(f"{address}/node", data=gone)
    assert answer.status_code == 409  # nothing is known of it: every difference is asked
    assert {"merge.code", "merge.unit"} <= form_of(answer.text).keys()


def test_a_new_indicator_goes_into_the_section_that_it_was_typed_for(
    context: object, as_: Any
) -> None:
    version, browser = made.reference(), as_("operator")
    address = f"{BASE}/version/{version.id}"
    page = form_of(browser.page(f"{address}/node?at=indicators.1.children.new"))
    wanted = fresh(version).content["indicators"][1]["code"]
    browser.post(f"{address}/up?at=indicators.1&seen=1")
    answer = browser.post(f"{address}/node", data={**page, "code": "Z9", "name": "新指标"})
    assert answer.status_code == 303
    holders = [
        one["code"]
        for one in fresh(version).content["indicators"]
        if any(child["code"] == "Z9" for child in one["children"])
    ]
    assert holders == [wanted]


def test_added_moved_and_removed(context: object, as_: Any) -> None:
    version, browser = made.reference(), as_("operator")
    address = f"{BASE}/version/{version.id}"
    browser.page(f"{address}/node?at=gates.new")
    data = typed(
        version, "gates.new", code="G9", name="新条件", test="item = employees\nop = >=\nvalue = 5"
    )
    assert browser.post(f"{address}/node", data=data).status_code == 303
    assert fresh(version).content["gates"][3]["test"] == {
        "item": "employees",
        "op": ">=",
        "value": "5",
    }
    browser.post(f"{address}/up?at=gates.3&seen=2")
    assert "“新条件”已移动。" in browser.page(address)
    assert [one["code"] for one in fresh(version).content["gates"]] == ["G1", "G2", "G9", "G3"]
    browser.post(f"{address}/remove?at=gates.2&seen=2")  # somebody was faster
    assert len(fresh(version).content["gates"]) == 4
    browser.post(f"{address}/remove?at=gates.2&seen=3")
    assert [one["code"] for one in fresh(version).content["gates"]] == ["G1", "G2", "G3"]
    for bad in ("gates.9", "examples", "gates.new", ""):
        assert browser.post(f"{address}/remove?at={bad}&seen=4").status_code in (400, 404)
    assert browser.post(f"{address}/down?at=gates.2&seen=4").status_code == 400


def test_versions_are_copied_compared_and_frozen(context: object, as_: Any) -> None:
    version, browser = made.reference(), as_("operator")
    browser.post(f"{BASE}/draft/{version.scheme_id}")
    assert len(queries.versions(version.scheme_id)) == 1  # one draft at a time
    found = made.opened()
    assert fresh(version).state == "frozen"
    browser.page(f"{BASE}/version/{version.id}/node?at={A2}", status=404)
    data = typed(version, A2, name="改了") | {"seen": "2"}
    assert browser.post(f"{BASE}/version/{version.id}/node", data=data).status_code == 404
    answer = browser.post(f"{BASE}/draft/{version.scheme_id}?from={version.id}")
    newer = queries.versions(version.scheme_id)[0]
    assert answer.headers["Location"].endswith(str(newer.id))
    assert (newer.number, newer.state, newer.digest) == (2, "draft", version.digest)
    assert "没有不同" in browser.page(f"{BASE}/version/{newer.id}/compare")
    change(newer, A2, **{"rule.full_at.text": "85"})
    page = browser.page(f"{BASE}/version/{newer.id}/compare?with={version.id}")
    assert "计分规则（得满分的值）" in page
    assert '<del class="zone-old">90</del>' in page
    assert "考核已使用" in browser.page(f"{BASE}/show/{version.scheme_id}")
    assert made.filing(found, "P01") is not None


def test_the_preview_shows_every_park_before_and_after(context: object, as_: Any) -> None:
    version, browser = made.reference(), as_("operator")
    address = f"{BASE}/version/{version.id}/impact"
    assert "还没有可以预览的考核" in browser.page(address)
    found = made.opened()
    made.submitted(found)
    actor = people.actor("operator")
    with scope.acting_as(actor), transaction():
        newer = schemes.draft(actor, version.scheme_id)
    same = _preview(newer)
    assert same is not None
    assert {row.park.code for row in same.rows} == {"P01", "P02", "B01"}
    assert [row.gain for row in same.rows] == [Decimal("0.00"), None, None]
    change(newer, A2, **{"rule.full_at.text": "85"})  # P01 lets 85 %: from 3.50 to full marks
    (row, *_rest) = _preview(newer).rows
    assert (row.park.code, row.gain) == ("P01", Decimal("0.50"))
    page = browser.page(f"{BASE}/version/{newer.id}/impact")
    assert "+0.50" in page
    change(newer, "data_items.20", type="choice", options="good\nbad")  # satisfaction was a number
    change(newer, "data_items.9", code="landed_other")
    with transaction():
        filings.values(made.filing(found, "P01").id)["satisfaction"].verified = "90"
    assert "方案还有错误" in browser.page(f"{BASE}/version/{newer.id}/impact")
    assert filings.values(made.filing(found, "P01").id)["employees"].declared == "620"


def test_the_preview_takes_a_scored_round_and_offers_the_others(context: object, as_: Any) -> None:
    """A newer round that is still filled in comes after the one whose results are there."""
    scored = judging.worked_example()
    judging.run(scored)
    later = made.opened(("P01",), name="另一轮考核")
    version = made.reference()
    assert [(one.id, done) for one, done in impact.choices(version)] == [
        (scored.id, True),
        (later.id, False),
    ]
    browser = as_("operator")
    address = f"{BASE}/version/{version.id}/impact"
    page = browser.page(address)
    assert f"数据取自“{scored.name}”第 1 次计分" in page
    assert f"{later.name}（未计分）" in page
    page = browser.page(f"{address}?round={later.id}")
    assert f"数据取自“{later.name}”现在的填报" in page
    for unknown in ("999999", "x", "1" * 30):
        assert f"数据取自“{scored.name}”" in browser.page(f"{address}?round={unknown}")


def test_differences_are_told_in_words_not_in_the_language_of_the_file(context: object) -> None:
    content = made.reference().content
    newer = copy.deepcopy(content)
    indicators = [one for block in newer["indicators"] for one in block["children"]]
    by_kind = {one["rule"]["type"]: one for one in indicators}
    by_kind["bands"]["rule"]["bands"][0]["score"] = "0.5"
    by_kind["percentile"]["rule"]["fallback"]["bands"][0]["score"] = "0.25"
    was = by_kind["linear"]["rule"]
    by_kind["linear"]["rule"] = {"type": "per_unit", "points": "2"}
    newer["grades"]["excellent_quota"]["ratio"] = "0.20"
    with_rounds = [shown_line(one) for one in compare(content, newer)]
    told = {(one["code"], str(one["field"])): one for one in with_rounds}
    assert len(with_rounds) == 4, told.keys()
    whole = told[by_kind["linear"]["code"], "计分规则"]
    assert whole["old"] == rule_words(was)
    assert whole["new"] == "按数量得分（每单位分值：2）"
    bands = told[by_kind["bands"]["code"], "计分规则（分档）"]
    assert "得 0.5 分" in bands["new"]
    assert "得 0.5 分" not in bands["old"]
    for line in with_rounds:
        for side in (line["old"], line["new"]):
            assert not re.search(r"[\[{=]|bands|score|mode", side.replace("[)", "")), side


def test_a_value_that_the_draft_cannot_read_is_left_out(context: object) -> None:
    version = made.reference()
    found = made.opened()
    made.submitted(found)
    actor = people.actor("operator")
    with scope.acting_as(actor), transaction():
        newer = schemes.draft(actor, version.scheme_id)
        filings.values(made.filing(found, "P01").id)["inspection"].verified = "partly"
    change(newer, "data_items.23", options="none\nrectified\nnot_rectified\nhalf")
    change(
        newer,
        "indicators.4.children.0",
        **{"rule.map.pairs": "none = 3\nrectified = 2\nhalf = 1\nnot_rectified = 0"},
    )
    preview = _preview(newer)
    assert preview is not None
    assert preview.left_out == ("inspection",)


def test_reviewers_read_and_parks_see_nothing(context: object, as_: Any) -> None:
    version = made.reference()
    for path in ("list/", f"show/{version.scheme_id}", f"version/{version.id}"):
        as_("reviewer").page(f"{BASE}/{path}")
        as_("park1").page(f"{BASE}/{path}", status=403)
        as_("expert1").page(f"{BASE}/{path}", status=403)
    reviewer = as_("reviewer")
    reviewer.page(f"{BASE}/version/{version.id}/node?at={A2}", status=403)
    assert reviewer.post(f"{BASE}/version/{version.id}/import").status_code == 403
    assert reviewer.post(f"{BASE}/draft/{version.scheme_id}").status_code == 403
    reviewer.page(f"{BASE}/version/{version.id}/export/pdf", status=404)


def test_a_file_takes_the_place_of_a_draft_unless_somebody_was_faster(
    context: object, as_: Any
) -> None:
    version, browser = made.reference(), as_("operator")
    address = f"{BASE}/version/{version.id}/import"
    text = made.REFERENCE.read_bytes().replace("场地利用率".encode(), "出租率".encode())

    def send(seen: str, data: bytes = text) -> None:
        browser.post(address, data={"seen": seen, "file": (io.BytesIO(data), "新.yaml")})

    send("7")
    send("1", b"a: 1\na: 2")
    assert "场地利用率" in str(fresh(version).content)
    send("1")
    assert "出租率" in str(fresh(version).content)
    made.opened()
    actor = people.actor("operator")
    with pytest.raises(Refusal, match="scheme_frozen"), scope.acting_as(actor), transaction():
        schemes.change(actor, version.id, {}, seen=2)
