"""HTML to PDF by WeasyPrint, which loads Pango on first use: a machine without it still runs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from app.core.errors import AppError
from app.engines.printing.fonts import has_chinese


class PdfUnavailable(AppError):
    """This machine lacks Pango or a Chinese font; printing from the browser works all the same."""


@lru_cache(maxsize=1)
def available() -> bool:
    """Whether PDFs can be made here."""
    try:
        _weasyprint()
    except OSError:  # the shared library is not there
        return False
    return has_chinese()


def pdf(html: str, css: str) -> bytes:
    """The document as PDF/A-3b. Raises ``PdfUnavailable``.

    ``html`` must come from our own templates; every address in it but ``data:`` is refused.
    """
    if not available():
        raise PdfUnavailable("pdf")
    weasyprint = _weasyprint()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=("data",), fail_on_errors=True)
    document = weasyprint.HTML(string=html, url_fetcher=fetcher)
    made: bytes = document.write_pdf(
        stylesheets=[weasyprint.CSS(string=css, url_fetcher=fetcher)], pdf_variant="pdf/a-3b"
    )
    return made


def _weasyprint() -> Any:
    import weasyprint  # noqa: PLC0415 - loads shared libraries

    return weasyprint
