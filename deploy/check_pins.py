"""Are the pinned requirements in step with what requirements*.in name? Needs no network."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==\S+")


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named(file: Path) -> set[str]:
    """Packages that a ``.in`` file asks for."""
    lines = (line.split("#")[0].strip() for line in file.read_text().splitlines())
    return {plain(found[1]) for line in lines if (found := NAME.match(line))}


def pinned(file: Path) -> tuple[set[str], list[str]]:
    """Pinned packages, and those without a hash."""
    names: set[str] = set()
    bare: list[str] = []
    for block in re.split(r"\n(?=[a-z0-9])", file.read_text()):
        if found := PIN.match(block):
            names.add(plain(found[1]))
            if "--hash=sha256:" not in block:
                bare.append(found[1])
    return names, bare


def main() -> int:
    """Print what is missing; 1 when something is."""
    faults = []
    for stem in ("requirements", "requirements-dev"):
        names, bare = pinned(ROOT / f"{stem}.txt")
        lacking = named(ROOT / f"{stem}.in") - names
        faults += [f"{stem}.txt has no pin for {name} (make lock)" for name in sorted(lacking)]
        faults += [f"{stem}.txt: {name} has no hash" for name in bare]
        if re.search(r"^\s*(--index-url|-i |--extra-index-url|.*https?://)",
                     (ROOT / f"{stem}.txt").read_text(), re.MULTILINE):  # fmt: skip
            faults.append(f"{stem}.txt names a host")
    print("\n".join(faults) or "pins: in step")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
