"""The interface's words as the catalogues have them, so that one journey runs in each language."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from babel.messages.pofile import read_po

from tests.e2e.server import ROOT

Words = Callable[..., str]


@lru_cache(maxsize=2)
def catalogue(language: str) -> dict[tuple[str, str], str]:
    path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return {
            (str(one.context or ""), str(one.id)): str(one.string)
            for one in read_po(file, locale=language)
            if isinstance(one.id, str) and one.id and one.string
        }


def words(language: str) -> Words:
    """``_("已选 %(n)s 条", n=3)`` in that language; Chinese is the language of the source."""

    def say(text: str, *, context: str = "", **values: Any) -> str:
        known = text if language == "zh" else catalogue(language)[context, text]
        return known % values if values else known

    return say
