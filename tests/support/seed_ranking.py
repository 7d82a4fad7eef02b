"""A scored round for a server of its own, nothing published: ``python -m`` this NAME.

Prints the keys of the round and of P01's filing; its floor space was cut by ``reviewer``, who leads.
"""

from __future__ import annotations

import os
import sys

from app import create_app
from app.core import scope


def main() -> None:
    name = sys.argv[1]
    app = create_app(DATA_DIR=os.environ["DATA_DIR"])
    from app.features.assessments.services import reviewing
    from tests.support import assessments, judging, people

    with app.app_context(), scope.unscoped():
        lead = people.actor("reviewer").user_id
        found = assessments.opened(("P01", "P02", "B01"), name=name, lead_id=lead)
        first = assessments.submitted(found)
        few = {**assessments.TYPED, "area_cbec_m2": "14000", "employees": "600"}
        others = [
            assessments.submitted(found, "P02", by="park2", typed=few),
            assessments.submitted(found, "B01", by="base1"),
        ]
        judging.take(first)
        judging.judge(
            first, "area_cbec_m2", "corrected", typed="1200", reason="合同只有 1200 平方米"
        )
        judging.pass_all(first)
        judging.do("reviewer", reviewing.finish, first.id, seen=judging.fresh(first).version)
        for one in others:
            judging.reviewed(one)
        judging.closed(found)
        judging.panel_closed(found)
        judging.run(found)
        sys.stdout.write(f"{found.id} {first.id}\n")


if __name__ == "__main__":
    main()
