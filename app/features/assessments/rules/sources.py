"""Where the platform itself finds a value of a round: names, and which item takes which.

A round keeps ``{code: source}``; the zone changes it. What has no source is entered by the zone.
``previous:<item>`` is the verified value of that item in the round before.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.engines.scoring import Scheme

#: Read from the registers at the cut-off.
REGISTERS = (
    *("enterprise_register", "enterprises_filed", "settlement_landed", "applications_closed"),
    *("applications_landed", "news_approved", "months_operating"),
)
#: Computed from the filing itself whenever it is scored.
COMPUTED = ("mismatch_rate", "late_days", "returns")
PREVIOUS = "previous:"
#: The words of the scheme language (``prefill``) for them.
PREFILLS = {
    "enterprise_register": "enterprise_register",
    "settlement_applications": "settlement_landed",
}
PREVIOUS_PREFILL = "previous_cycle_verified"
#: Codes that say what they are, in schemes that name no ``prefill``.
BY_CODE = {
    "ent_cbec_count": "enterprise_register",
    "ent_filed": "enterprises_filed",
    "landed_new": "settlement_landed",
    "apps_closed": "applications_closed",
    "apps_landed": "applications_landed",
    "news_approved": "news_approved",
    "months_operating": "months_operating",
    "mismatch_rate": "mismatch_rate",
}
BY_NAME = {"逾期补填": "late_days", "多次退回": "returns"}


def guessed(scheme: Scheme) -> dict[str, str]:
    """What the codes, ``prefill`` and names of a scheme say; a beginning that the zone checks."""
    found = {}
    for code, item in scheme.items.items():
        if item.source != "platform":
            continue
        source = PREFILLS.get(item.prefill) or BY_CODE.get(code)
        if item.prefill == PREVIOUS_PREFILL:
            source = _previous(code, scheme)
        if source:
            found[code] = source
    for one in scheme.deductions:
        if one.name in BY_NAME:
            found[one.code] = BY_NAME[one.name]
    return found


def _previous(code: str, scheme: Scheme) -> str | None:
    current = code.removesuffix("_prev") + "_cur"
    return f"{PREVIOUS}{current}" if code.endswith("_prev") and current in scheme.items else None


def fault(source: str, scheme: Scheme, taken: str) -> str | None:
    """Why the item ``taken`` cannot take this source; ``None``: it can."""
    if source.startswith(PREVIOUS):
        return None if source.removeprefix(PREVIOUS) in scheme.items else "source_item"
    if source not in REGISTERS + COMPUTED:
        return "source_unknown"
    item = scheme.items.get(taken)
    return "source_needs_number" if item is not None and not item.is_number else None


def registers(sources: Mapping[str, str]) -> dict[str, str]:
    """The part that is read at the cut-off."""
    return {code: one for code, one in sources.items() if one not in COMPUTED}


def askable(scheme: Scheme) -> frozenset[str]:
    """What is not the park's to say: items of the platform or an authority, and deductions."""
    items = {code for code, one in scheme.items.items() if one.source != "park"}
    return frozenset(items | {one.code for one in scheme.deductions})


def fitting(sources: Mapping[str, str], scheme: Scheme) -> dict[str, str]:
    """What of a choice made for another version still fits this one."""
    asked = askable(scheme)
    return {
        code: one
        for code, one in sources.items()
        if code in asked and fault(one, scheme, code) is None
    }
