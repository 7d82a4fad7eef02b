"""A round with two filings before their reviewer, for a server of its own: ``python -m`` this.

Prints the keys of the round and of the first filing.
"""

from __future__ import annotations

import os
import sys

from app import create_app
from app.core import scope


def main() -> None:
    app = create_app(DATA_DIR=os.environ["DATA_DIR"])
    from app.features.assessments.services import marking
    from tests.support import assessments, judging, people

    with app.app_context(), scope.unscoped():
        found = assessments.opened(("P01", "P02", "B01"), name="旅程考核")
        first = assessments.submitted(found)
        assessments.submitted(found, "P02", by="park2")
        judging.evidence(first, "area_cbec_m2", key="a" * 32, sha256="3" * 64, name="合同.docx")
        experts = [people.actor(f"expert{number}").user_id for number in (1, 2, 3)]
        judging.do(assessments.ZONE, marking.name_panel, found.id, experts, now=None)
        sys.stdout.write(f"{found.id} {first.id}\n")


if __name__ == "__main__":
    main()
