"""Papers: HTML of our own templates as PDF/A-3b (face of the engine).

What a page says and what its PDF says come from the same template. Nothing is fetched: style
sheets come as text, pictures as ``data:`` addresses.
"""

from __future__ import annotations

from app.engines.printing.fonts import has_chinese
from app.engines.printing.pdf import PdfUnavailable, available, pdf

__all__ = ["PdfUnavailable", "available", "has_chinese", "pdf"]
