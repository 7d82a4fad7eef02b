"""A place to measure on: databases in a temporary folder, copied afresh for each act."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from tests.bench.measure import act
from tests.support import postgres


@dataclass
class Stand:
    """One kind of database. ``fresh`` gives the environment of a product with its own copy."""

    name: str
    folder: Path
    server: str = ""
    _made: set[str] = field(default_factory=set)

    def prepare(self) -> None:
        """Deploy once; every other database of the product begins as a copy."""
        (self.folder / "base").mkdir(parents=True)
        self._create("base", "template0")
        act("prepare", self.env("base"))

    def env(self, name: str) -> dict[str, str]:
        return {
            "APP_MODE": "demo",
            "LOG_LEVEL": "ERROR",
            "DATA_DIR": str(self.folder / name),
            "DATABASE_URL": self.address(name) if self.server else "",
            "EXPORT_PAGE_ROWS": "1000000",
            "HOST": "127.0.0.1",
            "SANDBOX_PORT": "0",
        }

    def fresh(self, name: str, like: str = "base") -> dict[str, str]:
        """A copy of the product ``like`` (nobody may be using it)."""
        self.drop(name)
        shutil.copytree(self.folder / like, self.folder / name)
        self._create(name, self._database(like))
        return self.env(name)

    def plain(self, name: str) -> str:
        """The address of a database of the bare limits' or the stock application's own."""
        self._create(name, "template0")
        return self.address(name)

    def address(self, name: str) -> str:
        if not self.server:
            return f"sqlite:///{self.folder / f'{name}.db'}"
        url = make_url(self.server).set(database=self._database(name))
        return url.render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        shutil.rmtree(self.folder / name, ignore_errors=True)
        if self.server and name in self._made:
            self._run(f'DROP DATABASE "{self._database(name)}" WITH (FORCE)')
            self._made.discard(name)

    def _create(self, name: str, template: str) -> None:
        if self.server and name not in self._made:
            self._run(f'CREATE DATABASE "{self._database(name)}" TEMPLATE "{template}"')
            self._made.add(name)

    @staticmethod
    def _database(name: str) -> str:
        return f"bench_{name}"

    def _run(self, sql: str) -> None:
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(sql)
        engine.dispose()


@contextlib.contextmanager
def stands(folder: Path, wanted: tuple[str, ...]) -> Iterator[list[Stand]]:
    """SQLite and a PostgreSQL cluster of our own, or those of them that are wanted."""
    with contextlib.ExitStack() as stack:
        found = []
        if "sqlite" in wanted:
            found.append(Stand("SQLite", folder / "sqlite"))
        if "postgresql" in wanted:
            server = stack.enter_context(postgres.server())
            found.append(Stand("PostgreSQL", folder / "postgresql", server))
        for one in found:
            one.prepare()
        yield found
