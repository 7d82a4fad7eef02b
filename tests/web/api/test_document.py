"""The OpenAPI document is valid, whole and true; a fuzz run against it finds no error of ours.

``make fuzz`` runs the last test for minutes (FUZZ = number of calls).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.web.api.dispatch import operations
from app.web.api.schema import whole
from tests.features.news import made as news
from tests.features.parks import profiles
from tests.support import api, rankings
from tests.support import enterprises as made
from tests.support.enterprises import code_of
from tests.support.fuzzing import Document

GUIDE = Path(__file__).parents[3] / "docs" / "api.md"
CALLS = int(os.environ.get("FUZZ", "150"))


@pytest.fixture
def document(client):
    return client.get("/api/v1/openapi.json").json


@pytest.fixture
def things(context):
    for number in range(901, 904):
        made.add("P01", number, by="park1")
    profiles.propose("park1", send=False)
    key = news.write("park1")
    found, _snapshot = rankings.published()
    return {"park": "P01", "uscc": code_of(901), "key": f"~{key}", "round": str(found.id)}


@pytest.mark.one_database("it is written from declarations; the fuzz run asks both")
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_it_is_valid_in_both_languages(client, language):
    found = client.get("/api/v1/openapi.json", headers={"Accept-Language": language}).json
    OpenAPIV31SpecValidator(found).validate()
    text = str(found)
    assert ("企业列表" in text) == (language == "zh-CN")


@pytest.mark.one_database("it is written from declarations; the fuzz run asks both")
def test_it_names_every_operation_and_no_other(app, document):
    known = {(f"/api/v1{one.path}", one.method.lower()) for one in operations()}
    told = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert told == known
    rules = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {one for one in rules if one.startswith("api.")} == {
        one.endpoint for one in operations()
    }


def test_every_answer_is_as_declared(context, things):
    caller = api.caller(context, "park1")
    for one in operations():
        path = re.sub(r"{(\w+)}", lambda found: things[found[1]], one.path)
        for query in ({}, {"personal": "true"} if one.also else {}):
            body = {"submit": False} if one.name in ("put_park", "put_article") else {}
            answer = caller.open(
                one.method, path, json=body if one.body else None, query_string=query
            )
            assert answer.status_code == 200, (one.name, answer.text)
            Draft202012Validator(whole(one.answers)).validate(answer.json)


@pytest.mark.one_database("it is written from declarations; the fuzz run asks both")
def test_the_page_shows_every_operation_field_and_problem(client, as_, document):
    page = client.page("/api/v1/docs")
    for one in operations():
        assert f'id="{one.name}"' in page
        for field in one.body.fields if one.body else ():
            assert f"<code>{field.name}</code>" in page
    for target in re.findall(r'href="#([\w-]+)"', page):
        assert f'id="{target}"' in page, target
    assert as_("park1").get("/api/v1/docs").status_code == 200
    client.set_cookie("lang", "en")
    assert "API documentation" in client.page("/api/v1/docs")


@pytest.mark.one_database("it is written from declarations; the fuzz run asks both")
def test_nothing_in_the_document_is_of_a_park(client, context, things, document):
    """It is everybody's: no name of a park, a word of nobody's data."""
    text = str(document) + client.page("/api/v1/docs")
    assert "测试园区" not in text
    assert code_of(901) not in text


@pytest.mark.timeout(3600)
def test_no_call_ends_in_an_error_of_ours(context, things, document):
    known = {
        "park": ["P01", "P01", "P02", "zone"],
        "uscc": [code_of(901), code_of(950), code_of(902)],
        "key": [things["key"], "cms-1", "cms-2"],
        "round": [things["round"], "999999"],
    }
    source = Document(document, known)
    callers = [
        *(api.caller(context, "park1"), api.caller(context, "operator")),
        api.caller(context, "park1", "enterprises:write", "parks:write", "news:write"),
    ]
    declared = {one["operationId"]: (path, one) for path, _m, one in source.calls}
    rate, context.config["API_TOKEN_RATE"] = context.config["API_TOKEN_RATE"], 10**8
    seen: dict[int, int] = {}

    @settings(
        max_examples=CALLS,
        deadline=None,
        database=None,
        derandomize=CALLS == 150,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(Document.call(source), st.sampled_from(callers))
    def run(call, caller):
        method, path, query, raw, headers = call
        operation = declared[headers.pop("X-Operation")][1]
        answer = caller.open(
            method,
            path.removeprefix("/api/v1"),
            query_string=query,
            data=raw,
            headers={name: value.encode().decode("latin-1") for name, value in headers.items()},
            content_type="application/json" if raw is not None else None,
        )
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, answer.text
        expected = {int(code) for code in operation["responses"]}
        assert answer.status_code in expected | {308}, (answer.status_code, answer.text)
        if answer.status_code >= 400:
            schema = document["components"]["schemas"]["Problem"]
        elif answer.status_code in (304, 308):
            return
        else:
            content = operation["responses"][str(answer.status_code)]["content"]
            schema = content["application/json"]["schema"]
        checker = Draft202012Validator({**schema, "components": document["components"]})
        checker.validate(answer.json)

    try:
        run()
    finally:
        context.config["API_TOKEN_RATE"] = rate
    assert {200, 404, 422} <= set(seen), seen


def test_addresses_of_the_guide_are_ones_that_curl_may_send():
    """A web server refuses raw Chinese in an address before this application sees it."""
    examples = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    addresses = re.findall(r'"(\$(?:API|FIRM)[^"]*)"', "".join(examples))
    assert len(addresses) > 3
    assert [one for one in addresses if not one.isascii()] == []
