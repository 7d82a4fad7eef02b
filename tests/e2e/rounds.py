"""Opens a round in the running server's database: ``python -m tests.e2e.rounds FOLDER NAME``."""

from __future__ import annotations

import sys

from app import create_app
from app.core import scope
from tests.support import assessments


def main() -> None:
    folder, name = sys.argv[1:3]
    app = create_app(APP_MODE="demo", DATA_DIR=folder)
    with app.app_context(), scope.unscoped():
        made = assessments.opened(("P01",), name=name)
        sys.stdout.write(f"{assessments.filing(made, 'P01').id}\n")


if __name__ == "__main__":
    main()
