"""Whether this machine can draw Chinese: without a font every sign would be an empty box."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache


@lru_cache(maxsize=1)
def has_chinese() -> bool:
    """Asks fontconfig once in a process."""
    ask = shutil.which("fc-list")
    if ask is None:
        return False
    found = subprocess.run(  # noqa: S603 - a fixed question
        [ask, ":lang=zh-cn", "family"], capture_output=True, timeout=30, check=False
    )
    return bool(found.stdout.strip())
