"""A stock Flask-AppBuilder application over the same rows: its own templates, its own defaults.

``python -m tests.bench.stock_app`` with ``STOCK_URL`` and ``PORT``; the same gunicorn settings.
"""

from __future__ import annotations

import os

from flask import Flask
from flask_appbuilder import AppBuilder, Model, ModelView
from flask_appbuilder.models.sqla.base import SQLA
from flask_appbuilder.models.sqla.interface import SQLAInterface
from gunicorn.app.base import BaseApplication
from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Numeric, String

from app.features.enterprises.rules import TABLE
from tests.bench.server import count_statements

PASSWORD = "Bench-2026"  # also in site.py, which must not import this
TYPES = {"date": Date, "decimal": Numeric, "integer": BigInteger, "boolean": Boolean}
SHOWN = ["name", "uscc", "roles", "customs_modes", "contact_name", "annual_sales", "settled_on"]
ALL = [column.name for column in TABLE.columns]


class Enterprise(Model):
    __tablename__ = "enterprise"
    id = Column(Integer, primary_key=True)

    def __repr__(self) -> str:
        return str(self.name)


for _column in TABLE.columns:
    setattr(Enterprise, _column.name, Column(TYPES.get(_column.kind, String)()))


class EnterpriseView(ModelView):
    datamodel = SQLAInterface(Enterprise)
    list_columns = [*SHOWN, "status"]
    edit_columns = add_columns = ALL
    search_columns = ["name", "status", "settled_on"]
    page_size = 25
    base_order = ("settled_on", "desc")


def create() -> Flask:
    app = Flask("stock")
    app.config.update(
        SECRET_KEY="bench" * 8,
        SQLALCHEMY_DATABASE_URI=os.environ["STOCK_URL"],
    )
    db = SQLA(app)
    with app.app_context():
        builder = AppBuilder(app, db.session)
        builder.add_view(EnterpriseView, "Enterprises", category="Register")
        security = builder.sm
        if security.find_user("admin") is None:
            role = security.find_role(security.auth_role_admin)
            security.add_user("admin", "Ad", "Min", "admin@example.com", role, PASSWORD)
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    count_statements(app)
    return app


class Server(BaseApplication):
    """gunicorn with the settings of ``app/cli/serve.py``."""

    def load_config(self) -> None:
        settings = {
            "bind": f"127.0.0.1:{os.environ['PORT']}",
            "workers": 2,
            "threads": 4,
            "worker_class": "gthread",
            "preload_app": True,
            "timeout": 120,
            "keepalive": 5,
            "loglevel": "warning",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create()


if __name__ == "__main__":
    Server().run()
