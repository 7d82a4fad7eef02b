"""``flask keys``: a new key for sealed fields, and everything sealed anew with it."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.core import scope
from app.core.sealing import BrokenSeal, add_key
from app.extensions.sealing import SealedColumn, keyring, reseal, sealed_columns
from app.transaction import transaction

BATCH = 200
group = AppGroup("keys", help="The keys that single fields are sealed with.")


def init(app: Flask) -> None:
    app.cli.add_command(group)


@group.command("add")
def add_command() -> None:
    """Append a new key to the key file. It seals from the next start on; the old ones still open."""
    named = current_app.config["DATA_KEYS_FILE"]
    path = Path(named) if named else current_app.config["DATA_DIR"] / "data.keys"
    click.echo(f"keys: added {add_key(path)}; restart every process, then: flask keys reseal")


@group.command("reseal")
def reseal_command() -> None:
    """Seal every value of an older key with the newest one, in short transactions.

    Exit 0 when nothing of an older key is left, 1 when a value does not open.
    """
    with scope.unscoped():
        for column in sealed_columns():
            done = 0
            try:
                while number := _batch(column):
                    done += number
            except BrokenSeal as broken:
                click.echo(f"keys: {column.name}: cannot be opened: {broken}")
                sys.exit(1)
            click.echo(f"keys: {column.name}: {done} sealed with {keyring().active}")


def _batch(column: SealedColumn) -> int:
    with transaction():
        return reseal(column, BATCH)
