"""The product exactly as ``make run`` starts it, plus a header with the page's statements."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, has_request_context
from sqlalchemy import event
from sqlalchemy.engine import Engine

NOT_COUNTED = ("BEGIN", "PRAGMA", "ROLLBACK", "COMMIT")


def count_statements(app: Flask) -> None:
    """Put the number of SQL statements of each request into the header ``X-Statements``."""

    def statement(*given: Any) -> None:
        if has_request_context() and not given[2].startswith(NOT_COUNTED):
            g.statements = g.get("statements", 0) + 1

    def tell(response: Any) -> Any:
        response.headers["X-Statements"] = str(g.get("statements", 0))
        return response

    event.listen(Engine, "before_cursor_execute", statement)
    app.after_request(tell)


def main() -> None:
    from app import create_app
    from app.cli.serve import serve

    app = create_app()
    count_statements(app)
    with app.app_context():
        serve(app)


if __name__ == "__main__":
    main()
