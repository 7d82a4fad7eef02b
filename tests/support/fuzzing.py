"""Calls made from the OpenAPI document: what fits it, what nearly does, and what nobody should send."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

HOSTILE_TEXT = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            *(
                "",
                " ",
                "\x00",
                "\ud800",
                "'; DROP TABLE enterprise; --",
                "%",
                "_",
                "\\",
                "../../etc",
            ),
            *("＝1+1", "=1+1", "𠮷", "\u202e", "null", "NaN", "1e999", "-0", "9" * 40, "x" * 3000),
            *(
                "2024-02-30",
                "0000-00-00",
                "９９９９",
                "<script>alert(1)</script>",
                "{{7*7}}",
                "~1",
                "~0",
            ),
        ]
    ),
)
HOSTILE: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False),
        HOSTILE_TEXT,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(HOSTILE_TEXT, inner, max_size=3)
    ),
    max_leaves=6,
)


class Document:
    """The document as a source of calls."""

    def __init__(self, found: dict[str, Any], known: dict[str, list[str]]) -> None:
        """``known``: path parameter -> values that lead somewhere."""
        self.found, self.known = found, known
        self.calls = [
            (path, method, one)
            for path, methods in found["paths"].items()
            for method, one in methods.items()
        ]

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        name = schema.get("$ref", "").rpartition("/")[2]
        return self.found["components"]["schemas"][name] if name else schema

    def fitting(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        """Values that the schema lets through."""
        schema = self.resolved(schema)
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        kinds = schema.get("type", "string")
        kinds = [kinds] if isinstance(kinds, str) else kinds
        examples = [st.just(one) for one in schema.get("examples", ())]
        return st.one_of(*examples, *(self._of_kind(kind, schema) for kind in kinds))

    def _of_kind(self, kind: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        if kind == "object":
            return self._object(schema)
        if kind == "array":
            return st.lists(self.fitting(schema["items"]), max_size=3)
        if kind == "integer":
            low = schema.get("minimum", -(2**40))
            return st.integers(low, max(schema.get("maximum", 2**40), low))
        if kind == "string":
            return self._text(schema)
        return {"boolean": st.booleans(), "null": st.none()}[kind]

    def _text(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        if schema.get("format") == "date":
            return st.dates().map(str)
        if "pattern" in schema:
            return st.from_regex(schema["pattern"], fullmatch=True)
        return st.text(max_size=min(schema.get("maxLength", 60), 60))

    def _object(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        members = {name: self.mixed(one) for name, one in schema["properties"].items()}
        return st.dictionaries(st.sampled_from(sorted(members)), st.none(), max_size=6).flatmap(
            lambda chosen: st.fixed_dictionaries({name: members[name] for name in chosen})
        )

    def mixed(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        """Mostly fitting."""
        fits = self.fitting(schema)
        return st.integers(0, 9).flatmap(lambda n: HOSTILE if n == 0 else fits)

    @st.composite
    @staticmethod
    def call(draw: Any, self: Document) -> tuple[str, str, dict[str, Any], Any, dict[str, str]]:
        """``(method, path, query, raw body or None, headers)``, with the operation's id in headers."""
        path, method, one = draw(st.sampled_from(self.calls))
        query: dict[str, Any] = {}
        headers = {"X-Operation": one["operationId"]}
        for given in one["parameters"]:
            schema, place, name = given["schema"], given["in"], given["name"]
            if place == "path":
                known = st.sampled_from(self.known[name])
                value = draw(st.one_of(known, known, known, HOSTILE_TEXT.filter(bool)))
                value = value.encode("utf-8", "replace").decode()
                path = path.replace(f"{{{name}}}", quote(value, safe=""))
            elif place == "query" and draw(st.integers(0, 4)) == 0:
                value = draw(self.mixed(schema))
                query[name] = _plain(value)
            elif place == "header" and draw(st.integers(0, 6)) == 0:
                headers[name] = draw(st.sampled_from(["*", '"x"', 'W/"y"', ",,,", "é", "x" * 900]))
        raw = None
        if "requestBody" in one:
            shape = one["requestBody"]["content"]["application/json"]["schema"]
            value = draw(self.mixed(shape))
            raw = draw(st.one_of(st.just(json.dumps(value).encode()), st.binary(max_size=12)))
            raw = json.dumps(value).encode() if draw(st.integers(0, 9)) else raw
        return method.upper(), path, query, raw, headers


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()
