"""The person's file name, made harmless and otherwise kept."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 200
_RESERVED = re.compile(r'[<>:"|?*]')
#: Control, format (bidirectional overrides turn "exe.png" around), surrogate and private use.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_name(name: str) -> str:
    """The last path part in NFC without invisible or reserved characters, at most 200 long.

    The extension survives the cut; a name of which nothing is left becomes ``file``.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(char for char in last if unicodedata.category(char) not in _INVISIBLE)
    safe = _RESERVED.sub("_", seen).strip().lstrip(".").rstrip(". ")
    extension = extension_of(safe)
    stem = safe[: len(safe) - len(extension)]
    return f"{stem.strip()[: MAX_NAME - len(extension)] or 'file'}{extension}"


def extension_of(name: str) -> str:
    """``.xlsx`` in lower case; "" without one."""
    _, dot, extension = name.rpartition(".")
    return f".{extension.lower()}" if dot and len(extension) <= 10 else ""
