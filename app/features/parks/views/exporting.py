"""导出 of the register of parks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from app.engines import sheets
from app.features.parks.services import exports
from app.web.acting import current_actor
from app.web.base_export import SmallExport


class ParkExport(SmallExport):
    """What it is called and where its rows come from."""

    export_title = _l("园区与基地")
    export_writer = staticmethod(sheets.small_file)
    export_column = staticmethod(sheets.ColumnOut)
    export_plain = frozenset({"members", "area_leasable", "updated_at"})

    def export_rows(self, query: Any) -> Sequence[Any]:
        return exports.rows(query)

    def note_export(self, *, count: int, kind: str, facts: Mapping[str, str]) -> None:
        exports.record(current_actor(), count=count, kind=kind, facts=facts)
