"""Schemes as files and as nodes: what goes out comes back the same, to the digest."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from app.engines import scoring
from app.features.assessments.rules import scheme_nodes as nodes
from app.features.assessments.rules.scheme_compare import compare
from app.features.assessments.services import scheme_files, schemes
from tests.support.assessments import REFERENCE


@pytest.fixture
def content() -> dict[str, Any]:
    return schemes.content_of(REFERENCE.read_bytes())


ODD = {
    "code": "9610",
    "name": "否: yes # 不是注释",
    "definition": " 前后有空格 \n两行",
    "unit": "",
    "prefill": None,
    "check": "~",
    "note": "null",
    "computed": "[不是列表",
    "min": "-0.10",
    "options": ["9610", "", "null", "a, b"],
    "levels": [],
    "type": "=1+1",
    "source": '"引号"',
}


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
def test_a_file_reads_back_to_the_same_digest(
    content: dict[str, Any], tmp_path: Path, kind: str
) -> None:
    for told in (content, {**content, "data_items": [*content["data_items"], ODD]}):
        data = scheme_files.as_file(told, kind).read()
        back = scheme_files.read(data, f"scheme.{kind}", tmp_path)
        assert back == told
        assert schemes.digest_of(back) == schemes.digest_of(told)


def test_an_exported_reference_can_be_scored_with(content: dict[str, Any]) -> None:
    text = scheme_files.to_yaml(content)
    assert "min: 1.5" not in text
    assert scoring.read_scheme(text).total == scoring.read_scheme(content).total


def band(limit: str, score: str, edge: str = "min") -> dict[str, str]:
    return {edge: limit, "score": score}


@pytest.mark.parametrize("data", [b"", b"- 1", b"\xff\xfe", b"a: {", b"a: 1\na: 2"])
def test_what_is_no_scheme_is_refused_with_its_place(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(scoring.Refused):
        scheme_files.read(data, "x.yaml", tmp_path)


def test_saving_a_node_unchanged_changes_nothing(content: dict[str, Any]) -> None:
    for place, node in nodes.places(content):
        made, wrong = nodes.read(place, node, nodes.texts_of(place, node))
        assert (made, wrong) == (node, {}), str(place)
        assert nodes.changed(content, place, made) == content
        assert nodes.place_of(str(place)) == place


def test_every_rule_of_the_reference_is_made_anew_from_its_texts(content: dict[str, Any]) -> None:
    for place, node in nodes.places(content):
        if "rule" in node and "note" not in node["rule"]:
            bare = {key: value for key, value in node.items() if key != "rule"}
            made, _wrong = nodes.read(place, bare, nodes.texts_of(place, node))
            assert made["rule"] == node["rule"], str(place)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0, 0\n50, 2", {"type": "bands", "bands": [band("0", "0"), band("50", "2")]}),
        (
            "type = bands\nbounds = (]\n50, 2",
            {"type": "bands", "bounds": "(]", "bands": [band("50", "2", "max")]},
        ),
        (
            "type = linear\nzero_at = 0\nfull_at = 9",
            {"type": "linear", "zero_at": "0", "full_at": "9"},
        ),
        ("type = piecewise\n0, 0\n9, 4", {"type": "piecewise", "points": [["0", "0"], ["9", "4"]]}),
        (
            "type = count_map\nmap.1 = 2\nabove = 4",
            {"type": "count_map", "map": {"1": "2"}, "above": "4"},
        ),
        ("", None),
    ],
)
def test_the_fallback_of_a_percentile_is_typed_as_lines(
    content: dict[str, Any], text: str, found: dict[str, Any] | None
) -> None:
    place, node = next(
        (at, one) for at, one in nodes.places(content)
        if one.get("rule", {}).get("type") == "percentile"
    )  # fmt: skip
    typed = {**nodes.texts_of(place, node), "rule.fallback.rule": text}
    made, wrong = nodes.read(place, node, typed)
    assert (made["rule"].get("fallback"), wrong) == (found, {})
    if found:  # what is shown of it again is read as the same
        again = nodes.texts_of(place, made)["rule.fallback.rule"]
        bare = {**made, "rule": {**made["rule"], "fallback": None}}
        typed = {**typed, "rule.fallback.rule": again}
        assert nodes.read(place, bare, typed)[0]["rule"]["fallback"] == found


@pytest.mark.parametrize(
    ("field", "text", "fault"),
    [
        ("rule.bands.bands", "0; 1", "node_line"),
        ("rule.bands.bands", "0, 1, 2", "node_line"),
        ("definition", "长" * 20_001, "node_long"),
        ("rule.fallback.rule", "type = bands\n0 得 1", "node_line"),
        ("rule.fallback.rule", "map = 1\nmap.2 = 3", "node_pair"),
    ],
)
def test_a_text_that_is_no_value_is_told_with_its_line(
    content: dict[str, Any], field: str, text: str, fault: str
) -> None:
    place = nodes.place_of("indicators.0.children.0")
    if "fallback" in field:
        place = next(
            at for at, one in nodes.places(content)
            if one.get("rule", {}).get("type") == "percentile"
        )  # fmt: skip
    node = nodes.node_at(content, place)
    typed = {**nodes.texts_of(place, node), field: text}
    _made, wrong = nodes.read(place, node, typed)
    assert {name: one.code for name, one in wrong.items()} == {field: fault}


def test_places_that_are_none(content: dict[str, Any]) -> None:
    for text in (
        "",
        "examples",
        "data_items",
        "indicators.x",
        "gates.0.children.0",
        "data_items.-1",
    ):
        with pytest.raises(LookupError):
            nodes.place_of(text)
    with pytest.raises(LookupError):
        nodes.node_at(content, nodes.place_of("gates.99"))


def test_added_removed_moved_and_found_again(content: dict[str, Any]) -> None:
    place = nodes.place_of("indicators.1.children.new")
    made = nodes.changed(content, place, {"code": "B9", "name": "新指标"})
    assert nodes.place_of_fault(made, "indicators.B9.rule") == nodes.place_of(
        "indicators.1.children.5"
    )
    assert compare(content, made)[0].code == "B9"
    assert nodes.removed(made, nodes.place_of("indicators.1.children.5")) == content
    moved = nodes.moved(content, nodes.place_of("gates.0"), 1)
    assert [one["code"] for one in moved["gates"]] == ["G2", "G1", "G3"]
    with pytest.raises(LookupError):
        nodes.moved(content, nodes.place_of("gates.0"), -1)
    assert nodes.place_of_fault(content, "tie_break") == nodes.place_of("ranking")
    assert nodes.place_of_fault(content, "scoring.formula") == nodes.place_of("scoring")


def test_the_difference_names_the_field_with_old_and_new(content: dict[str, Any]) -> None:
    new = copy.deepcopy(content)
    new["indicators"][0]["children"][1]["rule"]["full_at"] = "85"
    del new["gates"][2]
    changed, gone = compare(content, new)
    assert (changed.part, changed.code, changed.key, changed.old, changed.new) == (
        "children", "A2", "rule.full_at", "90", "85",
    )  # fmt: skip
    assert (gone.part, gone.code, gone.new) == ("gates", "G3", None)
    assert compare(content, content) == []
