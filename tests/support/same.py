"""Two answers that must not tell a foreign object from a missing one."""

from __future__ import annotations

import re
from typing import Any

_TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')


def bare(answer: Any, own: object) -> str:
    """The body without the address that was asked for and without the token that carries the second."""
    return _TOKEN.sub("", answer.text).replace(str(own), "")
