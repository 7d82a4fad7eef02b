"""The hidden page of our own workbooks: what it was made for, and the proof that we made it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from app.core import clock
from app.engines.sheets.model import Table

META_SHEET: Final = "_meta"
PROOF: Final = "hmac"


def make_meta(
    table: Table, *, year: int, scope: str, row_keys: Mapping[str, str | int], secret: bytes
) -> dict[str, Any]:
    """Template, version, park, year, time and the version of each prefilled row, sealed."""
    meta: dict[str, Any] = {
        "template_id": table.template_id,
        "template_version": table.template_version,
        "scope": scope,
        "year": str(year),
        "generated_at": clock.now().isoformat(timespec="seconds"),
        "rows": {str(key): str(version) for key, version in row_keys.items()},
    }
    meta[PROOF] = _seal(meta, secret)
    return meta


def verify_meta(meta: Mapping[str, Any], secret: bytes) -> bool:
    """Whether this page left us as it is now. A page that fails is not to be believed."""
    return hmac.compare_digest(str(meta.get(PROOF, "")).encode(), _seal(meta, secret).encode())


def _seal(meta: Mapping[str, Any], secret: bytes) -> str:
    sealed = {key: value for key, value in meta.items() if key != PROOF}
    text = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def write_meta(sheet: Any, meta: Mapping[str, Any]) -> None:
    """Write it into the hidden ``sheet`` of a workbook of openpyxl."""
    sheet.sheet_state = "hidden"
    lines: list[tuple[str, ...]] = [
        (key, str(value)) for key, value in meta.items() if key != "rows"
    ]
    lines += [("row", key, version) for key, version in meta["rows"].items()]
    for number, line in enumerate(lines, 1):
        for index, word in enumerate(line, 1):
            cell = sheet.cell(number, index, word)
            cell.data_type, cell.number_format = "s", "@"
