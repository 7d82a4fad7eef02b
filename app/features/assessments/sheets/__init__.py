"""The workbook of a filing: a sheet for each section, a row for each value, option or level.

``writing`` is asked for by name where a workbook is written: openpyxl is a twentieth of a start.
"""

from __future__ import annotations

from app.features.assessments.sheets.lines import Line
from app.features.assessments.sheets.reading import found

__all__ = ["Line", "found"]
