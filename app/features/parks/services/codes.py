"""Whether a 统一社会信用代码 may stand: its check sign is right, or a person has accepted it."""

from __future__ import annotations

from collections.abc import Callable

from app.core import uscc as credit_code

#: ``code -> bool``: accepted by 人工核验 although the check sign is wrong (wiring hands it in; the
#: register of enterprises keeps them, which parks know nothing of).
ACCEPTED: list[Callable[[str], bool]] = []


def code_stands(code: str) -> bool:
    """What is no code by its shape never stands."""
    fault = credit_code.fault(code)
    return fault is None or (fault == "check" and any(accepts(code) for accepts in ACCEPTED))
