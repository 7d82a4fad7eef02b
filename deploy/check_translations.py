"""Is every text of the application translated? Prints what is not and ends with 1 then.

Texts are extracted afresh from the code, so a catalogue that nobody updated fails as well. Chinese
is what the code says; English must be there, whole, with the same placeholders and without
Chinese signs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CATALOGUE = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "_l": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}
#: Context ("" for most) and text: one word may need several in English.
Text = tuple[str, str]
CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sd]")
SHOWN = 20
#: Words that English text keeps: names of languages and of signs, said in themselves.
KEPT = frozenset({"简体", "简体中文", "、"})


def texts() -> dict[Text, str]:
    """Text -> where it stands, of all code and templates."""
    with (HERE / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[Text, str] = {}
    for place, line, message, _comments, context in extract_from_dir(
        ROOT, methods, options, KEYWORDS
    ):
        words = message if isinstance(message, tuple) else (message,)
        for text in words:
            if isinstance(text, str) and text:
                found.setdefault((context or "", text), f"{place}:{line}")
    return found


def entries() -> dict[Text, tuple[str, bool]]:
    """Text -> (English, whether a person must look at it again)."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    found: dict[Text, tuple[str, bool]] = {}
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple | list) else [message.id]
        said = message.string if isinstance(message.string, tuple | list) else [message.string]
        for position, text in enumerate(ids):
            found[message.context or "", text] = (
                said[min(position, len(said) - 1)] or "",
                message.fuzzy,
            )
    return found


def faults(wanted: dict[Text, str], have: dict[Text, tuple[str, bool]]) -> Iterator[str]:
    """What is wrong with the English of each text."""
    for (context, text), place in sorted(wanted.items(), key=lambda pair: pair[1]):
        english, fuzzy = have.get((context, text), ("", False))
        of = f" as {context!r}" if context else ""
        if not english:
            yield f"{place}: not translated: {text!r}{of}"
        elif fuzzy:
            yield f"{place}: marked fuzzy: {text!r}"
        elif sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(english)):
            yield f"{place}: other placeholders: {text!r} -> {english!r}"
        elif CJK.search(english) and text not in KEPT:
            yield f"{place}: Chinese in the English text: {english!r}"


def unsaid(wanted: dict[Text, str], have: dict[Text, tuple[str, bool]]) -> Iterator[str]:
    """Entries of the catalogue that nothing says any more."""
    for context, text in sorted(set(have) - set(wanted)):
        if text:
            yield f"{CATALOGUE.name}: said nowhere: {text!r} {context}".rstrip()


def main() -> int:
    """Print the faults (the first of them) and their number."""
    wanted, have = texts(), entries()
    found = [*faults(wanted, have), *unsaid(wanted, have)]
    for line in found[:SHOWN]:
        print(line)
    if found:
        print(f"translations: {len(found)} of {len(wanted)} texts need attention")
        return 1
    print(f"translations: all {len(wanted)} texts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
