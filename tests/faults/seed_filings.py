"""A filing that is filled in and signed, and a round that can be scored: ``python -m`` this.

Prints the keys of the filing and of the round.
"""

from __future__ import annotations

import os
import sys

from app import create_app
from app.core import scope


def main() -> None:
    app = create_app(DATA_DIR=os.environ["DATA_DIR"])
    from tests.support import assessments, judging

    with app.app_context(), scope.unscoped():
        one = assessments.fill(assessments.opened(("P01",), name="填报中断"))
        assessments.signed(one)
        scored = judging.worked_example()
        sys.stdout.write(f"{one.id} {scored.id}\n")


if __name__ == "__main__":
    main()
