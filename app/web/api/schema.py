"""Declarations of what goes in and out: they validate, and the document is written from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from msgspec import Struct

from app.web.api.problems import Fault

Schema = Mapping[str, Any]
#: Points, areas and amounts are exact decimals as text: a JSON number is a binary fraction to most
#: who read it (decisions.md 6).
DECIMAL: Schema = {"type": ["string", "null"], "pattern": r"^-?[0-9]{1,16}(\.[0-9]{1,12})?$"}
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
DAY: Schema = {"type": ["string", "null"], "format": "date"}
MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
MOST_FAULTS = 50
#: Members of a list in a request: whether they are unique is asked of each pair of them.
MOST_ITEMS = 200


def text(most: int, *, null: bool = False) -> Schema:
    return {"type": ["string", "null"] if null else "string", "maxLength": most}


def one_of(options: Sequence[str], *, null: bool = False) -> Schema:
    return {"enum": [*options, None] if null else list(options)}


def several_of(options: Sequence[str]) -> Schema:
    items = {"enum": list(options)}
    return {"type": ["array", "null"], "items": items, "uniqueItems": True}


class Field(Struct, frozen=True):
    """A member of an object. ``always``: an answer has it whoever asks."""

    name: str
    schema: Any  # a JSON schema, or another Shape
    words: Any = ""
    always: bool = True
    example: Any = None


class Shape(Struct, frozen=True, eq=False):
    """An object. ``partial``: a request, that may leave out whatever stays as it is."""

    name: str
    fields: tuple[Field, ...]
    words: Any = ""
    partial: bool = False

    def schema(self) -> dict[str, Any]:
        """As JSON schema; other shapes are named."""
        told: dict[str, Any] = {
            "type": "object",
            "properties": {one.name: _of(one) for one in self.fields},
            "additionalProperties": False,
        }
        if str(self.words):
            told["description"] = str(self.words)
        required = [one.name for one in self.fields if one.always and not self.partial]
        return {**told, "required": required} if required else told

    def inside(self) -> Iterator[Shape]:
        """This shape and those that it names."""
        yield self
        for one in self.fields:
            inner = one.schema.shape if isinstance(one.schema, Many) else one.schema
            if isinstance(inner, Shape):
                yield from inner.inside()

    def example(self) -> dict[str, Any]:
        return {one.name: one.example for one in self.fields if one.example is not None}


class Many(Struct, frozen=True):
    """A list of objects of one shape."""

    shape: Shape


def _of(one: Field) -> dict[str, Any]:
    if isinstance(one.schema, Shape):
        told: dict[str, Any] = {"$ref": f"#/components/schemas/{one.schema.name}"}
    elif isinstance(one.schema, Many):
        items = {"$ref": f"#/components/schemas/{one.schema.shape.name}"}
        told = {"type": "array", "items": items}
    else:
        told = dict(one.schema)
    if str(one.words):
        told["description"] = str(one.words)
    if one.example is not None:
        told["examples"] = [one.example]
    return told


def faults(shape: Shape, value: Any) -> list[Fault]:
    """What of a request's body does not fit its declaration, each with its place."""
    if long := list(_too_long(value)):
        return long[:MOST_FAULTS]
    found = sorted(_checker(shape).iter_errors(value), key=lambda one: list(map(str, one.path)))
    return [_fault(one) for one in found[:MOST_FAULTS]]


def _too_long(value: Any, path: tuple[Any, ...] = ()) -> Iterator[Fault]:
    """Lists that no declaration asks for; what is in them is not looked at."""
    if isinstance(value, list) and len(value) > MOST_ITEMS:
        yield Fault("maxItems", _words("maxItems", MOST_ITEMS), pointer_of(path))
        return
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in inner:
        if isinstance(one, dict | list):
            yield from _too_long(one, (*path, name))


@lru_cache(maxsize=64)
def _checker(shape: Shape) -> Any:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - a tenth of a start

    return Draft202012Validator(whole(shape))


def whole(shape: Shape) -> dict[str, Any]:
    """The schema with all that it names, to be used by itself."""
    parts = {one.name: one.schema() for one in shape.inside()}
    return {**shape.schema(), "components": {"schemas": parts}}


def _fault(error: Any) -> Fault:
    pointer = pointer_of(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        odd = min(str(name) for name in error.instance if name not in known)
        return Fault("unknown_field", _("没有这个字段"), f"{pointer}{pointer_of([odd])}")
    return Fault(str(error.validator), _words(error.validator, error.validator_value), pointer)


def _words(validator: str, wanted: Any) -> str:
    match validator:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return str(_("类型不符，应为 %(wanted)s", wanted=" / ".join(kinds)))
        case "maxLength":
            return str(_("内容过长，最多 %(most)s 个字", most=wanted))
        case "enum":
            return str(_("不在可选的取值之内"))
        case "pattern":
            return str(_("格式不符，请按接口说明填写"))
        case "uniqueItems":
            return str(_("有重复的取值"))
        case "required":
            return str(_("必填，不能为空"))
    return str(_("取值不符"))


def pointer_of(path: Any) -> str:
    """RFC 6901."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return "".join(f"/{part}" for part in parts)
