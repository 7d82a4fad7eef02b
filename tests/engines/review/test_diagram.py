"""``docs/review.md`` draws the table as it is. ``DIAGRAM=write`` draws it anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

from app.engines.review.labels import ACT_WORDS, STATE_WORDS
from app.engines.review.rules import WORKFLOW, Act, State

PAGE = Path(__file__).resolve().parents[3] / "docs" / "review.md"
BLOCK = re.compile(r"```mermaid\n.*?```", re.DOTALL)
SIDES = {"author": "提交方", "reviewer": "审核员", "zone": "平台运营"}


def drawn(app) -> str:
    """A mermaid state diagram with the interface's own words."""
    with app.test_request_context():
        names = {state: str(STATE_WORDS[state]) for state in State}
        acts = {act: str(ACT_WORDS[act]) for act in Act}
    lines = ["stateDiagram-v2"]
    lines += [f'    {state}: "{names[state]}"' for state in State]
    lines.append(f"    [*] --> {State.draft}")
    for act, step in WORKFLOW.items():
        reason = "，须写原因" if step.reason else ""
        for origin in sorted(step.origin):
            target = origin if act is Act.save else step.target
            label = f"{acts[act]}（{SIDES[step.side]}{reason}）"
            lines.append(f"    {origin} --> {target}: {label}")
    lines.append(f"    {State.submitted} --> {State.submitted}: 通过，还有下一环节")
    return "```mermaid\n" + "\n".join(lines) + "\n```"


def test_the_diagram_is_the_table(app):
    text, wanted = PAGE.read_text(), drawn(app)
    if os.environ.get("DIAGRAM") == "write":
        PAGE.write_text(BLOCK.sub(lambda _: wanted, text))
    found = BLOCK.search(PAGE.read_text())
    assert found is not None
    assert found[0] == wanted
